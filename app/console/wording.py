"""Codes as words, dates and amounts as people write them: the templates' filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal

from app.console.i18n import mark
from app.drafts.schemas import TriageOut
from reply_guards.policy import STRICT, load_policies

STEPS: Mapping[str, str] = {
    "acknowledge": mark("Acknowledge"), "own": mark("Take ownership"), "propose": mark("Propose a solution"),
    "ask": mark("Ask for the next step"),
}  # fmt: skip
CAUSES: Mapping[str, str] = {
    "carrier_delay": mark("Carrier late"), "warehouse_delay": mark("Sent late"), "lost_parcel": mark("Parcel lost"),
    "damaged_in_transit": mark("Damaged on the way"), "product_defect": mark("Defective"),
    "wrong_item": mark("Wrong item"), "missing_item": mark("Item missing"), "return_request": mark("Return"),
    "refund_delayed": mark("Refund late"), "refund_denied": mark("Refund denied"), "no_response": mark("No answer"),
    "cancellation": mark("Cancellation"), "address_change": mark("Change of address"), "invoice": mark("Invoice"),
    "payment_failed": mark("Payment failed"), "product_question": mark("Product question"),
    "product_dissatisfaction": mark("Disappointed by product"), "abuse": mark("Abuse"), "other": mark("Other"),
}  # fmt: skip
SENTIMENTS: Mapping[str, str] = {
    "calm": mark("calm"), "worried": mark("worried"), "annoyed": mark("annoyed"), "angry": mark("angry"),
    "furious": mark("furious"), "grateful": mark("grateful"),
}  # fmt: skip
KINDS: Mapping[str, str] = {
    "reply": mark("Reply"), "acknowledgement": mark("Acknowledgement"), "follow_up": mark("Follow-up"),
    "closing": mark("Closing"), "boundary": mark("Boundary"),
}  # fmt: skip
RESOLUTIONS: Mapping[str, str] = {
    "refund": mark("Refund"), "partial_refund": mark("Partial refund"), "replacement": mark("Replacement"),
    "repair": mark("Repair"), "return": mark("Return"), "reshipment": mark("Send again"),
    "cancellation": mark("Cancellation"), "correction": mark("Correction"), "voucher": mark("Voucher"),
    "discount": mark("Discount"), "invoice": mark("Invoice"), "investigation": mark("Look into it"),
    "information": mark("Information"),
}  # fmt: skip
RETURNS: Mapping[str, str] = {
    "keep": mark("customer keeps it"), "send_back_free": mark("sent back, we pay"),
    "send_back_paid": mark("sent back, customer pays"),
}  # fmt: skip
SEVERITIES: Mapping[str, str] = {
    "block": mark("Not allowed"), "warn": mark("Careful"), "info": mark("Hint"), "off": mark("Off"),
}  # fmt: skip
STATES: Mapping[str, str] = {"draft": mark("Draft"), "approved": mark("Approved"), "retired": mark("Retired")}
STATUSES: Mapping[str, str] = {
    "ready": mark("Ready to send"), "needs_input": mark("Something to fill in"), "blocked": mark("Not allowed to send"),
}  # fmt: skip
AUTHORS: Mapping[str, str] = {
    "customer": mark("Customer"), "agent": mark("Agent"), "system": mark("System"), "note": mark("Note"),
}  # fmt: skip
MARKS: Mapping[str, str] = {
    "structure": mark("Structure"), "empathy": mark("Empathy"), "tone": mark("Tone"), "clarity": mark("Clarity"),
    "compliance": mark("Compliance"), "grounding": mark("Grounding"),
}  # fmt: skip
OUTCOMES: Mapping[str, str] = {
    "sent": mark("Sent as drafted"), "edited": mark("Sent after edits"), "discarded": mark("Discarded"),
}  # fmt: skip
PARTS: Mapping[str, str] = {
    "dense": mark("same meaning"), "lexical": mark("same words"), "cause": mark("same cause"),
    "language": mark("same language"), "channel": mark("same channel"), "outcome": mark("how it ended"),
    "recency": mark("how recent"),
}  # fmt: skip
FAMILIES: Mapping[str, str] = {
    "links": mark("Links"), "contact": mark("Contact data"), "offplatform": mark("Leading off the platform"),
    "promotion": mark("Promotion"), "feedback": mark("Asking for feedback"), "style": mark("Form"),
    "sensitive": mark("Sensitive data"), "leak": mark("Leaks"), "safety": mark("Safety"), "tone": mark("Tone"),
    "structure": mark("Structure"), "language": mark("Language"), "register": mark("Sie and du"),
    "grounding": mark("Grounding"), "promise": mark("Promises"), "placeholder": mark("Open placeholders"),
}  # fmt: skip
RUBRIC: Mapping[str, str] = {
    "acknowledge": mark("Names the trouble and takes the feeling seriously"),
    "own": mark("Says I or we, and will see it through"),
    "propose": mark("Offers what may be offered, concretely"),
    "ask": mark("Closes with one question that needs a decision"),
    "empathy": mark("Sounds like a person who cares"),
    "clarity": mark("Short and easy to read, in the customer's language"),
    "effectiveness": mark("The customer need not write again"),
}  # fmt: skip
ORIGINS: Mapping[str, str] = {"marketplace": mark("marketplace"), "law": mark("law"), "house": mark("house")}
CHANNELS: Mapping[str, str] = {
    "amazon": "Amazon", "ebay": "eBay", "walmart": "Walmart", "shopify": "Shopify", "shop_email": mark("Shop e-mail"),
    "otto": "OTTO", "kaufland": "Kaufland", "zalando": "Zalando", "etsy": "Etsy", "bol": "bol", "temu": "Temu",
    "cdiscount": "Cdiscount", "chat": mark("Chat"), "strict": mark("Any other channel"), "*": mark("All channels"),
}  # fmt: skip
# What the services say, so that it is in the catalogue too.
_SAID = (
    mark("is required"), mark("must be one line without control characters"),
    mark("must not hold brackets or braces"), mark("must be a text of 1 to 500 characters"),
    mark("this API key lacks the scope 'draft'"), mark("this API key lacks the scope 'knowledge'"),
    mark("this API key lacks the scope 'admin'"), mark("this ticket is not on the desk"),
    mark("there is no such report"), mark("this API key was revoked"), mark("Sign in to go on."),
    mark("messages must hold at least one message of author 'customer' with text in it"),
    mark("needs a body or steps"), mark("the database does not answer; try again in a moment"),
    mark("Input should be a valid decimal"), mark("Input should be greater than or equal to 0"),
    mark("String should match pattern '^[A-Z]{3}$'"), mark("The request does not fit the contract; see errors."),
    mark("There is nothing under this address."), mark("this form cannot be read; send it again"),
    mark("Something went wrong on our side; it has been logged under the request id."),
)  # fmt: skip
_IN_BRACKETS = re.compile(r" ?\(\{[a-z_]+\}\)")
_SLOT = re.compile(r"\{[a-z_]+\}")
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "step": STEPS, "cause": CAUSES, "sentiment": SENTIMENTS, "kind": KINDS, "resolution": RESOLUTIONS,
    "return": RETURNS, "severity": SEVERITIES, "state": STATES, "status": STATUSES, "author": AUTHORS, "mark": MARKS,
    "outcome": OUTCOMES, "origin": ORIGINS, "part": PARTS, "family": FAMILIES, "channel": CHANNELS,
    "rubric": RUBRIC,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """How one language puts what codes, dates and numbers say."""

    translate: Callable[[str], str]
    locale: Locale

    def of(self, code: str | None, group: str) -> str:
        """A code as words; an unknown one as it is."""
        known = _GROUPS[group].get(code or "")
        return self.translate(known) if known else str(code or "").replace("_", " ")

    def choices(self, group: str) -> list[tuple[str, str]]:
        """All codes of a group with their words."""
        return [(code, self.of(code, group)) for code in _GROUPS[group]]

    def policies(self) -> list[str]:
        """The channels with rules of their own, and last the default."""
        return [*(name for name in load_policies() if name != STRICT), STRICT]

    def moment(self, value: datetime | str | None) -> str:
        """Day and time, in UTC as the contract has them."""
        return format_datetime(_time(value), "d. MMM, HH:mm" if self.locale.language == "de" else "d MMM, HH:mm",
                               locale=self.locale) if value else ""  # fmt: skip

    def day(self, value: date | datetime | None) -> str:
        """A day."""
        return format_date(value, "medium", locale=self.locale) if value else ""

    def short_day(self, value: date) -> str:
        """A day without its year."""
        return format_date(value, "d.M." if self.locale.language == "de" else "d MMM", locale=self.locale)

    def rule_text(self, message: str) -> str:
        """A rule's message outside of any text: without the places for what was found."""
        return _SLOT.sub("…", _IN_BRACKETS.sub("", message))

    def amount(self, value: Any) -> str:  # noqa: ANN401 - our Money
        """An amount of money."""
        return format_currency(Decimal(value.amount), value.currency, locale=self.locale) if value else ""

    def number(self, value: float) -> str:
        """A number with up to two decimals."""
        return format_decimal(round(value, 2), locale=self.locale)

    def percent(self, share: float | None) -> str:
        """A share as a percentage without decimals."""
        return "–" if share is None else f"{round(share * 100)} %"

    def cause(self, triage: TriageOut) -> str:
        """Why a customer writes, and how sure triage is of it where it said so."""
        named, sure = self.of(triage.cause, "cause"), triage.cause_confidence
        return named if sure is None else f"{named} · {self.percent(sure)}"

    def span(self, value: timedelta) -> str:
        """A length of time in its largest unit: "3 hours"."""
        return format_timedelta(abs(value), granularity="minute", threshold=1.5, locale=self.locale)

    def said(self, message: str) -> str:
        """A sentence of the services, translated where the catalogue has it."""
        return self.translate(message) if message else message

    def filters(self) -> dict[str, Callable[..., str]]:
        """By name, for the templates."""
        return {
            "words": self.of, "moment": self.moment, "day": self.day, "amount": self.amount, "number": self.number,
            "percent": self.percent, "cause": self.cause, "span": self.span, "said": self.said,
            "rule_text": self.rule_text, "iso": lambda value: _time(value).isoformat(),
        }  # fmt: skip


def _time(value: datetime | str | None) -> datetime:
    assert value
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(UTC)

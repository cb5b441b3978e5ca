"""What a model is told of a case: rendered within a token budget, personal values as slots, all data fenced.

The budget goes to the fixed parts first (rules, slots, offers, order), then to the newest customer message, then to
macros, solved tickets, and the older thread, newest first. What does not fit is cut at a sentence and counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from app.drafts.composer.facts import Facts
from app.drafts.composer.formats import day, money
from app.drafts.composer.scene import set_scene
from app.drafts.composer.values import slot_values
from app.drafts.model import Case
from app.llm.budget import Purse
from app.llm.client import ChatMessage
from app.llm.fence import harmless, new_fence
from app.llm.masking import mask_for
from app.llm.prompt import Prompt
from app.llm.tokens import CountTokens, estimate
from app.ticket import Message, Money, Order, Resolution, Ticket

LANGUAGE_NAMES = {"de": "German", "en": "English"}

_MESSAGE_SHARE = 0.6  # of what is left after the fixed parts
_NOTES_SHARE = 0.15
_REFERENCE_SHARE = 0.35
_FENCE_TOKENS = 40  # what the marks around one fenced text cost
_LEAST_FOR_CASE = 400  # examples give way before the case itself does
_LEAST_WORTH = 40  # with fewer tokens left, no further text is begun
_MOST_ITEMS = 15
_LONGEST_LINE = 200
_LONGEST_INSTRUCTION = 1500
_BLANK = re.compile(r"\{([a-z_]{1,40})\}")
_NEUTRAL = {"customer_name": "(name)", "order_id": "(number)", "tracking_number": "(number)", "tracking_url": "(link)"}


@dataclass(frozen=True, slots=True)
class Reference:
    """Something to look at: an approved macro, or a reply that solved a similar ticket (redacted at ingest)."""

    kind: Literal["macro", "ticket"]
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """The opening messages, the slots an answer may use, the fence's mark, and what was left out (see `Purse`)."""

    messages: tuple[ChatMessage, ...]
    slots: frozenset[str]
    fence: str
    left_out: Mapping[str, int]
    variables: Mapping[str, Any]


def brief(
    case: Case,
    prompt: Prompt,
    *,
    references: Sequence[Reference] = (),
    rules: Sequence[str] = (),
    count: CountTokens,
    limit: int,
    mask: bool = True,
) -> Briefing:
    """Render the prompt for a case in at most `limit` tokens (as far as rules and facts alone allow it)."""
    teller = _Teller(case, prompt, mask=mask)
    # The estimate errs upwards: where everything fits by it, nothing is counted one by one, and for most tickets no
    # encoding of 80 MB is ever built.
    if count is not estimate:
        fitting = _told(teller, rules, references, estimate, limit)
        if not fitting.left_out and len(fitting.variables["examples"]) == len(teller.examples):
            return fitting
    return _told(teller, rules, references, count, limit)


def _told(
    teller: _Teller, rules: Sequence[str], references: Sequence[Reference], count: CountTokens, limit: int
) -> Briefing:
    base = teller.fixed(rules)
    left = _left(teller.prompt, base, count, limit)
    purse = Purse(left, count, {"rules_items": len(rules)} if rules and not base["rules"] else {})
    variables = base | teller.texts(purse, references)
    messages = teller.prompt.messages(variables)
    return Briefing(messages, frozenset(teller.slots), base["fence"], purse.left_out, variables)


def _left(prompt: Prompt, base: dict[str, Any], count: CountTokens, limit: int) -> int:
    """Tokens left for texts; while they are too few for the case, drops examples from `base`, then the channel's rules:
    review knows those all the same.
    """
    while True:
        system, user = prompt.messages(base)
        left = limit - count(system.content) - count(user.content)
        if left >= _LEAST_FOR_CASE or not (base["examples"] or base["rules"]):
            return max(left, _LEAST_FOR_CASE)
        if base["examples"]:
            base["examples"] = base["examples"][:-1]
        else:
            base["rules"] = ()


class _Teller:
    """Puts one case into the variables of a prompt's templates."""

    def __init__(self, case: Case, prompt: Prompt, *, mask: bool) -> None:
        self.case = case
        self.prompt = prompt
        self.facts: Facts = set_scene(case).facts
        values = slot_values(case)
        self.slots = {name: values[name] for name in prompt.slots if name in values}
        self._clean = _cleaner(case.ticket, prompt) if mask else harmless
        self.examples = prompt.examples_for(case.language, case.register if case.language == "de" else None)

    def line(self, text: str | None, longest: int = _LONGEST_LINE) -> str | None:
        """Data on one line, or None."""
        cleaned = " ".join(self._clean(text).split()) if text else ""
        return cleaned[:longest] or None

    def day(self, value: date | None) -> str | None:
        """A day as the reply would write it."""
        return day(value, self.case.language, self.facts.today) if value else None

    def money(self, value: Money | None) -> str | None:
        """An amount as the reply would write it."""
        return money(value, self.case.language) if value else None

    def fixed(self, rules: Sequence[str]) -> dict[str, Any]:
        """All variables; texts that compete for the budget are still empty."""
        case, profile = self.case, self.case.profile
        return {
            "shop_name": self.line(profile.name),
            "language": case.language,
            "language_name": LANGUAGE_NAMES.get(case.language, f"the language with the ISO code {case.language}"),
            "register": case.register,
            "voice": profile.voice.adjectives,
            "forbidden_words": profile.voice.forbidden_words,
            "rules": tuple(rules),
            "examples": tuple({"situation": e.situation, "json": _json(e.answer)} for e in self.examples),
            "slots": tuple(self._slot(name, value) for name, value in self.slots.items()),
            "options": tuple(self._option(resolution) for resolution in case.resolutions),
            "actions_done": tuple(filter(None, map(self.line, case.actions_done))),
            "mood": self._mood(),
            "today": f"{self.day(self.facts.today)} {self.facts.today.year}",
            "channel": self.line(case.ticket.channel),
            "order": self._order(),
            "instruction": self.line(case.instruction, _LONGEST_INSTRUCTION),
            "fence": new_fence(),
            "subject": self.line(case.ticket.subject),
            "history": (), "references": (), "older": (), "message": "",
        }  # fmt: skip

    def texts(self, purse: Purse, references: Sequence[Reference]) -> dict[str, Any]:
        """The texts that compete, in the order of their worth."""
        current, older = _split(self.case.ticket)
        message = purse.spend("message", self._clean("\n\n".join(m.text for m in current)), share=_MESSAGE_SHARE)
        notes = self.case.ticket.order.notes if self.case.ticket.order else None
        order = self._order(purse.spend("notes", self._clean(notes), share=_NOTES_SHARE) if notes else None)
        chosen = sorted(references, key=lambda reference: reference.kind != "macro")
        taken = self._take(purse, "references", chosen, lambda r: _reference_text(r.text, self.slots), _REFERENCE_SHARE)
        thread = self._take(purse, "older_messages", reversed(older), lambda m: self._clean(m.text), 0.5)
        history = self._take(
            purse, "history", reversed(self.case.ticket.history), lambda h: self._clean(h.summary), 0.5
        )
        return {
            "message": message,
            "order": order,
            "references": tuple({"kind": r.kind, "title": r.title, "text": text} for r, text in taken),
            "older": tuple({"author": m.author, "text": text} for m, text in reversed(thread)),
            "history": tuple({"at": self.day(_as_day(h.at)), "summary": text} for h, text in reversed(history)),
        }

    @staticmethod
    def _take(
        purse: Purse, part: str, entries: Iterable[Any], text_of: Callable[[Any], str], share: float
    ) -> list[tuple[Any, str]]:
        """The first entries that fit, each with its text cut to a share of what is left; the others are counted."""
        taken: list[tuple[Any, str]] = []
        for entry in entries:
            purse.left -= _FENCE_TOKENS
            if purse.left < _LEAST_WORTH:
                purse.left_out[f"{part}_items"] = purse.left_out.get(f"{part}_items", 0) + 1
            elif text := purse.spend(part, text_of(entry), share=share):
                taken.append((entry, text))
        return taken

    def _slot(self, name: str, value: str) -> dict[str, str | None]:
        slot = self.prompt.slots[name]
        return {"name": name, "means": slot.means, "value": None if slot.hidden else value}

    def _option(self, resolution: Resolution) -> dict[str, str | None]:
        return {
            "type": resolution.type,
            "amount": self.money(resolution.amount),
            "arrives_by": self.day(resolution.arrives_by),
            "by": self.day(resolution.by),
            "terms": resolution.return_,
            "note": self.line(resolution.note),
        }

    def _mood(self) -> dict[str, Any]:
        triage = self.case.triage
        reading = triage.reading
        return {
            "sentiment": triage.sentiment, "cause": "unclear" if triage.cause_is_guessed else triage.cause,
            "abusive": triage.abusive, "wants": reading.wants,
            "refuses": reading.refuses, "threats": reading.threats, "contact_count": reading.contact_count,
        }  # fmt: skip

    def _order(self, notes: str | None = None) -> dict[str, Any] | None:
        """The order as the ticket tells it; None if it tells nothing."""
        facts, order = self.facts, self.facts.order
        tracking, refund = order.tracking, facts.refund
        told = {
            "items": tuple(
                {"title": self.line(item.title), "quantity": item.quantity, "price": self.money(item.price)}
                for item in order.items[:_MOST_ITEMS]
            ),
            "price": self.money(facts.price),
            "placed": self.day(facts.placed),
            "promised": self.day(facts.promised),
            "days_late": facts.days_late,
            "status": self.line(order.status),
            "carrier": self.line(order.carrier),
            "tracking": self.line(tracking.status) if tracking else None,
            "location": self.line(tracking.location) if tracking else None,
            "seen": self.day(facts.seen),
            "eta": self.day(facts.eta),
            "refund": refund.state if refund else None,
            "refund_amount": self.money(refund.amount) if refund else None,
            "refund_date": self.day(facts.refund_at),
            "refund_reason": self.line(refund.reason) if refund else None,
            "notes": notes,
        }
        return told if any(told.values()) else None


def _cleaner(ticket: Ticket, prompt: Prompt) -> Callable[[str], str]:
    """Makes text harmless and takes personal values out; those a slot of the prompt stands for become that slot."""
    order = ticket.order or Order()
    values = {
        "customer_name": ticket.customer.name, "order_id": order.id,
        "tracking_number": order.tracking_number, "tracking_url": order.tracking_url,
    }  # fmt: skip
    words = {name: "{" + name + "}" if name in prompt.slots else _NEUTRAL[name] for name in values}
    mask = mask_for({value: words[name] for name, value in values.items() if value}, name=ticket.customer.name)
    return lambda text: mask(harmless(text))


def _split(ticket: Ticket) -> tuple[Sequence[Message], Sequence[Message]]:
    """What the customer said since anyone last answered, and all before that, both oldest first."""
    messages = [m for m in ticket.messages if m.text.strip()]
    last = max(i for i, m in enumerate(messages) if m.author == "customer")
    start = last
    while start > 0 and messages[start - 1].author == "customer":
        start -= 1
    return messages[start : last + 1], messages[:start] + messages[last + 1 :]


def _reference_text(text: str, slots: Collection[str]) -> str:
    """A reference with the slots of this case; blanks of others, such as a macro's own, become an ellipsis."""
    marked = _BLANK.sub(lambda m: f"⟦{m[1]}⟧" if m[1] in slots else "…", text.replace("⟦", "[").replace("⟧", "]"))
    return harmless(marked).replace("⟦", "{").replace("⟧", "}")


def _as_day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _json(answer: Mapping[str, str]) -> str:
    return json.dumps(dict(answer), ensure_ascii=False)

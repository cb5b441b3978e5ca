"""Our own form of a solved ticket, as the contract has it: `POST /v1/knowledge/tickets` and lines of JSONL."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from app.knowledge.ingest.errors import Refused
from app.knowledge.ingest.records import Person, Rejected, SolvedTicket
from app.knowledge.ingest.rows import LINE_LIMIT, load_object, too_large
from app.ticket import Cause, Frozen, LongText, ShortText, Time

_CHANNEL = r"^[a-z][a-z0-9_.-]{0,63}$"
_CODES = {
    "missing": "missing_field", "extra_forbidden": "unknown_field", "string_too_long": "too_large",
    "datetime_from_date_parsing": "bad_date", "datetime_parsing": "bad_date", "datetime_type": "bad_date",
}  # fmt: skip


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


class CustomerIn(Frozen):
    """Who wrote; used to redact, never stored."""

    name: ShortText | None = None
    email: ShortText | None = None
    phone: ShortText | None = None
    address: ShortText | None = None


class TicketIn(Frozen):
    """One resolved ticket."""

    external_id: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_not_blank)]
    channel: Annotated[str, Field(pattern=_CHANNEL)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    problem: Annotated[LongText, AfterValidator(_not_blank)]
    reply: Annotated[LongText, AfterValidator(_not_blank)]
    cause: Cause | None = None
    csat: Annotated[int, Field(ge=1, le=5, strict=True)] | None = None
    resolved_at: Time
    customer: CustomerIn | None = None
    order_ids: Annotated[tuple[ShortText, ...], Field(max_length=100)] = ()

    def solved(self) -> SolvedTicket:
        """The same as a record. Nothing is cut: who writes our own form says exactly what is meant."""
        who = self.customer or CustomerIn()
        return SolvedTicket(
            external_id=self.external_id, channel=self.channel, language=self.language, problem=self.problem,
            reply=self.reply, cause=self.cause, csat=self.csat, resolved_at=self.resolved_at,
            customer=Person(who.name, who.email, who.phone, who.address), order_ids=self.order_ids,
        )  # fmt: skip


def parse_line(raw: bytes, line: int) -> SolvedTicket | Rejected:
    """One line of our own form; never an exception."""
    try:
        if len(raw) > LINE_LIMIT:
            raise too_large(LINE_LIMIT)
        return validated(load_object(raw))
    except Refused as refused:
        return Rejected(line, refused.external_id, refused.reason, refused.detail)


def validated(row: dict[str, Any]) -> SolvedTicket:
    """A row of our own form, or a refusal that names its first wrong field."""
    try:
        return TicketIn.model_validate(row).solved()
    except ValidationError as error:
        known = row.get("external_id")
        raise refusal(error, external_id=known[:200] if isinstance(known, str) else None) from None


def refusal(error: ValidationError, *, external_id: str | None) -> Refused:
    """The first flaw: its field and what is wrong. Pydantic's messages quote constraints, never the value."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    reason = _CODES.get(first["type"], "bad_date" if field == "resolved_at" else "bad_field")
    if reason == "unknown_field":
        # The name of an unknown field may hold anything, also a customer's words.
        return Refused(reason, "The row has a field that the contract does not know.", external_id=external_id)
    return Refused(reason, f"{field}: {_sentence(first['msg'])}.", external_id=external_id)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")

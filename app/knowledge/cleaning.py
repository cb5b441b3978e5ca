"""From a reader's record to what may be stored: redacted, its language known, marked for erasure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.knowledge.ingest.records import FoundMacro, SolvedTicket
from app.knowledge.marks import Marker
from app.knowledge.model import MacroText, ResolvedTicket
from app.knowledge.redaction import Known, macro_slots, redact
from app.triage.language import detect_language

_LONGEST = 4000  # of a problem or reply: what follows is thread, not matter
_UNSURE = 200  # characters before a cut in which half a name or address may stand


def clean_ticket(
    ticket: SolvedTicket, marker: Marker, *, origin: str, ticket_id: str | None = None, draft_id: str | None = None,
    available_at: datetime | None = None,
) -> ResolvedTicket:  # fmt: skip
    """The precedent of a solved ticket. Nothing of who wrote it is left but two marks.

    `ticket_id`: where the external id is not the ticket's own.
    """
    known = Known(
        name=ticket.customer.name, email=ticket.customer.email, phone=ticket.customer.phone,
        address=ticket.customer.address, order_ids=ticket.order_ids, agent_names=ticket.agent_names,
    )  # fmt: skip
    language = ticket.language or detect_language(ticket.problem)
    return ResolvedTicket(
        external_id=_qualified(ticket), channel=ticket.channel, language=language,
        problem=_clean(ticket.problem, known, language), reply=_clean(ticket.reply, known, language),
        cause=ticket.cause, csat=ticket.csat, resolved_at=ticket.resolved_at or datetime.now(UTC), origin=origin,
        person_mark=marker.person(ticket.customer.email),
        ticket_mark=marker.ticket(ticket_id or ticket.external_id), draft_id=draft_id, available_at=available_at,
    )  # fmt: skip


def _qualified(item: SolvedTicket | FoundMacro) -> str:
    """The id, with its helpdesk where it has one: Zendesk's 70101 is not Gorgias's."""
    return f"{item.source}:{item.external_id}" if item.source else item.external_id


def _clean(text: str, known: Known, language: str) -> str:
    """Redacted, then cut: a name or address cut in two would not be recognised."""
    window = text[: 2 * _LONGEST]
    clean = redact(window, known, language).text
    keep = len(clean) - _UNSURE if len(window) < len(text) else len(clean)
    if len(clean) <= min(keep, _LONGEST):
        return clean
    return clean[: min(keep, _LONGEST)].rsplit(maxsplit=1)[0]


def clean_macro(macro: FoundMacro) -> tuple[MacroText, tuple[str, ...]]:
    """The macro with our slots, and the placeholders nobody could map."""
    slots = macro_slots(macro.body)
    text = MacroText(
        external_id=_qualified(macro), title=macro.title, causes=macro.causes, kind=macro.kind,
        channels=macro.channels or ("*",), steps=macro.steps or {}, written=slots.body,
        language=macro.language or detect_language(slots.body),
    )  # fmt: skip
    return text, slots.unknown


def ticket_to_row(ticket: ResolvedTicket) -> dict[str, Any]:
    """As the waiting row's JSON."""
    marks = {name: mark.hex() for name in ("person_mark", "ticket_mark") if (mark := getattr(ticket, name))}
    return {"item": "ticket", **asdict(ticket), "person_mark": None, "ticket_mark": None, **marks}


def ticket_from_row(row: dict[str, Any]) -> ResolvedTicket:
    """The other way."""
    fields = {name: value for name, value in row.items() if name != "item"}
    for name in ("person_mark", "ticket_mark"):
        fields[name] = bytes.fromhex(fields[name]) if fields[name] else None
    for name in ("resolved_at", "available_at"):
        fields[name] = datetime.fromisoformat(fields[name]) if fields[name] else None
    return ResolvedTicket(**fields)


def macro_to_row(macro: MacroText) -> dict[str, Any]:
    """As the waiting row's JSON."""
    return {"item": "macro", **asdict(macro)}


def macro_from_row(row: dict[str, Any]) -> MacroText:
    """The other way."""
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items() if name != "item"}
    return MacroText(**fields)

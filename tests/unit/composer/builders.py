"""Hand-made cases: a ticket with what triage would say of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from app.drafts.model import Case, Frame
from app.profile.schemas import Profile
from app.ticket import Customer, Message, Order, Resolution, Ticket
from app.triage.model import Reading, Triage

SENT_AT = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
_ENDS = re.compile(r"(?<=[.!?])\s+")


def make_case(text: str = "Die Tasse ist kaputt.", cause: str = "damaged_in_transit", **given: Any) -> Case:
    """A case whose message is `text`; further arguments are fields of case, ticket, triage or reading."""
    sentences = tuple(_ENDS.split(text))
    reading: dict[str, Any] = {"sentences": sentences, "key_sentences": sentences[:3], "complaint": text}
    reading |= {name: given.pop(name) for name in list(given) if name in Reading.__slots__}
    language = given.pop("language", "de")
    triage = Triage(
        language=given.pop("customer_language", language), sentiment=given.pop("sentiment", "annoyed"), intensity=0.5,
        cause=cause, abusive=given.pop("abusive", False), escalate=False, reasons=given.pop("reasons", ()),
        reply_due_at=SENT_AT + timedelta(hours=24), reply_target_at=given.pop("target", SENT_AT + timedelta(hours=3)),
        cause_confidence=given.pop("cause_confidence", 1.0), reading=Reading(**reading),
    )  # fmt: skip
    order = given.pop("order", None)
    ticket = Ticket(
        id=given.pop("id", "T-1"), channel=given.pop("channel", "amazon"), customer=Customer(name=given.pop("name", None)),
        messages=(*given.pop("earlier", ()), Message(author="customer", text=text, sent_at=SENT_AT)),
        order=Order.model_validate(order) if isinstance(order, dict) else order,
    )  # fmt: skip
    frames: tuple[Frame, ...] = given.pop("frames", ())
    resolutions = tuple(Resolution.model_validate(one) for one in given.pop("resolutions", ()))
    profile = given.pop("profile", Profile())
    agent = given.pop("agent", "Jana")
    return Case(
        ticket=ticket, triage=triage, language=language, resolutions=resolutions, agent_name=agent, profile=profile,
        frames=frames, **given,
    )  # fmt: skip


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


ARMCHAIR: dict[str, Any] = {"id": "1", "items": [{"title": "Fernsehsessel Verona"}]}
KETTLE: dict[str, Any] = {"id": "1", "items": [{"title": "Stovetop kettle 2L"}]}
ORDERS: dict[str, dict[str, Any]] = {"de": ARMCHAIR, "en": KETTLE}
MUG: dict[str, Any] = {
    "id": "302-1234567-7654321",
    "items": [{"title": "Keramiktasse blau, 350 ml", "price": euros("19.90")}],
}
REFUND: dict[str, Any] = {"type": "refund", "amount": euros("19.90"), "return": "keep"}
REPLACEMENT: dict[str, Any] = {"type": "replacement", "arrives_by": "2026-11-27", "return": "keep"}

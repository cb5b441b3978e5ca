"""A case as small or as rich as a test needs it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.drafts.model import Case
from app.profile.schemas import Profile
from app.ticket import Customer, HistoryEntry, Item, Message, Money, Order, Resolution, Ticket, Tracking
from app.triage.model import Reading, Triage

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = {
    "acknowledge": "Ein abgebrochener Henkel ist ärgerlich, das tut mir leid.",
    "own": "Ich kümmere mich selbst um Ihre Bestellung {order_id}.",
    "propose": "Ich kann Ihnen den Kaufpreis erstatten oder eine neue Tasse schicken.",
    "ask": "Was ist Ihnen lieber, Geld oder Tasse?",
}
GOOD_JSON = json.dumps(GOOD, ensure_ascii=False)


def make_case(*messages: str | tuple[str, str], **changes: Any) -> Case:
    """A German damaged-mug case; `messages` are customer texts or (author, text), `changes` go to Case or Ticket."""
    thread = [
        Message(author="customer", text=m) if isinstance(m, str) else Message(author=m[0], text=m[1]) for m in messages
    ]
    ticket: dict[str, Any] = {
        "channel": "amazon",
        "messages": tuple(thread) or (Message(author="customer", text="Der Henkel der Tasse ist ab!", sent_at=NOON),),
        "customer": Customer(name="Frau Keller", email="keller@example.org"),
        "order": Order(
            id="302-1234567-7654321", placed_at=date(2026, 11, 10), promised_by=date(2026, 11, 18), carrier="DHL",
            tracking_number="00340434161094042557", tracking_url="https://www.dhl.de/track?id=1",
            tracking=Tracking(status="in_transit", location="Köln", eta=date(2026, 11, 22)),
            items=(Item(title="Keramiktasse blau", price=Money(amount=Decimal("19.90"), currency="EUR")),),
        ),
    }  # fmt: skip
    ticket |= {key: changes.pop(key) for key in tuple(changes) if key in Ticket.model_fields and key != "language"}
    values: dict[str, Any] = {
        "triage": make_triage(), "language": "de", "profile": Profile(name="Nordlicht"), "agent_name": "Jana",
        "resolutions": (
            Resolution(type="refund", amount=Money(amount=Decimal("19.90"), currency="EUR"), return_="keep"),
            Resolution(type="replacement", arrives_by=date(2026, 11, 27)),
        ),
    }  # fmt: skip
    return Case(Ticket(**ticket), **(values | changes))


def make_triage(language: str = "de", **reading: Any) -> Triage:
    return Triage(
        language, "angry", 0.8, "damaged_in_transit", False, False, (), NOON, NOON, reading=Reading(**reading)
    )


def rich_case() -> Case:
    """A case that says something about everything a prompt may be told."""
    from dataclasses import replace

    history = (HistoryEntry(at=date(2026, 10, 2), summary="Paket kam zu spät"),)
    case = make_case(
        ("customer", "Wo bleibt sie?"), ("agent", "Wir prüfen das."), "Henkel ab!", history=history, subject="Tasse"
    )
    reading = {"wants": ("refund",), "refuses": ("replacement",), "threats": ("lawyer",), "contact_count": 3}
    return replace(case, triage=make_triage(**reading), actions_done=("checked_tracking",), instruction="Bitte kurz.")

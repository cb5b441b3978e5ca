"""Examples for the OpenAPI document: requests that can be sent as they stand."""

from __future__ import annotations

from typing import Any

TICKET: dict[str, Any] = {
    "id": "T-1001",
    "channel": "amazon",
    "marketplace": "amazon.de",
    "messages": [
        {
            "author": "customer",
            "text": "Die Tasse kam heute mit abgebrochenem Henkel an, der Karton war komplett eingedrückt. "
            "Das sollte ein Geburtstagsgeschenk sein! Ich will mein Geld zurück oder sofort eine neue.",
        }
    ],
    "customer": {"name": "Frau Keller"},
    "order": {
        "id": "302-1234567-7654321",
        "placed_at": "2026-11-10",
        "status": "delivered",
        "items": [{"title": "Keramiktasse blau", "quantity": 1, "price": {"amount": "19.90", "currency": "EUR"}}],
    },
}
DRAFT = {
    "damaged_parcel": {
        "summary": "A damaged parcel on amazon.de, refund or replacement allowed",
        "value": {
            "ticket": TICKET,
            "agent": {"name": "Jana"},
            "resolutions": [
                {"type": "refund", "amount": {"amount": "19.90", "currency": "EUR"}, "return": "keep"},
                {"type": "replacement", "return": "keep"},
            ],
        },
    }
}
CHECK = {
    "plea_for_stars": {
        "summary": "A reply that asks for stars",
        "value": {
            "text": "Danke für Ihre Geduld! Über fünf Sterne würden wir uns sehr freuen: www.mein-shop.example",
            "channel": "amazon",
            "parts": ["compliance"],
        },
    }
}
TRIAGE = {"angry_customer": {"summary": "Read a ticket", "value": {"ticket": TICKET}}}
FILL = {"arrival_date": {"summary": "Fill one placeholder", "value": {"arrival_date": "27. November"}}}
OUTCOME = {"sent": {"summary": "Sent as drafted", "value": {"outcome": "sent"}}}

"""Tickets a newcomer finds on the desk: invented people, times relative to the first start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from app.ticket import Ticket

_TICKETS = Path(__file__).with_name("demo.yaml")
# `hours: -2` becomes two hours before now, `days: 3` the day in three days.
_UNITS = ("hours", "days")


def demo_tickets(now: datetime) -> list[Ticket]:
    """The demo tickets, as if they had come in during the last hours."""
    raw = yaml.safe_load(_TICKETS.read_text(encoding="utf-8"))
    return [Ticket.model_validate(_dated(ticket, now)) for ticket in raw["tickets"]]


def _dated(value: Any, now: datetime) -> Any:  # noqa: ANN401 - YAML
    match value:
        case {"hours": int() | float() as hours}:
            return (now + timedelta(hours=hours)).isoformat()
        case {"days": int() as days}:
            return (now + timedelta(days=days)).date().isoformat()
        case dict():
            return {key: _dated(item, now) for key, item in value.items()}
        case list():
            return [_dated(item, now) for item in value]
        case _:
            return value


def sample_ticket() -> Ticket:
    """The ticket that previews are filled with."""
    return demo_tickets(datetime.now(UTC))[1]

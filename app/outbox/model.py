"""Values of the outbox room."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ESCALATED = "draft.escalated"


@dataclass(frozen=True, slots=True)
class Event:
    """An event on its way: `attempts` counts the one being made."""

    id: str
    tenant_id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one attempt. `error` is None where the receiver took it.

    `final`: the receiver wants no more of it. `down`: it would take no other event either right now.
    `wait_s`: how long it asked us to wait.
    """

    error: str | None = None
    final: bool = False
    down: bool = False
    wait_s: float = 0.0

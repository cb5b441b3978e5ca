"""Queries on the outbox."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import OutboxEvent
from app.outbox.model import Event


async def add_event(
    session: AsyncSession, tenant_id: uuid.UUID, draft_id: str, kind: str, payload: dict[str, Any]
) -> str:
    """Leave an event for delivery; it is due at once. Returns its id."""
    event_id = "evt_" + uuid.uuid4().hex
    row = {"id": event_id, "tenant_id": tenant_id, "draft_id": draft_id, "kind": kind, "payload": payload}
    await session.execute(insert(OutboxEvent).values(**row))
    return event_id


async def claim_event(session: AsyncSession, *, hold_s: float) -> Event | None:
    """The tenant's event that has been due longest, held for so long: nobody else takes it meanwhile."""
    due = select(OutboxEvent.id).where(_due()).order_by(OutboxEvent.next_at, OutboxEvent.id).limit(1)
    # Compared with `=`: below an IN, PostgreSQL may run a locking subquery more than once.
    statement = (
        update(OutboxEvent)
        .where(OutboxEvent.id == due.with_for_update(skip_locked=True).scalar_subquery())
        .values(attempts=OutboxEvent.attempts + 1, next_at=_in(hold_s))
        .returning(OutboxEvent)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        return None
    return Event(row.id, row.tenant_id, row.kind, row.payload, row.attempts, row.created_at)


async def has_due(session: AsyncSession) -> bool:
    """Whether anything of the tenant is due."""
    return (await session.execute(select(OutboxEvent.id).where(_due()).limit(1))).first() is not None


async def note_delivered(session: AsyncSession, event_id: str) -> None:
    """The receiver took it."""
    values = {"delivered_at": func.clock_timestamp(), "next_at": None, "error": None}
    await session.execute(update(OutboxEvent).where(OutboxEvent.id == event_id).values(**values))


async def note_failed(session: AsyncSession, event_id: str, error: str, *, again_in_s: float | None) -> None:
    """The attempt failed; None: there will be no other."""
    next_at = None if again_in_s is None else _in(again_in_s)
    await session.execute(update(OutboxEvent).where(OutboxEvent.id == event_id).values(error=error, next_at=next_at))


def _due() -> ColumnElement[bool]:
    return OutboxEvent.next_at <= func.clock_timestamp()


def _in(seconds: float) -> ColumnElement[datetime]:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)

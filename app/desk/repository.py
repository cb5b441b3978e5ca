"""Queries on the desk's queue."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import DeskTicket

_MOST_LISTED = 200
_RENEWED = ("ticket", "triage", "received_at", "target_at", "due_at", "person_mark", "ticket_mark")


async def put(session: AsyncSession, row: dict[str, Any]) -> DeskTicket:
    """Put a ticket in the queue; one that is there already is renewed and waits again."""
    values = {name: row[name] for name in _RENEWED} | {"answered_at": None}
    statement = insert(DeskTicket).values(**row)
    renewed = statement.on_conflict_do_update(index_elements=["tenant_id", "ticket_id"], set_=values)
    found = (await session.execute(renewed.returning(DeskTicket.id))).scalar_one()
    return await load(session, found)


async def load(session: AsyncSession, desk_id: uuid.UUID) -> DeskTicket:
    """One ticket of the queue. Raises NotFound."""
    query = select(DeskTicket).where(DeskTicket.id == desk_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFound("this ticket is not on the desk")
    return row


async def waiting(session: AsyncSession, *, channel: str | None = None) -> list[DeskTicket]:
    """Unanswered tickets, the most pressing first."""
    query = select(DeskTicket).where(DeskTicket.answered_at.is_(None), *_on(channel))
    return list((await session.execute(query.order_by(DeskTicket.target_at).limit(_MOST_LISTED))).scalars())


async def answered(session: AsyncSession, *, limit: int = 20) -> list[DeskTicket]:
    """Answered tickets, the latest first."""
    query = select(DeskTicket).where(DeskTicket.answered_at.is_not(None)).order_by(DeskTicket.answered_at.desc())
    return list((await session.execute(query.limit(limit))).scalars())


async def mark_answered(session: AsyncSession, ticket_id: str) -> None:
    """The ticket was answered now; the first answer counts."""
    which = (DeskTicket.ticket_id == ticket_id, DeskTicket.answered_at.is_(None))
    await session.execute(update(DeskTicket).where(*which).values(answered_at=func.now()))


async def any_there(session: AsyncSession) -> bool:
    """Whether the tenant's desk ever had a ticket."""
    return bool((await session.execute(select(exists().where(DeskTicket.id.is_not(None))))).scalar_one())


async def share_within_target(session: AsyncSession, *, since: datetime) -> tuple[int, int, int]:
    """Of the tickets answered since then: how many, how many within their target, how many within the limit."""
    query = select(
        func.count(),
        func.count().filter(DeskTicket.answered_at <= DeskTicket.target_at),
        func.count().filter(DeskTicket.answered_at <= DeskTicket.due_at),
    ).where(DeskTicket.answered_at >= since)
    total, within, in_time = (await session.execute(query)).one()
    return int(total), int(within), int(in_time)


def _on(channel: str | None) -> tuple[ColumnElement[bool], ...]:
    return (DeskTicket.ticket["channel"].astext == channel,) if channel else ()

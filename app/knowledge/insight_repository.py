"""Queries on what outcomes and drafts tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Draft, DraftMacro, Precedent


@dataclass(frozen=True, slots=True)
class SentReply:
    """A reply that was sent, redacted, and what it was about."""

    id: str
    language: str
    cause: str | None
    channel: str
    text: str


async def sent_without_macro(session: AsyncSession, *, limit: int) -> list[SentReply]:
    """The newest replies that were sent and stood on no macro."""
    macro = select(DraftMacro.draft_id).where(DraftMacro.draft_id == Precedent.draft_id).exists()
    query = (
        select(Precedent.external_id, Precedent.language, Precedent.cause, Precedent.channel, Precedent.reply)
        # Of a draft that is gone nobody can say what it stood on.
        .join(Draft, Draft.id == Precedent.draft_id)
        .where(Precedent.origin == "outcome", ~macro)
        .order_by(Precedent.created_at.desc())
        .limit(limit)
    )
    return [SentReply(*row) for row in await session.execute(query)]


async def contacts_by_week(session: AsyncSession, *, since: date) -> list[tuple[str, date, int]]:
    """Cause, Monday, contacts; a ticket counts once a week."""
    ticket = func.coalesce(Draft.ticket_id, Draft.id)
    week = func.date_trunc("week", func.timezone("UTC", Draft.created_at))
    query = (
        select(Draft.cause, week, func.count(ticket.distinct()))
        .where(Draft.created_at >= datetime.combine(since, time(), UTC))
        .group_by(Draft.cause, text("2"))
    )
    return [(cause, start.date(), contacts) for cause, start, contacts in await session.execute(query)]

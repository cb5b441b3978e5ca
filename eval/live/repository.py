"""Queries on drafts with what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Draft, DraftOutcome


async def list_edited(session: AsyncSession, *, limit: int) -> list[dict[str, Any]]:
    """Drafts that were edited before they were sent, newest first."""
    query = (
        select(Draft, DraftOutcome)
        .join(DraftOutcome, DraftOutcome.draft_id == Draft.id)
        .where(DraftOutcome.outcome == "edited")
        .order_by(DraftOutcome.created_at.desc(), DraftOutcome.id)
        .limit(limit)
    )
    return [_row(draft, outcome) for draft, outcome in (await session.execute(query)).all()]


async def list_live(session: AsyncSession, *, since: datetime) -> list[dict[str, Any]]:
    """All drafts from a time on, each with its last outcome or none: what was never used counts as well."""
    last = (
        select(DraftOutcome)
        .where(DraftOutcome.draft_id == Draft.id)
        .order_by(DraftOutcome.created_at.desc(), DraftOutcome.id)
        .limit(1)
        .lateral()
    )
    query = (
        select(
            Draft.id, Draft.channel, Draft.cause, Draft.language, Draft.status, Draft.ticket_id,
            Draft.answer["generation"]["prompt"].astext.label("prompt"),
            Draft.answer["generation"]["engine"].astext.label("engine"), last.c.outcome, last.c.assessment,
        )
        .outerjoin(last, last.c.draft_id == Draft.id)
        .where(Draft.created_at >= since)
        .order_by(Draft.id)
    )  # fmt: skip
    return [dict(row) for row in (await session.execute(query)).mappings()]


def _row(draft: Draft, outcome: DraftOutcome) -> dict[str, Any]:
    return {
        "draft_id": draft.id, "request": draft.request, "answer": draft.answer, "cause": draft.cause,
        "sent_text": outcome.sent_text, "assessment": outcome.assessment,
    }  # fmt: skip

"""`GET /v1/knowledge/proposals` and `GET /v1/knowledge/causes`: what outcomes and drafts tell a lead."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.http.sessions import KnowledgeSession
from app.knowledge import insights
from app.ticket import Frozen

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"])


class ProposalOut(Frozen):
    """A reply agents keep writing without a macro; `examples` are draft ids."""

    language: str
    cause: str | None
    channels: tuple[str, ...]
    count: int
    text: str
    examples: tuple[str, ...]


class ProposalList(Frozen):
    """Proposals, most frequent first."""

    proposals: tuple[ProposalOut, ...]


class CauseWeekOut(Frozen):
    """Contacts about a cause in one week, the mean of the weeks before, and whether that is a spike."""

    cause: str
    week: date
    contacts: int
    usual: float
    spike: bool


class CauseList(Frozen):
    """The root-cause view, oldest week first."""

    causes: tuple[CauseWeekOut, ...]


@router.get("/proposals")
async def read_proposals(session: KnowledgeSession, least: Annotated[int, Query(ge=2, le=100)] = 3) -> ProposalList:
    """Sent replies that repeat without a macro behind them: each could become one."""
    found = await insights.proposals(session, least=least)
    return ProposalList(proposals=tuple(
        ProposalOut(language=p.language, cause=p.cause, channels=p.channels, count=p.count, text=p.text,
                    examples=p.examples)
        for p in found
    ))  # fmt: skip


@router.get("/causes")
async def read_causes(session: KnowledgeSession, weeks: Annotated[int, Query(ge=2, le=104)] = 12) -> CauseList:
    """Why customers write: contacts by cause and week, spikes flagged."""
    rows = await insights.causes_by_week(session, weeks=weeks, today=datetime.now(UTC))
    return CauseList(causes=tuple(
        CauseWeekOut(cause=r.cause, week=r.week, contacts=r.contacts, usual=r.usual, spike=r.spike) for r in rows
    ))  # fmt: skip

"""`GET /v1/stats`: what became of drafts, week by week. By week, rule and cause, never by agent (§ 87 BetrVG)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.http.sessions import KnowledgeSession
from app.quality.service import Week, read_quality
from app.ticket import Frozen

router = APIRouter(prefix="/v1/stats", tags=["quality"])


class WeekOut(Frozen):
    """Outcomes told in the week that begins on this Monday; `acceptance` of all told, `effort` of what was sent."""

    start: date
    sent: int
    edited: int
    discarded: int
    acceptance: float | None
    effort: float | None


class RuleOut(Frozen):
    """How often a rule was found in drafts, and in what was sent."""

    rule: str
    severity: str
    drafts: int
    sent: int


class TimelinessOut(Frozen):
    """Tickets answered, and how many of them within the aim and within the channel's limit."""

    answered: int
    within_target: int
    within_limit: int


class StatsAnswer(Frozen):
    """Quality over real outcomes; `overall` is all weeks as one."""

    overall: WeekOut
    weeks: tuple[WeekOut, ...]
    rules: tuple[RuleOut, ...]
    timeliness: TimelinessOut


@router.get("")
async def read_stats(session: KnowledgeSession, weeks: Annotated[int, Query(ge=1, le=104)] = 12) -> StatsAnswer:
    """Acceptance, edit effort, findings by rule, and answers within their time."""
    found = await read_quality(session, weeks=weeks, now=datetime.now(UTC))
    return StatsAnswer(
        overall=_week(found.all_weeks), weeks=tuple(_week(week) for week in found.weeks),
        rules=tuple(RuleOut(**asdict(rule)) for rule in found.rules),
        timeliness=TimelinessOut(**asdict(found.timeliness)),
    )  # fmt: skip


def _week(week: Week) -> WeekOut:
    return WeekOut(start=week.start, sent=week.sent, edited=week.edited, discarded=week.discarded,
                   acceptance=week.acceptance, effort=week.effort)  # fmt: skip

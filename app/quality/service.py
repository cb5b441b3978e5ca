"""How good replies are: acceptance and effort week by week, findings by rule, causes, answers within target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.desk import repository as desk_repository
from app.knowledge.insights import CauseWeek, causes_by_week
from app.quality import repository


@dataclass(frozen=True, slots=True)
class Week:
    """What became of drafts in the week that begins on this Monday."""

    start: date
    sent: int = 0
    edited: int = 0
    discarded: int = 0
    effort: float | None = None

    @property
    def told(self) -> int:
        """Drafts whose outcome is known."""
        return self.sent + self.edited + self.discarded

    @property
    def acceptance(self) -> float | None:
        """Share that was sent, as drafted or after edits."""
        return (self.sent + self.edited) / self.told if self.told else None


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule was found in drafts, and in what was sent."""

    rule: str
    severity: str
    drafts: int
    sent: int


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one draft."""

    draft_id: str
    ticket_id: str | None
    channel: str
    cause: str
    outcome: str
    effort: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Tickets of the desk answered, within the aim, within the channel's limit."""

    answered: int
    within_target: int
    within_limit: int

    def share(self, count: int) -> float | None:
        """A count as a share of all that was answered."""
        return count / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything the quality page shows."""

    weeks: Sequence[Week]
    rules: Sequence[RuleCount]
    causes: Sequence[CauseWeek]
    timeliness: Timeliness
    recent: Sequence[Told]

    @property
    def all_weeks(self) -> Week:
        """The whole time as one."""
        told = [w for w in self.weeks if w.effort is not None]
        sent = sum(w.sent + w.edited for w in told)
        effort = sum((w.effort or 0) * (w.sent + w.edited) for w in told) / sent if sent else None
        return Week(
            self.weeks[0].start, sum(w.sent for w in self.weeks), sum(w.edited for w in self.weeks),
            sum(w.discarded for w in self.weeks), effort,
        )  # fmt: skip


async def read_quality(session: AsyncSession, *, weeks: int, now: datetime) -> Quality:
    """The last weeks, this one included; weeks without outcomes are there, empty."""
    monday = now.date() - timedelta(days=now.weekday())
    starts = [monday - timedelta(weeks=i) for i in reversed(range(weeks))]
    since = datetime.combine(starts[0], time(), UTC)
    known = {row[0]: Week(*row) for row in await repository.outcomes_by_week(session, since)}
    return Quality(
        weeks=[known.get(start, Week(start)) for start in starts],
        rules=[RuleCount(*row) for row in await repository.findings_by_rule(session, since)],
        causes=await causes_by_week(session, weeks=weeks, today=now),
        timeliness=Timeliness(*await desk_repository.share_within_target(session, since=since)),
        recent=[Told(*row) for row in await repository.recent_outcomes(session, since)],
    )

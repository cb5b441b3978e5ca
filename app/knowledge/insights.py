"""What outcomes tell: replies that want to become macros, and causes that are on the rise."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.knowledge import insight_repository
from app.knowledge.insight_repository import SentReply

_WORD = re.compile(r"\w+|\{[a-z_]+\}")
_RUN = 3  # words: long enough to be somebody's wording, short enough to survive an edit
_ALIKE = 0.6  # share of common runs (Jaccard) from which two replies are the same one
_COMMON = 200  # a run in more groups than this says nothing about two of them
_MOST_REPLIES = 5000
_EXAMPLES = 3
# A spike: at least so many contacts, and more than this many standard deviations (of a count, its root) above usual.
_LEAST_SPIKE, _DEVIATIONS = 5, 3.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """Near-identical replies that stand on no macro: one wording, told `count` times."""

    language: str
    cause: str | None
    channels: tuple[str, ...]
    count: int
    text: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CauseWeek:
    """Contacts about a cause in the week that begins on this Monday.

    `usual` is the mean of the weeks before, from the first week in which anybody wrote.
    """

    cause: str
    week: date
    contacts: int
    usual: float
    spike: bool


async def proposals(session: AsyncSession, *, least: int) -> list[Proposal]:
    """Groups of at least `least` sent replies that say the same without a macro behind them, largest first."""
    replies = await insight_repository.sent_without_macro(session, limit=_MOST_REPLIES)
    return sorted(
        (_proposal(group) for group in grouped(replies) if len(group) >= least), key=lambda p: (-p.count, p.text)
    )


def grouped(replies: Sequence[SentReply]) -> list[list[SentReply]]:
    """Replies in the same language that share most of their runs of words with the first of their group."""
    groups: list[list[SentReply]] = []
    firsts: list[set[tuple[str, ...]]] = []
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)  # of each run, the groups whose first reply has it
    for reply in replies:
        own = _runs(reply)
        shared = Counter(group for run in own if len(holders[run]) <= _COMMON for group in holders[run])
        alike = {g: common / (len(own) + len(firsts[g]) - common) for g, common in shared.items()}
        best = max(alike, key=lambda g: (alike[g], -g), default=None)
        if best is not None and alike[best] >= _ALIKE:
            groups[best].append(reply)
            continue
        for run in own:
            holders[run].append(len(groups))
        groups.append([reply])
        firsts.append(own)
    return groups


def _runs(reply: SentReply) -> set[tuple[str, ...]]:
    words = _WORD.findall(reply.text.lower())
    return {(reply.language, *words[i : i + _RUN]) for i in range(max(1, len(words) - _RUN + 1))}


def _proposal(group: Sequence[SentReply]) -> Proposal:
    """The wording nearest to all others speaks for the group."""
    runs = [_runs(reply) for reply in group]
    told = Counter(run for own in runs for run in own)
    best = max(range(len(group)), key=lambda i: (sum(told[r] for r in runs[i]) / len(runs[i]), group[i].id))
    causes = Counter(reply.cause for reply in group)
    return Proposal(
        language=group[best].language, cause=causes.most_common(1)[0][0], text=group[best].text, count=len(group),
        channels=tuple(sorted({reply.channel for reply in group})),
        examples=tuple(reply.id for reply in group[:_EXAMPLES]),
    )  # fmt: skip


async def causes_by_week(session: AsyncSession, *, weeks: int, today: datetime) -> list[CauseWeek]:
    """Contacts by cause and week, a ticket counted once, oldest week first; weeks without contacts count as none."""
    monday = today.date() - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=weeks - 1)
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for cause, week, contacts in await insight_repository.contacts_by_week(session, since=first):
        counts[cause][week] = contacts
    spans = [first + timedelta(weeks=i) for i in range(weeks)]
    begun = min((week for known in counts.values() for week in known), default=first)
    rows = (
        row for cause, known in counts.items() for row in _weeks(cause, [(w, known.get(w, 0)) for w in spans], begun)
    )
    return sorted(rows, key=lambda row: (row.week, row.cause))


def _weeks(cause: str, counts: Iterable[tuple[date, int]], begun: date) -> Iterator[CauseWeek]:
    before: list[int] = []
    for week, contacts in counts:
        if week < begun:
            yield CauseWeek(cause, week, contacts, 0.0, spike=False)
            continue
        usual = sum(before) / len(before) if before else 0.0
        yield CauseWeek(cause, week, contacts, round(usual, 2), is_spike(contacts, usual, weeks=len(before)))
        before.append(contacts)


def is_spike(contacts: int, usual: float, *, weeks: int) -> bool:
    """Whether a count stands out from the mean of the weeks before; the first week cannot."""
    return weeks > 0 and contacts >= _LEAST_SPIKE and contacts > usual + _DEVIATIONS * math.sqrt(max(usual, 1.0))

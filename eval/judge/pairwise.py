"""Which of two drafts is better: asked in both orders, for judges favour a place; where they disagree it is a tie."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from app.llm.client import ModelError
from eval.comparing.pairing import Pairing
from eval.judge.asking import Judge
from eval.runs.rows import Row
from eval.statistics.paired import bootstrap, grouped, permutation
from eval.statistics.proportions import Interval


class Choice(BaseModel):
    """A judge's answer."""

    better: Literal["first", "second", "tie"]
    reason: str


@dataclass(frozen=True, slots=True)
class Bout:
    """One case in both orders. `score`: 1 for the candidate, 0 for the baseline, 0.5 for a tie."""

    case: str
    cluster: str
    score: float
    consistent: bool
    first_place_wins: int  # of the two orders
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """All bouts of a pair. `position_bias`: share of decided answers for the first place; 0.5 is none."""

    judge: str
    bouts: tuple[Bout, ...]
    lost: int
    share: Interval
    p: float
    consistency: float
    position_bias: float


async def play(judge: Judge, pairing: Pairing, *, concurrency: int = 8) -> Match | None:
    """Compare each case's first drafts; None where no answer could be read."""
    places = asyncio.Semaphore(concurrency)

    async def one(case: str, ours: Row, theirs: Row) -> Bout | None:
        async with places:
            return await _bout(judge, case, ours, theirs)

    pairs = [(case, a[0], b[0]) for case, (a, b) in pairing.cases.items() if a[0].draft.get("text") and
             b[0].draft.get("text")]  # fmt: skip
    found = await asyncio.gather(*(one(*p) for p in pairs))
    bouts = tuple(b for b in found if b)
    return _match(judge.name, bouts, len(found) - len(bouts)) if bouts else None


def _match(judge: str, bouts: Sequence[Bout], lost: int) -> Match:
    groups = grouped([b.score - 0.5 for b in bouts], [b.cluster for b in bouts])
    gain = bootstrap(groups)
    share = Interval(gain.estimate + 0.5, max(0.0, gain.low + 0.5), min(1.0, gain.high + 0.5))
    decided = [b for b in bouts if not b.consistent or b.score != 0.5]  # noqa: PLR2004 - a tie both times
    first = sum(b.first_place_wins for b in decided) / (2 * len(decided)) if decided else 0.5
    return Match(judge, tuple(bouts), lost, share, permutation(groups),
                 sum(b.consistent for b in bouts) / len(bouts), first)  # fmt: skip


async def _bout(judge: Judge, case: str, ours: Row, theirs: Row) -> Bout | None:
    customer, old, new = ours.facts.get("customer") or "", ours.draft["text"], theirs.draft["text"]
    try:
        there = await judge.ask("pairwise.md.j2", Choice, customer=customer, first=old, second=new)
        back = await judge.ask("pairwise.md.j2", Choice, customer=customer, first=new, second=old)
    except ModelError:
        return None
    score = {"first": 0.0, "second": 1.0, "tie": 0.5}
    one, other = score[there.better], 1 - score[back.better]
    firsts = (there.better == "first") + (back.better == "first")
    return Bout(case, ours.cluster, one if one == other else 0.5, one == other, firsts, there.reason)

"""Which of two drafts is better: asked in both orders, for judges favour a place; where they disagree it is a tie.

A bout is kept in the candidate's row as two metrics, `judge.<name>.win` (1, 0.5 or 0) and `judge.<name>.orders` (what
was said in each order), each with its reason; matches are computed from the rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from pydantic import BaseModel

from app.llm.client import ModelError
from eval.comparing.pairing import Pairing, pair, within
from eval.judge.asking import Judge
from eval.judge.trust import PREFIX
from eval.runs.rows import Ledger, Row, Run
from eval.statistics.paired import bootstrap, grouped, permutation
from eval.statistics.proportions import Interval

Place = Literal["first", "second", "tie"]
_WIN, _ORDERS = ".win", ".orders"
_THEN = ", then "
_TIE = 0.5


class Choice(BaseModel):
    """A judge's answer."""

    better: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Bout:
    """One case in both orders: what was better with the baseline's draft first (`there`), and last (`back`)."""

    case: str
    cluster: str
    there: Place
    back: Place

    @property
    def consistent(self) -> bool:
        """Whether both orders say the same."""
        return {"first": "second", "second": "first", "tie": "tie"}[self.there] == self.back

    @property
    def score(self) -> float:
        """1 for the candidate, 0 for the baseline, 0.5 for a tie."""
        return {"first": 0.0, "second": 1.0, "tie": _TIE}[self.there] if self.consistent else _TIE


@dataclass(frozen=True, slots=True)
class Match:
    """All bouts of a variant against another. `lost`: cases on which no answer could be read."""

    judge: str
    variant: str
    against: str
    bouts: tuple[Bout, ...]
    lost: int

    @property
    def share(self) -> Interval:
        """The candidate's share of wins, ties counted half, with an interval over clusters."""
        gain = bootstrap(grouped([b.score - _TIE for b in self.bouts], [b.cluster for b in self.bouts]))
        return Interval(gain.estimate + _TIE, max(0.0, gain.low + _TIE), min(1.0, gain.high + _TIE))

    @property
    def p(self) -> float:
        """Two-sided p of no difference."""
        return permutation(grouped([b.score - _TIE for b in self.bouts], [b.cluster for b in self.bouts]))

    @property
    def ties(self) -> int:
        """Bouts without a winner, those among them in which the orders disagree."""
        return sum(b.score == _TIE for b in self.bouts)

    @property
    def consistency(self) -> float:
        """Share of bouts in which both orders say the same."""
        return sum(b.consistent for b in self.bouts) / len(self.bouts)

    @property
    def position_bias(self) -> float:
        """Share of answers that name a place which name the first; 0.5 is no bias."""
        named = [place for b in self.bouts for place in (b.there, b.back) if place != "tie"]
        return sum(place == "first" for place in named) / len(named) if named else _TIE


async def play(judges: Sequence[Judge], run: Run, ledger: Ledger, *, concurrency: int = 8) -> int:
    """Let judges compare each variant's first drafts with the first variant's, and write the bouts into the run.

    Returns how many comparisons got no answer that could be read.
    """
    places, lost = asyncio.Semaphore(concurrency), 0

    async def one(ours: Row, theirs: Row) -> None:
        nonlocal lost
        metrics = dict(theirs.metrics)
        for judge in judges:
            async with places:
                told = await _asked(judge, ours, theirs)
            lost += told is None
            metrics |= told or {}
        ledger.add(replace(theirs, metrics=metrics))

    async with asyncio.TaskGroup() as group:
        for one_side, other in within(run):
            for ours, theirs in _first_drafts(pair(one_side, other)):
                group.create_task(one(ours, theirs))
    return lost


def matches(run: Run) -> list[Match]:
    """What judges made of a run's variants, as far as they were asked."""
    names = dict.fromkeys(n for r in run.rows.values() for n in r.metrics if _judge(n))
    found = []
    for one_side, other in within(run) if names else ():
        asked = _first_drafts(pair(one_side, other))
        for metric in names:
            bouts = tuple(b for _, theirs in asked if (b := _bout(theirs, metric)))
            if bouts:
                made = Match(_judge(metric) or "", other.variant, one_side.variant, bouts, len(asked) - len(bouts))
                found.append(made)
    return found


def _judge(metric: str) -> str | None:
    named = metric.startswith(PREFIX) and metric.endswith(_ORDERS)
    return metric.removeprefix(PREFIX).removesuffix(_ORDERS) if named else None


def _first_drafts(pairing: Pairing) -> list[tuple[Row, Row]]:
    both: Iterable[tuple[list[Row], list[Row]]] = pairing.cases.values()
    return [(a[0], b[0]) for a, b in both if a[0].draft.get("text") and b[0].draft.get("text")]


def _bout(row: Row, metric: str) -> Bout | None:
    told = str(row.value(metric) or "").split(_THEN)
    places: dict[str, Place] = {p: p for p in get_args(Place)}
    there, back = (places.get(t) for t in (told[0], told[-1]))
    return Bout(row.case, row.cluster, there, back) if there and back else None


async def _asked(judge: Judge, ours: Row, theirs: Row) -> dict[str, list[object]] | None:
    customer, old, new = ours.facts.get("customer") or "", ours.draft["text"], theirs.draft["text"]
    try:
        there = await judge.ask("pairwise.md.j2", Choice, customer=customer, first=old, second=new)
        back = await judge.ask("pairwise.md.j2", Choice, customer=customer, first=new, second=old)
    except ModelError:
        return None
    bout = Bout(theirs.case, theirs.cluster, there.better, back.better)
    return {
        f"{PREFIX}{judge.name}{_WIN}": [bout.score, there.reason],
        f"{PREFIX}{judge.name}{_ORDERS}": [f"{there.better}{_THEN}{back.better}", back.reason],
    }

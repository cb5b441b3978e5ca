"""How well judges agree with people: on whether to send a draft, on the rubric's items, on which of two is better."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.casebook.model import digest_of
from eval.judge.correcting import corrected_share, judge_of
from eval.judge.labels import Label, Preference
from eval.judge.pairwise import Match
from eval.judge.rubric import RUBRIC, read_marks
from eval.judge.trust import LEAST_KAPPA, PREFIX
from eval.runs.rows import Row, Run
from eval.statistics.agreement import alpha_interval, cohens_kappa, kappa_interval
from eval.statistics.proportions import Interval

_LEAST_LABELS = 30
_PASSES = 4  # of five: a mark from which on an item counts as passed


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far a judge agrees with people, and its errors: passed of the good, refused of the bad.

    `shares`: of good drafts by variant, corrected for these errors. `items`: κ on each item of the rubric and over how
    many labels, where people said something of it.
    """

    judge: str
    labels: int
    kappa: Interval
    alpha: Interval
    sensitivity: tuple[int, int]
    specificity: tuple[int, int]
    shares: dict[str, Interval | None] = field(default_factory=dict)
    items: dict[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def trusted(self) -> bool:
        """Whether it may gate."""
        return self.labels >= _LEAST_LABELS and self.kappa.low >= LEAST_KAPPA

    def as_json(self) -> dict[str, Any]:
        """As the file of calibrations keeps it."""
        low = self.kappa.low if self.labels >= _LEAST_LABELS else None
        return {"labels": self.labels, "kappa": self.kappa.estimate, "kappa_low": low,
                "sensitivity": self.sensitivity, "specificity": self.specificity}  # fmt: skip


def calibrate(run: Run, labels: Sequence[Label]) -> list[Calibration]:
    """Each judge of a run against the majority of people; a draft on which people are split is left out."""
    said: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for label in labels:
        said[label.case, label.text].append(label)
    people = {row.key: said.get((row.case, _hash(row)), []) for row in run.rows.values()}
    names = dict.fromkeys(n for r in run.rows.values() for n in r.metrics if judge_of(n))
    return [c for metric in names if (c := _calibration(run, metric, people))]


def agreement(match: Match, run: Run, preferences: Sequence[Preference]) -> tuple[int, int]:
    """On how many pairs that people compared the judge says as their majority, ties among them, and of how many."""
    said: dict[tuple[str, tuple[str, str]], list[str | None]] = defaultdict(list)
    for p in preferences:
        said[p.case, p.texts].append(p.better)
    same = total = 0
    for bout in match.bouts:
        old, new = (_hash(run.rows.get((v, bout.case, 0))) for v in (match.against, match.variant))
        votes = Counter(said.get((bout.case, (min(old, new), max(old, new))), ()))
        ranked = votes.most_common(2)
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            continue
        total += 1
        same += ranked[0][0] == {1.0: new, 0.0: old}.get(bout.score)
    return same, total


def _calibration(run: Run, metric: str, people: dict[Any, list[Label]]) -> Calibration | None:
    # Each text once: variants and repeats that write the same are one draft to a person.
    told = list({(r.case, _hash(r)): r for r in run.rows.values() if isinstance(r.value(metric), bool)}.values())
    pairs, units = [], []
    for row in told:
        good = [label.good for label in people[row.key]]
        if (majority := _majority(good)) is not None:
            pairs.append((majority, row.value(metric)))
            units.append([*good, row.value(metric)])
    if not pairs:
        return None
    theirs, judges = [p for p, _ in pairs], [j for _, j in pairs]
    bare = Calibration(
        metric.removeprefix(PREFIX).removesuffix(".pass"), len(pairs), kappa_interval(theirs, judges),
        alpha_interval(units),
        sensitivity=(sum(p and j for p, j in pairs), sum(theirs)),
        specificity=(sum(not p and not j for p, j in pairs), len(theirs) - sum(theirs)),
        items=_items(told, metric, people),
    )  # fmt: skip
    known = {bare.judge: bare.as_json()}
    bare.shares.update({v: corrected_share(metric, list(run.of(v)), known) for v in run.variants})
    return bare


def _hash(row: Row | None) -> str:
    return digest_of((row.draft.get("text") if row else None) or "")


def _majority(votes: Sequence[bool]) -> bool | None:
    return None if 2 * sum(votes) == len(votes) else 2 * sum(votes) > len(votes)


def _items(told: Sequence[Row], metric: str, people: dict[Any, list[Label]]) -> dict[str, tuple[float, int]]:
    found = {}
    for item in RUBRIC:
        pairs = []
        for row in told:
            mark = read_marks(row, metric).get(item)
            majority = _majority([label.marks[item] for label in people[row.key] if item in label.marks])
            if mark is not None and majority is not None:
                pairs.append((majority, mark >= _PASSES))
        if pairs:
            found[item] = (cohens_kappa([p for p, _ in pairs], [j for _, j in pairs]), len(pairs))
    return found

"""Which rows of two variants belong together: the same case, saying the same, scored on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import InvalidRequest
from eval.runs.rows import Row, Run


@dataclass(frozen=True, slots=True)
class Side:
    """One variant of one run."""

    run: Run
    variant: str

    @property
    def label(self) -> str:
        """How reports call it."""
        return f"{self.run.id}/{self.variant}"


@dataclass(frozen=True, slots=True)
class Pairing:
    """Rows by case on both sides. `changed`: cases that say something else in the other run; `lost`: failed ones."""

    baseline: Side
    candidate: Side
    cases: dict[str, tuple[list[Row], list[Row]]]
    changed: tuple[str, ...]
    only_one: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def label(self) -> str:
        """What is compared with what."""
        if self.baseline.run is self.candidate.run:
            return f"{self.candidate.variant} against {self.baseline.variant}"
        return f"{self.candidate.label} against {self.baseline.label}"


def pair(baseline: Side, candidate: Side) -> Pairing:
    """Pair two variants. Raises InvalidRequest where they share no case."""
    for side in (baseline, candidate):
        if side.variant not in side.run.variants:
            known = ", ".join(side.run.variants)
            raise InvalidRequest(f"run {side.run.id} has no variant {side.variant!r}; it has {known}")
    ours, theirs = _by_case(baseline), _by_case(candidate)
    shared = sorted(set(ours) & set(theirs))
    changed = tuple(c for c in shared if _digest(ours[c]) != _digest(theirs[c]))
    cases, lost = {}, []
    for case in shared:
        kept = [r for r in ours[case] if r.status == "scored"], [r for r in theirs[case] if r.status == "scored"]
        if case in changed:
            continue
        if not all(kept):
            lost.append(case)
            continue
        cases[case] = kept
    if not cases:
        raise InvalidRequest(f"{baseline.label} and {candidate.label} share no case that was scored in both")
    return Pairing(baseline, candidate, cases, changed, tuple(sorted(set(ours) ^ set(theirs))), tuple(lost))


def sides(baseline: Run, candidate: Run) -> list[tuple[Side, Side]]:
    """Variants of the same name; where there are none, each candidate against the baseline's first.

    A run beside itself: its further variants against its first, for a prompt is changed and compared in one run.
    """
    if baseline.path == candidate.path and len(candidate.variants) > 1:
        return within(candidate)
    same = [v for v in candidate.variants if v in baseline.variants]
    if same:
        return [(Side(baseline, v), Side(candidate, v)) for v in same]
    return [(Side(baseline, baseline.variants[0]), Side(candidate, v)) for v in candidate.variants]


def within(run: Run) -> list[tuple[Side, Side]]:
    """Each further variant of a run against its first."""
    first, *others = run.variants
    return [(Side(run, first), Side(run, v)) for v in others]


def _by_case(side: Side) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in side.run.of(side.variant):
        found[row.case].append(row)
    return found


def _digest(rows: Iterable[Row]) -> object:
    return {r.facts.get("digest") for r in rows}

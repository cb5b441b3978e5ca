"""The paired difference of a metric between two variants: how large, how sure, and what could have been found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eval.comparing.pairing import Pairing
from eval.metrics.catalogue import about
from eval.runs.rows import Row
from eval.statistics.many import detectable, holm
from eval.statistics.paired import Grouped, bootstrap, clustered_error, grouped, permutation
from eval.statistics.proportions import Interval, mcnemar_exact

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """Candidate minus baseline over paired cases. `p_holm`: with all metrics and variants asked about."""

    metric: str
    pair: str
    cases: int
    clusters: int
    baseline_mean: float
    candidate_mean: float
    interval: Interval
    error: float
    p: float
    test: str
    risen: int
    fallen: int
    p_holm: float = 1.0

    @property
    def detectable(self) -> float:
        """The smallest true difference this many cases would have shown four times in five."""
        return detectable(self.error)

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `changed` where neither way is good, `same` where nothing differs, else `unclear`."""
        if not self.risen and not self.fallen:
            return "same"
        if self.p_holm >= ALPHA:
            return "unclear"
        way = about(self.metric).better
        return "changed" if way is None else "better" if (self.interval.estimate > 0) == (way == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Paired:
    """A metric's differences by case."""

    first: list[float]
    second: list[float]
    clusters: list[str]
    ids: list[str]

    @property
    def differences(self) -> list[float]:
        """Candidate minus baseline."""
        return [b - a for a, b in zip(self.first, self.second, strict=True)]

    @property
    def groups(self) -> Grouped:
        """Differences by cluster."""
        return grouped(self.differences, self.clusters)


def paired_values(pairing: Pairing, metric: str) -> Paired:
    """Means over repeats of each case that has the metric on both sides."""
    found = Paired([], [], [], [])
    for case, (ours, theirs) in pairing.cases.items():
        a, b = _mean(ours, metric), _mean(theirs, metric)
        if a is None or b is None:
            continue
        found.first.append(a)
        found.second.append(b)
        found.clusters.append(ours[0].cluster)
        found.ids.append(case)
    return found


def _mean(rows: Sequence[Row], metric: str) -> float | None:
    values = [float(v) for r in rows if isinstance(v := r.value(metric), bool | int | float)]
    return sum(values) / len(values) if values else None


def difference(pairing: Pairing, metric: str, *, samples: int = 10_000) -> Difference | None:
    """The difference in one metric; None where no case has it on both sides."""
    values = paired_values(pairing, metric)
    if not values.ids:
        return None
    apart, groups = values.differences, values.groups
    risen, fallen = sum(d > 0 for d in apart), sum(d < 0 for d in apart)
    alone = len(groups.sums) == len(apart) and all(abs(d) in (0.0, 1.0) for d in apart)
    p = mcnemar_exact(fallen, risen) if alone else permutation(groups, samples=samples)
    return Difference(
        metric=metric, pair=pairing.label, cases=len(apart), clusters=len(groups.sums),
        baseline_mean=sum(values.first) / len(apart), candidate_mean=sum(values.second) / len(apart),
        interval=bootstrap(groups, samples=samples), error=clustered_error(groups), p=p,
        test="McNemar" if alone else "permutation", risen=risen, fallen=fallen,
    )  # fmt: skip


def metrics_of(pairing: Pairing) -> list[str]:
    """All metrics its rows have that can be subtracted."""
    rows = [r for both in pairing.cases.values() for side in both for r in side]
    names = dict.fromkeys(name for r in rows for name in r.metrics)
    return [n for n in names if any(isinstance(r.value(n), bool | int | float) for r in rows)]


def differences(pairings: Sequence[Pairing], *, samples: int = 10_000) -> list[Difference]:
    """All metrics of all pairs, p values corrected for their number (Holm)."""
    found = [d for p in pairings for name in metrics_of(p) if (d := difference(p, name, samples=samples))]
    asked = [d for d in found if d.risen or d.fallen]
    adjusted = dict(zip(map(id, asked), holm([d.p for d in asked]), strict=True))
    return [replace(d, p_holm=adjusted.get(id(d), 1.0)) for d in found]

"""What a run says of each variant, computed from its rows and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics.catalogue import about
from eval.runs.rows import Row, Run
from eval.statistics.paired import clustered_error, grouped, t_interval
from eval.statistics.proportions import Interval, wilson


@dataclass(frozen=True, slots=True)
class Total:
    """A metric over a variant's rows. `worst`, `best`: if every failed row were the one or the other."""

    metric: str
    n: int
    interval: Interval
    worst: float | None = None
    best: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A variant's rows in figures."""

    variant: str
    scored: int
    failed: int
    unparseable: int
    clusters: int
    cost: float | None
    cost_per_accepted: float | None
    totals: dict[str, Total]
    rules: dict[str, int]

    @property
    def rows(self) -> int:
        """All of them."""
        return self.scored + self.failed + self.unparseable


def summarise(run: Run, variant: str) -> Summary:
    """Figures of one variant."""
    rows = list(run.of(variant))
    scored = [r for r in rows if r.status == "scored"]
    status = Counter(r.status for r in rows)
    names = list(dict.fromkeys(name for r in scored for name in r.metrics))
    totals = {name: t for name in names if (t := total(name, scored, lost=len(rows) - len(scored)))}
    cost = _cost(rows)
    accepted = sum(is_accepted(r) for r in scored)
    return Summary(
        variant=variant, scored=len(scored), failed=status["failed"], unparseable=status["unparseable"],
        clusters=len({r.cluster for r in rows}), cost=cost,
        cost_per_accepted=cost / accepted if cost is not None and accepted else None, totals=totals,
        rules=dict(Counter(f["rule"] for r in scored for f in r.draft.get("findings", ())).most_common()),
    )  # fmt: skip


def is_accepted(row: Row) -> bool:
    """Whether an agent could send it: ready, compliant, grounded, with every required fact and nothing forbidden."""
    needed = ("compliance.clean", "delivery.ready", "grounding.clean", "facts.nothing_forbidden")
    return all(row.value(n) is not False for n in needed) and row.value("facts.required") in (None, 1, 1.0)


def total(metric: str, scored: Sequence[Row], *, lost: int = 0) -> Total | None:
    """A metric over rows, with an interval that knows of clusters and few cases; None where it never applied."""
    told = [(float(v), r.cluster) for r in scored if isinstance(v := r.value(metric), bool | int | float)]
    if not told:
        return None
    values, clusters = [v for v, _ in told], [c for _, c in told]
    if about(metric).sort != "share":
        return Total(metric, len(told), _within(about(metric).bounds, t_interval(grouped(values, clusters))))
    hits, n = sum(values), len(values)
    return Total(metric, n, wilson(hits / n * (few := effective(values, clusters)), few),
                 worst=hits / (n + lost), best=(hits + lost) / (n + lost))  # fmt: skip


def _within(bounds: tuple[float, float], found: Interval) -> Interval:
    """An interval cut to what there can be; of one cluster nothing is known, and that stays so."""
    if abs(found.low) == float("inf"):
        return found
    return Interval(found.estimate, max(bounds[0], found.low), min(bounds[1], found.high))


def effective(values: Sequence[float], clusters: Sequence[str]) -> float:
    """How many independent cases tell as much: the binomial variance over the clustered one, never more than there are.

    Where all values are the same, nothing is known of the spread within clusters: each counts once.
    """
    groups, n = grouped(values, clusters), len(values)
    p, error = groups.mean, clustered_error(groups)
    if p in (0.0, 1.0) or error == 0:
        return float(len(groups.sums))
    return max(1.0, min(float(n), p * (1 - p) / error**2))


def _cost(rows: Sequence[Row]) -> float | None:
    """None as soon as one price is unknown: a sum without it would look complete."""
    costs = [r.cost for r in rows]
    return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)


def as_json(summary: Summary) -> dict[str, Any]:
    """For report.json."""
    return {
        "variant": summary.variant, "rows": summary.rows, "scored": summary.scored, "failed": summary.failed,
        "unparseable": summary.unparseable, "clusters": summary.clusters, "cost_usd": summary.cost,
        "cost_per_accepted_usd": summary.cost_per_accepted, "findings_by_rule": summary.rules,
        "metrics": {
            name: {
                "n": t.n, "value": t.interval.estimate, "low": _finite(t.interval.low),
                "high": _finite(t.interval.high), "worst": t.worst, "best": t.best,
            } for name, t in summary.totals.items()
        },
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if abs(value) != float("inf") else None

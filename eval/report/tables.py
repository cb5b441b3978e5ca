"""The figures a report shows beside plots: by cause and language, cost and time, the spread's origins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.metrics.catalogue import about
from eval.runs.rows import Row, Run
from eval.runs.totals import Summary, is_accepted
from eval.statistics.variance import split_variance

_HEAT: tuple[tuple[str, str, Callable[[Row], Any]], ...] = (
    ("accepted", "Acceptable drafts", is_accepted),
    ("facts", "Required facts", lambda r: r.value("facts.required")),
    ("cause", "Cause read right", lambda r: r.value("triage.cause")),
    ("scorecard", "QA scorecard", lambda r: _hundredth(r.value("quality.scorecard"))),
    ("chrf", "chrF to gold", lambda r: _hundredth(r.value("similarity.chrf"))),
)


def _hundredth(value: Any) -> float | None:  # noqa: ANN401 - a metric's value
    return None if value is None else value / 100


@dataclass(frozen=True, slots=True)
class Heat:
    """A metric by cause (rows) and variant and language (columns): mean and number of drafts."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[tuple[float, int] | None, ...]], ...]


def heats(run: Run) -> list[Heat]:
    """All heat maps."""
    return [_heat(run, *one) for one in _HEAT]


def _heat(run: Run, name: str, title: str, read: Callable[[Row], Any]) -> Heat:
    cells: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in run.rows.values():
        value = read(row) if row.status == "scored" else None
        if value is not None:
            cells[row.facts.get("cause") or "–", row.variant, row.facts.get("language") or "–"].append(float(value))
    languages = sorted({key[2] for key in cells})
    columns = tuple((v, language) for v in run.variants for language in languages)
    rows = tuple((c, tuple(_mean(cells.get((c, *at))) for at in columns)) for c in sorted({key[0] for key in cells}))
    return Heat(name, title, columns, rows)


def _mean(values: Sequence[float] | None) -> tuple[float, int] | None:
    return (sum(values) / len(values), len(values)) if values else None


def expenses(run: Run, summary: Summary) -> dict[str, Any]:
    """Time, tokens and money of a variant."""
    rows = [r for r in run.of(summary.variant) if r.status == "scored"]
    times = [float(r.value("latency.total_ms")) for r in rows if r.value("latency.total_ms") is not None]
    tokens = [float(r.value("cost.tokens") or 0) for r in rows]
    accepted = sum(is_accepted(r) for r in rows)
    median, slow = np.percentile(times, [50, 95]) if times else (None, None)
    return {
        "variant": summary.variant, "median_ms": median, "slow_ms": slow, "accepted": accepted,
        "tokens": sum(tokens) / len(tokens) if tokens else None, "cost": summary.cost,
        "per_draft": summary.cost / len(rows) if summary.cost is not None and rows else None,
        "per_accepted": summary.cost_per_accepted,
    }  # fmt: skip


def spreads(run: Run) -> list[tuple[str, dict[str, float]]]:
    """Where each number's variance comes from, for runs of more than one variant."""
    found = []
    names = dict.fromkeys(n for r in run.rows.values() for n in r.metrics)
    for name in names:
        cells: dict[tuple[str, str], list[float]] = defaultdict(list)
        for row in run.rows.values():
            if isinstance(value := row.value(name), bool | int | float):
                cells[row.variant, row.case].append(float(value))
        split = split_variance(cells)
        if split and sum(split) > 0:
            found.append((about(name).title, split.shares()))
    return found


def series(run: Run) -> list[tuple[str, dict[str, list[float]]]]:
    """Values of each number by variant, where they vary."""
    found = []
    names = [n for n in dict.fromkeys(n for r in run.rows.values() for n in r.metrics) if about(n).sort == "number"]
    for name in names:
        values = {v: [float(x) for r in run.of(v) if isinstance(x := r.value(name), int | float)] for v in run.variants}
        values = {v: xs for v, xs in values.items() if xs}
        if len({x for xs in values.values() for x in xs}) > 1:
            found.append((about(name).title, values))
    return found

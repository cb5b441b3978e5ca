"""A judge's share of good drafts, corrected for the errors it made on drafts that people labelled (Rogan and Gladen).

`calibration` is what `vierklang eval calibrate` kept of judges, by name; a run's header carries it to gate and report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.judge.trust import PREFIX
from eval.runs.rows import Row
from eval.runs.totals import effective
from eval.statistics.agreement import rogan_gladen
from eval.statistics.proportions import Interval

_VERDICT = ".pass"


def judge_of(metric: str) -> str | None:
    """The judge whose verdict (would it be sent?) a metric is; None for any other metric."""
    named = metric.startswith(PREFIX) and metric.endswith(_VERDICT)
    return metric.removeprefix(PREFIX).removesuffix(_VERDICT) if named else None


def errors_of(metric: str, calibration: Mapping[str, Any]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """What the judge passed of the good and refused of the bad, each with their number; None where unknown."""
    known = calibration.get(judge_of(metric) or "", {})
    good, bad = known.get("sensitivity"), known.get("specificity")
    if not good or not bad or not good[1] or not bad[1]:
        return None
    return (good[0], good[1]), (bad[0], bad[1])


def youden(metric: str, calibration: Mapping[str, Any]) -> float:
    """How much of a true difference is left in the judge's: its errors thin out every one alike. 1: none is known."""
    errors = errors_of(metric, calibration)
    if errors is None:
        return 1.0
    (passed, good), (refused, bad) = errors
    return passed / good + refused / bad - 1


def corrected_share(metric: str, rows: Sequence[Row], calibration: Mapping[str, Any]) -> Interval | None:
    """The true share of good drafts among a variant's rows; None where it cannot be corrected.

    The interval takes in that cases come in clusters and that the errors are themselves estimates.
    """
    errors = errors_of(metric, calibration)
    told = [(float(v), r.cluster) for r in rows if isinstance(v := r.value(metric), bool)]
    if errors is None or not told:
        return None
    values, clusters = [v for v, _ in told], [c for _, c in told]
    n = effective(values, clusters)
    return rogan_gladen(sum(values) / len(values) * n, n, sensitivity=errors[0], specificity=errors[1])

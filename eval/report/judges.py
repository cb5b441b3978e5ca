"""What judges say of a run, as a report shows it: verdicts with their correction, matches in both orders, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eval.judge.correcting import corrected_share, judge_of
from eval.judge.trust import PREFIX, is_trusted
from eval.metrics.catalogue import about
from eval.runs.rows import Row, Run
from eval.runs.totals import Total, total
from eval.statistics.proportions import Interval
from eval.statistics.variance import split_variance


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's share of drafts of a variant it would send, as it says and corrected for its known errors."""

    judge: str
    variant: str
    said: Total
    corrected: Interval | None
    labels: int
    kappa: float | None
    trusted: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a judge says what of a draft."""

    title: str
    value: Any
    reason: str


def is_judges(metric: str) -> bool:
    """Whether a judge says it, and not our own code."""
    return metric.startswith(PREFIX)


def verdicts(run: Run) -> list[Verdict]:
    """Each judge's share for each variant."""
    calibration = run.header.get("calibration", {})
    found = []
    for metric in dict.fromkeys(n for r in run.rows.values() for n in r.metrics if judge_of(n)):
        known = calibration.get(judge_of(metric), {})
        for variant in run.variants:
            rows = [r for r in run.of(variant) if r.status == "scored"]
            if said := total(metric, rows):
                corrected = corrected_share(metric, rows, calibration)
                trusted = is_trusted(metric, run.header)
                found.append(Verdict(judge_of(metric) or "", variant, said, corrected, known.get("labels", 0),
                                     known.get("kappa"), trusted))  # fmt: skip
    return found


def judge_spread(run: Run) -> dict[str, float] | None:
    """Where the spread of mean marks comes from with several judges: `variant` the judges, `case` the drafts."""
    cells = {
        (name, " ".join(map(str, row.key))): [float(value)]
        for row in run.rows.values()
        for name, (value, _) in row.metrics.items()
        if is_judges(name) and name.endswith(".score") and value is not None
    }
    split = split_variance(cells)
    return split.shares() if split else None


def reasons(row: Row) -> list[Reason]:
    """What judges said of one draft."""
    told = ((name, value, reason) for name, (value, reason) in row.metrics.items() if is_judges(name))
    return [Reason(about(name).title, value, reason) for name, value, reason in told if value is not None]

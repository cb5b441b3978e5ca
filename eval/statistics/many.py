"""Many questions at once: Holm's correction, and what a run of this size could have found."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.statistics.distributions import NORMAL

POWER = 0.8


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values (Holm 1979): with all of them, false alarms stay at the level named for one."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(order):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = least
    return adjusted


def detectable(error: float, *, alpha: float = 0.05, power: float = POWER) -> float:
    """The smallest true difference a two-sided test at `alpha` finds with probability `power`, given its error."""
    return (NORMAL.inv_cdf(1 - alpha / 2) + NORMAL.inv_cdf(power)) * error


def cases_needed(error: float, cases: int, distance: float, *, alpha: float = 0.05, power: float = POWER) -> int | None:
    """How many cases would tell a difference from a limit that lies `distance` away; None where it lies on it."""
    if distance <= 0 or not math.isfinite(error):
        return None
    reach = (NORMAL.inv_cdf(1 - alpha) + NORMAL.inv_cdf(power)) * error
    return max(cases, math.ceil(cases * (reach / distance) ** 2))

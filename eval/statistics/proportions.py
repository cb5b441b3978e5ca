"""Shares: Wilson's interval, McNemar's exact test."""

from __future__ import annotations

import math
from typing import NamedTuple

from eval.statistics.distributions import NORMAL


class Interval(NamedTuple):
    """An estimate and what it may be."""

    estimate: float
    low: float
    high: float


def wilson(successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval (1927): keeps its level with few cases, and at 0 and 100 %.

    `n` may be an effective number of cases, smaller than the true one where cases come in clusters.
    """
    if n <= 0:
        return Interval(0.0, 0.0, 1.0)
    p, z = successes / n, NORMAL.inv_cdf((1 + confidence) / 2)
    below = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / below
    half = z / below * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, 0.0 if successes <= 0 else max(0.0, centre - half),
                    1.0 if successes >= n else min(1.0, centre + half))  # fmt: skip


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided p of the exact test on pairs that differ (a sign test), for independent pairs."""
    n = only_first + only_second
    if n == 0:
        return 1.0
    tail = sum(math.comb(n, k) for k in range(min(only_first, only_second) + 1))
    return float(min(1.0, 2 * tail / 2**n))

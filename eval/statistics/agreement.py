"""How far judges agree: Cohen's κ, Krippendorff's α with bootstrap intervals, and Rogan and Gladen's correction."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from eval.statistics.distributions import NORMAL
from eval.statistics.proportions import Interval, wilson

Label = Hashable
_SEED = 20_261_122


def cohens_kappa(first: Sequence[Label], second: Sequence[Label]) -> float:
    """Agreement of two judges beyond chance (Cohen 1960); 1.0 where both only ever say the same one thing."""
    n = len(first)
    seen = sum(a == b for a, b in zip(first, second, strict=True)) / n
    ones, others = Counter(first), Counter(second)
    chance = sum(ones[label] * others[label] for label in ones) / n**2
    return 1.0 if chance == 1 else (seen - chance) / (1 - chance)


def krippendorff_alpha(units: Sequence[Sequence[Label]], *, interval: bool = False) -> float:
    """Reliability of any number of judges with gaps (Krippendorff 2011): each unit is the list of labels it got.

    `interval`: labels are numbers and near misses count less. 1.0 where no two labels differ anywhere.
    """
    paired = [u for u in units if len(u) > 1]
    counts = Counter(label for u in paired for label in u)
    n = counts.total()
    if n < 2:  # noqa: PLR2004 - no pair
        return math.nan
    seen = sum(_disagreement(Counter(u), interval=interval) / (len(u) - 1) for u in paired) / n
    expected = _disagreement(counts, interval=interval) / (n * (n - 1))
    return 1.0 if expected == 0 else 1 - seen / expected


def _disagreement(counts: Mapping[Label, int], *, interval: bool) -> float:
    """Sum of distances over all ordered pairs of different entries."""

    def distance(a: Any, b: Any) -> float:  # noqa: ANN401 - numbers where `interval`, else any label
        return float(a - b) ** 2 if interval else 1.0

    return sum(m * n * distance(a, b) for a, m in counts.items() for b, n in counts.items() if a != b)


def alpha_interval(
    units: Sequence[Sequence[Label]], *, interval: bool = False, samples: int = 1000, confidence: float = 0.95
) -> Interval:
    """α with a percentile interval over resampled units."""
    dice, n = np.random.default_rng(_SEED), len(units)
    drawn = (krippendorff_alpha([units[i] for i in dice.integers(0, n, n)], interval=interval) for _ in range(samples))
    found = np.array([a for a in drawn if math.isfinite(a)])
    estimate = krippendorff_alpha(units, interval=interval)
    if not len(found):
        return Interval(estimate, -1.0, 1.0)
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(estimate, float(low), float(high))


def kappa_interval(
    first: Sequence[Label], second: Sequence[Label], *, samples: int = 1000, confidence: float = 0.95
) -> Interval:
    """κ with a percentile interval over resampled pairs."""
    dice, n = np.random.default_rng(_SEED), len(first)
    found = []
    for _ in range(samples):
        at = dice.integers(0, n, n)
        found.append(cohens_kappa([first[i] for i in at], [second[i] for i in at]))
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(cohens_kappa(first, second), float(low), float(high))


def rogan_gladen(
    passed: float, judged: float, *, sensitivity: tuple[int, int], specificity: tuple[int, int],
    confidence: float = 0.95,
) -> Interval | None:  # fmt: skip
    """The true share behind a judge's share, by the errors it made on labelled drafts (Rogan and Gladen 1978).

    `sensitivity`: of how many good drafts it passed how many, as (passed, all); `specificity`: likewise of bad ones the
    refused. `judged` may be an effective number of cases. The interval takes in that these are estimates (Lang and
    Reiczigel 2014). None for a judge no better than chance.
    """
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    shares = ((passed, judged), sensitivity, specificity)
    exact = [k / n for k, n in shares]
    if exact[1] + exact[2] <= 1:
        return None
    # Lang and Reiczigel add pseudo-observations so that the interval keeps its level near 0 and 1.
    n = judged + z * z
    p = (passed + z * z / 2) / n
    n_se, n_sp = sensitivity[1] + 2, specificity[1] + 2
    se, sp = (sensitivity[0] + 1) / n_se, (specificity[0] + 1) / n_sp
    youden = se + sp - 1
    point = min(1.0, max(0.0, (exact[0] + exact[2] - 1) / (exact[1] + exact[2] - 1)))
    if youden <= 0:
        return Interval(point, 0.0, 1.0)
    share = (p + sp - 1) / youden
    shift = 2 * z * z * (share * se * (1 - se) / n_se - (1 - share) * sp * (1 - sp) / n_sp)
    spread = p * (1 - p) / n + share**2 * se * (1 - se) / n_se + (1 - share) ** 2 * sp * (1 - sp) / n_sp
    half = z / youden * math.sqrt(spread)
    low, high = share + shift - half, share + shift + half
    return Interval(point, min(1.0, max(0.0, low)), max(0.0, min(1.0, high)))


__all__ = ["alpha_interval", "cohens_kappa", "kappa_interval", "krippendorff_alpha", "rogan_gladen", "wilson"]

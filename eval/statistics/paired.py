"""Paired differences between two variants, cases of one customer or thread counted as one draw.

What is resampled is the cluster, for the cases in it are not independent. Numbers come from `numpy`'s generator under a
fixed seed: the same run gives the same interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.statistics.distributions import NORMAL, t_quantile
from eval.statistics.proportions import Interval

Floats = NDArray[np.float64]
_CHUNK = 4_000_000  # numbers at once: 32 MB
_EXACT_UP_TO = 15  # clusters: all 32,768 sign patterns are counted
_SEED = 20_261_122
_ALIKE = 1e-12


class Grouped(NamedTuple):
    """Sums and sizes of clusters."""

    sums: Floats
    sizes: Floats

    @property
    def mean(self) -> float:
        """The mean over cases."""
        return float(self.sums.sum() / self.sizes.sum())


def grouped(values: Sequence[float], clusters: Sequence[str]) -> Grouped:
    """Values by cluster."""
    _, at = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.bincount(at, weights=np.asarray(values, dtype=float))
    return Grouped(np.asarray(sums, dtype=np.float64), np.bincount(at).astype(np.float64))


def clustered_error(groups: Grouped) -> float:
    """Standard error of the mean, robust to clusters, with the factor G/(G-1) for few of them (CR1, as in Stata)."""
    g = len(groups.sums)
    if g < 2:  # noqa: PLR2004 - one cluster says nothing of the next
        return float("inf")
    apart = groups.sums - groups.mean * groups.sizes
    return float(np.sqrt(g / (g - 1) * (apart**2).sum()) / groups.sizes.sum())


def t_interval(groups: Grouped, *, confidence: float = 0.95) -> Interval:
    """Mean and interval by the clustered error and Student's t with G-1 degrees of freedom."""
    mean, error, g = groups.mean, clustered_error(groups), len(groups.sums)
    if g < 2:  # noqa: PLR2004 - as above
        return Interval(mean, float("-inf"), float("inf"))
    half = t_quantile((1 + confidence) / 2, g - 1) * error
    return Interval(mean, mean - half, mean + half)


def bootstrap(groups: Grouped, *, confidence: float = 0.95, samples: int = 10_000, seed: int = _SEED) -> Interval:
    """Mean and percentile interval over resampled clusters, widened for few clusters (Hesterberg 2015, "expanded")."""
    g = len(groups.sums)
    if g < 2:  # noqa: PLR2004 - as above
        return Interval(groups.mean, float("-inf"), float("inf"))
    if float(np.ptp(groups.sums - groups.mean * groups.sizes)) < _ALIKE:
        return Interval(groups.mean, groups.mean, groups.mean)
    t = t_quantile((1 - confidence) / 2, g - 1)
    tail = NORMAL.cdf(float(np.sqrt(g / (g - 1))) * t)
    low, high = np.quantile(_resampled(groups, samples, seed), [tail, 1 - tail])
    return Interval(groups.mean, float(low), float(high))


def _resampled(groups: Grouped, samples: int, seed: int) -> Floats:
    dice, g = np.random.default_rng(seed), len(groups.sums)
    rows = max(1, _CHUNK // g)
    even = bool((groups.sizes == groups.sizes[0]).all())
    means = []
    for start in range(0, samples, rows):
        drawn = dice.integers(0, g, size=(min(rows, samples - start), g), dtype=np.uint16 if g < 2**16 else np.int64)
        total = groups.sums[drawn].sum(axis=1)
        means.append(total / (g * groups.sizes[0] if even else groups.sizes[drawn].sum(axis=1)))
    return np.concatenate(means)


def permutation(groups: Grouped, *, samples: int = 10_000, seed: int = _SEED) -> float:
    """Two-sided p that the mean difference is 0: each cluster's sign may as well have been the other.

    Exact for any sizes of clusters where both variants are the same; with few clusters all patterns are counted.
    """
    seen = abs(float(groups.sums.sum()))
    sums = groups.sums[np.abs(groups.sums) > _ALIKE]  # a cluster without difference has no sign
    if not len(sums):
        return 1.0
    limit = seen - _ALIKE * max(1.0, seen)
    if len(sums) <= _EXACT_UP_TO:
        patterns = (np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums))) & 1
        return float((np.abs((2 * patterns - 1) @ sums) >= limit).mean())
    hits = sum(int((np.abs(flipped) >= limit).sum()) for flipped in _flipped(sums, samples, seed))
    return (hits + 1) / (samples + 1)


def _flipped(sums: Floats, samples: int, seed: int) -> list[Floats]:
    dice, g = np.random.default_rng(seed), len(sums)
    rows = max(1, _CHUNK // g)
    out: list[Floats] = []
    for start in range(0, samples, rows):
        count = min(rows, samples - start)
        raw = np.frombuffer(dice.bytes((count * g + 7) // 8), dtype=np.uint8)
        bits = np.unpackbits(raw)[: count * g].reshape(count, g)
        out.append(2 * (bits @ sums) - sums.sum())
    return out

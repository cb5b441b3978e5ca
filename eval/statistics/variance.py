"""Where the spread of a metric comes from: variants (prompts), cases, their interplay, or chance between repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


class Split(NamedTuple):
    """Variance components; a negative estimate is reported as 0."""

    variant: float
    case: float
    interplay: float
    repeat: float

    def shares(self) -> dict[str, float]:
        """Each as a share of all."""
        total = sum(self)
        return {k: v / total if total else 0.0 for k, v in self._asdict().items()}


def split_variance(cells: Mapping[tuple[str, str], Sequence[float]]) -> Split | None:
    """Components of a two-way random model from (variant, case) → values, by the mean squares of a balanced table.

    Cells that not every variant has are left out, and each cell is cut to the fewest repeats. None where there are not
    two variants and two cases left. With one repeat, chance cannot be told from interplay and counts as it.
    """
    variants = sorted({v for v, _ in cells})
    cases = sorted({c for _, c in cells if all((v, c) in cells for v in variants)})
    if len(variants) < 2 or len(cases) < 2:  # noqa: PLR2004 - no spread without two
        return None
    n = min(len(cells[v, c]) for v in variants for c in cases)
    table = np.array([[list(cells[v, c])[:n] for c in cases] for v in variants], dtype=float)
    return _components(table)


def _components(y: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Split:
    a, b, n = y.shape
    grand, cell = y.mean(), y.mean(axis=2)
    rows, columns = cell.mean(axis=1), cell.mean(axis=0)
    ms_a = b * n * ((rows - grand) ** 2).sum() / (a - 1)
    ms_b = a * n * ((columns - grand) ** 2).sum() / (b - 1)
    ms_ab = n * ((cell - rows[:, None] - columns[None, :] + grand) ** 2).sum() / ((a - 1) * (b - 1))
    ms_e = ((y - cell[:, :, None]) ** 2).sum() / (a * b * (n - 1)) if n > 1 else 0.0
    return Split(
        variant=max(0.0, float(ms_a - ms_ab) / (b * n)),
        case=max(0.0, float(ms_b - ms_ab) / (a * n)),
        interplay=max(0.0, float(ms_ab - ms_e) / n),
        repeat=float(ms_e),
    )

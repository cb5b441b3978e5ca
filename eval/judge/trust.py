"""Which judges may decide: only those whose agreement with people was measured and is good enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LEAST_KAPPA = 0.6  # lower end of the interval; "substantial" begins there (Landis and Koch 1977)
PREFIX = "judge."


def is_trusted(metric: str, header: Mapping[str, Any]) -> bool:
    """Whether a metric may gate: all that are computed, and judges that are calibrated well enough."""
    if not metric.startswith(PREFIX):
        return True
    name = metric.removeprefix(PREFIX).rpartition(".")[0]
    low = header.get("calibration", {}).get(name, {}).get("kappa_low")
    return low is not None and low >= LEAST_KAPPA

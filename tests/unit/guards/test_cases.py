"""The labelled lines: how many violations are found, how many honest lines are accused. The bounds are what was measured.

The lines were written by somebody who did not know the rules; their test half was never read while tuning.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.unit.guards.labelled import cases, judged

# Family: least share found, greatest share of false alarms, over both halves.
BOUNDS: dict[str, tuple[float, float]] = {}


@pytest.fixture(scope="module")
def figures():
    """Of each case file: expected, found, honest, accused."""
    counts: dict[str, Counter[str]] = {}
    for case, right, _ in judged():
        count = counts.setdefault(case.file, Counter())
        if case.families:
            count.update(expected=1, found=int(right))
        else:
            count.update(honest=1, accused=int(not right))
    return counts


@pytest.mark.parametrize("family", BOUNDS)
def test_a_family_holds_its_figures(figures, family):
    """Neither more misses nor more false alarms than stated."""
    least, most = BOUNDS[family]
    count = figures[family]
    assert count["found"] / max(1, count["expected"]) >= least
    assert count["accused"] / max(1, count["honest"]) <= most


def test_there_are_enough_lines():
    """At least 1,500, hard negatives at least as many as violations, every family covered."""
    lines = cases()
    assert len(lines) >= 1500
    assert sum(not c.families for c in lines) >= sum(bool(c.families) for c in lines)

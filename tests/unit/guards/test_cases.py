"""The labelled lines: how many violations are found, how many honest lines are accused. The bounds are what was measured.

The lines were written by somebody who did not know the rules; their test half was never read while tuning.
"""

from __future__ import annotations

from collections import Counter

import pytest

from eval.labelled_replies import cases, judged, subject_of

# Subject: least share found, greatest share of false alarms. `blind` was written last, by writers who knew neither rules
# nor checks, and is the honest figure; `test` was watched in totals for long; `dev` was tuned on and guards against losing
# ground.
BLIND = {
    "clean_replies": (0.0, 0.10), "contact": (0.97, 0.043), "feedback": (0.87, 0.02), "grounding_promise": (0.63, 0.02),
    "language": (0.91, 0.0), "leak": (0.77, 0.05), "links": (0.97, 0.0), "offplatform": (0.9, 0.03),
    "promotion": (0.87, 0.0), "safety": (0.81, 0.05), "sensitive": (0.71, 0.0), "structure": (0.66, 0.14),
    "style": (0.96, 0.0), "tone": (0.72, 0.0),
}  # fmt: skip
UNSEEN = {
    "clean_replies": (0.0, 0.0), "contact": (0.95, 0.035), "feedback": (0.9, 0.031), "grounding_promise": (0.56, 0.06),
    "language": (0.94, 0.04), "leak_sensitive_safety": (0.71, 0.02), "links": (0.99, 0.0), "offplatform": (0.81, 0.04),
    "promotion": (0.79, 0.04), "structure": (0.83, 0.17), "style": (0.88, 0.0), "tone": (0.6, 0.031),
}  # fmt: skip
SEEN = {
    "clean_replies": (0.0, 0.0), "contact": (0.97, 0.007), "feedback": (0.95, 0.0), "grounding_promise": (0.81, 0.02),
    "language": (1.0, 0.0), "leak_sensitive_safety": (0.92, 0.0), "links": (0.99, 0.0), "offplatform": (1.0, 0.0),
    "promotion": (0.95, 0.0), "structure": (0.94, 0.06), "style": (1.0, 0.0), "tone": (0.95, 0.0),
}  # fmt: skip
BOUNDS = [
    (split, name, *bounds)
    for split, figures in (("blind", BLIND), ("test", UNSEEN), ("dev", SEEN))
    for name, bounds in figures.items()
]


@pytest.fixture(scope="module")
def figures():
    """Of each case file: expected, found, honest, accused."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for case, right, _ in judged():
        count = counts.setdefault((case.raw["split"], subject_of(case)), Counter())
        if case.families:
            count.update(expected=1, found=int(right))
        else:
            count.update(honest=1, accused=int(not right))
    return counts


@pytest.mark.parametrize(("split", "name", "least", "most"), BOUNDS)
def test_a_case_file_holds_its_figures(figures, split, name, least, most):
    """Neither more misses nor more false alarms than stated."""
    count = figures[split, name]
    assert count["found"] / max(1, count["expected"]) >= (least if count["expected"] else 0)
    assert count["accused"] / max(1, count["honest"]) <= most


def test_every_case_file_has_bounds():
    """A new family of lines is judged from its first day."""
    assert {(c.raw["split"], subject_of(c)) for c in cases()} == {(split, name) for split, name, _, _ in BOUNDS}


def test_there_are_enough_lines():
    """At least 1,500, hard negatives at least as many as violations, every family covered."""
    lines = cases()
    assert len(lines) >= 1500
    assert sum(not c.families for c in lines) >= sum(bool(c.families) for c in lines)

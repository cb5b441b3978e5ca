"""The labelled lines: how many violations are found, how many honest lines are accused. The bounds are what was measured.

The lines were written by somebody who did not know the rules; their test half was never read while tuning.
"""

from __future__ import annotations

from collections import Counter

import pytest

from eval.labelled_replies import cases, judged, subject_of

# Case file: least share found, greatest share of false alarms. The unseen half is the honest figure; the seen half was
# tuned on and guards against losing ground.
UNSEEN = {
    "clean_replies": (0.0, 0.0), "contact": (0.76, 0.06), "feedback": (0.63, 0.09), "grounding_promise": (0.43, 0.06),
    "language": (0.94, 0.04), "leak_sensitive_safety": (0.53, 0.02), "links": (0.96, 0.02), "offplatform": (0.50, 0.08),
    "promotion": (0.79, 0.08), "structure": (0.77, 0.17), "style": (0.88, 0.0), "tone": (0.52, 0.08),
}  # fmt: skip
SEEN = {
    "clean_replies": (0.0, 0.0), "contact": (0.97, 0.0), "feedback": (0.95, 0.0), "grounding_promise": (0.81, 0.02),
    "language": (1.0, 0.0), "leak_sensitive_safety": (0.92, 0.0), "links": (1.0, 0.0), "offplatform": (1.0, 0.0),
    "promotion": (0.95, 0.0), "structure": (0.94, 0.06), "style": (1.0, 0.0), "tone": (0.95, 0.0),
}  # fmt: skip
BOUNDS = [("test", name, *bounds) for name, bounds in UNSEEN.items()] + [
    ("dev", name, *bounds) for name, bounds in SEEN.items()
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
    assert {subject_of(c) for c in cases()} == set(UNSEEN) == set(SEEN)


def test_there_are_enough_lines():
    """At least 1,500, hard negatives at least as many as violations, every family covered."""
    lines = cases()
    assert len(lines) >= 1500
    assert sum(not c.families for c in lines) >= sum(bool(c.families) for c in lines)

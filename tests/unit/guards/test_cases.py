"""The labelled lines: how many violations are found, how many honest lines are accused. The bounds are what was measured.

The lines were written by somebody who did not know the rules; their test half was never read while tuning.
"""

from __future__ import annotations

from collections import Counter

import pytest

from eval.labelled_replies import cases, judged, subject_of

# Subject: least share found, greatest share of false alarms. `late` was written last, by two who knew neither rules nor
# checks, and is the honest figure; `held` and `test` were watched in totals for long; the others were read and learned from,
# and guard against losing ground. `later` was written against the checks.
LATE = {
    "clean_replies": (0.0, 0.042), "contact": (0.843, 0.032), "feedback": (0.861, 0.0),
    "grounding_promise": (0.825, 0.0), "language": (1.0, 0.0), "leak_sensitive_safety": (0.785, 0.042),
    "links": (1.0, 0.0), "offplatform": (1.0, 0.167), "promotion": (1.0, 0.0), "structure": (0.928, 0.0),
    "style": (0.928, 0.0), "tone": (0.75, 0.023),
}  # fmt: skip
HELD = {
    "clean_replies": (0.0, 0.05), "contact": (0.9, 0.075), "feedback": (0.795, 0.075),
    "grounding_promise": (0.75, 0.0), "language": (1.0, 0.0), "leak_sensitive_safety": (0.857, 0.042),
    "links": (0.95, 0.05), "offplatform": (1.0, 0.084), "promotion": (0.937, 0.0), "structure": (0.928, 0.0),
    "style": (0.928, 0.084), "tone": (0.807, 0.021),
}  # fmt: skip
HALF = {
    "clean_replies": (0.0, 0.104), "contact": (0.96, 0.018), "feedback": (0.91, 0.062),
    "grounding_promise": (0.735, 0.018), "language": (0.947, 0.036), "leak_sensitive_safety": (0.826, 0.019),
    "links": (0.993, 0.0), "offplatform": (0.863, 0.04), "promotion": (0.875, 0.0), "structure": (0.777, 0.056),
    "style": (0.92, 0.0), "tone": (0.815, 0.031),
}  # fmt: skip
UNSEEN = {
    "clean_replies": (0.0, 0.038), "contact": (0.975, 0.027), "feedback": (0.909, 0.0),
    "grounding_promise": (0.875, 0.0), "language": (1.0, 0.0), "leak_sensitive_safety": (0.966, 0.0),
    "links": (0.952, 0.0), "offplatform": (1.0, 0.0), "promotion": (1.0, 0.0), "structure": (1.0, 0.0),
    "style": (0.928, 0.0), "tone": (0.82, 0.023),
}  # fmt: skip
FRESH = {
    "clean_replies": (0.0, 0.05), "contact": (0.928, 0.0), "feedback": (0.97, 0.0),
    "grounding_promise": (0.909, 0.056), "language": (1.0, 0.0), "leak": (1.0, 0.0), "links": (1.0, 0.0),
    "offplatform": (1.0, 0.0), "promotion": (1.0, 0.0), "safety": (1.0, 0.0), "sensitive": (1.0, 0.0),
    "structure": (1.0, 0.0), "style": (1.0, 0.0), "tone": (0.731, 0.032),
}  # fmt: skip
BLIND = {
    "clean_replies": (0.0, 0.013), "contact": (0.989, 0.032), "feedback": (0.971, 0.01),
    "grounding_promise": (0.866, 0.0), "language": (0.958, 0.0), "leak": (1.0, 0.046), "links": (0.976, 0.0),
    "offplatform": (1.0, 0.025), "promotion": (1.0, 0.0), "safety": (1.0, 0.0), "sensitive": (1.0, 0.0),
    "structure": (0.766, 0.0), "style": (1.0, 0.0), "tone": (0.845, 0.01),
}  # fmt: skip
DEV = {
    "clean_replies": (0.0, 0.0), "contact": (0.993, 0.0), "feedback": (1.0, 0.0), "grounding_promise": (0.905, 0.018),
    "language": (1.0, 0.0), "leak_sensitive_safety": (1.0, 0.0), "links": (0.993, 0.0), "offplatform": (1.0, 0.0),
    "promotion": (1.0, 0.0), "structure": (0.944, 0.0), "style": (1.0, 0.0), "tone": (0.984, 0.0),
}  # fmt: skip
LATER = {
    "grounding_promise": (0.485, 0.01),
}  # fmt: skip
SPLITS = {
    "late": LATE, "held": HELD, "test": HALF, "unseen": UNSEEN, "fresh": FRESH, "blind": BLIND, "dev": DEV, "later": LATER,
}  # fmt: skip
BOUNDS = [(split, name, *bounds) for split, figures in SPLITS.items() for name, bounds in figures.items()]


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

"""The labelled lines: how many violations are found, how many honest lines are accused. The bounds are what was measured.

The lines were written by somebody who did not know the rules; their test half was never read while tuning.
"""

from __future__ import annotations

from collections import Counter

import pytest

from eval.labelled_replies import cases, judged, subject_of

# Subject: least share found, greatest share of false alarms. `wide`, `crowd` and `pairs` were written to be read. `last` was written by two who
# knew neither rules nor checks, read by two others, and is the honest figure; of `test` only totals were watched, for
# long. `final` was read; the others were learned from, too, and guard against losing ground. `later` was written against the checks.
CROWD = {
    "clean_replies": (0.0, 0.123),
}  # fmt: skip
PAIRS = {
    "contact": (0.6, 0.2),
    "feedback": (0.666, 0.084),
    "grounding_promise": (0.593, 0.063),
    "language": (1.0, 0.0),
    "leak_sensitive_safety": (0.875, 0.0),
    "offplatform": (0.833, 0.334),
    "promotion": (0.625, 0.0),
    "structure": (1.0, 0.0),
    "tone": (0.4, 0.05),
}  # fmt: skip
WIDE = {
    "clean_replies": (0.0, 0.049),
    "contact": (0.925, 0.0),
    "feedback": (0.92, 0.0),
    "grounding_promise": (0.811, 0.0),
    "language": (0.875, 0.0),
    "leak_sensitive_safety": (0.914, 0.0),
    "offplatform": (0.966, 0.0),
    "promotion": (1.0, 0.0),
    "structure": (0.736, 0.0),
    "style": (0.769, 0.0),
    "tone": (0.811, 0.0),
}  # fmt: skip
LAST = {
    "clean_replies": (0.0, 0.047),
    "contact": (1.0, 0.063),
    "feedback": (0.914, 0.056),
    "grounding_promise": (0.775, 0.028),
    "language": (0.9, 0.1),
    "leak_sensitive_safety": (0.777, 0.087),
    "links": (1.0, 0.0),
    "offplatform": (1.0, 0.084),
    "promotion": (1.0, 0.0),
    "structure": (0.928, 0.0),
    "style": (0.846, 0.0),
    "tone": (0.812, 0.069),
}  # fmt: skip
FINAL = {
    "clean_replies": (0.0, 0.045),
    "contact": (0.875, 0.0),
    "feedback": (0.916, 0.028),
    "grounding_promise": (0.9, 0.0),
    "language": (0.9, 0.0),
    "leak_sensitive_safety": (0.892, 0.044),
    "links": (1.0, 0.0),
    "offplatform": (0.916, 0.0),
    "promotion": (0.937, 0.0),
    "structure": (0.857, 0.0),
    "style": (0.857, 0.0),
    "tone": (0.916, 0.024),
}  # fmt: skip
SEALED = {
    "clean_replies": (0.0, 0.0),
    "contact": (1.0, 0.032),
    "feedback": (0.972, 0.0),
    "grounding_promise": (0.9, 0.0),
    "language": (1.0, 0.0),
    "leak_sensitive_safety": (0.928, 0.0),
    "links": (0.95, 0.0),
    "offplatform": (1.0, 0.084),
    "promotion": (0.937, 0.0),
    "structure": (0.928, 0.0),
    "style": (0.928, 0.0),
    "tone": (0.875, 0.023),
}  # fmt: skip
LATE = {
    "clean_replies": (0.0, 0.028),
    "contact": (0.906, 0.0),
    "feedback": (0.972, 0.0),
    "grounding_promise": (0.95, 0.0),
    "language": (1.0, 0.0),
    "leak_sensitive_safety": (0.928, 0.0),
    "links": (1.0, 0.0),
    "offplatform": (1.0, 0.084),
    "promotion": (1.0, 0.0),
    "structure": (0.928, 0.0),
    "style": (0.928, 0.0),
    "tone": (0.875, 0.0),
}  # fmt: skip
HELD = {
    "clean_replies": (0.0, 0.013),
    "contact": (0.975, 0.0),
    "feedback": (0.863, 0.0),
    "grounding_promise": (0.954, 0.0),
    "language": (1.0, 0.0),
    "leak_sensitive_safety": (0.928, 0.0),
    "links": (1.0, 0.0),
    "offplatform": (1.0, 0.0),
    "promotion": (0.937, 0.0),
    "structure": (0.928, 0.0),
    "style": (0.928, 0.0),
    "tone": (0.903, 0.0),
}  # fmt: skip
HALF = {
    "clean_replies": (0.0, 0.069),
    "contact": (0.96, 0.018),
    "feedback": (0.93, 0.021),
    "grounding_promise": (0.754, 0.018),
    "language": (0.947, 0.036),
    "leak_sensitive_safety": (0.884, 0.019),
    "links": (0.993, 0.0),
    "offplatform": (0.863, 0.0),
    "promotion": (0.916, 0.0),
    "structure": (0.888, 0.056),
    "style": (0.92, 0.0),
    "tone": (0.83, 0.031),
}  # fmt: skip
UNSEEN = {
    "clean_replies": (0.0, 0.013),
    "contact": (0.975, 0.0),
    "feedback": (0.954, 0.0),
    "grounding_promise": (0.9, 0.0),
    "language": (1.0, 0.0),
    "leak_sensitive_safety": (0.966, 0.042),
    "links": (0.952, 0.0),
    "offplatform": (1.0, 0.0),
    "promotion": (1.0, 0.0),
    "structure": (1.0, 0.0),
    "style": (0.928, 0.0),
    "tone": (0.92, 0.023),
}  # fmt: skip
FRESH = {
    "clean_replies": (0.0, 0.075),
    "contact": (0.892, 0.0),
    "feedback": (0.97, 0.0),
    "grounding_promise": (0.909, 0.056),
    "language": (1.0, 0.0),
    "leak": (1.0, 0.0),
    "links": (1.0, 0.0),
    "offplatform": (1.0, 0.0),
    "promotion": (1.0, 0.0),
    "safety": (1.0, 0.0),
    "sensitive": (1.0, 0.0),
    "structure": (1.0, 0.0),
    "style": (1.0, 0.0),
    "tone": (0.878, 0.032),
}  # fmt: skip
BLIND = {
    "clean_replies": (0.0, 0.025),
    "contact": (0.989, 0.0),
    "feedback": (0.98, 0.0),
    "grounding_promise": (0.933, 0.0),
    "language": (0.958, 0.0),
    "leak": (1.0, 0.0),
    "links": (0.976, 0.0),
    "offplatform": (1.0, 0.0),
    "promotion": (0.975, 0.0),
    "safety": (1.0, 0.0),
    "sensitive": (1.0, 0.0),
    "structure": (0.8, 0.0),
    "style": (1.0, 0.0),
    "tone": (0.954, 0.01),
}  # fmt: skip
DEV = {
    "clean_replies": (0.0, 0.0),
    "contact": (0.996, 0.0),
    "feedback": (0.988, 0.0),
    "grounding_promise": (0.924, 0.018),
    "language": (1.0, 0.0),
    "leak_sensitive_safety": (1.0, 0.0),
    "links": (0.993, 0.0),
    "offplatform": (1.0, 0.0),
    "promotion": (1.0, 0.0),
    "structure": (0.944, 0.0),
    "style": (1.0, 0.0),
    "tone": (1.0, 0.015),
}  # fmt: skip
LATER = {
    "grounding_promise": (0.538, 0.015),
}  # fmt: skip
SPLITS = {
    "crowd": CROWD, "pairs": PAIRS, "wide": WIDE, "last": LAST, "final": FINAL, "sealed": SEALED, "test": HALF, "late": LATE, "held": HELD, "unseen": UNSEEN, "fresh": FRESH,
    "blind": BLIND, "dev": DEV, "later": LATER,
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

"""The labelled lines: how many violations are found, how many honest lines are accused. The bounds are what was measured.

The lines were written by somebody who did not know the rules; their test half was never read while tuning.
"""

from __future__ import annotations

from collections import Counter

import pytest

from eval.labelled_replies import cases, judged, subject_of

# Subject: least share found, greatest share of false alarms. `fresh` and `blind` were written last, by writers who knew
# neither rules nor checks, and are the honest figures (their totals were looked at for one threshold); `test` was watched in
# totals for long; `dev` was tuned on and guards against losing ground.
FRESH = {
    "clean_replies": (0.0, 0.1), "contact": (0.785, 0.044), "feedback": (0.97, 0.0),
    "grounding_promise": (0.863, 0.0), "language": (1.0, 0.0), "leak": (0.888, 0.0), "links": (1.0, 0.0),
    "offplatform": (0.846, 0.0), "promotion": (0.692, 0.091), "safety": (0.727, 0.0), "sensitive": (0.888, 0.0),
    "structure": (0.916, 0.125), "style": (1.0, 0.0), "tone": (0.536, 0.032),
}  # fmt: skip
BLIND = {
    "clean_replies": (0.0, 0.1), "contact": (0.968, 0.032), "feedback": (0.914, 0.02),
    "grounding_promise": (0.716, 0.034), "language": (0.916, 0.0), "leak": (0.818, 0.046), "links": (0.976, 0.0),
    "offplatform": (0.875, 0.05), "promotion": (0.925, 0.0), "safety": (0.727, 0.0), "sensitive": (0.809, 0.0),
    "structure": (0.7, 0.1), "style": (0.966, 0.0), "tone": (0.745, 0.0),
}  # fmt: skip
UNSEEN = {
    "clean_replies": (0.0, 0.104), "contact": (0.941, 0.035), "feedback": (0.92, 0.042),
    "grounding_promise": (0.584, 0.053), "language": (0.947, 0.036), "leak_sensitive_safety": (0.75, 0.019),
    "links": (0.993, 0.0), "offplatform": (0.727, 0.04), "promotion": (0.916, 0.0), "structure": (0.833, 0.223),
    "style": (0.88, 0.0), "tone": (0.692, 0.016),
}  # fmt: skip
SEEN = {
    "clean_replies": (0.0, 0.034), "contact": (0.993, 0.007), "feedback": (1.0, 0.0),
    "grounding_promise": (0.83, 0.018), "language": (1.0, 0.0), "leak_sensitive_safety": (1.0, 0.0),
    "links": (0.993, 0.0), "offplatform": (1.0, 0.0), "promotion": (1.0, 0.0), "structure": (1.0, 0.158),
    "style": (1.0, 0.0), "tone": (0.984, 0.0),
}  # fmt: skip
BOUNDS = [
    (split, name, *bounds)
    for split, figures in (("fresh", FRESH), ("blind", BLIND), ("test", UNSEEN), ("dev", SEEN))
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

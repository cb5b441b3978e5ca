"""Live quality: drafts nobody used count, and people are never ranked."""

from __future__ import annotations

import pytest

from eval.live.quality import GROUPS, fate, lines


def told(outcome, effort=None, **more):
    findings = [{"severity": "warn"}] if more.pop("found", False) else []
    assessment = None if outcome is None else {"edit_effort": effort, "findings": findings}
    base = {"id": "d", "ticket_id": None, "channel": "amazon", "cause": "other", "language": "de", "prompt": None,
            "engine": "composer", "outcome": outcome, "assessment": assessment}  # fmt: skip
    return base | more


@pytest.mark.parametrize(
    ("row", "expected"),
    [(told("sent", 0.0), "unchanged"), (told("edited", 0.1), "light"), (told("edited", 0.6), "heavy"),
     (told("discarded"), "discarded"), (told(None), "open")],
)  # fmt: skip
def test_a_draft_meets_one_fate(row, expected):
    assert fate(row) == expected


def test_what_nobody_used_counts_against_it():
    rows = [
        told("sent", 0.0, id="1"),
        told("edited", 0.3, id="2", found=True),
        told(None, id="3"),
        told("discarded", id="4"),
    ]
    (line,) = lines(rows, "channel")
    assert (line.drafts, line.accepted.estimate, line.effort, line.findings) == (4, 0.25, 0.15, 1)


def test_groups_are_things_never_people():
    assert set(GROUPS) == {"prompt", "cause", "channel", "language"}


def test_drafts_of_the_composer_are_named_by_it_and_the_largest_group_comes_first():
    rows = [told("sent", 0.0, id=str(i), prompt="reply@1" if i == 0 else None) for i in range(3)]
    assert [line.name for line in lines(rows, "prompt")] == ["composer", "reply@1"]

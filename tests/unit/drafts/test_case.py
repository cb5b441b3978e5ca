"""A case remembers what was derived from it."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.llm.casebook import make_case


def test_what_is_derived_is_derived_once_and_anew_for_a_changed_case():
    """The composer writes a second time without a macro's frames: nothing of the first case may reach it."""
    calls = []

    def kinds(case):
        calls.append(case.kind)
        return len(calls)

    case = make_case()
    assert [case.once(kinds), case.once(kinds)] == [1, 1]
    assert replace(case, kind="closing").once(kinds) == 2
    assert calls == ["reply", "closing"]
    assert replace(case) == case

"""Steps are told as soon as they are complete, wherever the answer is cut, and never wrongly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.step_reader import StepReader
from reply_guards.model import STEP_NAMES

STEPS = {
    "acknowledge": 'Der "Griff" ist ab – ärgerlich! \\ {order_id}',
    "own": "Ich kümmere mich darum.\nSofort.",
    "propose": "Erstattung oder Ersatz 😀?",
    "ask": "Was passt Ihnen besser?",
}


def _read(text: str, cuts: list[int]) -> StepReader:
    reader, start = StepReader(), 0
    for cut in [*sorted(c for c in cuts if c < len(text)), len(text)]:
        reader.feed(text[start:cut])
        start = cut
    return reader


@given(st.lists(st.integers(0, 400), max_size=30), st.booleans(), st.booleans())
def test_any_cut_gives_the_same_steps(cuts, spaced, escaped):
    """Also inside an escape, a key, or the fence around the object."""
    text = json.dumps(STEPS, ensure_ascii=escaped, indent=2 if spaced else None)
    text = f"```json\n{text}\n```" if spaced else text
    assert _read(text, cuts).steps == STEPS


def test_a_step_is_told_with_the_piece_that_closes_its_string():
    """Not before, and only once."""
    text = json.dumps(STEPS, ensure_ascii=False)
    reader, told = StepReader(), []
    for position, char in enumerate(text, start=1):
        for name, value in reader.feed(char).items():
            told.append(name)
            assert text[:position].endswith(json.dumps(value, ensure_ascii=False))
    assert told == list(STEP_NAMES)


@given(st.text(max_size=300), st.lists(st.integers(0, 300), max_size=10))
def test_nothing_it_reads_raises(text, cuts):
    """Whatever a model says."""
    assert set(_read(text, cuts).steps) <= set(STEP_NAMES)


ODD = {
    "prose first": 'Sure! Here is your reply with "four" steps, as you wished for: ' + json.dumps(STEPS),
    "a step twice": '{"own": "a", "own": "b", "ask": "c"}',
    "wrapped": json.dumps({"reply": STEPS}),
    "a list": json.dumps([STEPS]),
    "no string": '{"acknowledge": 3, "own": "x"}',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_what_is_not_a_plain_object_waits_for_the_end(text):
    """At most the steps before the oddity are told early."""
    assert len(_read(text, []).steps) <= 1


def test_a_long_answer_is_read_in_linear_time():
    """A megabyte in small pieces: each character is looked at a constant number of times."""
    reader = StepReader()
    reader.feed('{"acknowledge": "')
    for _ in range(20_000):
        reader.feed("fifty characters of babble that never come to an e")
    assert reader.feed('nd", ') == {"acknowledge": "fifty characters of babble that never come to an e" * 20_000 + "nd"}

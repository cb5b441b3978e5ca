"""Cassettes: what was recorded is played without the model, in the order it came; what was not is unavailable."""

from __future__ import annotations

import pytest

from app.errors import InvalidRequest
from app.llm.client import ChatMessage, Completion, ModelRateLimited, ModelUnavailable
from app.llm.scripted import Line, ScriptedModel
from eval.runs.cassette import Playing, Recording, Tape


def ask(text: str, fence: str = "0123abcd") -> Completion:
    return Completion((ChatMessage("user", f'<data-{fence} what="message">{text}</data-{fence}>'),))


async def test_answers_play_in_the_order_they_were_recorded_whatever_the_fence(tmp_path):
    """The fence is drawn anew for every request; the last answer stays for further repeats."""
    tape = tmp_path / "tape.jsonl"
    recording = Recording(ScriptedModel(["one", "two", "else"]), Tape(tape))
    for request in (ask("a", "aaaaaaaa"), ask("a", "bbbbbbbb"), ask("b")):
        await recording.complete(request)
    played = Tape(tape)
    played.load()
    playing = Playing(recording.name, played)
    assert [(await playing.complete(ask("a"))).text for _ in range(3)] == ["one", "two", "two"]
    assert [p if isinstance(p, str) else p.text async for p in playing.stream(ask("b"))] == ["else", "else"]
    with pytest.raises(ModelUnavailable, match="not on the cassette"):
        await playing.complete(ask("c"))


async def test_failures_are_on_the_tape_too(tmp_path):
    tape = tmp_path / "tape.jsonl"
    recording = Recording(ScriptedModel([Line(error="rate_limited")]), Tape(tape))
    with pytest.raises(ModelRateLimited):
        await recording.complete(ask("a"))
    played = Tape(tape)
    played.load()
    with pytest.raises(ModelRateLimited):
        await Playing(recording.name, played).complete(ask("a"))


def test_a_broken_cassette_is_named(tmp_path):
    tape = tmp_path / "tape.jsonl"
    with pytest.raises(InvalidRequest, match="No such file"):
        Tape(tape).load()
    tape.write_text("{}\n")
    with pytest.raises(InvalidRequest, match=r"tape\.jsonl:1"):
        Tape(tape).load()

"""The scripted model: plays its lines, and says what is wrong with a script file."""

from __future__ import annotations

import json

import pytest

from app.llm.client import ChatMessage, Completion, ModelRateLimited, ModelTimeout, ModelUnavailable
from app.llm.factory import open_model
from app.llm.scripted import BrokenScript, Line, ScriptedModel, read_script

ASK = Completion((ChatMessage("user", "one two three"),), timeout_s=5)


@pytest.fixture
def script(tmp_path):
    def write(content: str):
        path = tmp_path / "drill.yaml"
        path.write_text(content, "utf-8")
        return path

    return write


async def test_plays_lines_in_order_and_counts_words():
    model = ScriptedModel(["first", Line("second one", finish_reason="length")])
    first, second = await model.complete(ASK), await model.complete(ASK)
    assert (first.text, second.text, second.finish_reason) == ("first", "second one", "length")
    assert (second.prompt_tokens, second.completion_tokens, second.cost_usd) == (3, 2, None)
    assert list(model.requests) == [ASK, ASK]


async def test_an_exhausted_script_is_unavailable_unless_it_repeats():
    once, forever = ScriptedModel(["a"]), ScriptedModel(["a", "b"], repeat=True)
    await once.complete(ASK)
    with pytest.raises(ModelUnavailable, match="no more lines"):
        await once.complete(ASK)
    assert [(await forever.complete(ASK)).text for _ in range(5)] == ["a", "b", "a", "b", "a"]


async def test_a_function_may_answer_each_request():
    model = ScriptedModel(lambda request: request.messages[-1].content.upper())
    assert (await model.complete(ASK)).text == "ONE TWO THREE"


async def test_a_file_is_played_through_the_factory(script):
    path = script("""
        answers:
          - plain words
          - steps: {acknowledge: a, own: b, propose: c, ask: d}
          - {error: rate_limited, retry_after_s: 3}
          - {text: late, delay_s: 60}
    """)
    model = open_model(f"scripted/{path}")
    assert model.ready
    assert (await model.complete(ASK)).text == "plain words"
    assert json.loads((await model.complete(ASK)).text)["propose"] == "c"
    with pytest.raises(ModelRateLimited) as limited:
        await model.complete(ASK)
    assert limited.value.retry_after_s == 3
    with pytest.raises(ModelTimeout):
        await model.complete(Completion(ASK.messages, timeout_s=0.01))
    assert (await model.complete(ASK)).text == "plain words"


BROKEN = {
    "no mapping": ("- a\n", "answers"),
    "no answers": ("answers: []\n", "at least one"),
    "no YAML": ("answers: [", "cannot be read"),
    "an unknown key": ("answers: [{texts: a}]", "answers\\[0\\]"),
    "an unknown error": ("answers: [{error: fire}]", "error must be one of"),
    "a delay in words": ("answers: [a, {delay_s: long}]", "answers\\[1\\].*seconds"),
    "an unknown end": ("answers: [{text: a, finish_reason: bored}]", "finish_reason"),
    "a number": ("answers: [3]", "must be text"),
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_script_says_where(script, content, reason):
    with pytest.raises(BrokenScript, match=reason):
        read_script(script(content))


def test_a_missing_script_is_named(tmp_path):
    with pytest.raises(BrokenScript, match=r"none\.yaml"):
        open_model(f"scripted/{tmp_path}/none.yaml")

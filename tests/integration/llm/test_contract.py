"""One contract for the double and the real client: what a caller may rely on whichever it holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from app.llm.answer import STEPS_SCHEMA
from app.llm.client import (
    ChatMessage,
    Completion,
    LanguageModel,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from app.llm.litellm_client import LiteLLMModel
from app.llm.openai_client import OpenAIModel
from app.llm.scripted import Line, ScriptedModel
from tests.integration.llm.server import Play, serving

ASK = Completion((ChatMessage("system", "Be kind."), ChatMessage("user", "Hello")), timeout_s=10)


@dataclass
class Stage:
    """A model and the way to tell it what happens next."""

    model: LanguageModel
    say: Callable[..., None]
    fail: Callable[[str], None]


_STATUS = {"rate_limited": 429, "refused": 401, "unavailable": 500}


@pytest.fixture(params=["scripted", "litellm", "openai"])
async def stage(request) -> AsyncIterator[Stage]:
    if request.param == "scripted":
        lines: list[Line] = []
        yield Stage(
            ScriptedModel(lambda _: lines.pop(0), name="openai/contract"),
            say=lambda text, delay_s=0.0, finish_reason="stop": lines.append(
                Line(text, delay_s=delay_s, finish_reason=finish_reason)
            ),
            fail=lambda error: lines.append(Line(error=error, retry_after_s=2)),
        )
        return
    async with serving() as server:
        kind = {"litellm": LiteLLMModel, "openai": OpenAIModel}[request.param]
        model = kind("openai/contract", api_base=server.url)
        await model.load()
        yield Stage(
            model,
            say=lambda text, delay_s=0.0, finish_reason="stop": server.play(
                Play(text, delay_s=delay_s, finish_reason=finish_reason)
            ),
            fail=lambda error: server.play(Play(status=_STATUS[error], headers={"retry-after": "2"})),
        )
        await model.aclose()


async def test_loads_and_is_ready_and_named(stage):
    await stage.model.load()
    await stage.model.load()
    assert stage.model.ready
    assert stage.model.name == "openai/contract"


async def test_says_what_the_model_said_and_what_it_cost(stage):
    stage.say("Good morning — 😀")
    answer = await stage.model.complete(ASK)
    assert answer.text == "Good morning — 😀"
    assert answer.model == "openai/contract"
    assert answer.prompt_tokens > 0
    assert answer.completion_tokens > 0
    assert answer.cost_usd is None
    assert answer.finish_reason == "stop"


async def test_an_empty_answer_is_an_answer(stage):
    stage.say("")
    assert (await stage.model.complete(ASK)).text == ""


async def test_an_answer_cut_off_says_so(stage):
    stage.say("half a sent", finish_reason="length")
    assert (await stage.model.complete(ASK)).finish_reason == "length"


async def test_a_schema_may_be_asked_for(stage):
    stage.say("{}")
    request = Completion(ASK.messages, schema=STEPS_SCHEMA, timeout_s=10)
    assert (await stage.model.complete(request)).text == "{}"


ERRORS = {"rate_limited": ModelRateLimited, "refused": ModelRefused, "unavailable": ModelUnavailable}


@pytest.mark.parametrize(("name", "error"), ERRORS.items(), ids=ERRORS)
async def test_errors_are_ours_and_say_whether_a_retry_helps(stage, name, error):
    stage.fail(name)
    with pytest.raises(error) as caught:
        await stage.model.complete(ASK)
    assert type(caught.value) is error
    assert caught.value.retryable is (name != "refused")
    assert "Hello" not in str(caught.value)
    if name == "rate_limited":
        assert caught.value.retry_after_s == 2


async def test_it_answers_again_after_an_error(stage):
    stage.fail("unavailable")
    stage.say("back again")
    with pytest.raises(ModelError):
        await stage.model.complete(ASK)
    assert (await stage.model.complete(ASK)).text == "back again"


async def test_a_slow_answer_is_a_timeout(stage):
    await stage.model.load()
    stage.say("too late", delay_s=30)
    with pytest.raises(ModelTimeout):
        await stage.model.complete(Completion(ASK.messages, timeout_s=0.2))


async def test_a_cancelled_caller_is_cancelled_and_nothing_else(stage):
    await stage.model.load()
    stage.say("never heard", delay_s=30)
    task = asyncio.create_task(stage.model.complete(ASK))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_many_may_ask_at_once(stage):
    for number in range(8):
        stage.say(f"answer {number}", delay_s=0.05)
    answers = await asyncio.gather(*(stage.model.complete(ASK) for _ in range(8)))
    assert sorted(a.text for a in answers) == [f"answer {n}" for n in range(8)]


async def test_it_can_be_closed_twice_and_used_again(stage):
    await stage.model.aclose()
    await stage.model.aclose()
    stage.say("still here")
    assert (await stage.model.complete(ASK)).text == "still here"


async def test_a_streamed_answer_comes_in_pieces_and_ends_with_the_whole(stage):
    """The pieces are the text, and the last thing told is the answer with what it cost."""
    stage.say("Good morning — 😀, how are you?")
    *pieces, answer = [piece async for piece in stage.model.stream(ASK)]
    assert len(pieces) > 1
    assert "".join(pieces) == "Good morning — 😀, how are you?" == answer.text
    assert answer.prompt_tokens > 0
    assert answer.completion_tokens > 0
    assert answer.finish_reason == "stop"


@pytest.mark.parametrize(("name", "error"), ERRORS.items(), ids=ERRORS)
async def test_a_stream_fails_as_an_answer_does(stage, name, error):
    """Before the first piece, with the same errors."""
    stage.fail(name)
    with pytest.raises(error):
        [piece async for piece in stage.model.stream(ASK)]


async def test_a_stream_may_be_left_early(stage):
    """Closing it ends the call; the model answers the next one."""
    stage.say("a rather long answer " * 20)
    pieces = stage.model.stream(ASK)
    assert await anext(pieces)
    await pieces.aclose()
    stage.say("next")
    assert (await stage.model.complete(ASK)).text == "next"

"""Asking again where it helps, and only there."""

from __future__ import annotations

import asyncio

import pytest

from app.llm import retrying
from app.llm.client import ChatMessage, Completion, ModelError, ModelRefused, ModelTimeout
from app.llm.retrying import RetryingModel
from app.llm.scripted import Line, ScriptedModel

ASK = Completion((ChatMessage("user", "hi"),), timeout_s=30)


@pytest.fixture(autouse=True)
def naps(monkeypatch) -> list[float]:
    """Pauses are noted, not slept."""
    taken: list[float] = []

    async def nap(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(retrying.asyncio, "sleep", nap)
    return taken


@pytest.mark.parametrize("error", ["timeout", "rate_limited", "unavailable"])
async def test_a_passing_error_is_tried_again(error):
    model = ScriptedModel([Line(error=error), "at last"])
    assert (await RetryingModel(model, retries=1).complete(ASK)).text == "at last"
    assert len(model.requests) == 2


async def test_a_refusal_is_not_tried_again():
    model = ScriptedModel([Line(error="refused"), "never asked"])
    with pytest.raises(ModelRefused):
        await RetryingModel(model, retries=3).complete(ASK)
    assert len(model.requests) == 1


async def test_the_last_error_comes_through_when_all_tries_fail():
    model = ScriptedModel(
        [Line(error="unavailable"), Line(error="unavailable"), Line(error="rate_limited", retry_after_s=1)]
    )
    with pytest.raises(ModelError) as caught:
        await RetryingModel(model, retries=2).complete(ASK)
    assert caught.value.retry_after_s == 1


async def test_the_providers_wish_to_wait_is_heard(naps):
    await RetryingModel(ScriptedModel([Line(error="rate_limited", retry_after_s=7), "ok"]), retries=1).complete(ASK)
    assert [pause for pause in naps if pause] == [7]


async def test_a_wait_that_outlives_the_time_left_is_not_begun(naps):
    model = ScriptedModel([Line(error="rate_limited", retry_after_s=60), "never asked"])
    with pytest.raises(ModelError):
        await RetryingModel(model, retries=1).complete(ASK)
    assert not any(naps)


async def test_all_tries_share_the_providers_deadline():
    model = ScriptedModel([Line(error="timeout"), "ok"])
    await RetryingModel(model, retries=1, timeout_s=4).complete(ASK)
    first, second = [request.timeout_s for request in model.requests]
    assert second < first <= 4


class Silent(ScriptedModel):
    """Accepts, and says nothing for as long as it is given."""

    async def complete(self, request):
        self.requests.append(request)
        try:
            async with asyncio.timeout(request.timeout_s):
                await asyncio.Event().wait()
        except TimeoutError:
            raise ModelTimeout from None


async def test_who_was_silent_for_the_whole_deadline_is_not_asked_again():
    model = Silent([])
    with pytest.raises(ModelTimeout):
        await RetryingModel(model, retries=5, timeout_s=0.05).complete(ASK)
    assert len(model.requests) == 1

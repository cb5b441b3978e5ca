"""Providers misbehave in every way there is; callers see one of five errors, in time."""

from __future__ import annotations

import json
import os
import socket
from decimal import Decimal
from time import monotonic

import pytest

from app.llm.answer import STEPS_SCHEMA
from app.llm.client import (
    ChatMessage,
    Completion,
    ModelAnswerUnusable,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from app.llm.drafting import Writer
from app.llm.litellm_client import LiteLLMModel
from app.llm.openai_client import OpenAIModel
from app.llm.prompts import load_prompts
from tests.integration.llm.server import Play
from tests.unit.llm.casebook import GOOD_JSON, make_case

ASK = Completion((ChatMessage("user", "secret of a customer"),), timeout_s=10)
HURRY = Completion(ASK.messages, timeout_s=0.6)


def error_body(message: str, code: str) -> str:
    return json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": code}})


TROUBLES = {
    "never answers": (Play(trouble="hang"), ModelTimeout, ""),
    "drips one byte at a time": (Play("x" * 500, trouble="drip"), ModelTimeout, ""),
    "hangs up at once": (Play(trouble="reset"), ModelUnavailable, ""),
    "hangs up half way": (Play("x" * 500, trouble="cut"), ModelUnavailable, ""),
    "sends a page instead of JSON": (Play(body="<html>Bad gateway</html>"), ModelUnavailable, ""),
    "sends JSON without an answer": (Play(body="{}"), ModelUnavailable, ""),
    "sends no choices": (
        Play(body='{"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": []}'),
        ModelError, "",
    ),
    "bad request": (Play(status=400), ModelRefused, "check the key"),
    "wrong key": (Play(status=401), ModelRefused, "check the key"),
    "no credit": (Play(status=402), ModelRefused, ""),
    "no rights": (Play(status=403), ModelRefused, ""),
    "unknown model": (Play(status=404), ModelRefused, ""),
    "request timeout": (Play(status=408), ModelTimeout, ""),
    "too large": (Play(status=413), ModelRefused, ""),
    "unprocessable": (Play(status=422), ModelRefused, ""),
    "slow down": (Play(status=429, headers={"retry-after": "4"}), ModelRateLimited, ""),
    "empty account": (Play(status=429, body=error_body("You exceeded your quota", "insufficient_quota")), ModelRefused, ""),
    "server error": (Play(status=500), ModelUnavailable, ""),
    "bad gateway": (Play(status=502), ModelUnavailable, ""),
    "unavailable": (Play(status=503), ModelUnavailable, ""),
    "gateway timeout": (Play(status=504), ModelTimeout, ""),
    "overloaded": (Play(status=529), ModelUnavailable, ""),
    "context too long": (
        Play(status=400, body=error_body("This model's maximum context length is 4096 tokens", "context_length_exceeded")),
        ModelRefused, "longer than the model's context",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("play", "error", "reason"), TROUBLES.values(), ids=TROUBLES)
async def test_every_trouble_has_one_name_and_one_try(server, model, play, error, reason):
    server.play(play)
    with pytest.raises(error) as caught:
        await model.complete(HURRY if play.trouble in ("hang", "drip") else ASK)
    assert reason in caught.value.reason
    assert "secret" not in str(caught.value)
    assert len(server.requests) == 1


async def test_a_drip_does_not_outlive_the_deadline(server, model):
    """litellm's own timeout is per read, so this would last 50 seconds; the limit here is wide of both."""
    server.play(Play("x" * 500, trouble="drip"))
    started = monotonic()
    with pytest.raises(ModelTimeout):
        await model.complete(HURRY)
    assert monotonic() - started < 10


async def test_nobody_listening_is_unavailable():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    model = LiteLLMModel("openai/gone", api_base=f"http://127.0.0.1:{port}/v1")
    with pytest.raises(ModelUnavailable):
        await model.complete(ASK)
    await model.aclose()


async def test_an_unknown_provider_is_refused_when_loading():
    with pytest.raises(ModelRefused, match="nonsense/model"):
        await LiteLLMModel("nonsense/model").load()


async def test_a_missing_key_is_refused_by_name(monkeypatch):
    model = LiteLLMModel("anthropic/claude-sonnet-4-5", api_base="http://127.0.0.1:9")
    with pytest.raises(ModelRefused, match="ANTHROPIC_API_KEY"):
        await model.complete(ASK)
    await model.aclose()


OPENAI_ANSWER = None
ANTHROPIC_ANSWER = json.dumps({
    "id": "m", "type": "message", "role": "assistant", "model": "x", "stop_reason": "end_turn",
    "content": [{"type": "text", "text": "hello"}], "usage": {"input_tokens": 3, "output_tokens": 1},
})  # fmt: skip
OLLAMA_ANSWER = json.dumps({
    "model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": "hello"}, "done": True,
    "prompt_eval_count": 3, "eval_count": 1,
})  # fmt: skip
KEY = "key-from-the-environment"
PROVIDERS = {
    "OpenAI": ("openai/m", {"OPENAI_BASE_URL": "{url}/v1", "OPENAI_API_KEY": KEY}, OPENAI_ANSWER, "/v1/chat/completions"),
    "OpenAI, old variable": ("openai/m", {"OPENAI_API_BASE": "{url}/v1", "OPENAI_API_KEY": KEY}, OPENAI_ANSWER, "/v1/chat/completions"),
    "Azure": (
        "azure/my-deployment",
        {"AZURE_API_BASE": "{url}", "AZURE_API_VERSION": "2024-10-21", "AZURE_API_KEY": KEY},
        OPENAI_ANSWER, "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21",
    ),
    "Anthropic": ("anthropic/claude-sonnet-4-5", {"ANTHROPIC_API_BASE": "{url}", "ANTHROPIC_API_KEY": KEY}, ANTHROPIC_ANSWER, "/v1/messages"),
    "Mistral": ("mistral/mistral-small-latest", {"MISTRAL_API_KEY": KEY}, OPENAI_ANSWER, "/v1/chat/completions"),
    "Ollama": ("ollama_chat/llama3.1", {"OLLAMA_API_BASE": "{url}"}, OLLAMA_ANSWER, "/api/chat"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "variables", "body", "path"), PROVIDERS.values(), ids=PROVIDERS)
async def test_the_providers_usual_variables_are_honoured(server, monkeypatch, name, variables, body, path):
    """What docs/models.md says, provider by provider."""
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value.replace("{url}", server.url.removesuffix("/v1")))
    server.plays.extend([Play("hello", body=body)] * 3)
    model = LiteLLMModel(name, api_base=server.url if name.startswith("mistral/") else None)
    answer = await model.complete(Completion(ASK.messages, schema=STEPS_SCHEMA, timeout_s=10))
    await model.aclose()
    assert answer.text == "hello"
    assert server.paths[-1] == path
    assert ("key-from-the-environment" in str(server.headers[-1])) is (name != "ollama_chat/llama3.1")


async def test_a_server_without_keys_needs_none(server, model):
    server.play("hello")
    assert (await model.complete(ASK)).text == "hello"


async def test_only_loopback_is_ever_asked(server, monkeypatch):
    """litellm would fetch price lists and header lists; Anthropic's path is the one that does so per request."""
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def watch(host, *args, **kwargs):
        asked.append(str(host))
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", watch)
    body = {
        "id": "m", "type": "message", "role": "assistant", "model": "x", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "hi"}], "usage": {"input_tokens": 1000, "output_tokens": 100},
    }  # fmt: skip
    server.play(Play(body=json.dumps(body)))
    model = LiteLLMModel("anthropic/claude-sonnet-4-5", api_base=server.url.removesuffix("/v1"), api_key="k")
    answer = await model.complete(Completion(ASK.messages, schema=STEPS_SCHEMA, timeout_s=10))
    await model.aclose()
    assert answer.text == "hi"
    assert answer.cost_usd
    assert Decimal("0.001") < answer.cost_usd < Decimal("0.1")
    assert server.requests[0]["output_format"]["type"] == "json_schema"
    assert set(asked) <= {"127.0.0.1", "localhost"}
    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
    assert os.environ["LITELLM_MODE"] == "PRODUCTION"


REFUSED_SHAPE = Play(status=400, body=error_body("'response_format.type' must be 'text'", "bad"))


async def test_a_server_that_refuses_schemas_is_asked_with_less_and_remembered(server, model):
    server.play(REFUSED_SHAPE, REFUSED_SHAPE, "plain", "plain again")
    request = Completion(ASK.messages, schema=STEPS_SCHEMA, timeout_s=10)
    assert (await model.complete(request)).text == "plain"
    assert (await model.complete(request)).text == "plain again"
    shapes = [r.get("response_format", {}).get("type") for r in server.requests]
    assert shapes == ["json_schema", "json_object", None, None]


async def test_a_server_of_ones_own_is_held_to_lengths_until_it_refuses_them(server):
    """A small model copies the "…" of the instructions; servers such as OpenAI's refuse a schema that names lengths."""
    server.play(Play(status=400, body=error_body("'minLength' is not permitted", "bad")), "short", "short again")
    own = OpenAIModel("openai/own", api_base=server.url)
    request = Completion(ASK.messages, schema=STEPS_SCHEMA, timeout_s=10)
    for _ in range(2):
        await own.complete(request)
    await own.aclose()
    asked = [r["response_format"]["json_schema"]["schema"]["properties"]["own"] for r in server.requests]
    assert [set(told) for told in asked] == [{"type", "minLength"}, {"type"}, {"type"}]


async def test_another_bad_request_does_not_weaken_the_shape(server, model):
    server.play(Play(status=400), "fine")
    request = Completion(ASK.messages, schema=STEPS_SCHEMA, timeout_s=10)
    with pytest.raises(ModelRefused):
        await model.complete(request)
    await model.complete(request)
    assert [r["response_format"]["type"] for r in server.requests] == ["json_schema", "json_schema"]


async def test_the_request_on_the_wire_is_what_was_asked_for(server, model):
    server.play("ok")
    await model.complete(
        Completion((ChatMessage("system", "a"), ChatMessage("user", "b")), max_tokens=77, temperature=0.3)
    )
    sent = server.requests[0]
    assert sent["messages"] == [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}]
    assert (sent["max_tokens"], sent["temperature"], sent["model"]) == (77, 0.3, "scripted-test")
    assert "response_format" not in sent


ANSWERS = {
    "empty": "",
    "null": None,
    "prose": "Dear customer, we are sorry.",
    "JSON cut in half": GOOD_JSON[: len(GOOD_JSON) // 2],
    "a step missing": json.dumps({k: v for k, v in json.loads(GOOD_JSON).items() if k != "own"}),
    "a step doubled": GOOD_JSON[:-1] + ', "own": "Ich bin dran."}',
    "babble": "blah " * 50_000,
    "a refusal": "As an AI language model, I cannot assist with that.",
    "the prompt echoed": "You write for the customer service. # The reply has four steps",
}


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
async def test_unusable_words_are_asked_about_once_and_then_reported(server, model, text):
    writer = Writer(model, timeout_s=10, retries=0)
    server.play(Play(text), Play(text))
    with pytest.raises(ModelAnswerUnusable) as caught:
        await writer.write(make_case(), prompt=load_prompts().get("reply@1"), deadline=25)
    assert len(server.requests) == len(caught.value.spent) == 2
    assert caught.value.spent[0].prompt_tokens == 11


async def test_a_passing_failure_and_a_bad_answer_still_end_in_four_steps(server, model):
    server.play(Play(status=503), "not JSON", Play(status=503), GOOD_JSON)
    written = await Writer(model, timeout_s=10, retries=1).write(
        make_case(), prompt=load_prompts().get("reply@1"), deadline=25
    )
    assert written.steps.propose
    assert len(written.answers) == 2


async def test_personal_values_are_not_on_the_wire(server, model):
    personal = "Sabine Keller, 302-1234567-7654321, 00340434161094042557, keller@example.org, 0171 2345678"
    server.play(GOOD_JSON)
    case = make_case(personal, subject=personal)
    await Writer(model, timeout_s=10).write(case, prompt=load_prompts().get("reply@1"), deadline=25)
    sent = json.dumps(server.requests, ensure_ascii=False)
    for value in ("Keller", "7654321", "94042557", "keller@", "2345678", "dhl.de"):
        assert value not in sent

"""OpenAI-compatible endpoints, spoken to directly: a hundredth of the CPU a streamed piece costs through litellm.

Serves `openai/…`, `mistral/…`, `deepseek/…`, `groq/…`, `together_ai/…` and any server under VIERKLANG_MODEL_URL or the
provider's usual variable. All other providers go through litellm. One contract test runs over both.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from app.llm.client import (
    Answer,
    ChatMessage,
    Completion,
    ModelAnswerUnusable,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from app.llm.prices import cost_usd
from app.llm.shape import Shape, is_about_shape, response_format, weaker
from app.llm.status import NO_KEY, SERVER_ERRORS, TIMEOUTS, TOO_MANY, finish_reason, refused, seconds

_BAD_REQUEST = 400
_HOPELESS = ("insufficient_quota", "invalid_api_key")
_TOO_LONG = ("context_length_exceeded", "maximum context length")
_FILTERED = ("content_filter", "content_policy_violation", "content management policy")
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a provider is reached, and the variables that say so otherwise."""

    url: str
    key_variable: str
    url_variables: tuple[str, ...] = ()


ENDPOINTS = {
    "openai": Endpoint("https://api.openai.com/v1", "OPENAI_API_KEY", ("OPENAI_BASE_URL", "OPENAI_API_BASE")),
    "mistral": Endpoint("https://api.mistral.ai/v1", "MISTRAL_API_KEY", ("MISTRAL_API_BASE",)),
    "deepseek": Endpoint("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", ("DEEPSEEK_API_BASE",)),
    "groq": Endpoint("https://api.groq.com/openai/v1", "GROQ_API_KEY", ("GROQ_API_BASE",)),
    "together_ai": Endpoint("https://api.together.xyz/v1", "TOGETHERAI_API_KEY", ("TOGETHERAI_API_BASE",)),
}


class OpenAIModel:
    """One model behind an OpenAI-compatible chat endpoint."""

    ready = True

    def __init__(self, name: str, *, api_base: str | None = None, api_key: str | None = None) -> None:
        """`name`: `provider/model` with a provider of ENDPOINTS."""
        self.name = name
        provider, _, self._model = name.partition("/")
        endpoint = ENDPOINTS[provider]
        told = next((value for v in endpoint.url_variables if (value := os.environ.get(v))), None)
        self._url = (api_base or told or endpoint.url).rstrip("/") + "/chat/completions"
        key = api_key or os.environ.get(endpoint.key_variable)
        self._missing = () if key else (endpoint.key_variable,)
        self._headers = {"Authorization": f"Bearer {key or NO_KEY}", "Content-Type": "application/json"}
        # Servers of one's own (llama.cpp, vLLM) can be held to lengths; OpenAI refuses a schema that names them.
        self._shape: Shape = "schema" if self._url.startswith(endpoint.url) else "lengths"
        self._session: aiohttp.ClientSession | None = None

    async def load(self) -> None:
        """Nothing to prepare."""

    async def aclose(self) -> None:
        """Close pooled connections; the model may be used again."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def complete(self, request: Completion) -> Answer:
        """Ask once; see `LanguageModel.complete`."""
        try:
            async with asyncio.timeout(request.timeout_s), self._sent(request, stream=False) as response:
                body = orjson.loads(await response.read())
                choice = body["choices"][0]
                text = choice["message"].get("content") or ""
                return self._whole(text, choice.get("finish_reason"), body.get("usage"))
        except Exception as error:  # noqa: BLE001 - servers fail in every way there is; all are ours to name
            raise _translated(error) from None

    async def stream(self, request: Completion) -> AsyncGenerator[str | Answer]:
        """Ask once and hand on each piece; see `LanguageModel.stream`."""
        text: list[str] = []
        finish, usage = None, None
        try:
            async with asyncio.timeout(request.timeout_s), self._sent(request, stream=True) as response:
                async for event in _events(response):
                    usage = event.get("usage") or usage
                    for choice in event.get("choices") or ():
                        finish = choice.get("finish_reason") or finish
                        if piece := (choice.get("delta") or {}).get("content"):
                            text.append(piece)
                            yield piece
        except GeneratorExit:
            raise
        except Exception as error:  # noqa: BLE001 - see `complete`
            raise _translated(error) from None
        if finish is None and not text:
            raise ModelAnswerUnusable("The provider sent a response without an answer in it.")
        yield self._whole("".join(text), finish, usage)

    def _whole(self, text: str, finish: str | None, usage: dict[str, Any] | None) -> Answer:
        asked, said = (int((usage or {}).get(name) or 0) for name in ("prompt_tokens", "completion_tokens"))
        cost = cost_usd(self.name, prompt_tokens=asked, completion_tokens=said) if usage else None
        return Answer(text, self.name, asked, said, cost, finish_reason(finish))

    def _sent(self, request: Completion, *, stream: bool) -> _Sending:
        return _Sending(self, request, stream=stream)

    async def post(self, request: Completion, *, stream: bool) -> aiohttp.ClientResponse:
        """Send; where a JSON shape is refused, a weaker one is tried. Raises a ModelError for every other status."""
        while True:
            shape = self._shape
            response = await self._open_session().post(
                self._url, data=orjson.dumps(self._body(request, shape, stream=stream)), headers=self._headers,
                allow_redirects=False,
            )  # fmt: skip
            if response.ok:
                return response
            async with response:
                said = (await response.content.read(4000)).decode("utf-8", "replace")
            if response.status == _BAD_REQUEST and request.schema and is_about_shape(said) and weaker(shape):
                self._shape = weaker(shape) or shape
                continue
            raise self._refusal(response, said)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            # Deadlines are the request's own; the pool must not make requests wait for each other.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, trust_env=True, read_bufsize=_LONGEST_LINE
            )
        return self._session

    def _body(self, request: Completion, shape: Shape, *, stream: bool) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model, "messages": [_turn(m) for m in request.messages], "max_tokens": request.max_tokens,
            "temperature": request.temperature,
        }  # fmt: skip
        if request.schema is not None and (wanted := response_format(shape, request.schema)):
            body["response_format"] = wanted
        return body | ({"stream": True, "stream_options": {"include_usage": True}} if stream else {})

    def _refusal(self, response: aiohttp.ClientResponse, said: str) -> ModelError:
        status, wait = response.status, seconds(response.headers.get("retry-after"))
        if status in TIMEOUTS:
            return ModelTimeout(status=status, detail=said)
        if any(word in said for word in _TOO_LONG):
            return ModelRefused("The prompt is longer than the model's context.", status=status, detail=said)
        if status == _BAD_REQUEST and any(word in said for word in _FILTERED):
            return ModelRefused("The provider's content filter refused it.", status=status, detail=said)
        if status == TOO_MANY and not any(word in said for word in _HOPELESS):
            return ModelRateLimited(status=status, retry_after_s=wait, detail=said)
        if status >= SERVER_ERRORS:
            return ModelUnavailable(status=status, retry_after_s=wait, detail=said)
        return refused(self._missing, status=status, detail=said)


class _Sending:
    """An answer that is read or given up: leaving early closes the connection, so that the provider stops writing."""

    def __init__(self, model: OpenAIModel, request: Completion, *, stream: bool) -> None:
        self._model, self._request, self._stream = model, request, stream
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> aiohttp.ClientResponse:
        self._response = await self._model.post(self._request, stream=self._stream)
        return self._response

    async def __aexit__(self, *_: object) -> None:
        if self._response is not None:
            self._response.close()


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """The data of each server-sent event. A server that ignores `stream` and sends one object is understood too."""
    if "text/event-stream" not in response.headers.get("content-type", "text/event-stream"):
        body = orjson.loads(await response.read())
        choice = body["choices"][0]
        yield {**body, "choices": [{**choice, "delta": choice["message"]}]}
        return
    async for line in _lines(response):
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            return
        event = orjson.loads(data)
        if error := event.get("error"):
            raise ModelUnavailable(detail=str(error))
        yield event


async def _lines(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The lines of an answer. All that came together is taken in one go: to wait for each line by itself costs more."""
    begun = b""
    async for data in response.content.iter_any():
        *lines, begun = (begun + data).split(b"\n")
        if len(begun) > _LONGEST_LINE:
            raise ModelUnavailable(detail="a line without an end")
        for line in lines:
            yield line
    yield begun


def _turn(message: ChatMessage) -> dict[str, str]:
    return {"role": message.role, "content": message.content}


def _translated(error: Exception) -> ModelError:
    """Name what went wrong. The error's own text may quote the prompt: it only becomes `detail`."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, TimeoutError):  # ours, and aiohttp's for connecting
        return ModelTimeout()
    if isinstance(error, (KeyError, IndexError, TypeError, AttributeError, ValueError)):
        return ModelAnswerUnusable("The provider sent a response without an answer in it.", detail=str(error))
    return ModelUnavailable(detail=str(error))

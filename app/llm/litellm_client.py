"""Any model provider, through litellm: the only module that imports it.

litellm takes five CPU seconds to import and would read `.env` files and fetch price lists on the way: the guards below
are set first, and `load` imports it in a thread after start-up. Retries, deadlines and fallbacks are ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import threading
import warnings
from collections.abc import AsyncGenerator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from app.llm.client import (
    Answer,
    Completion,
    ModelAnswerUnusable,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from app.llm.shape import Shape, is_about_shape, response_format, weaker
from app.llm.status import NO_KEY, SERVER_ERRORS, TIMEOUTS, TOO_MANY, finish_reason, refused, seconds

_GUARDS = {
    "LITELLM_MODE": "PRODUCTION",  # else it loads a `.env` file from the working directory
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # these three: else it fetches lists from the network
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "true",
    "LITELLM_LOG": "CRITICAL",  # its log lines may quote prompts, that is customer text
}
_import_lock = threading.Lock()
Untyped: TypeAlias = Any  # litellm's objects: its own annotations do not hold, so nothing is gained by naming them

_HOPELESS = ("Missing credentials", "insufficient_quota")  # come as 500 and 429, yet waiting will not help


@cache
def read_code() -> Untyped:
    """litellm, imported and nothing more: no thread runs yet, so that a process may still be forked."""
    os.environ.update(_GUARDS)
    return importlib.import_module("litellm")


@cache
def _imported() -> Untyped:
    with _import_lock:
        litellm = read_code()
        for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        litellm.suppress_debug_info = True
        litellm.turn_off_message_logging = True
        litellm.redact_messages_in_exceptions = True
        _warm_up(litellm)
        return litellm


def _warm_up(litellm: Untyped) -> None:
    """Take pretended calls, so that what litellm imports and builds late is there before the first request."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic finds fault with its types
        message = {"role": "user", "content": "-"}
        pretended = {"messages": [message], "mock_response": "-", "api_key": NO_KEY}
        litellm.completion("openai/warm-up", **pretended)
        list(litellm.completion("openai/warm-up", stream=True, **pretended))
        importlib.import_module("openai.resources")  # half a second, else spent on the event loop


class LiteLLMModel:
    """One model of one provider. Keys and addresses not given come from the provider's usual variables."""

    def __init__(
        self, name: str, *, api_base: str | None = None, api_key: str | None = None, api_version: str | None = None
    ) -> None:
        """`name` as litellm writes it: `openai/gpt-4o-mini`, `anthropic/…`, `azure/<deployment>`, `ollama_chat/…`."""
        self.name = name
        self._address = {"api_base": api_base, "api_key": api_key, "api_version": api_version}
        self._shape: Shape = "schema"
        self._missing: tuple[str, ...] = ()
        self.litellm: Untyped = None  # the library, once loaded

    @property
    def ready(self) -> bool:
        """Whether litellm is imported and knows the provider."""
        return self.litellm is not None

    async def load(self) -> None:
        """Import litellm in a thread. Raises ModelRefused for an unknown provider, ModelUnavailable if broken."""
        if not self.ready:
            await asyncio.to_thread(self._prepare)

    def _prepare(self) -> None:
        try:
            litellm = _imported()
        except ImportError as error:
            raise ModelUnavailable("litellm cannot be imported.", detail=str(error)) from error
        try:
            _, provider, _, _ = litellm.get_llm_provider(self.name, api_base=self._address["api_base"])
        except litellm.exceptions.BadRequestError as error:
            raise ModelRefused(f"litellm knows no provider for the model {self.name!r}.", detail=str(error)) from None
        if self._address["api_key"] is None:
            self._missing = tuple(
                k for k in litellm.validate_environment(self.name)["missing_keys"] if k.endswith("_KEY")
            )
        if provider == "openai" and self._missing:
            self._address["api_key"] = NO_KEY
        self._shape = _best_shape(litellm, self.name)
        self.litellm = litellm

    async def complete(self, request: Completion) -> Answer:
        """Ask once; see `LanguageModel.complete`. Where a JSON shape is refused, a weaker one is tried."""
        try:
            # litellm's own timeout counts per read: a server that drips one byte a second outlives it for ever.
            async with asyncio.timeout(request.timeout_s):
                await self.load()
                return self._answer(await self._send(request))
        except TimeoutError:
            raise ModelTimeout from None
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - providers fail in every way there is; all are ours to name
            raise self.translated(error) from None

    async def stream(self, request: Completion) -> AsyncGenerator[str | Answer]:
        """Ask once and hand on each piece; see `LanguageModel.stream`."""
        text, finish, usage = "", None, None
        try:
            async with asyncio.timeout(request.timeout_s):
                await self.load()
                chunks = await self._send(request, stream=True, stream_options={"include_usage": True})
                try:
                    async for chunk in chunks:
                        usage = getattr(chunk, "usage", None) or usage
                        choice = chunk.choices[0] if chunk.choices else None
                        finish = (choice and choice.finish_reason) or finish
                        if choice and (piece := choice.delta.content):
                            text += piece
                            yield piece
                finally:
                    await _hang_up(chunks)
        except TimeoutError:
            raise ModelTimeout from None
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - see `complete`
            raise self.translated(error) from None
        yield self._whole(text, finish, usage)

    async def _send(self, request: Completion, **more: object) -> Untyped:
        while True:
            shape = self._shape
            try:
                return await self.litellm.acompletion(**self._arguments(request, shape), **more)
            except self.litellm.exceptions.BadRequestError as error:
                weaker_shape = weaker(shape)
                if request.schema is None or weaker_shape is None or not is_about_shape(str(error)):
                    raise
                self._shape = weaker_shape

    def _arguments(self, request: Completion, shape: Shape) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "timeout": request.timeout_s,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,  # a model that takes no temperature or response_format is asked without
        } | {key: value for key, value in self._address.items() if value is not None}
        if request.schema is not None and (wanted := response_format(shape, request.schema)):
            arguments["response_format"] = wanted
        return arguments

    def _answer(self, response: Untyped) -> Answer:
        if not response.choices:
            raise ModelAnswerUnusable("The provider sent a response without an answer in it.")
        choice = response.choices[0]
        return self._whole(choice.message.content or "", choice.finish_reason, getattr(response, "usage", None))

    def _whole(self, text: str, finish: str | None, usage: Untyped) -> Answer:
        prompt_tokens = int(getattr(usage, "prompt_tokens", 0) or 0)
        completion_tokens = int(getattr(usage, "completion_tokens", 0) or 0)
        return Answer(
            text=text,
            model=self.name,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cost_usd=self._cost(usage, prompt_tokens, completion_tokens) if usage else None,
            finish_reason=finish_reason(finish),
        )

    def _cost(self, usage: Untyped, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        """US dollars by the price table in the package; None for a model it does not list."""
        try:
            prices = self.litellm.cost_per_token(
                self.name, prompt_tokens=prompt_tokens, completion_tokens=completion_tokens, usage_object=usage
            )
        except Exception:  # noqa: BLE001 - a price that cannot be found must not cost the answer
            return None
        return sum((Decimal(str(price)) for price in prices), Decimal(0))

    def translated(self, error: Exception) -> ModelError:
        """Name an exception of litellm or of the transport. Its text may quote the prompt: it only becomes `detail`."""
        exceptions, status = self.litellm.exceptions, getattr(error, "status_code", None)
        detail, wait = str(error), _retry_after(error)
        translated: ModelError
        if isinstance(error, exceptions.Timeout) or status in TIMEOUTS:
            translated = ModelTimeout(status=status, detail=detail)
        elif isinstance(error, exceptions.ContextWindowExceededError):
            translated = ModelRefused("The prompt is longer than the model's context.", status=status, detail=detail)
        elif isinstance(error, exceptions.ContentPolicyViolationError):
            translated = ModelRefused("The provider's content filter refused it.", status=status, detail=detail)
        elif any(words in f"{detail} {getattr(error, 'body', '')}" for words in _HOPELESS):
            translated = refused(self._missing, status=status, detail=detail)
        elif status == TOO_MANY:
            translated = ModelRateLimited(status=status, retry_after_s=wait, detail=detail)
        elif status is None or status >= SERVER_ERRORS:
            translated = ModelUnavailable(status=status, retry_after_s=wait, detail=detail)
        else:
            translated = refused(self._missing, status=status, detail=detail)
        return translated

    async def aclose(self) -> None:
        """Close pooled connections and litellm's background task. The model may be used again afterwards."""
        if not self.ready:
            return
        from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
        from litellm.llms.custom_httpx.async_client_cleanup import close_litellm_async_clients

        with contextlib.suppress(Exception):
            await GLOBAL_LOGGING_WORKER.stop()
        await close_litellm_async_clients()
        self.litellm.in_memory_llm_clients_cache.flush_cache()


async def _hang_up(chunks: Untyped) -> None:
    """End the provider's answer: litellm's wrapper holds the connection open until it is collected."""
    for holder in (chunks, getattr(chunks, "completion_stream", None)):
        if (close := getattr(holder, "aclose", None) or getattr(holder, "close", None)) is not None:
            with contextlib.suppress(Exception):
                if asyncio.iscoroutine(closing := close()):
                    await closing


def _best_shape(litellm: Untyped, name: str) -> Shape:
    """The price table knows what hosted models can do; a model it does not list is tried with the schema first."""
    if name in litellm.model_cost or name.partition("/")[2] in litellm.model_cost:
        return "schema" if litellm.supports_response_schema(name) else "object"
    return "schema"


def _retry_after(error: Exception) -> float | None:
    """Seconds the provider asks to wait, where it says so as a number."""
    response = getattr(error, "response", None)
    headers = getattr(error, "litellm_response_headers", None) or getattr(response, "headers", None) or {}
    return seconds(headers.get("retry-after"))


async def embed_texts(name: str, texts: Sequence[str], *, timeout_s: float) -> list[list[float]]:
    """Embed texts with any model litellm knows, one vector a text, in order. Raises a ModelError."""
    model = LiteLLMModel(name)
    try:
        async with asyncio.timeout(timeout_s):
            await model.load()
            response = await model.litellm.aembedding(model=name, input=list(texts), timeout=timeout_s, max_retries=0)
    except TimeoutError:
        raise ModelTimeout from None
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001 - see `complete`
        raise model.translated(error) from None
    return [row["embedding"] for row in sorted(response.data, key=lambda row: row["index"])]

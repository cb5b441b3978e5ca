"""A second try where it helps: wraps any language model and keeps to the request's own time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from time import monotonic

from app.llm.client import Answer, Completion, LanguageModel, ModelError, ModelTimeout

_FIRST_PAUSE_S = 0.3
_LONGEST_PAUSE_S = 5.0
_SHORTEST_TRY_S = 0.5  # a try with less time than this is not begun


class RetryingModel:
    """Asks again after a passing error.

    All tries and the pauses between them share one deadline, the request's or the provider's, whichever is shorter: a
    provider that says nothing costs that once. Who failed early may be asked again; who used up the time may not.
    """

    def __init__(self, model: LanguageModel, *, retries: int = 1, timeout_s: float = 12.0) -> None:
        """`retries` after the first try; `timeout_s`: for all tries at this provider."""
        self._model = model
        self._retries = retries
        self._timeout_s = timeout_s

    @property
    def name(self) -> str:
        """The wrapped model's name."""
        return self._model.name

    @property
    def ready(self) -> bool:
        """Whether the wrapped model is ready."""
        return self._model.ready

    async def load(self) -> None:
        """Load the wrapped model."""
        await self._model.load()

    async def aclose(self) -> None:
        """Close the wrapped model."""
        await self._model.aclose()

    def _end(self, request: Completion) -> float:
        return monotonic() + min(request.timeout_s, self._timeout_s)

    async def complete(self, request: Completion) -> Answer:
        """Ask, and ask again after an error worth it while there is time. Raises the last error."""
        end = self._end(request)
        for tried in range(self._retries + 1):
            try:
                return await self._model.complete(replace(request, timeout_s=end - monotonic()))
            except ModelError as error:
                pause = _pause_s(error, tried)
                if not error.retryable or tried == self._retries or end - monotonic() < pause + _SHORTEST_TRY_S:
                    raise
                await asyncio.sleep(pause)
        raise ModelTimeout  # unreachable: the last round returns or raises

    async def stream(self, request: Completion) -> AsyncGenerator[str | Answer]:
        """The same; once a piece has come, an error is final: half an answer cannot be taken back here."""
        end = self._end(request)
        for tried in range(self._retries + 1):
            begun = False
            try:
                async with aclosing(self._model.stream(replace(request, timeout_s=end - monotonic()))) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except ModelError as error:
                pause = _pause_s(error, tried)
                late = tried == self._retries or end - monotonic() < pause + _SHORTEST_TRY_S
                if begun or late or not error.retryable:
                    raise
                await asyncio.sleep(pause)
            else:
                return


def _pause_s(error: ModelError, tried: int) -> float:
    """What the provider asks for, else a growing pause with jitter so that many callers do not come back at once."""
    if isinstance(error, ModelTimeout):
        return 0.0
    grown = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0**tried) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    return max(error.retry_after_s or 0.0, grown)

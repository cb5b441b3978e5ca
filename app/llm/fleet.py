"""The models in their order: which is asked first, which rests after a failure, and how many are asked at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic

from app.errors import TooBusy
from app.llm.client import ModelAnswerUnusable, ModelError, ModelRateLimited
from app.llm.drafting import Writer
from app.logs import get_logger

log = get_logger("models")
_LONGEST_REST_S = 600.0


class Member:
    """One model, and until when it rests."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        """`provider/model`."""
        return self.writer.name

    @property
    def resting(self) -> bool:
        """Whether it failed a moment ago."""
        return monotonic() < self._rests_until

    def rest(self, seconds: float) -> None:
        """Do not ask it for so long."""
        self._rests_until = monotonic() + min(seconds, _LONGEST_REST_S)


class Fleet:
    """Hands out models in order. Safe to share between requests; a process has one."""

    def __init__(
        self, writers: Sequence[Writer], *, cooldown_s: float = 30.0, concurrency: int = 64, queue: int = 256
    ) -> None:
        """`cooldown_s`: rest after a failure, 0 for none. `concurrency`: drafts at the models; `queue`: in line."""
        self.members = tuple(Member(writer) for writer in writers)
        self._cooldown_s = cooldown_s
        self._slots = asyncio.Semaphore(concurrency)
        self._most_waiting = queue
        self._waiting = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The models a request may name."""
        return tuple(member.name for member in self.members)

    def awake(self, wanted: str | None) -> Iterator[Member]:
        """The models to ask, in order, those that rest left out; of `wanted` only that one."""
        return (m for m in self.members if wanted in (None, m.name) and not m.resting)

    def failed(self, member: Member, error: ModelError) -> None:
        """Let a model rest whose provider failed. An unusable answer says nothing against the provider."""
        if not self._cooldown_s or isinstance(error, ModelAnswerUnusable):
            return
        asked = error.retry_after_s if isinstance(error, ModelRateLimited) else None
        member.rest(max(self._cooldown_s, asked or 0.0))
        log.warning("model_rests", model=member.name, reason=type(error).__name__, status=error.status)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for one of the places at the models. Raises TooBusy where too many wait already."""
        if self._slots.locked() and self._waiting >= self._most_waiting:
            raise TooBusy
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

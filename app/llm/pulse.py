"""How far this process is behind: an overloaded one takes its own slowness for the provider's."""

from __future__ import annotations

import asyncio
from asyncio import sleep  # by itself: who makes others' naps short must not make this one spin
from collections import deque
from contextlib import suppress
from time import monotonic

_BEAT_S = 0.05
_LOOKED_BACK_S = 5.0
_BEHIND = 0.2  # share of the time in which the loop could not do what was due


class Pulse:
    """Asks the event loop to be woken again and again, and remembers how late it came."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque()  # when, and seconds late
        self._task: asyncio.Task[None] | None = None

    @property
    def behind(self) -> bool:
        """Whether in the last seconds a good part of the time went by before what was due was done."""
        since = monotonic() - _LOOKED_BACK_S
        return sum(late for at, late in self._late if at >= since) > _BEHIND * _LOOKED_BACK_S

    def start(self) -> None:
        """Begin to listen, in the running loop. Idempotent."""
        if self._task is None:
            self._task = asyncio.create_task(self._listen(), name="pulse")

    async def aclose(self) -> None:
        """Stop listening."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            due = monotonic() + _BEAT_S
            await sleep(_BEAT_S)
            now = monotonic()
            if now - due > _BEAT_S:
                self._late.append((now, now - due))
            while self._late and self._late[0][0] < now - _LOOKED_BACK_S:
                self._late.popleft()

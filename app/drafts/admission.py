"""Who may begin a draft now, who waits, and who is sent away: decided before anything is asked of the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from app.config import Settings
from app.errors import TooBusy


class Admission:
    """So many drafts are made at once, so many more wait in line. Safe to share between requests; a process has one."""

    def __init__(self, *, places: int, line: int) -> None:
        """`places`: drafts in the making; `line`: drafts that may wait for one of them."""
        self._places = asyncio.Semaphore(places)
        self._longest = line
        self.waiting = 0  # in line now

    def refuse_if_full(self) -> None:
        """Raise TooBusy where nobody else may wait. For those who must know before they begin to answer."""
        if self._places.locked() and self.waiting >= self._longest:
            raise TooBusy

    @asynccontextmanager
    async def place(self, *, until: float) -> AsyncIterator[None]:
        """Wait for a place, in the order of coming; hold it for the block. Raises TooBusy.

        At `until` (on `time.monotonic`'s clock) the wait is over: the block runs without a place. No time is left for
        a model then, and what the composer needs nobody has to wait for.
        """
        self.refuse_if_full()
        if not await self._waited(until):
            yield
            return
        try:
            yield
        finally:
            self._places.release()

    async def _waited(self, until: float) -> bool:
        self.waiting += 1
        try:
            async with asyncio.timeout(max(0.0, until - monotonic())):
                await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self.waiting -= 1
        return True


@dataclass(frozen=True, slots=True)
class Doors:
    """Drafts that ask a model take seconds; those of the composer do not wait behind them."""

    model: Admission
    composer: Admission

    def door(self, *, to_model: bool) -> Admission:
        """The door of a draft."""
        return self.model if to_model else self.composer


def open_doors(settings: Settings) -> Doors:
    """As the settings have it. As many composer drafts at once as there are connections: more would wait for those."""
    return Doors(
        Admission(places=settings.model_concurrency, line=settings.model_queue),
        Admission(places=settings.connections, line=settings.model_queue),
    )

"""Who is let in, who waits, who is sent away."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest

from app.drafts.admission import Admission
from app.errors import TooBusy


class _Drafts:
    """Drafts that last until they are told to end."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._end = asyncio.Event()
        self.begun: list[str] = []

    async def begin(self, name: str, *, until: float) -> None:
        async with self._admission.place(until=until):
            self.begun.append(name)
            await self._end.wait()

    def end(self) -> None:
        self._end.set()


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_wait_are_let_in_in_the_order_they_came():
    """And the one who finds the line full is told so at once."""
    admission = Admission(places=1, line=2)
    drafts, far = _Drafts(admission), monotonic() + 60
    tasks = [asyncio.create_task(drafts.begin(name, until=far)) for name in ("first", "second", "third")]
    await _settled()
    assert drafts.begun == ["first"]
    with pytest.raises(TooBusy):
        admission.refuse_if_full()
    with pytest.raises(TooBusy):
        await drafts.begin("fourth", until=far)
    drafts.end()
    await asyncio.gather(*tasks)
    assert drafts.begun == ["first", "second", "third"]
    admission.refuse_if_full()


async def test_a_wait_ends_at_its_time_and_takes_no_place():
    """The composer can still write; the place stays with whoever has it."""
    admission = Admission(places=1, line=5)
    drafts = _Drafts(admission)
    holder = asyncio.create_task(drafts.begin("holder", until=monotonic() + 60))
    await _settled()
    async with admission.place(until=monotonic()):
        drafts.begun.append("without a place")
    late = asyncio.create_task(drafts.begin("after", until=monotonic() + 60))
    await _settled()
    assert drafts.begun == ["holder", "without a place"]
    drafts.end()
    await asyncio.gather(holder, late)
    assert drafts.begun[-1] == "after"


async def test_whoever_leaves_the_line_leaves_room_in_it():
    """A client that goes away must not count for ever."""
    admission = Admission(places=1, line=1)
    drafts, far = _Drafts(admission), monotonic() + 60
    holder, waiting = (asyncio.create_task(drafts.begin(n, until=far)) for n in ("holder", "waiting"))
    await _settled()
    waiting.cancel()
    await _settled()
    admission.refuse_if_full()
    drafts.end()
    await holder
    assert drafts.begun == ["holder"]

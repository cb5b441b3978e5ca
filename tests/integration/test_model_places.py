"""Many drafts at models at once: what they hold while a model thinks, and who is sent away."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from sqlalchemy import event

from app.db import Database, make_engine
from app.llm.scripted import ScriptedModel
from tests.integration.conftest import LOCAL_KEY, client_for, rewired
from tests.integration.test_model_path import BODY, GOOD

EVENTS = {"Accept": "text/event-stream"}
AT_ONCE = 6


class Thinking(ScriptedModel):
    """Begins its answer, and ends it when it is told to."""

    def __init__(self) -> None:
        super().__init__(lambda _: json.dumps(GOOD, ensure_ascii=False))
        self.may_end = asyncio.Event()

    async def complete(self, request):
        answer = await super().complete(request)
        await self.may_end.wait()
        return answer

    async def stream(self, request):
        pieces = ScriptedModel(lambda _: json.dumps(GOOD, ensure_ascii=False)).stream(request)
        self.requests.append(request)
        yield await anext(pieces)
        await self.may_end.wait()
        async for piece in pieces:
            yield piece


@asynccontextmanager
async def _one_connection(rooms):
    database = Database(make_engine(rooms.ready.service_url, pool_size=1))
    try:
        yield database
    finally:
        await database.close()


async def _asked(model: Thinking, times: int) -> None:
    async with asyncio.timeout(30):
        while len(model.requests) < times:  # noqa: ASYNC110 - the double rings no bell
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("headers", [{}, EVENTS], ids=["json", "stream"])
async def test_no_connection_is_held_while_a_model_thinks(rooms, headers):
    """With one connection in all, many drafts are at the model together, and nobody has that connection meanwhile."""
    model = Thinking()
    async with _one_connection(rooms) as database:
        app = rewired(rooms, model, database=database)
        async with client_for(app, LOCAL_KEY) as client:
            work = [asyncio.create_task(client.post("/v1/drafts", json=BODY, headers=headers)) for _ in range(AT_ONCE)]
            await _asked(model, AT_ONCE)
            assert database.engine.pool.checkedout() == 0
            model.may_end.set()
            answers = await asyncio.gather(*work)
    assert [answer.status_code for answer in answers] == [200 if headers else 201] * AT_ONCE
    assert all('"engine":"model"' in answer.text.replace(" ", "") for answer in answers)


@pytest.mark.parametrize("headers", [{}, EVENTS], ids=["json", "stream"])
async def test_beyond_the_line_the_answer_is_429_before_the_database_is_asked(rooms, headers):
    """A stream too is refused with a status, not with an event; the one in line gets its draft."""
    model = Thinking()
    app = rewired(rooms, model, model_concurrency=1, model_queue=1)
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_) -> None:
        asked.append(statement)

    async with client_for(app, LOCAL_KEY) as client:
        first = asyncio.create_task(client.post("/v1/drafts", json=BODY))
        await _asked(model, 1)
        second = asyncio.create_task(client.post("/v1/drafts", json=BODY))
        while app.state.rooms.drafts.doors.model.waiting == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        event.listen(rooms.database.engine.sync_engine, "before_cursor_execute", note)
        try:
            third = await client.post("/v1/drafts", json=BODY, headers=headers)
        finally:
            event.remove(rooms.database.engine.sync_engine, "before_cursor_execute", note)
        model.may_end.set()
        drafted = [(await work).json()["generation"]["engine"] for work in (first, second)]
    assert third.status_code == 429
    assert int(third.headers["retry-after"]) > 0
    assert not [statement for statement in asked if "vierklang.tenant" in statement]
    assert drafted == ["model", "model"]


async def test_whoever_waits_until_the_deadline_gets_the_composers_draft(rooms):
    """An answer in time, and `generation` says that the model had none left."""
    model = Thinking()
    app = rewired(rooms, model, model_concurrency=1, deadline_s=1.0)
    taken = app.state.rooms.drafts.doors.model.place(until=monotonic() + 60)
    async with client_for(app, LOCAL_KEY) as client, taken:
        draft = (await client.post("/v1/drafts", json=BODY)).json()
    assert draft["generation"]["engine"] == "composer"
    assert draft["generation"]["fell_back"]
    assert "time" in draft["generation"]["reason"]
    assert not model.requests

"""A search's transaction opens once the query's vector is there: a provider may take long to answer."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.errors import Unavailable
from app.knowledge.search import Vectors
from app.knowledge.service import KnowledgeService
from app.knowledge.serving import Serving

TENANT = uuid.uuid4()


class SlowEmbedder:
    """Answers when it is let, or never."""

    name = "openai/text-embedding-3-small"

    def __init__(self) -> None:
        self.let, self.down = asyncio.Event(), False

    async def embed(self, texts):
        await self.let.wait()
        if self.down:
            raise Unavailable("down")
        return [[1.0]] * len(texts)


class CountedDatabase:
    """Knows how many connections are held."""

    held = 0

    @asynccontextmanager
    async def begin(self, _tenant_id):
        self.held += 1
        yield None
        self.held -= 1


@pytest.mark.parametrize("down", [False, True])
async def test_a_provider_is_waited_for_before_anything_is_held(down):
    """Whether it answers or not: then words alone are searched."""
    embedder: Any = SlowEmbedder()
    embedder.down = down
    database: Any = CountedDatabase()
    serving = Serving(database, embedder, lambda _: embedder)
    serving._known[TENANT] = (float("inf"), Vectors(embedder.name, tenant_id=TENANT))
    opening = KnowledgeService(serving).searching(TENANT, "kaputt")
    waiting = asyncio.create_task(opening.__aenter__())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    assert database.held == 0
    embedder.let.set()
    search = await waiting
    assert search.probe.vector == (None if down else [1.0])
    assert database.held == 1
    await opening.__aexit__(None, None, None)
    assert database.held == 0

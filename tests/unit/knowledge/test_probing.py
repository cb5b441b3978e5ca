"""A query's vector under way: beside the database where it is computed here, before it where a provider is asked."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from app.config import DEFAULT_EMBEDDING
from app.errors import Unavailable
from app.knowledge.search import Vectors
from app.knowledge.serving import Serving

TENANT = uuid.uuid4()


class SlowEmbedder:
    """Answers when it is let, or never."""

    def __init__(self, name: str) -> None:
        self.name, self.let, self.down = name, asyncio.Event(), False

    async def embed(self, texts):
        await self.let.wait()
        if self.down:
            raise Unavailable("down")
        return [[1.0]] * len(texts)


def serving(name: str) -> tuple[Serving, SlowEmbedder]:
    embedder: Any = SlowEmbedder(name)
    made = Serving(None, embedder, lambda _: embedder)  # type: ignore[arg-type]
    made._known[TENANT] = (float("inf"), Vectors(name, tenant_id=TENANT))
    return made, embedder


async def test_the_built_in_model_computes_while_the_caller_goes_on():
    made, embedder = serving(DEFAULT_EMBEDDING)
    probing = await made.probing(TENANT, "kaputt")
    assert not probing.done()
    embedder.let.set()
    assert (await probing).vector == [1.0]


@pytest.mark.parametrize("down", [False, True])
async def test_a_provider_is_waited_for_before_anything_is_held(down):
    """Whether it answers or not: then words alone are searched."""
    made, embedder = serving("openai/text-embedding-3-small")
    embedder.down = down
    waiting = asyncio.create_task(made.probing(TENANT, "kaputt"))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    embedder.let.set()
    probing = await waiting
    assert probing.done()
    assert probing.result().vector == (None if down else [1.0])

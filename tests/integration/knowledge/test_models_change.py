"""Changing the embedding model: one job, the old vectors serve meanwhile, the switch at the end, tidied afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.errors import Unavailable
from app.knowledge.embeddings import BuiltinEmbedder, HashedEmbedder
from app.knowledge.ingest import parse_line
from app.knowledge.reembedding import Reembedding
from app.knowledge.service import KnowledgeService
from app.knowledge.serving import Serving
from tests.integration.knowledge.support import found, ndjson, owner, solved, take_in, tenant_of


@pytest.fixture
async def shelf(rooms, client):
    await take_in(rooms, client, *(solved(f"M-{i}", f"Problem {i}: Das Gerät pfeift.", signed=False) for i in range(7)))
    return client


def restarted(rooms, embedder) -> Reembedding:
    """As a process that starts with this model in its settings."""
    known = {e.name: e for e in (embedder, rooms.embedder)}
    return Reembedding(rooms.database, KnowledgeService(Serving(rooms.database, embedder, known.__getitem__)))


def models(rooms, tenant) -> dict[str, int]:
    with owner(rooms) as connection:
        query = "SELECT model, count(*) FROM embeddings WHERE tenant_id = %s GROUP BY 1"
        return dict(connection.execute(query, (tenant,)).fetchall())


async def test_the_old_vectors_serve_until_all_have_new_ones(rooms, shelf, monkeypatch):
    """Half done, through a restart, search is dense by the old model; at the end by the new; then the old go."""
    monkeypatch.setattr("app.knowledge.reembedding._CHUNK", 3)
    tenant, old = await tenant_of(rooms, shelf), BuiltinEmbedder.name
    new = HashedEmbedder()
    first = restarted(rooms, new)
    job, none = sorted(await asyncio.gather(first.needed(tenant), first.needed(tenant)), key=lambda j: j is None)
    assert none is None, "two processes that start at once open one job"
    assert (job.total, job.kind) == (7, "reembed")
    assert await first.work(tenant, job.id) == 3
    assert models(rooms, tenant) == {old: 7, new.name: 3}
    assert (await found(shelf, "pfeift"))[0]["explain"]["dense_rank"] is not None
    await first.tidy(tenant)
    assert models(rooms, tenant) == {old: 7, new.name: 3}, "nothing is tidied while the old one serves"

    second = restarted(rooms, new)
    assert await second.needed(tenant) is None, "the open job goes on"
    assert (await second.knowledge.serving.vectors(tenant)).model == old
    new.down = True
    with pytest.raises(Unavailable):
        await second.work(tenant, job.id)
    assert (await shelf.get(f"/v1/jobs/{job.id}")).json()["status"] == "paused"
    new.down = False
    while await second.work(tenant, job.id):
        pass
    state = (await shelf.get(f"/v1/jobs/{job.id}")).json()
    assert (state["status"], state["done"], state["total"]) == ("succeeded", 7, 7)
    assert (await second.knowledge.serving.vectors(tenant)).model == new.name
    await second.tidy(tenant)
    assert models(rooms, tenant) == {new.name: 7}
    assert await second.needed(tenant) is None


async def test_what_comes_in_meanwhile_gets_both_vectors(rooms, shelf):
    """So that it is found before and after the switch."""
    tenant, new = await tenant_of(rooms, shelf), HashedEmbedder("hashed/other")
    moving = restarted(rooms, new)
    await moving.needed(tenant)
    importer = replace(rooms.importer, knowledge=moving.knowledge)
    await importer.add(tenant, parse_line(ndjson([solved("late")]), 1))
    assert models(rooms, tenant) == {BuiltinEmbedder.name: 8, new.name: 1}


async def test_a_job_for_a_model_that_is_no_longer_named_ends(rooms, shelf):
    """It has failed and says why; nothing was switched."""
    tenant = await tenant_of(rooms, shelf)
    job = await restarted(rooms, HashedEmbedder("hashed/first")).needed(tenant)
    later = restarted(rooms, HashedEmbedder("hashed/second"))
    assert await later.work(tenant, job.id) == 0
    state = (await shelf.get(f"/v1/jobs/{job.id}")).json()
    assert (state["status"], state["error"]) == ("failed", "the setting names another model now")
    assert (await later.knowledge.serving.vectors(tenant)).model == BuiltinEmbedder.name

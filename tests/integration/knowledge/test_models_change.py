"""Changing the embedding model: one job, the old vectors serve meanwhile, the switch at the end, tidied afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.errors import Unavailable
from app.knowledge import search
from app.knowledge.embeddings import BuiltinEmbedder, HashedEmbedder
from app.knowledge.indexes import maintain
from app.knowledge.ingest import parse_line
from app.knowledge.model import Query
from app.knowledge.reembedding import Reembedding
from app.knowledge.service import KnowledgeService
from app.knowledge.serving import Serving
from tests.integration.knowledge.support import found, ndjson, owner, solved, take_in, tenant_of

_VECTORS = """
INSERT INTO embeddings (id, tenant_id, item_kind, item_id, model, vector)
SELECT gen_random_uuid(), %(tenant)s, 'ticket', gen_random_uuid(), %(model)s,
       (SELECT array_agg(random() + 0 * i + 0 * j)::vector::halfvec FROM generate_series(1, 64) j)
FROM generate_series(1, %(rows)s) i
"""


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


async def test_a_large_index_is_looked_through_more_widely(rooms, client, monkeypatch):
    """For this search alone; the connection's next one looks as it always does."""
    tenant, seen = await tenant_of(rooms, client), []
    monkeypatch.setattr(search, "_USUAL_ROWS", 100)
    query = Query(text="Lampe", language="de", kinds=("macro",))
    for rows in (100, 200, 1_000_000):
        vectors = search.Vectors(BuiltinEmbedder.name, index_rows=rows)
        async with rooms.database.begin(tenant) as session:
            await search.find_candidates(session, query, vector=[0.0] * 512, vectors=vectors)
            seen.append((await session.execute(text("SHOW hnsw.ef_search"))).scalar_one())
    assert seen == ["200", "400", "1000"]


async def test_a_large_tenant_is_searched_by_the_vector_index_a_small_one_exactly(
    rooms, client, new_tenant, monkeypatch
):
    """Plans as the service's role gets them: HNSW behind the tenant's filter, the btree for comparing all."""
    embedder = HashedEmbedder("hashed/indexed")
    large, small = await tenant_of(rooms, client), await tenant_of(rooms, await new_tenant())
    with owner(rooms) as connection:
        for tenant, rows in ((large, 3000), (small, 20)):
            connection.execute(_VECTORS, {"tenant": tenant, "model": embedder.name, "rows": rows})
            connection.execute("UPDATE tenants SET embedding_model = %s WHERE id = %s", (embedder.name, tenant))
        connection.execute("INSERT INTO embedding_models VALUES (%s, 64)", (embedder.name,))
    monkeypatch.setattr("app.knowledge.serving.EXACT_UP_TO", 1000)
    serving = Serving(rooms.database, embedder, {embedder.name: embedder}.__getitem__)
    assert (await serving.vectors(large)).index_dims is None, "no index yet: exact, not nothing"
    assert embedder.name in maintain(rooms.ready.owner_url, index_from=1000)
    assert embedder.name in maintain(rooms.ready.owner_url, index_from=1000), "the second time it is there"
    serving.forget(large)
    assert (await serving.vectors(large)).index_rows == 3000
    plans = {}
    query = Query(text="Lampe", language="de", kinds=("ticket",))
    for tenant in (large, small):
        vectors, vector = await serving.vectors(tenant), (await embedder.embed(["Lampe"]))[0]
        statement, used = search.statement_for(query, vector=vector, vectors=vectors)
        async with rooms.database.begin(tenant) as session:
            explain = text("EXPLAIN " + statement.text).bindparams(*statement._bindparams.values())
            told = await session.execute(explain, used)
            plans[tenant] = "\n".join(told.scalars())
    assert f"Index Scan using {search.index_name(embedder.name, large)}" in plans[large]
    assert "ix_embeddings_tenant_model" in plans[small]
    assert search.INDEX_PREFIX not in plans[small]
    with owner(rooms) as connection:
        connection.execute("DELETE FROM embeddings WHERE model = %s", (embedder.name,))

"""Vector indexes: who gets one, what it holds, how widely it is looked through; plans as the service's role gets them."""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np
import pytest
from pgvector import HalfVector
from pgvector.psycopg import register_vector
from sqlalchemy import text

from app.knowledge import search
from app.knowledge.embeddings import BuiltinEmbedder, HashedEmbedder
from app.knowledge.forms import INDEX_PREFIX, index_name
from app.knowledge.indexes import maintain
from app.knowledge.model import Query
from app.knowledge.serving import Serving
from tests.integration.knowledge.support import owner, tenant_of

_VECTORS = """
INSERT INTO embeddings (id, tenant_id, item_kind, item_id, model, vector)
SELECT gen_random_uuid(), %(tenant)s, 'ticket', gen_random_uuid(), %(model)s,
       (SELECT array_agg(random() + 0 * i + 0 * j)::vector::halfvec FROM generate_series(1, 64) j)
FROM generate_series(1, %(rows)s) i
"""
_COPY = "COPY embeddings (id, tenant_id, item_kind, item_id, model, vector) FROM STDIN (FORMAT BINARY)"
_QUERY = Query(text="Lampe", language="de", kinds=("ticket",))


async def planned(rooms, tenant: uuid.UUID, vector: Any, vectors: search.Vectors) -> str:
    """The plan of a search."""
    statement, used = search.statement_for(_QUERY, vector=vector, vectors=vectors)
    async with rooms.database.begin(tenant) as session:
        explain = text("EXPLAIN " + statement.text).bindparams(*statement._bindparams.values())
        return "\n".join((await session.execute(explain, used)).scalars())


async def nearest(rooms, tenant: uuid.UUID, vector: Any, vectors: search.Vectors) -> list[uuid.UUID]:
    """The ten nearest items, by the part of the search that looks for them."""
    statement, used = search.statement_for(_QUERY, vector=vector, vectors=vectors)
    part = statement.text[statement.text.index("dense AS") : statement.text.index("), lexical AS") + 1]
    listed = text(f"WITH {part} SELECT item_id FROM dense ORDER BY distance LIMIT 10".replace("::", r"\:\:"))
    async with rooms.database.begin(tenant) as session:
        names = listed._bindparams
        return list((await session.execute(listed, {n: used[n] for n in names})).scalars())


@pytest.mark.parametrize(("model", "looked_at"), [(BuiltinEmbedder.name, ["200", "350", "550"]),
                                                  ("openai/some", ["200", "800", "1000"])])  # fmt: skip
async def test_a_large_index_is_looked_through_more_widely(rooms, client, model, looked_at):
    """For this search alone; the connection's next one looks as it always does."""
    tenant, seen = await tenant_of(rooms, client), []
    query = Query(text="Lampe", language="de", kinds=("macro",))
    for rows in (90_000, 400_000, 1_000_000):
        vectors = search.Vectors(model, 512, rows, tenant)
        async with rooms.database.begin(tenant) as session:
            await search.prepare(session, vectors)
            await search.find_candidates(session, query, vector=[0.0] * 512, vectors=vectors)
            seen.append((await session.execute(text("SHOW hnsw.ef_search"))).scalar_one())
        async with rooms.database.begin(tenant) as session:
            assert (await session.execute(text("SHOW hnsw.ef_search"))).scalar_one() == "200"
    assert seen == looked_at


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
    for tenant in (large, small):
        vectors, vector = await serving.vectors(tenant), (await embedder.embed(["Lampe"]))[0]
        plans[tenant] = await planned(rooms, tenant, vector, vectors)
    assert f"Index Scan using {index_name(embedder.name, large)}" in plans[large]
    assert "ix_embeddings_tenant_model" in plans[small]
    assert INDEX_PREFIX not in plans[small]
    with owner(rooms) as connection:
        connection.execute("DELETE FROM embeddings WHERE model = %s", (embedder.name,))


async def test_vectors_of_the_built_in_model_are_found_by_their_signs_and_compared_whole(rooms, new_tenant):
    """Three hundred matters of ten tickets each: of any of them the ten, the nearest first, as comparing all would."""
    tenant, dims = await tenant_of(rooms, await new_tenant()), 512
    dice = np.random.default_rng(7)
    matters = dice.standard_normal((300, dims))
    told = (matters[:, None] + 0.3 * dice.standard_normal((300, 10, dims))).reshape(-1, dims)
    ids = [uuid.uuid4() for _ in told]
    with owner(rooms) as connection:
        register_vector(connection)
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(["uuid", "uuid", "text", "uuid", "text", "halfvec"])
            for item, vector in zip(ids, told, strict=True):
                copy.write_row((uuid.uuid4(), tenant, "ticket", item, BuiltinEmbedder.name, HalfVector(vector)))
        connection.execute("UPDATE tenants SET embedding_model = %s WHERE id = %s", (BuiltinEmbedder.name, tenant))
        connection.execute(
            "INSERT INTO embedding_models VALUES (%s, %s) ON CONFLICT DO NOTHING", (BuiltinEmbedder.name, dims)
        )
    maintain(rooms.ready.owner_url, index_from=1000)
    found = search.Vectors(BuiltinEmbedder.name, dims, len(ids), tenant)
    assert f"Index Scan using {index_name(found.model, tenant)}" in await planned(rooms, tenant, matters[0], found)
    for matter in (0, 100, 299):
        near = [await nearest(rooms, tenant, matters[matter], v) for v in (found, search.Vectors(found.model))]
        assert near[0] == near[1]
        assert set(near[0]) == set(ids[10 * matter : 10 * matter + 10])
    with owner(rooms) as connection:
        connection.execute("DELETE FROM embeddings WHERE tenant_id = %s", (tenant,))

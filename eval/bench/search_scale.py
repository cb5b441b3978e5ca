"""Search among 10,000, 100,000 and, when asked, a million tickets: query text to results, through the service."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.knowledge.model import Candidate, Query
from app.knowledge.search import Vectors as Searched
from app.knowledge.search import find_candidates
from app.provision import LOCAL_TENANT
from app.rooms import Rooms
from eval.bench import home
from eval.bench.corpus import LANGUAGES, Texts, Vectors
from eval.bench.options import Options
from eval.bench.search_load import Loader, add_tenants, index

# Who owns the rows: nearly all, one in a hundred, and one between, too large to be searched one by one at a million.
SMALL, MIDDLE = (uuid.uuid5(uuid.NAMESPACE_URL, f"urn:vierklang:bench:{name}") for name in ("small", "middle"))
_SHARES = {LOCAL_TENANT: 0.95, SMALL: 0.01, MIDDLE: 0.04}
_NAMES = {LOCAL_TENANT: "95 %", SMALL: "1 %", MIDDLE: "4 %"}
_TICKETS = 100_000
_STAGES = (10_000, 100_000, 1_000_000)
_QUERIES, _RECALLED, _SATURATED, _CLIENTS = 300, 60, 600, 8
# Searches before those that are counted: some for the plans, and so many of the largest tenant that most of its pages
# were read once. What the first of these took is printed too: a database just started is as slow.
_WARM, _PAGES_READ = 40, 500
_RANKED = 40  # so many hits wanted that the vectors' whole list comes back


@dataclass(slots=True)
class Times:
    """Seconds of each search, in all and by part."""

    total: list[float] = field(default_factory=list)
    embedding: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    def up_to(self, count: int) -> Times:
        """Those of the first searches alone."""
        return Times(self.total[:count], self.embedding[:count], self.database[:count])


def run(options: Options) -> None:
    """Print the figures beside those asked for."""
    print(home.machine())
    asyncio.run(_run(options.tickets or _TICKETS))


async def _run(tickets: int) -> None:
    async with home.rooms(database_pool=_CLIENTS) as rooms:
        texts = {name: Texts(name, seed=3) for name in LANGUAGES}
        told = [s for t in texts.values() for s in t.sentences]
        centres = np.asarray(await rooms.embedder.embed(told), dtype=np.float32)
        loader = Loader(rooms.ready.owner_url, texts, Vectors(centres, seed=4), _SHARES)
        add_tenants(rooms.ready.owner_url, iter(_SHARES), centres.shape[1])
        for tenant in (SMALL, MIDDLE):
            await rooms.knowledge.load_starter(rooms.database, tenant)
        there, growth = 0, {}
        for stage in sorted({*(s for s in _STAGES if s < tickets), tickets}):
            seconds = await asyncio.to_thread(loader.load, stage - there)
            print(f"-- {stage:,} tickets: {stage - there:,} loaded in {seconds:.0f} s, full-text index included")
            there = stage
            growth[stage] = await _measured(rooms, texts, stage)
        print(
            "p95 of a search, ms, as the tickets grow: " + ", ".join(f"{n:,}: {s * 1e3:.1f}" for n, s in growth.items())
        )


async def _measured(rooms: Rooms, texts: dict[str, Texts], tickets: int) -> float:
    seconds, sizes = await asyncio.to_thread(index, rooms.ready.owner_url)
    print(f"statistics and indexes: {seconds:.0f} s; vectors {sizes['vectors'] / 2**20:.0f} MiB, "
          f"words {sizes['words'] / 2**20:.0f} MiB")  # fmt: skip
    p95 = 0.0
    for tenant, name in _NAMES.items():
        rooms.knowledge.serving.forget(tenant)
        await _searched(rooms, tenant, _queries(texts, _WARM))
        if tenant == LOCAL_TENANT:
            first = await _searched(rooms, tenant, _queries(texts, max(_QUERIES, tickets // _PAGES_READ)))
            print(f"its first {_QUERIES} searches, after {_WARM}: {_told(first.up_to(_QUERIES))}")
        times = await _searched(rooms, tenant, _queries(texts, _QUERIES))
        print(f"tenant with {name}: {_told(times)}")
        p95 = p95 or _p95(times.total)
        await _recall(rooms, tenant, _queries(texts, _RECALLED))
    await _saturated(rooms, _queries(texts, _SATURATED))
    return p95


def _queries(texts: dict[str, Texts], count: int) -> list[Query]:
    languages = [LANGUAGES[i % 2] for i in range(count)]
    return [
        Query(text=texts[name].query(), language=name, channel="amazon", cause="carrier_delay") for name in languages
    ]


async def _searched(rooms: Rooms, tenant: uuid.UUID, queries: Sequence[Query]) -> Times:
    times = Times()
    for query in queries:
        started = time.perf_counter()
        async with rooms.knowledge.searching(tenant, query.text) as search:
            embedded = time.perf_counter()
            await search.find(query)
        ended = time.perf_counter()
        times.total.append(ended - started)
        times.embedding.append(embedded - started)
        times.database.append(ended - embedded)
    return times


async def _recall(rooms: Rooms, tenant: uuid.UUID, queries: Sequence[Query]) -> None:
    """How many of the ten nearest by comparing all are among the ten that the index finds."""
    vectors = await rooms.knowledge.serving.vectors(tenant)
    if not vectors.index_dims:
        print("  searched exactly: recall 1")
        return
    shares = []
    for query in (replace(query, limit=_RANKED) for query in queries):
        async with rooms.knowledge.searching(tenant, query.text) as search:
            vector = search.probe.vector
            found = await find_candidates(search.session, query, vector=vector, vectors=vectors)
            exact = await find_candidates(search.session, query, vector=vector, vectors=Searched(vectors.model))
        shares.append(len(_nearest(found) & _nearest(exact)) / 10)
    print(f"  recall@10 against exact search: {statistics.mean(shares):.4f} (asked: >= 0.97)")


def _nearest(candidates: Sequence[Candidate]) -> set[uuid.UUID]:
    return {c.id for c in candidates if c.kind == "ticket" and c.dense_rank and c.dense_rank <= 10}


async def _saturated(rooms: Rooms, queries: Sequence[Query]) -> None:
    waiting = list(queries)

    async def client() -> None:
        while waiting:
            await _searched(rooms, LOCAL_TENANT, [waiting.pop()])

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    seconds = time.perf_counter() - started
    print(f"saturated, {_CLIENTS} clients in one process: {len(queries) / seconds:.0f} searches/s")


def _told(times: Times) -> str:
    total, embedding, database = (_both(part) for part in (times.total, times.embedding, times.database))
    return f"p50/p95 ms: {total} in all (asked: 25/50), embedding {embedding}, database with fusion {database} (asked: 8/20)"


def _both(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.1f}/{_p95(seconds) * 1e3:.1f}"


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18]

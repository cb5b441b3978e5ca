"""Does search find what is alike? Texts with labels from a path: the first result, and the first five and ten."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from app.knowledge.model import Query, ResolvedTicket
from app.knowledge.search import find_candidates
from app.knowledge.service import KnowledgeService
from app.provision import LOCAL_TENANT
from app.rooms import Rooms
from app.ticket import Message, Ticket
from app.triage.language import detect_language
from app.triage.service import triage
from eval.bench import home
from eval.bench.options import Options
from eval.bench.search_load import index

_ASKED, _BLOCK, _CANDIDATES = 600, 256, 40
_DEPTHS = (1, 5, 10)
_LONG_WORDS = 60  # a data set whose texts are longer is also tried with its complaints


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and what it is about; `asked`: of the set's test part."""

    text: str
    label: str
    asked: bool


def run(options: Options) -> None:
    """Print hit@1/5/10 of each way on each set, or why there is nothing to measure."""
    if not options.data:
        print("no data set named: --data PATH takes jsonl files whose lines have a text and a label")
    for path in options.data:
        asyncio.run(_run(path))


def load(path: Path) -> list[Labelled]:
    """The labelled texts of a file, each text once; `label` or `intent`; `split` says which part asks."""
    found: dict[str, Labelled] = {}
    for line in path.read_bytes().splitlines():
        row = orjson.loads(line)
        words, label = row.get("text"), row.get("label", row.get("intent"))
        if words and label is not None:
            found.setdefault(words, Labelled(words, str(label), row.get("split") == "test"))
    return list(found.values())


async def _run(path: Path) -> None:
    rows = load(path)
    asked = [i for i, row in enumerate(rows) if row.asked] or list(range(len(rows)))
    way = "test part against the rest" if rows[asked[0]].asked else "each against all others"
    language = detect_language(" ".join(r.text for r in rows[:50]))
    asked = random.Random(1).sample(asked, min(_ASKED, len(asked)))
    words = sum(len(rows[i].text.split()) for i in asked) / len(asked)
    print(
        f"-- {path.name}: {len(rows)} texts of {words:.0f} words, {language}; {len(asked)} asked, {way}; {home.machine()}"
    )
    async with home.rooms(starter_knowledge=False) as rooms:
        await _measure(rooms, rows, asked, language, lambda words: words, "whole texts")
        if words > _LONG_WORDS:
            async with rooms.database.begin(LOCAL_TENANT) as session:
                await session.execute(text("DELETE FROM precedents"))
            await _measure(rooms, rows, asked, language, complaint, "complaints")


def complaint(words: str) -> str:
    """What of a long text is about the matter, as triage reads it."""
    ticket = Ticket(channel="shop_email", messages=(Message(author="customer", text=words),))
    return triage(ticket, now=datetime.now(UTC)).reading.complaint or words


async def _measure(
    rooms: Rooms, rows: Sequence[Labelled], asked: Sequence[int], language: str, part: Callable[[str], str], told: str
) -> None:
    test = any(rows[i].asked for i in asked)
    stored = [i for i, row in enumerate(rows) if not (test and row.asked)]
    for at in range(0, len(stored), _BLOCK):
        await _store(rooms, [_ticket(i, part(rows[i].text), language) for i in stored[at : at + _BLOCK]])
    await asyncio.to_thread(index, rooms.ready.owner_url)
    rooms.knowledge.serving.forget(LOCAL_TENANT)
    hits: dict[str, list[int]] = {"ours": [], "dense alone": [], "lexical alone": [], "BM25": []}
    bm25 = _Bm25([part(rows[i].text) for i in stored], stored, language)
    for i in asked:
        query = Query(text=part(rows[i].text), language=language, kinds=("ticket",), limit=11)
        labels_of = await _ways(rooms, query, rows, str(i))
        labels_of["BM25"] = [rows[j].label for j in bm25.best(query.text) if j != i][:10]
        for name, labels in labels_of.items():
            hits[name].append(next((p for p, label in enumerate(labels) if label == rows[i].label), 99))
    for name, places in hits.items():
        shares = (f"{sum(p < depth for p in places) / len(places):.3f}" for depth in _DEPTHS)
        print(f"  {told}, {name:14} hit@1/5/10: {' / '.join(shares)}")


class _Bm25:
    """The usual ranking by words, over the same texts, stemmed as PostgreSQL stems them."""

    def __init__(self, texts: Sequence[str], names: Sequence[int], language: str) -> None:
        import bm25s
        import Stemmer

        self._stemmer = Stemmer.Stemmer({"de": "german"}.get(language, "english"))
        self._names = names
        self._index = bm25s.BM25()
        self._index.index(self._words(texts), show_progress=False)

    def best(self, text: str) -> list[int]:
        """The names of the eleven best, best first."""
        found, _ = self._index.retrieve(self._words([text]), k=11, show_progress=False)
        return [self._names[place] for place in found[0]]

    def _words(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - bm25s's own form
        import bm25s

        return bm25s.tokenize(list(texts), stopwords=None, stemmer=self._stemmer, show_progress=False)


def _ticket(number: int, words: str, language: str) -> ResolvedTicket:
    return ResolvedTicket(
        external_id=str(number), channel="chat", language=language, problem=words, reply=f"Answer {number}.",
        cause=None, csat=None, resolved_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


async def _store(rooms: Rooms, tickets: Sequence[ResolvedTicket]) -> None:
    async with rooms.database.begin(LOCAL_TENANT) as session:
        await rooms.importer.put_tickets(session, LOCAL_TENANT, tickets)


async def _ways(rooms: Rooms, query: Query, rows: Sequence[Labelled], own: str) -> dict[str, list[str]]:
    """The labels each way finds, best first, without the text that asks."""
    knowledge: KnowledgeService = rooms.knowledge
    async with knowledge.searching(LOCAL_TENANT, query.text) as search:
        hits, probe = await search.find(query), search.probe
        every = replace(query, limit=_CANDIDATES)  # each list whole
        found = await find_candidates(search.session, every, vector=probe.vector, vectors=probe.vectors)
    dense = sorted((c.dense_rank, c.external_id) for c in found if c.dense_rank)
    lexical = sorted((c.lexical_rank, c.external_id) for c in found if c.lexical_rank)
    ranked = {"ours": [h.item.external_id for h in hits], "dense alone": [i for _, i in dense],
              "lexical alone": [i for _, i in lexical]}  # fmt: skip
    return {name: [rows[int(i)].label for i in ids if i != own][:10] for name, ids in ranked.items()}

"""Search for precedents, and the starter knowledge of an empty database."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.errors import Unavailable
from app.knowledge import repository
from app.knowledge.fusion import fuse
from app.knowledge.model import Hit, ItemKind, MacroText, Query
from app.knowledge.search import find_candidates, prepare
from app.knowledge.serving import Probe, Serving
from app.knowledge.starter import load_starter_macros, load_starter_tickets
from app.logs import get_logger

log = get_logger("knowledge")
# Slots say nothing about the matter; an encoder would take them for words.
_SLOT = re.compile(r"\{[a-z_]+\}")
_SEED_LOCK = 0x53_45_45_44


def embedded_text(words: str) -> str:
    """What of a redacted text is embedded."""
    return _SLOT.sub("", words)


def macro_words(macro: MacroText) -> str:
    """What of a macro is embedded."""
    return f"{macro.title}. {macro.body}"


@dataclass(frozen=True, slots=True)
class Search:
    """A transaction to search in, and the query's vector."""

    session: AsyncSession
    probe: Probe

    async def find(self, query: Query) -> list[Hit]:
        """Dense and lexical, fused. Without a vector, while the provider is down, the lexical half still answers."""
        vector, vectors = self.probe.vector, self.probe.vectors
        return fuse(await find_candidates(self.session, query, vector=vector, vectors=vectors), query)


class KnowledgeService:
    """Finds what a draft can stand on, and gives stored items their vectors."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving

    @asynccontextmanager
    async def searching(self, tenant_id: uuid.UUID, words: str) -> AsyncIterator[Search]:
        """Embed the words, and only then open a transaction to search in: a provider may take long to answer."""
        probe = await self.serving.probe(tenant_id, words)
        async with self.serving.database.begin(tenant_id) as session:
            await prepare(session, probe.vectors)
            yield Search(session, probe)

    async def load_starter(self, database: Database, tenant_id: uuid.UUID) -> bool:
        """Fill an empty tenant with the starter macros and tickets, once; says whether it did."""
        async with database.begin(tenant_id) as session:
            await session.execute(text(f"SELECT pg_advisory_xact_lock({_SEED_LOCK})"))
            if not await repository.is_empty(session):
                return False
            macros, tickets = await asyncio.gather(
                asyncio.to_thread(load_starter_macros), asyncio.to_thread(load_starter_tickets)
            )
            macro_ids = await repository.add_macros(session, tenant_id, macros)
            ticket_ids = await repository.put_tickets(session, tenant_id, tickets)
            try:
                await self.embed_items(session, tenant_id, "macro", macro_ids, [macro_words(m) for m in macros])
                await self.embed_items(session, tenant_id, "ticket", ticket_ids, [t.problem for t in tickets])
            except Unavailable:
                log.warning("embedding_unavailable", model=self.serving.embedder.name)
            return True

    async def embed_macro(
        self, session: AsyncSession, tenant_id: uuid.UUID, macro_id: uuid.UUID, macro: MacroText
    ) -> None:
        """Give a macro its vector. Raises Unavailable."""
        await self.embed_items(session, tenant_id, "macro", [macro_id], [macro_words(macro)])

    async def embed_items(
        self, session: AsyncSession, tenant_id: uuid.UUID, kind: ItemKind, ids: Sequence[uuid.UUID],
        texts: Sequence[str],
    ) -> None:  # fmt: skip
        """Give items their vectors: by the model the settings name and, while that is not the serving one, by both.

        Raises Unavailable where a model cannot be reached; nothing is stored then.
        """
        if not texts:
            return
        target = self.serving.embedder.name
        serving = await repository.serving_model(session)
        bare = [embedded_text(t) for t in texts]
        found: dict[str, list[Any]] = {
            model: await self.serving.embedder_of(model).embed(bare) for model in {target, serving or target}
        }
        for model, vectors in found.items():
            await repository.put_embeddings(session, tenant_id, kind, model, zip(ids, vectors, strict=True))
            await repository.register_model(session, model, len(vectors[0]))
        if serving is None:
            await repository.set_serving_model(session, target)

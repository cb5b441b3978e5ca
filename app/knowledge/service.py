"""Search for precedents, and the starter knowledge of an empty database."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.errors import Unavailable
from app.knowledge import repository
from app.knowledge.embeddings import Embedder
from app.knowledge.fusion import fuse
from app.knowledge.model import Hit, Query
from app.knowledge.starter import load_starter_macros, load_starter_tickets
from app.logs import get_logger

log = get_logger("knowledge")
# A query word is a run of letters and digits; three characters or fewer say little and match half the table.
_WORD = re.compile(r"[^\W_]{4,40}")
_MOST_WORDS = 24
_SLOT = re.compile(r"\{[a-z_]+\}")
_SEED_LOCK = 0x53_45_45_44


def query_terms(words: str) -> tuple[str, ...]:
    """The distinct words of a query, in order, fit for a tsquery."""
    return tuple(dict.fromkeys(_WORD.findall(words.lower())))[:_MOST_WORDS]


class KnowledgeService:
    """Finds what a draft can stand on."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    async def search(self, session: AsyncSession, query: Query, vector: object) -> list[Hit]:
        """Dense and lexical, fused. Without a vector the lexical half still answers."""
        return fuse(await repository.find_candidates(session, query, vector=vector, model=self.embedder.name), query)

    async def embed(self, words: str) -> object:
        """The query's vector, or None while the embedding provider is down. No connection is held meanwhile."""
        try:
            return (await self.embedder.embed([words]))[0]
        except Unavailable as error:
            log.warning("embedding_unavailable", model=self.embedder.name, reason=type(error).__name__)
            return None

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
            ticket_ids = await repository.add_tickets(session, tenant_id, tickets)
            await self._embed(session, tenant_id, "macro", macro_ids, [f"{m.title}. {m.body}" for m in macros])
            await self._embed(session, tenant_id, "ticket", ticket_ids, [t.problem for t in tickets])
            return True

    async def _embed(
        self, session: AsyncSession, tenant_id: uuid.UUID, kind: str, ids: Sequence[uuid.UUID], texts: Sequence[str]
    ) -> None:
        try:
            vectors = await self.embedder.embed([_SLOT.sub("", t) for t in texts])
        except Unavailable:
            log.warning("embedding_unavailable", model=self.embedder.name, items=len(ids))
            return
        await repository.add_embeddings(
            session, tenant_id, kind, self.embedder.name, list(zip(ids, vectors, strict=True))
        )

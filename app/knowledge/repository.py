"""Queries on macros, precedents and embeddings."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from pgvector import HalfVector
from sqlalchemy import Row, bindparam, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from app.knowledge.model import Candidate, MacroText, Query, ResolvedTicket
from app.models import Embedding, Macro, Precedent

# Full-text configurations by language; "simple" does not stem but finds words in any language.
CONFIGURATIONS = {
    "de": "german", "en": "english", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch",
    "pt": "portuguese", "sv": "swedish", "da": "danish", "fi": "finnish", "no": "norwegian", "hu": "hungarian",
    "ro": "romanian",
}  # fmt: skip
_CANDIDATES = 16

_MACROS = """
SELECT 'macro' AS kind, m.id, m.external_id, m.title, m.body AS text, NULL AS reply, m.language, m.causes,
       e.vector <=> cast(:vector AS halfvec) AS distance,
       CASE WHEN m.search @@ q.words THEN ts_rank(m.search, q.words) END AS lexical,
       m.steps, m.register, m.kind AS message_kind
FROM macros m CROSS JOIN q LEFT JOIN embeddings e ON e.item_id = m.id AND e.model = :model
WHERE m.state = 'approved' AND (cast(:message_kind AS text) IS NULL OR m.kind = :message_kind)
  AND (cast(:channel AS text) IS NULL OR m.channels && ARRAY['*', :channel])
  AND (cast(:register AS text) IS NULL OR m.register IS NULL OR m.register = :register)
ORDER BY (:cause = ANY (m.causes)) IS TRUE DESC, m.language = :language DESC, distance NULLS LAST
LIMIT :candidates
"""
_TICKETS = """
SELECT 'ticket' AS kind, p.id, p.external_id, left(p.problem, 80) AS title, p.problem AS text, p.reply, p.language,
       array_remove(ARRAY[p.cause], NULL) AS causes, e.vector <=> cast(:vector AS halfvec) AS distance,
       CASE WHEN p.search @@ q.words THEN ts_rank(p.search, q.words) END AS lexical,
       NULL::jsonb AS steps, NULL AS register, NULL AS message_kind
FROM precedents p CROSS JOIN q LEFT JOIN embeddings e ON e.item_id = p.id AND e.model = :model
ORDER BY distance NULLS LAST
LIMIT :candidates
"""
_Q = "WITH q AS MATERIALIZED (SELECT to_tsquery(cast(:config AS regconfig), :words) AS words) "
_STATEMENTS = {
    kinds: text(_Q + " UNION ALL ".join(f"({part})" for part in parts)).bindparams(
        bindparam("words", type_=Text)
    )
    for kinds, parts in {
        ("macro",): (_MACROS,), ("ticket",): (_TICKETS,), ("macro", "ticket"): (_MACROS, _TICKETS),
    }.items()
}  # fmt: skip


def configuration(language: str) -> str:
    """PostgreSQL's text search configuration for a language code."""
    return CONFIGURATIONS.get(language, "simple")


async def find_candidates(
    session: AsyncSession,
    query: Query,
    *,
    vector: Any,  # noqa: ANN401 - whatever the embedder makes: a numpy array, a list, or None
    model: str,
) -> list[Candidate]:
    """The nearest items by vector, each with its lexical rank. Tenants of some thousand items are scanned exactly."""
    parameters = {
        "vector": None if vector is None else HalfVector(vector), "model": model, "cause": query.cause,
        "config": configuration(query.language), "register": query.register,
        "words": " | ".join(f"'{t}'" for t in query.terms) or "''", "language": query.language,
        "channel": query.channel, "message_kind": query.message_kind,
        "candidates": max(_CANDIDATES, 2 * query.limit),
    }  # fmt: skip
    kinds = tuple(sorted(query.kinds))
    return [_candidate(row) for row in await session.execute(_STATEMENTS[kinds], parameters)]


def _candidate(row: Row[Any]) -> Candidate:
    fields = dict(row._mapping)  # noqa: SLF001 - the documented way to read a row by name
    fields["causes"] = tuple(fields["causes"])
    return Candidate(**fields)


async def is_empty(session: AsyncSession) -> bool:
    """Whether the tenant has neither macros nor precedents."""
    for table in (Macro, Precedent):
        if (await session.execute(select(func.count()).select_from(table))).scalar_one():
            return False
    return True


async def add_macros(session: AsyncSession, tenant_id: uuid.UUID, macros: Iterable[MacroText]) -> list[uuid.UUID]:
    """Store macros as approved; returns their ids in order."""
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(), "tenant_id": tenant_id, "external_id": m.external_id, "state": "approved",
            "title": m.title, "body": m.body, "steps": m.steps, "language": m.language, "register": m.register,
            "channels": list(m.channels), "causes": list(m.causes), "kind": m.kind,
            "search_config": configuration(m.language),
        }
        for m in macros
    ]  # fmt: skip
    await session.execute(insert(Macro), rows)
    return [row["id"] for row in rows]


async def add_tickets(
    session: AsyncSession, tenant_id: uuid.UUID, tickets: Iterable[ResolvedTicket]
) -> list[uuid.UUID]:
    """Store redacted precedents; returns their ids in order."""
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(), "tenant_id": tenant_id, "external_id": t.external_id, "channel": t.channel,
            "language": t.language, "problem": t.problem, "reply": t.reply, "cause": t.cause, "csat": t.csat,
            "resolved_at": t.resolved_at, "search_config": configuration(t.language),
        }
        for t in tickets
    ]  # fmt: skip
    await session.execute(insert(Precedent), rows)
    return [row["id"] for row in rows]


async def add_embeddings(
    session: AsyncSession, tenant_id: uuid.UUID, kind: str, model: str, vectors: Sequence[tuple[uuid.UUID, Any]]
) -> None:
    """Store one vector an item."""
    rows = [
        {
            "id": uuid.uuid4(),
            "tenant_id": tenant_id,
            "item_kind": kind,
            "item_id": item,
            "model": model,
            "vector": vector,
        }
        for item, vector in vectors
    ]
    await session.execute(insert(Embedding), rows)

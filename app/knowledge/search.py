"""Queries that find macros and precedents: by vector, by the words that discriminate, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from pgvector import HalfVector
from sqlalchemy import Row, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from app.knowledge.fusion import BOOSTS, LOOKED_AT, UNKNOWN_NEARNESS, WORDS
from app.knowledge.model import Candidate, ItemKind, Query

# Full-text configurations by language; "simple" does not stem but finds words in any language.
CONFIGURATIONS = {
    "de": "german", "en": "english", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch",
    "pt": "portuguese", "sv": "swedish", "da": "danish", "fi": "finnish", "no": "norwegian", "hu": "hungarian",
    "ro": "romanian",
}  # fmt: skip
INDEX_PREFIX = "ix_vectors_"
_CANDIDATES = 40
# Up to here a tenant's vectors are compared one by one: exact, and as quick as an index. Larger tenants have one of
# their own: an index of everybody's would find the neighbours of others first and go on and on.
EXACT_UP_TO = 3_000
_STATEMENTS = 512
# What the connection's setting suits (app.db). Larger indexes take more, which costs a round trip: of the ten nearest
# generated vectors 200 found 97 in a hundred among 100,000, and 600 as many among 300,000. The most allowed is 1000.
_USUAL_ROWS, _USUAL_BREADTH, _WIDEST = 100_000, 200, 1000
_LOOK_FARTHER = text("SELECT set_config('hnsw.ef_search', :breadth, true)")

_MACROS = """
SELECT 'macro' AS kind, m.id, m.external_id, m.title, m.body AS text, NULL AS reply, m.language, m.causes,
       m.steps, m.register, m.kind AS message_kind, m.channels, e.vector <=> cast(:vector AS halfvec) AS distance,
       CASE WHEN m.search @@ q.words THEN ts_rank(m.search, q.words) END AS lexical,
       ARRAY[{cause} * coalesce(:cause = ANY (m.causes), false)::int,
             {language} * (m.language = :language)::int, 0, 0, 0]::float8[] AS boosts
FROM macros m CROSS JOIN q LEFT JOIN embeddings e ON e.item_id = m.id AND e.model = :model
WHERE m.state = 'approved' AND (cast(:message_kind AS text) IS NULL OR m.kind = :message_kind)
  AND (cast(:channel AS text) IS NULL OR m.channels && ARRAY['*', :channel])
  AND (cast(:register AS text) IS NULL OR m.register IS NULL OR m.register = :register)
"""
_NEAREST = {
    # Without the cast no vector index fits: every vector of the tenant is compared.
    "exact": "SELECT item_id, vector <=> cast(:vector AS halfvec) AS distance FROM embeddings "
    "WHERE model = :model AND item_kind = 'ticket' ORDER BY 2 LIMIT :candidates",
    # The index is partial: it serves only where tenant and model stand in the statement itself.
    "index": "SELECT item_id, vector::halfvec({dims}) <=> cast(:vector AS halfvec({dims})) AS distance "
    "FROM embeddings WHERE tenant_id = '{tenant}' AND model = '{model}' AND item_kind = 'ticket' "
    "ORDER BY vector::halfvec({dims}) <=> cast(:vector AS halfvec({dims})) LIMIT :candidates",
    "none": "SELECT NULL::uuid AS item_id, NULL::float8 AS distance "
    "WHERE false AND cast(:vector AS halfvec) IS NOT NULL",
}
# A pleased customer raises, a displeased one or a ticket opened again lowers; freshness is 1 today, half after a year.
_TICKETS = """
SELECT 'ticket' AS kind, p.id, p.external_id, left(p.problem, 80) AS title, p.problem AS text, p.reply, p.language,
       array_remove(ARRAY[p.cause], NULL) AS causes, NULL::jsonb AS steps, NULL AS register, NULL AS message_kind,
       ARRAY[p.channel] AS channels, found.distance, found.score AS lexical,
       ARRAY[{cause} * coalesce(p.cause = :cause, false)::int, {language} * (p.language = :language)::int,
             {channel} * coalesce(p.channel = :channel, false)::int,
             {outcome} * CASE WHEN p.reopened THEN -1 ELSE coalesce(p.csat - 3, 0) / 2::float8 END,
             {recency} * coalesce(
                 power(0.5::float8, greatest(0, extract(epoch FROM now() - p.resolved_at)::float8 / 31536000)), 0)
       ]::float8[] AS boosts
FROM (SELECT id, min(distance) AS distance, max(score) AS score FROM (
    SELECT item_id AS id, distance, NULL::real AS score FROM dense UNION ALL SELECT id, NULL, score FROM lexical
) listed GROUP BY id) found JOIN precedents p ON p.id = found.id
WHERE p.available_at <= now()
"""
# Of all that was found of a kind the best few. What lacks a vector is taken to be as far as the farthest that has one.
_BEST = """
SELECT kind, id, external_id, title, text, reply, language, causes, steps, register, message_kind, channels, distance,
       near, shared, dense_rank, lexical_rank, boosts
FROM (SELECT *, coalesce(1 - distance, min(1 - distance) OVER (), {unknown}) AS near,
             coalesce(lexical / {most}, 0)::float8 AS shared,
             CASE WHEN distance IS NOT NULL THEN row_number() OVER (ORDER BY distance, external_id) END AS dense_rank,
             CASE WHEN lexical IS NOT NULL
                  THEN row_number() OVER (ORDER BY lexical DESC NULLS LAST, external_id) END AS lexical_rank
      FROM ({found}) found) ranked
ORDER BY near + {lexical} * shared + boosts[1] + boosts[2] + boosts[3] + boosts[4] + boosts[5] DESC, external_id
LIMIT {kept}
"""
_LEXICAL = (
    "SELECT id, score FROM lexical_precedents(cast(:config AS regconfig), :lexical_words, :candidates, "
    "ARRAY(SELECT item_id FROM dense))"
)
_Q = "q AS MATERIALIZED (SELECT to_tsquery(cast(:config AS regconfig), :words) AS words)"


@dataclass(frozen=True, slots=True)
class Vectors:
    """Whose vectors are searched and how: the model; the tenant's index, its dims and rows; None: all are compared."""

    model: str
    index_dims: int | None = None
    index_rows: int = 0
    tenant_id: UUID | None = None


def configuration(language: str) -> str:
    """PostgreSQL's text search configuration for a language code."""
    return CONFIGURATIONS.get(language, "simple")


def index_name(model: str, tenant_id: UUID) -> str:
    """The name of the index on a tenant's vectors of a model."""
    import hashlib

    return INDEX_PREFIX + hashlib.sha256(f"{tenant_id}\0{model}".encode()).hexdigest()[:16]


async def find_candidates(
    session: AsyncSession,
    query: Query,
    *,
    vector: Any,  # noqa: ANN401 - whatever the embedder makes: a numpy array, a list, or None
    vectors: Vectors,
) -> list[Candidate]:
    """The best macros and precedents by vector, words and boosts, of each kind somewhat more than are wanted."""
    if vector is not None and vectors.index_rows > _USUAL_ROWS:
        await session.execute(_LOOK_FARTHER, {"breadth": str(_breadth(vectors.index_rows))})
    return [_candidate(row) for row in await session.execute(*statement_for(query, vector=vector, vectors=vectors))]


def statement_for(query: Query, *, vector: Any, vectors: Vectors) -> tuple[TextClause, dict[str, Any]]:  # noqa: ANN401
    """The statement of a search and its parameters: also for EXPLAIN."""
    statement = _statement(query.kinds, query.limit, query.boosts, _way(vector, vectors), vectors)
    known = _parameters(query, vector, vectors.model)
    return statement, {name: known[name] for name in statement._bindparams}  # noqa: SLF001 - what a text clause binds


def _breadth(rows: int) -> int:
    """How many of a large index's vectors are looked at, so that it finds as many of the nearest as a small one's."""
    return min(_WIDEST, round(_USUAL_BREADTH * rows / _USUAL_ROWS))


def _way(vector: object, vectors: Vectors) -> str:
    return "none" if vector is None else "index" if vectors.index_dims else "exact"


def _parameters(query: Query, vector: Any, model: str) -> dict[str, Any]:  # noqa: ANN401
    return {
        "vector": None if vector is None else HalfVector(vector), "model": model, "cause": query.cause,
        "config": configuration(query.language), "register": query.register,
        "words": " | ".join(f"'{t}'" for t in query.terms), "lexical_words": query.lexical_text,
        "language": query.language, "channel": query.channel, "message_kind": query.message_kind,
        "candidates": max(_CANDIDATES, 2 * query.limit),
    }  # fmt: skip


@lru_cache(_STATEMENTS)
def _statement(kinds: tuple[ItemKind, ...], limit: int, boosts: bool, way: str, vectors: Vectors) -> TextClause:
    # As doubles: a number written plainly is a numeric, many times slower.
    weights = {name: f"{weight if boosts else 0.0}::float8" for name, weight in BOOSTS.items()}
    parts, heads = [], []
    if "macro" in kinds:
        heads.append(_Q)
        parts.append(
            _best(_MACROS.format_map(weights), limit, words=WORDS["macro"], most="nullif(max(lexical) OVER (), 0)")
        )
    if "ticket" in kinds:
        model = vectors.model.replace("'", "''").replace(":", r"\:")
        nearest = _NEAREST[way].format(model=model, dims=vectors.index_dims, tenant=vectors.tenant_id)
        heads += [f"dense AS MATERIALIZED ({nearest})", f"lexical AS MATERIALIZED ({_LEXICAL})"]
        parts.append(_best(_TICKETS.format_map(weights), LOOKED_AT * limit, words=WORDS["ticket"], most="1"))
    whole = f"WITH {', '.join(heads)} " + " UNION ALL ".join(f"({part})" for part in parts)
    statement = text(whole.replace("::", r"\:\:"))
    typed = [bindparam(name, type_=Text) for name in ("words", "lexical_words") if f":{name}" in statement.text]
    return statement.bindparams(*typed)


def _best(found: str, kept: int, *, words: float, most: str) -> str:
    return _BEST.format(found=found, lexical=words, most=most, unknown=UNKNOWN_NEARNESS, kept=kept)


def _candidate(row: Row[Any]) -> Candidate:
    fields = dict(row._mapping)  # noqa: SLF001 - the documented way to read a row by name
    for name in ("causes", "channels", "boosts"):
        fields[name] = tuple(fields[name])
    return Candidate(**fields)

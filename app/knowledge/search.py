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

from app.knowledge.forms import form_of
from app.knowledge.fusion import BOOSTS, LOOKED_AT, UNKNOWN_NEARNESS, WORDS
from app.knowledge.model import Candidate, ItemKind, Query

# Full-text configurations by language; "simple" does not stem but finds words in any language.
CONFIGURATIONS = {
    "de": "german", "en": "english", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch",
    "pt": "portuguese", "sv": "swedish", "da": "danish", "fi": "finnish", "no": "norwegian", "hu": "hungarian",
    "ro": "romanian",
}  # fmt: skip
_CANDIDATES = 40
# Up to here a tenant's vectors are compared one by one: exact, and as quick as an index. Larger tenants have one of
# their own: an index of everybody's would find the neighbours of others first and go on and on.
EXACT_UP_TO = 3_000
_STATEMENTS = 512
_LOOK = text(
    "SELECT set_config('hnsw.ef_search', :breadth, true), set_config('plan_cache_mode', 'force_generic_plan', true)"
)

_MACROS = """
SELECT m.id, m.external_id, e.vector <=> cast(:vector AS halfvec) AS distance,
       CASE WHEN m.search @@ q.words THEN ts_rank(m.search, q.words) END AS lexical,
       ARRAY[{cause} * coalesce(:cause = ANY (m.causes), false)::int,
             {language} * (m.language = :language)::int, 0, 0, 0]::float8[] AS boosts
FROM macros m CROSS JOIN q
     LEFT JOIN embeddings e ON e.item_id = m.id AND e.model = :model AND e.item_kind = 'macro'
WHERE m.state = 'approved' AND (cast(:message_kind AS text) IS NULL OR m.kind = :message_kind)
  AND (cast(:channel AS text) IS NULL OR m.channels && ARRAY['*', :channel])
  AND (cast(:register AS text) IS NULL OR m.register IS NULL OR m.register = :register)
"""
# What they say and what else they tell, in the order of `Candidate`.
_MACRO = "title, body AS text, NULL AS reply, language, causes", "steps, register, kind AS message_kind, channels"
_NEAREST = {
    # Without the cast no vector index fits: every vector of the tenant is compared.
    "exact": "SELECT item_id, vector <=> cast(:vector AS halfvec) AS distance FROM embeddings "
    "WHERE model = :model AND item_kind = 'ticket' ORDER BY 2 LIMIT :candidates",
    "none": "SELECT NULL::uuid AS item_id, NULL::float8 AS distance "
    "WHERE false AND cast(:vector AS halfvec) IS NOT NULL",
}
# A pleased customer raises, a displeased one or a ticket opened again lowers; freshness is 1 today, half after a year.
_TICKETS = """
SELECT p.id, p.external_id, found.distance, found.score AS lexical,
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
_TICKET = (
    "left(problem, 80) AS title, problem AS text, reply, language, array_remove(ARRAY[cause], NULL) AS causes",
    "NULL::jsonb AS steps, NULL AS register, NULL AS message_kind, ARRAY[channel] AS channels",
)
# Of all that was found of a kind the best few, and only then what they say: texts are long. What lacks a vector is
# taken to be as far as the farthest that has one.
_BEST = """
SELECT '{kind}' AS kind, id, best.external_id, {said}, distance, near, shared, dense_rank, lexical_rank, boosts, {more}
FROM (SELECT * FROM (
          SELECT *, coalesce(1 - distance, min(1 - distance) OVER (), {unknown}) AS near,
                 coalesce(lexical / {most}, 0)::float8 AS shared,
                 CASE WHEN distance IS NOT NULL
                      THEN row_number() OVER (ORDER BY distance, external_id) END AS dense_rank,
                 CASE WHEN lexical IS NOT NULL
                      THEN row_number() OVER (ORDER BY lexical DESC NULLS LAST, external_id) END AS lexical_rank
          FROM ({found} OFFSET 0) found) ranked
      ORDER BY near + {words} * shared + boosts[1] + boosts[2] + boosts[3] + boosts[4] + boosts[5] DESC, external_id
      LIMIT {kept}) best
JOIN {table} USING (id)
"""
# Of each kind its table, what of a row is told, and what a whole share of words is.
_READ: dict[ItemKind, tuple[str, tuple[str, str], str]] = {
    "macro": ("macros", _MACRO, "nullif(max(lexical) OVER (), 0)"),
    "ticket": ("precedents", _TICKET, "1"),
}
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

    @property
    def breadth(self) -> int:
        """How many vectors of the index are looked at."""
        return form_of(self.model).breadth(self.index_rows)


def configuration(language: str) -> str:
    """PostgreSQL's text search configuration for a language code."""
    return CONFIGURATIONS.get(language, "simple")


async def prepare(session: AsyncSession, vectors: Vectors) -> None:
    """Tell this transaction how far to look in the tenant's index, if it has one."""
    if vectors.index_dims:
        # A search's statement names tenant and index, so that one plan suits all of its searches.
        await session.execute(_LOOK, {"breadth": str(vectors.breadth)})


async def find_candidates(
    session: AsyncSession,
    query: Query,
    *,
    vector: Any,  # noqa: ANN401 - whatever the embedder makes: a numpy array, a list, or None
    vectors: Vectors,
) -> list[Candidate]:
    """The best macros and precedents by vector, words and boosts, of each kind somewhat more than are wanted.

    In a transaction that was prepared for the same vectors.
    """
    return [_candidate(row) for row in await session.execute(*statement_for(query, vector=vector, vectors=vectors))]


def statement_for(query: Query, *, vector: Any, vectors: Vectors) -> tuple[TextClause, dict[str, Any]]:  # noqa: ANN401
    """The statement of a search and its parameters: also for EXPLAIN."""
    statement = _statement(query.kinds, query.limit, query.boosts, _way(vector, vectors), vectors)
    known = _parameters(query, vector, vectors.model)
    return statement, {name: known[name] for name in statement._bindparams}  # noqa: SLF001 - what a text clause binds


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
        parts.append(_best("macro", _MACROS.format_map(weights), limit))
    if "ticket" in kinds:
        model = vectors.model.replace("'", "''").replace(":", r"\:")
        # An index is partial: it serves only where tenant and model stand in the statement itself.
        owned = f"tenant_id = '{vectors.tenant_id}' AND model = '{model}' AND item_kind = 'ticket'"
        told = form_of(vectors.model).nearest if way == "index" else _NEAREST[way]
        nearest = told.format(owned=owned, dims=vectors.index_dims, breadth=vectors.breadth)
        heads += [f"dense AS MATERIALIZED ({nearest})", f"lexical AS MATERIALIZED ({_LEXICAL})"]
        parts.append(_best("ticket", _TICKETS.format_map(weights), LOOKED_AT * limit))
    whole = f"WITH {', '.join(heads)} " + " UNION ALL ".join(f"({part})" for part in parts)
    # On one line: the driver takes a text of more than 4,096 characters apart anew each time.
    statement = text(" ".join(whole.split()).replace("::", r"\:\:"))
    typed = [bindparam(name, type_=Text) for name in ("words", "lexical_words") if f":{name}" in statement.text]
    return statement.bindparams(*typed)


def _best(kind: ItemKind, found: str, kept: int) -> str:
    table, (said, more), most = _READ[kind]
    return _BEST.format(
        kind=kind,
        table=table,
        said=said,
        more=more,
        most=most,
        found=found,
        kept=kept,
        words=WORDS[kind],
        unknown=UNKNOWN_NEARNESS,
    )


def _candidate(row: Row[Any]) -> Candidate:
    told: Any = (tuple(value) if isinstance(value, list) else value for value in row)
    return Candidate(*told)

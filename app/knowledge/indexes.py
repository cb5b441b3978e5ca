"""What keeps search quick as tables grow: vector indexes, and which words are frequent. Run as the tables' owner."""

from __future__ import annotations

from contextlib import suppress

import psycopg
from psycopg import sql
from psycopg.errors import LockNotAvailable

from app.knowledge.search import EXACT_UP_TO, index_name
from app.logs import get_logger

log = get_logger("knowledge")
# One process looks after the indexes at a time; the number only has to be ours.
_LOCK = 0x49_4E_44_58
_MOST_DIMS = 4000  # of an indexed halfvec
_SHARES = """
INSERT INTO lexeme_shares (lexeme, share, total)
SELECT lexeme, freq, NULL FROM (
    SELECT unnest(most_common_elems::text::text[]) AS lexeme, unnest(most_common_elem_freqs) AS freq
    FROM pg_stats WHERE schemaname = 'public' AND tablename = 'precedents' AND attname = 'search'
) s WHERE lexeme IS NOT NULL AND lexeme <> ''
"""
_TOTAL = """
INSERT INTO lexeme_shares (lexeme, share, total)
SELECT '', greatest(coalesce(least_share, 0.0005), 1e-6), greatest(reltuples, 0)::bigint FROM pg_class
LEFT JOIN LATERAL (
    SELECT most_common_elem_freqs[cardinality(most_common_elem_freqs) - 2] AS least_share
    FROM pg_stats WHERE schemaname = 'public' AND tablename = 'precedents' AND attname = 'search'
) s ON true WHERE oid = 'public.precedents'::regclass
"""


def maintain(owner_url: str, *, index_from: int = EXACT_UP_TO) -> list[str]:
    """Refresh the statistics, and build the vector index of each model of `index_from` tickets or more. Blocking.

    Returns the models that have an index now. Does nothing where another process is at it.
    """
    with psycopg.connect(owner_url, autocommit=True, application_name="vierklang-indexes") as connection:
        if not _one("SELECT pg_try_advisory_lock(%s)", connection, _LOCK):
            return []
        connection.execute("ANALYZE precedents")
        connection.execute("ANALYZE embeddings")
        refresh_shares(connection)
        return [m for m, dims, rows in _models(connection) if rows >= index_from and _indexed(connection, m, dims)]


def refresh_shares(connection: psycopg.Connection) -> None:
    """Copy from the planner's statistics how frequent each frequent lexeme is."""
    with connection.transaction():
        connection.execute("DELETE FROM lexeme_shares")
        connection.execute(_SHARES)
        connection.execute(_TOTAL)


def _models(connection: psycopg.Connection) -> list[tuple[str, int, int]]:
    """Each model's name, dims and number of ticket vectors, of all tenants: read without the rows' protection."""
    # The owner is under the policies too; planner statistics are not rows of anybody.
    shares = connection.execute(
        "SELECT unnest(most_common_vals::text::text[]), unnest(most_common_freqs) FROM pg_stats "
        "WHERE schemaname = 'public' AND tablename = 'embeddings' AND attname = 'model'"
    ).fetchall()
    total = _one("SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'public.embeddings'::regclass", connection)
    return [(model, dims, int(total * share)) for model, share in shares if (dims := _dims(connection, model))]


def _dims(connection: psycopg.Connection, model: str) -> int | None:
    found = connection.execute("SELECT dims FROM embedding_models WHERE model = %s", (model,)).fetchone()
    return found[0] if found and found[0] <= _MOST_DIMS else None


def _indexed(connection: psycopg.Connection, model: str, dims: int) -> bool:
    name = index_name(model)
    state = connection.execute(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", (f"public.{name}",)
    ).fetchone()
    if state == (True,):
        return True
    with suppress(LockNotAvailable):
        if state:  # a build that was interrupted leaves an index that is never used
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        connection.execute("SET maintenance_work_mem = '1GB'")
        log.info("index_building", model=model)
        connection.execute(
            sql.SQL(
                "CREATE INDEX CONCURRENTLY {} ON embeddings USING hnsw ((vector::halfvec({})) halfvec_cosine_ops) "
                "WHERE model = {} AND item_kind = 'ticket'"
            ).format(sql.Identifier(name), sql.Literal(dims), sql.Literal(model))
        )
        return True
    return False


def _one(query: str, connection: psycopg.Connection, *parameters: object) -> float:
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    value: float = row[0]
    return value

"""What keeps search quick as tables grow: vector indexes, and which words are frequent. Run as the tables' owner."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.errors import LockNotAvailable

from app.knowledge.forms import INDEX_PREFIX, form_of, index_name
from app.knowledge.search import EXACT_UP_TO
from app.logs import get_logger
from app.provision import SEARCH_ROLE

log = get_logger("knowledge")
# One process looks after the indexes at a time; the number only has to be ours.
_LOCK = 0x49_4E_44_58
_MOST_DIMS = 4000  # of an indexed halfvec
# Every search plans with all indexes of the table; the tenants after the largest are searched exactly.
_MOST_INDEXES = 64
# A graph that outgrows this memory is finished on disk, many times slower. Bytes beside a vector: its neighbours.
_LEAST_MEMORY, _MOST_MEMORY, _NEIGHBOURS = 1 << 20, 16 << 20, 400  # in kB, kB, bytes
_SAMPLE = 30_000  # rows whose words are counted
# Planner statistics would tell the same, but `pg_stats` hides them from an owner who is no superuser, as rows are.
_COUNT_WORDS = "SELECT word, ndoc FROM ts_stat(%s) ORDER BY ndoc DESC LIMIT 3000"
_SAMPLED = "SELECT search FROM public.precedents TABLESAMPLE SYSTEM ({share:.6f}) REPEATABLE (1)"
_LEAST_SHARE = 0.0005
_COUNT_VECTORS = "SELECT model, count(*) FROM embeddings WHERE tenant_id = %s AND item_kind = 'ticket' GROUP BY model"
_NOTE = "INSERT INTO lexeme_shares (lexeme, share, total) VALUES (%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class _Group:
    """A tenant's ticket vectors of one model."""

    tenant_id: uuid.UUID
    model: str
    dims: int | None
    rows: int

    @property
    def index(self) -> str:
        return index_name(self.model, self.tenant_id)

    @property
    def memory(self) -> int:
        """What the graph needs while it is built, in kB."""
        held = form_of(self.model).bits * (self.dims or 0) // 8
        needed = int(self.rows * (held + _NEIGHBOURS) * 1.3) >> 10
        return min(_MOST_MEMORY, max(_LEAST_MEMORY, needed))


def maintain(owner_url: str, *, index_from: int = EXACT_UP_TO) -> list[str]:
    """Refresh the statistics, and build the vector index of each tenant of `index_from` tickets or more. Blocking.

    Returns the models that have an index now. Does nothing where another process is at it.
    """
    with psycopg.connect(owner_url, autocommit=True, application_name="vierklang-indexes") as connection:
        if not _one("SELECT pg_try_advisory_lock(%s)", connection, _LOCK):
            return []
        # What an import brought waits in a list that every search reads, and for which the planner shuns the index.
        connection.execute("SELECT gin_clean_pending_list('ix_precedents_search')")
        _count_rows(connection)
        refresh_shares(connection)
        groups = _groups(connection)
        _drop_others(connection, {group.index for group in groups})
        wanted = [group for group in groups if group.dims and group.rows >= index_from][:_MOST_INDEXES]
        return list(dict.fromkeys(group.model for group in wanted if _indexed(connection, group)))


def refresh_statistics(owner_url: str) -> None:
    """Tell the planner of rows that came all at once: until it knows them, a search takes half as long again."""
    with psycopg.connect(owner_url, autocommit=True, application_name="vierklang-indexes") as connection:
        _count_rows(connection)


def _count_rows(connection: psycopg.Connection) -> None:
    connection.execute("ANALYZE macros, precedents, embeddings")


def refresh_shares(connection: psycopg.Connection) -> None:
    """Count in a sample of all precedents how frequent each frequent lexeme is."""
    total = int(
        _one("SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'public.precedents'::regclass", connection)
    )
    sample = _SAMPLED.format(share=min(100.0, 100 * _SAMPLE / max(total, 1)))
    with connection.transaction():
        # The role that may search everybody's rows; a number per word is all that leaves here.
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(SEARCH_ROLE)))
        rows = _one(f"SELECT count(*) FROM ({sample}) s", connection)  # noqa: S608 - our own text
        counted = connection.execute(_COUNT_WORDS, (sample,)).fetchall() if rows else []
    shares = {word: found / rows for word, found in counted if found / rows >= _LEAST_SHARE}
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM lexeme_shares")
        cursor.executemany(_NOTE, [(word, share, None) for word, share in shares.items()])
        cursor.execute(_NOTE, ("", min(shares.values(), default=_LEAST_SHARE), total))


def _groups(connection: psycopg.Connection) -> list[_Group]:
    """The ticket vectors there are, those of the most rows first."""
    found = []
    with connection.transaction():
        # The owner is under the policies too: tenant by tenant, as everybody.
        connection.execute("SELECT set_config('vierklang.all_tenants', 'on', true)")
        for (tenant,) in connection.execute("SELECT id FROM tenants").fetchall():
            connection.execute("SELECT set_config('vierklang.tenant', %s, true)", (str(tenant),))
            for model, rows in connection.execute(_COUNT_VECTORS, (tenant,)).fetchall():
                found.append(_Group(tenant, model, _dims(connection, model), rows))
    return sorted(found, key=lambda group: -group.rows)


def _drop_others(connection: psycopg.Connection, kept: set[str]) -> None:
    """Drop the indexes of models and tenants that are gone."""
    names = connection.execute(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = 'public.embeddings'::regclass AND starts_with(c.relname::text, %s)", (INDEX_PREFIX,)
    ).fetchall()  # fmt: skip
    for (name,) in names:
        if name not in kept:
            connection.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.Identifier(name)))


def _dims(connection: psycopg.Connection, model: str) -> int | None:
    found = connection.execute("SELECT dims FROM embedding_models WHERE model = %s", (model,)).fetchone()
    return found[0] if found and found[0] <= _MOST_DIMS else None


def _indexed(connection: psycopg.Connection, group: _Group) -> bool:
    state = connection.execute(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", (f"public.{group.index}",)
    ).fetchone()
    if state == (True,):
        return True
    with suppress(LockNotAvailable):
        if state:  # a build that was interrupted leaves an index that is never used
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(group.index)))
        connection.execute(sql.SQL("SET maintenance_work_mem = {}").format(sql.Literal(group.memory)))
        log.info("index_building", model=group.model, rows=group.rows)
        form = form_of(group.model)
        connection.execute(
            sql.SQL(
                "CREATE INDEX CONCURRENTLY {} ON embeddings USING hnsw ({}) "
                "WITH (m = {}, ef_construction = {}) WHERE tenant_id = {} AND model = {} AND item_kind = 'ticket'"
            ).format(
                sql.Identifier(group.index),
                sql.SQL(form.held.format(dims=group.dims)),
                sql.Literal(form.links),
                sql.Literal(form.care),
                sql.Literal(str(group.tenant_id)),
                sql.Literal(group.model),
            )
        )
        return True
    return False


def _one(query: str, connection: psycopg.Connection, *parameters: object) -> float:
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    value: float = row[0]
    return value

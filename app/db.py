"""Engine and tenant-scoped sessions. No queries of any room live here."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from pgvector.psycopg import register_vector_async
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

_SET_TENANT = text("SELECT set_config('vierklang.tenant', :tenant, true)")
# How far the vector index looks: with a filter it goes on until enough rows pass it (pgvector's documentation). Plans
# are made for the values at hand: one for all tenants would suit the large or the small. Compiling them costs more than
# it saves, and their pages lie in memory or on a solid disk.
_OPTIONS = (
    "-c hnsw.ef_search=200 -c hnsw.iterative_scan=relaxed_order -c plan_cache_mode=force_custom_plan -c jit=off "
    "-c random_page_cost=1.1"
)
_SET_KEY_HASH = text("SELECT set_config('vierklang.key_hash', :key_hash, true)")


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def psycopg_url(url: str) -> str:
    """The same URL with SQLAlchemy's name for psycopg 3."""
    return "postgresql+psycopg://" + url.partition("://")[2]


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine whose errors never show parameters: they are customer text."""
    engine = create_async_engine(
        psycopg_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,  # a net: how many may wait is decided before (app.drafts.admission)
        hide_parameters=True,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"connect_timeout": 5, "application_name": "vierklang", "options": _OPTIONS},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def send_vectors_in_binary(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.run_async(register_vector_async)

    return engine


class Database:
    """Sessions of the service's own role. Each lives in one transaction with one tenant; leaving the block commits."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def begin(self, tenant_id: uuid.UUID) -> AsyncIterator[AsyncSession]:
        """A transaction that sees and writes only this tenant's rows."""
        async with self._begin(_SET_TENANT, {"tenant": str(tenant_id)}) as session:
            yield session

    @asynccontextmanager
    async def begin_for_key(self, key_hash: bytes) -> AsyncIterator[AsyncSession]:
        """A transaction that sees the API key with this hash and nothing else."""
        async with self._begin(_SET_KEY_HASH, {"key_hash": key_hash.hex()}) as session:
            yield session

    async def ping(self) -> None:
        """Raise what the driver raises when the database does not answer."""
        async with self._connection(text("SELECT 1"), {}):
            pass

    async def close(self) -> None:
        await self.engine.dispose()

    # The transaction belongs to the connection, which already ran a statement when the session joins it: the session's
    # own commit would only release a savepoint.
    @asynccontextmanager
    async def _begin(self, statement: object, parameters: dict[str, str]) -> AsyncIterator[AsyncSession]:
        async with (
            self._connection(statement, parameters) as connection,
            AsyncSession(connection, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session
            await session.flush()
            await connection.commit()

    @asynccontextmanager
    async def _connection(self, statement: object, parameters: dict[str, str]) -> AsyncIterator[AsyncConnection]:
        # The first statement doubles as the liveness check: after a restart of the database the pooled connections
        # are dead, SQLAlchemy drops them all at the first error, and the second try gets a fresh one.
        connection = await self.engine.connect()
        try:
            try:
                await connection.execute(statement, parameters)  # type: ignore[call-overload]
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                await connection.close()
                connection = await self.engine.connect()
                await connection.execute(statement, parameters)  # type: ignore[call-overload]
            yield connection
        finally:
            await connection.close()

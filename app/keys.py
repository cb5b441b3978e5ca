"""Managing the local tenant's API keys from the command line."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import get_args

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import get_settings
from app.db import Database, make_engine
from app.errors import FieldError, InvalidRequest, NotFound
from app.models import ApiKey
from app.provision import LOCAL_TENANT, hash_key, new_key, provision, release
from app.security import Scope


@asynccontextmanager
async def local_session() -> AsyncIterator[AsyncSession]:
    """A transaction of the local tenant; starts or joins the database for as long as it takes."""
    ready = await asyncio.to_thread(provision, get_settings())
    database = Database(make_engine(ready.service_url, pool_size=1))
    try:
        async with database.begin(LOCAL_TENANT) as session:
            yield session
    finally:
        await database.close()
        release(ready)


def create_key(name: str, scopes: Sequence[str]) -> str:
    """Create a key and return it; only its hash is stored. Raises InvalidRequest for an unknown scope."""
    if unknown := set(scopes) - set(get_args(Scope)):
        advice = f"{', '.join(sorted(unknown))} is no scope; known: {', '.join(get_args(Scope))}"
        raise InvalidRequest("unknown scope", errors=(FieldError("--scope", advice),))
    key = new_key()
    row = {
        "id": uuid.uuid4(), "tenant_id": LOCAL_TENANT, "name": name, "key_hash": hash_key(key),
        "scopes": sorted(set(scopes)),
    }  # fmt: skip

    async def run() -> None:
        async with local_session() as session:
            await session.execute(insert(ApiKey).values(**row))

    asyncio.run(run())
    return key


def list_keys() -> Sequence[ApiKey]:
    """All keys of the local tenant, oldest first."""

    async def run() -> Sequence[ApiKey]:
        async with local_session() as session:
            return (await session.execute(select(ApiKey).order_by(ApiKey.created_at))).scalars().all()

    return asyncio.run(run())


def revoke_key(key_id: str) -> None:
    """Revoke a key for good. Raises NotFound."""
    try:
        wanted = uuid.UUID(key_id)
    except ValueError:
        raise NotFound(f"{key_id!r} is no key id; `vierklang key list` shows them") from None
    change = update(ApiKey).where(ApiKey.id == wanted, ApiKey.revoked_at.is_(None)).values(revoked_at=datetime.now(UTC))

    async def run() -> int:
        async with local_session() as session:
            return int((await session.execute(change.returning(ApiKey.id))).first() is not None)

    if not asyncio.run(run()):
        raise NotFound(f"there is no active key {key_id}")

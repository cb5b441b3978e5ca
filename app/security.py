"""Who calls: API keys, scopes, tenant. `http/callers.py` asks it for each request."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.db import Database
from app.errors import Unauthorized
from app.models import ApiKey
from app.provision import hash_key

Scope = Literal["draft", "knowledge", "admin"]

# A revoked key works this long at most. Short enough to revoke, long enough to spare a query a request.
_CACHE_S = 5.0
_CACHE_SIZE = 1024


@dataclass(frozen=True, slots=True)
class Principal:
    """The tenant behind a valid key, and what the key may do."""

    tenant_id: uuid.UUID
    key_id: uuid.UUID
    scopes: frozenset[str]


class KeyRing:
    """Looks keys up by their hash; remembers valid ones for a few seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, tuple[float, Principal]] = {}
        self._seen: dict[uuid.UUID, tuple[float, Principal]] = {}

    async def principal(self, key: str) -> Principal:
        """The key's principal. Raises Unauthorized for an unknown or revoked key."""
        key_hash = hash_key(key)
        expires, principal = self._known.get(key_hash, (0.0, None))
        if principal is None or expires < time.monotonic():
            principal = await self._look_up(key_hash)
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            self._known[key_hash] = (time.monotonic() + _CACHE_S, principal)
        return principal

    async def still(self, tenant_id: uuid.UUID, key_id: uuid.UUID) -> Principal:
        """The principal of a key that was shown before, as it stands now. Raises Unauthorized once it is revoked."""
        expires, principal = self._seen.get(key_id, (0.0, None))
        if principal is None or principal.tenant_id != tenant_id or expires < time.monotonic():
            query = select(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
            async with self._database.begin(tenant_id) as session:
                row = (await session.execute(query)).scalar_one_or_none()
            if row is None:
                self._seen.pop(key_id, None)
                raise Unauthorized("this API key was revoked")
            principal = Principal(row.tenant_id, row.id, frozenset(row.scopes))
            if len(self._seen) >= _CACHE_SIZE:
                self._seen.clear()
            self._seen[key_id] = (time.monotonic() + _CACHE_S, principal)
        return principal

    async def _look_up(self, key_hash: bytes) -> Principal:
        query = select(ApiKey).where(ApiKey.key_hash == key_hash, ApiKey.revoked_at.is_(None))
        async with self._database.begin_for_key(key_hash) as session:
            row = (await session.execute(query)).scalar_one_or_none()
        if row is None:
            self._known.pop(key_hash, None)
            raise Unauthorized("this API key is unknown or revoked")
        return Principal(row.tenant_id, row.id, frozenset(row.scopes))

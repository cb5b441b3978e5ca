"""Who calls: API keys, scopes, tenant."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from app.db import Database
from app.errors import Forbidden, Unauthorized
from app.models import ApiKey
from app.provision import hash_key

Scope = Literal["draft", "knowledge", "admin"]

# A revoked key works this long at most. Short enough to revoke, long enough to spare a query a request.
_CACHE_S = 5.0
_CACHE_SIZE = 1024
_bearer = HTTPBearer(auto_error=False, description="An API key, `vk_…`")


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


async def authenticate(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Principal:
    """The caller. Raises Unauthorized where the header is missing, malformed or names no valid key."""
    if credentials is None:
        raise Unauthorized
    ring: KeyRing = request.app.state.rooms.keys
    return await ring.principal(credentials.credentials)


def require(*scopes: Scope) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that lets only keys with one of these scopes pass. `admin` includes no other: scopes are listed."""

    async def check(principal: Annotated[Principal, Depends(authenticate)]) -> Principal:
        if not principal.scopes.intersection(scopes):
            wanted = " or ".join(f"'{scope}'" for scope in scopes)
            raise Forbidden(f"this API key lacks the scope {wanted}")
        return principal

    return check


Drafter = Annotated[Principal, Depends(require("draft"))]
Admin = Annotated[Principal, Depends(require("admin"))]
JobReader = Annotated[Principal, Depends(require("draft", "knowledge"))]
KnowledgeEditor = Annotated[Principal, Depends(require("knowledge"))]

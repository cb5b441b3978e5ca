"""Marks: HMACs by which a redacted row is found again when its customer asks to be forgotten.

Keyed with the tenant's random key, so that the marks of one tenant tell nothing about another's.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.knowledge import repository


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes a tenant's marks."""

    key: bytes

    def person(self, email: str | None) -> bytes | None:
        """The mark of a customer's e-mail address, whatever its case."""
        return self._mark("person", email.strip().casefold()) if email and email.strip() else None

    def ticket(self, ticket_id: str | None) -> bytes | None:
        """The mark of a ticket's id."""
        return self._mark("ticket", ticket_id.strip()) if ticket_id and ticket_id.strip() else None

    def _mark(self, kind: str, value: str) -> bytes:
        return hmac.digest(self.key, f"{kind}\0{value}".encode(), hashlib.sha256)


class Markers:
    """The markers of all tenants, each asked for once: a tenant's key never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[uuid.UUID, Marker] = {}

    async def of(self, tenant_id: uuid.UUID, session: AsyncSession | None = None) -> Marker:
        """A tenant's marker. `session`: the tenant's own, of who has one: to wait for another could be for ever."""
        if tenant_id not in self._known:
            async with self._database.begin(tenant_id) if session is None else nullcontext(session) as asked:
                self._known[tenant_id] = Marker(await repository.mark_key(asked))
        return self._known[tenant_id]

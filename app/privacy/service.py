"""Forgetting: a person's data on request, and everybody's after the time the settings say."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.config import Settings
from app.db import Database
from app.drafts.gate import Gate
from app.forgetting import forget_texts
from app.knowledge.marks import Markers
from app.knowledge.serving import Serving
from app.logs import get_logger
from app.privacy import repository
from app.privacy.repository import Subject

log = get_logger("privacy")


@dataclass(frozen=True, slots=True)
class PrivacyService:
    """Removes rows for good, and says how many of which kind."""

    database: Database
    markers: Markers
    serving: Serving
    settings: Settings
    gate: Gate | None = None

    async def erase(self, tenant_id: uuid.UUID, subject: Subject) -> dict[str, int]:
        """Remove a ticket's or a customer's drafts, outcomes, precedents, vectors, replays and waiting rows.

        One transaction: all of it or nothing. What processes remember of texts is forgotten at once in this one and in
        its second engine; others hold such texts in bounded memory only.
        """
        marker = await self.markers.of(tenant_id)
        async with self.database.begin(tenant_id) as session:
            gone = await repository.erase(session, subject, marker)
        self.serving.forget_texts()
        forget_texts()
        if self.gate:
            await self.gate.forget()
        log.info("erased", by="ticket" if subject.ticket_id else "customer", **gone)
        return gone

    async def expire(self, tenant_id: uuid.UUID) -> dict[str, int]:
        """Remove what is older than the settings keep. 0 days keeps for ever."""
        async with self.database.begin(tenant_id) as session:
            gone = await repository.expire_drafts(session, self.settings.keep_drafts_days)
            return gone | await repository.expire_tickets(session, self.settings.keep_tickets_days)

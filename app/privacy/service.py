"""Forgetting: a person's data on request, and everybody's after the time the settings say."""

from __future__ import annotations

import gc
import uuid
from dataclasses import dataclass
from functools import lru_cache

from app.config import Settings
from app.db import Database
from app.knowledge.marks import Markers
from app.knowledge.serving import Serving
from app.logs import get_logger
from app.privacy import repository
from app.privacy.repository import Subject
from reply_guards.remembering import forget_everything

log = get_logger("privacy")
_LRU = type(lru_cache(lambda: None))


@dataclass(frozen=True, slots=True)
class PrivacyService:
    """Removes rows for good, and says how many of which kind."""

    database: Database
    markers: Markers
    serving: Serving
    settings: Settings

    async def erase(self, tenant_id: uuid.UUID, subject: Subject) -> dict[str, int]:
        """Remove a ticket's or a customer's drafts, outcomes, precedents, vectors, replays and waiting rows.

        One transaction: all of it or nothing. What processes remember of texts is forgotten in this one at once; others
        hold such texts in bounded memory only.
        """
        marker = await self.markers.of(tenant_id)
        async with self.database.begin(tenant_id) as session:
            gone = await repository.erase(session, subject, marker)
        self.serving.forget_texts()
        forget_everything()
        _forget_words()
        log.info("erased", by="ticket" if subject.ticket_id else "customer", **gone)
        return gone

    async def expire(self, tenant_id: uuid.UUID) -> dict[str, int]:
        """Remove what is older than the settings keep. 0 days keeps for ever."""
        async with self.database.begin(tenant_id) as session:
            gone = await repository.expire_drafts(session, self.settings.keep_drafts_days)
            return gone | await repository.expire_tickets(session, self.settings.keep_tickets_days)


def _forget_words() -> None:
    """Empty every cache of bounded size: those hold words of texts, the unbounded ones our own data files."""
    for thing in gc.get_objects():
        if type(thing) is _LRU and thing.cache_parameters()["maxsize"]:
            thing.cache_clear()

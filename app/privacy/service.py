"""Forgetting: a person's data on request, and everybody's after the time the settings say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, and_, delete, false, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.db import Database
from app.knowledge.marks import Marker, Markers
from app.knowledge.serving import Serving
from app.logs import get_logger
from app.models import Draft, DraftOutcome, Embedding, IdempotencyReplay, JobReject, JobRow, Precedent
from reply_guards.remembering import forget_everything

log = get_logger("privacy")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data: of one ticket, or of the customer with this e-mail address."""

    ticket_id: str | None = None
    email: str | None = None


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
            drafts = list((await session.execute(select(Draft.id).where(_drafts_of(subject, marker)))).scalars())
            precedents = or_(_precedents_of(subject, marker), Precedent.draft_id.in_(drafts))
            gone = {
                "outcomes": await _delete(session, DraftOutcome, DraftOutcome.draft_id.in_(drafts)),
                "idempotency_replays": await _delete(session, IdempotencyReplay, _replays_of(drafts)),
                "embeddings": await _delete(
                    session, Embedding, Embedding.item_id.in_(select(Precedent.id).where(precedents))
                ),
                "precedents": await _delete(session, Precedent, precedents),
                "waiting_rows": await _delete(session, JobRow, _rows_of(subject, marker)),
                "rejects": await _delete(session, JobReject, _rejects_of(subject)),
                "drafts": await _delete(session, Draft, Draft.id.in_(drafts)),
            }
        self.serving.forget_texts()
        forget_everything()
        log.info("erased", by="ticket" if subject.ticket_id else "customer", **gone)
        return gone

    async def expire(self, tenant_id: uuid.UUID) -> dict[str, int]:
        """Remove what is older than the settings keep. 0 days keeps for ever."""
        gone = {}
        async with self.database.begin(tenant_id) as session:
            if days := self.settings.keep_drafts_days:
                old = select(Draft.id).where(Draft.created_at < _ago(days))
                gone["idempotency_replays"] = await _delete(session, IdempotencyReplay, _replays_of(old))
                gone["drafts"] = await _delete(session, Draft, Draft.created_at < _ago(days))
            if days := self.settings.keep_tickets_days:
                old_ticket = and_(Precedent.origin != "starter", Precedent.created_at < _ago(days))
                gone["precedents"] = await _delete(session, Precedent, old_ticket)
        return gone


def _drafts_of(subject: Subject, marker: Marker) -> ColumnElement[bool]:
    if subject.ticket_id:
        return or_(Draft.ticket_id == subject.ticket_id, Draft.ticket_mark == marker.ticket(subject.ticket_id))
    email = str(subject.email).strip().lower()
    unmarked = and_(
        Draft.person_mark.is_(None), func.lower(Draft.request["ticket", "customer", "email"].astext) == email
    )
    return or_(Draft.person_mark == marker.person(email), unmarked)


def _precedents_of(subject: Subject, marker: Marker) -> ColumnElement[bool]:
    if subject.ticket_id:
        named = Precedent.external_id == subject.ticket_id
        return or_(named, Precedent.ticket_mark == marker.ticket(subject.ticket_id))
    return Precedent.person_mark == marker.person(subject.email)


def _rows_of(subject: Subject, marker: Marker) -> ColumnElement[bool]:
    name = "ticket_mark" if subject.ticket_id else "person_mark"
    mark = marker.ticket(subject.ticket_id) if subject.ticket_id else marker.person(subject.email)
    return type_coerce(JobRow.item[name].astext, Text) == (mark or b"").hex()


def _rejects_of(subject: Subject) -> ColumnElement[bool]:
    return JobReject.external_id == subject.ticket_id if subject.ticket_id else false()


def _replays_of(drafts: Sequence[str] | Select[str]) -> ColumnElement[bool]:
    return type_coerce(IdempotencyReplay.answer["id"].astext, Text).in_(drafts)


def _ago(days: int) -> ColumnElement[datetime]:
    return func.now() - func.make_interval(0, 0, 0, days)


async def _delete(session: AsyncSession, table: type, which: ColumnElement[bool]) -> int:
    done = await session.execute(delete(table).where(which))
    return int(done.rowcount)  # type: ignore[attr-defined]

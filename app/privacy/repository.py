"""Queries that find and remove what belongs to one person, and what is kept no longer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, false, func, or_, select, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from app.knowledge.marks import Marker
from app.models import (
    DeskTicket,
    Draft,
    DraftOutcome,
    Embedding,
    IdempotencyReplay,
    Job,
    JobReject,
    JobRow,
    OutboxEvent,
    Precedent,
)

_UNNAME = """
UPDATE drafts SET answer = jsonb_set(answer, '{sources}', (
    SELECT coalesce(jsonb_agg(source), '[]') FROM jsonb_array_elements(answer -> 'sources') source
    WHERE NOT (source ->> 'kind' = 'ticket' AND source ->> 'id' = ANY (:ids))))
WHERE EXISTS (SELECT FROM jsonb_array_elements(answer -> 'sources') source
    WHERE source ->> 'kind' = 'ticket' AND source ->> 'id' = ANY (:ids))
"""
_TELLING = 3  # characters: a shorter name stands in every answer


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data: of one ticket, or of the customer with this e-mail address."""

    ticket_id: str | None = None
    email: str | None = None


async def erase(session: AsyncSession, subject: Subject, marker: Marker) -> dict[str, int]:
    """Remove all that is a subject's; returns how many rows of each kind."""
    found = await _find(session, subject, marker)
    drafts, precedents = found.drafts, found.precedents
    named = (await session.execute(select(Precedent.external_id).where(precedents))).scalars().all()
    return {
        "sources": await _unname(session, list(named)),
        "outcomes": await _delete(session, DraftOutcome, DraftOutcome.draft_id.in_(drafts)),
        "idempotency_replays": await _delete(session, IdempotencyReplay, _replays_that_name(found.names)),
        "embeddings": await _delete(session, Embedding, Embedding.item_id.in_(select(Precedent.id).where(precedents))),
        "precedents": await _delete(session, Precedent, precedents),
        "waiting_rows": await _delete(session, JobRow, _rows_of(subject, marker)),
        "rejects": await _delete(session, JobReject, JobReject.external_id.in_(found.tickets)),
        "outbox_events": await _delete(session, OutboxEvent, OutboxEvent.draft_id.in_(drafts)),
        "desk_tickets": await _delete(session, DeskTicket, _desk_of(subject, marker, found.tickets)),
        "drafts": await _delete(session, Draft, Draft.id.in_(drafts)),
    }


async def _unname(session: AsyncSession, precedents: list[str]) -> int:
    """Take these precedents out of the sources of everybody's drafts; returns how many drafts named one."""
    if not precedents:
        return 0
    done = await session.execute(text(_UNNAME), {"ids": precedents})
    return int(done.rowcount)  # type: ignore[attr-defined]


async def expire_drafts(session: AsyncSession, days: int) -> dict[str, int]:
    """Remove drafts older than so many days, and the answers kept of them; 0 days: none."""
    if not days:
        return {}
    old = Draft.created_at < _ago(days)
    replays = await _delete(session, IdempotencyReplay, _replays_of(select(Draft.id).where(old)))
    # Of jobs that make drafts, also those no worker ever came to: their requests go with them.
    jobs = await _delete(session, Job, and_(Job.kind == "drafts", Job.created_at < _ago(days)))
    desk = await _delete(session, DeskTicket, DeskTicket.created_at < _ago(days))
    drafts = await _delete(session, Draft, old)
    return {"idempotency_replays": replays, "jobs": jobs, "desk_tickets": desk, "drafts": drafts}


async def expire_tickets(session: AsyncSession, days: int) -> dict[str, int]:
    """Remove precedents stored more than so many days ago, the starter ones left; 0 days: none."""
    if not days:
        return {}
    old = and_(Precedent.origin != "starter", Precedent.created_at < _ago(days))
    return {"precedents": await _delete(session, Precedent, old)}


@dataclass(frozen=True, slots=True)
class _Found:
    """All that is a subject's: draft ids, ticket ids, which precedents, and what replays may call it by."""

    drafts: list[str]
    tickets: list[str]
    precedents: ColumnElement[bool]
    names: list[str]


async def _find(session: AsyncSession, subject: Subject, marker: Marker) -> _Found:
    marks: list[bytes] = []
    if subject.email:
        # A ticket is its customer's whole, also where a draft of it did not name the customer.
        own = (
            (Draft, _drafts_of(subject, marker)),
            (Precedent, _precedents_of(subject, marker)),
            (DeskTicket, _desk_of(subject, marker)),
        )
        for table, which in own:
            told = select(table.ticket_mark).where(which, table.ticket_mark.is_not(None))
            marks += [mark for mark in (await session.execute(told.distinct())).scalars() if mark]
    mine = or_(_drafts_of(subject, marker), Draft.ticket_mark.in_(marks))
    customer, order = Draft.request["ticket", "customer"], Draft.request["ticket", "order"]
    query = select(Draft.id, Draft.ticket_id, customer["name"].astext, customer["email"].astext, order["id"].astext)
    rows = [tuple(row) for row in await session.execute(query.where(mine))]
    drafts = [row[0] for row in rows]
    precedents = or_(_precedents_of(subject, marker), Precedent.ticket_mark.in_(marks), Precedent.draft_id.in_(drafts))
    stored = (await session.execute(select(Precedent.external_id, Precedent.id).where(precedents))).all()
    tickets = {subject.ticket_id, *(row[1] for row in rows), *(row.external_id for row in stored)} - {None}
    names = {
        subject.email,
        subject.ticket_id,
        *(n for row in rows for n in row),
        *(str(n) for row in stored for n in row),
    }
    return _Found(drafts, sorted(map(str, tickets)), precedents, sorted(n for n in names if n and len(n) >= _TELLING))


def _drafts_of(subject: Subject, marker: Marker) -> ColumnElement[bool]:
    if subject.ticket_id:
        return or_(Draft.ticket_id == subject.ticket_id, Draft.ticket_mark == marker.ticket(subject.ticket_id))
    email = str(subject.email).strip().lower()
    unmarked = and_(
        Draft.person_mark.is_(None), func.lower(Draft.request["ticket", "customer", "email"].astext) == email
    )
    return or_(Draft.person_mark == marker.person(email), unmarked)


def _desk_of(subject: Subject, marker: Marker, tickets: Sequence[str] = ()) -> ColumnElement[bool]:
    named = DeskTicket.ticket_id.in_(tickets)
    if subject.ticket_id:
        return or_(named, DeskTicket.ticket_mark == marker.ticket(subject.ticket_id))
    return or_(named, DeskTicket.person_mark == marker.person(subject.email))


def _precedents_of(subject: Subject, marker: Marker) -> ColumnElement[bool]:
    if subject.ticket_id:
        named = Precedent.external_id == subject.ticket_id
        return or_(named, Precedent.ticket_mark == marker.ticket(subject.ticket_id))
    return Precedent.person_mark == marker.person(subject.email)


def _rows_of(subject: Subject, marker: Marker) -> ColumnElement[bool]:
    name = "ticket_mark" if subject.ticket_id else "person_mark"
    mark = marker.ticket(subject.ticket_id) if subject.ticket_id else marker.person(subject.email)
    return type_coerce(JobRow.item[name].astext, Text) == (mark or b"").hex()


def _replays_that_name(names: Sequence[str]) -> ColumnElement[bool]:
    """Kept answers in which one of these stands, also those of checks and searches, which name no draft."""
    said = func.lower(type_coerce(cast(IdempotencyReplay.answer, Text), Text))
    return or_(false(), *(said.contains(_as_json(name.lower()), autoescape=True) for name in names))


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _replays_of(drafts: Sequence[str] | Select[str]) -> ColumnElement[bool]:
    return type_coerce(IdempotencyReplay.answer["id"].astext, Text).in_(drafts)


def _ago(days: int) -> ColumnElement[datetime]:
    return func.now() - func.make_interval(0, 0, 0, days)


async def _delete(session: AsyncSession, table: type, which: ColumnElement[bool]) -> int:
    done = await session.execute(delete(table).where(which))
    return int(done.rowcount)  # type: ignore[attr-defined]

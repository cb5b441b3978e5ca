"""Imports: rows are read and redacted here, wait as redacted items, and are embedded and stored by any worker.

A row is written once and deleted in the transaction that stores its precedent: a kill at any point loses nothing and
doubles nothing. Only redacted text ever reaches the database.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.errors import InvalidRequest, Unavailable
from app.jobs import repository as jobs
from app.jobs.model import JobState, Reject
from app.knowledge import macro_repository, repository
from app.knowledge.cleaning import (
    clean_macro,
    clean_ticket,
    macro_from_row,
    macro_to_row,
    ticket_from_row,
    ticket_to_row,
)
from app.knowledge.ingest.records import FoundMacro, Record, Rejected, SolvedTicket
from app.knowledge.marks import Marker, Markers
from app.knowledge.model import ResolvedTicket
from app.knowledge.service import KnowledgeService
from app.logs import get_logger
from app.models import JobRow
from app.text import reject_unstorable_json

log = get_logger("import")
CHUNK = 256
# One transaction embeds this many: a second of work, so that a killed worker loses no more.
CLAIM = 128


@dataclass(frozen=True, slots=True)
class _Chunk:
    rows: list[tuple[int, dict[str, Any]]]
    rejects: list[Reject]
    position: int
    line: int


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes records in, and turns waiting rows into precedents and macros."""

    database: Database
    knowledge: KnowledgeService
    markers: Markers

    async def open(self, tenant_id: uuid.UUID, **detail: Any) -> JobState:  # noqa: ANN401 - JSON
        """A new import."""
        async with self.database.begin(tenant_id) as session:
            return await jobs.add_job(session, tenant_id, "import", {"read": False, **detail})

    async def resume(self, tenant_id: uuid.UUID, fingerprint: str) -> JobState | None:
        """The unfinished import of the same file, if there is one."""
        async with self.database.begin(tenant_id) as session:
            found = await jobs.open_jobs(session, "import", fingerprint=fingerprint)
        return found[-1] if found else None

    async def stage(
        self, tenant_id: uuid.UUID, job_id: str, records: Sequence[Record], *, origin: str = "import"
    ) -> None:
        """Redact these records and leave them for a worker, with the place where reading goes on: one transaction."""
        chunk = await asyncio.to_thread(_clean, records, await self.markers.of(tenant_id), origin)
        async with self.database.begin(tenant_id) as session:
            await jobs.add_rows(session, tenant_id, job_id, chunk.rows)
            await jobs.add_rejects(session, tenant_id, job_id, chunk.rejects)
            await jobs.change_job(
                session, job_id, total=len(records), rejected=len(chunk.rejects), status="running",
                detail={"position": chunk.position, "line": chunk.line},
            )  # fmt: skip

    async def seal(self, tenant_id: uuid.UUID, job_id: str) -> bool:
        """The source was read to its end; says whether all is stored already."""
        async with self.database.begin(tenant_id) as session:
            await jobs.change_job(session, job_id, detail={"read": True})
            return await jobs.finish_job(session, job_id)

    async def break_off(self, tenant_id: uuid.UUID, job_id: str) -> None:
        """The source ended before its end: what waits is dropped, and the job says so."""
        async with self.database.begin(tenant_id) as session:
            await jobs.fail_job(session, job_id, "the upload broke off; send it again")

    async def waiting(self, tenant_id: uuid.UUID, job_id: str) -> int:
        """How many rows are read and not yet stored."""
        async with self.database.begin(tenant_id) as session:
            return await jobs.count_rows(session, job_id)

    async def state(self, tenant_id: uuid.UUID, job_id: str) -> JobState:
        """The job as it stands."""
        async with self.database.begin(tenant_id) as session:
            return await jobs.load_job(session, job_id)

    async def work(self, tenant_id: uuid.UUID, job_id: str) -> int:
        """Store some waiting rows; returns how many. Raises Unavailable, the job then paused, while a provider is down.

        Any number of workers may do this at once: each holds its own rows.
        """
        try:
            async with self.database.begin(tenant_id) as session:
                done = await self._store(session, tenant_id, job_id)
        except Unavailable as error:
            async with self.database.begin(tenant_id) as session:
                await jobs.change_job(session, job_id, status="paused", error=error.detail)
            raise
        if not done:
            async with self.database.begin(tenant_id) as session:
                await jobs.finish_job(session, job_id)
        return done

    async def add(self, tenant_id: uuid.UUID, ticket: SolvedTicket) -> uuid.UUID:
        """Store one ticket at once; returns the precedent's id. Raises Unavailable, InvalidRequest."""
        cleaned = clean_ticket(ticket, await self.markers.of(tenant_id), origin="api")
        try:
            reject_unstorable_json(ticket_to_row(cleaned))
        except ValueError as error:
            raise InvalidRequest(f"A text of this ticket {error}.") from None
        async with self.database.begin(tenant_id) as session:
            return (await self.put_tickets(session, tenant_id, [cleaned]))[0]

    async def put_tickets(
        self, session: AsyncSession, tenant_id: uuid.UUID, tickets: Sequence[ResolvedTicket]
    ) -> list[uuid.UUID]:
        """Store precedents with their vectors. Raises Unavailable; nothing is stored then.

        What is in quarantine gets its vector afterwards, from the workers' round: it would take a place among the
        nearest from one that may be shown.
        """
        ids = await repository.put_tickets(session, tenant_id, tickets)
        now = datetime.now(UTC)
        free = [(i, t.problem) for i, t in zip(ids, tickets, strict=True) if (t.available_at or now) <= now]
        await self.knowledge.embed_items(session, tenant_id, "ticket", [i for i, _ in free], [p for _, p in free])
        return ids

    async def _store(self, session: AsyncSession, tenant_id: uuid.UUID, job_id: str) -> int:
        rows = await jobs.claim_rows(session, job_id, limit=CLAIM)
        if not rows:
            return 0
        refused = await self._put_all(session, tenant_id, rows)
        await jobs.add_rejects(session, tenant_id, job_id, refused)
        await jobs.drop_rows(session, job_id, [r.line for r in rows])
        await jobs.change_job(
            session, job_id, done=len(rows) - len(refused), rejected=len(refused), status="running", error=None
        )
        return len(rows)

    async def _put_all(self, session: AsyncSession, tenant_id: uuid.UUID, rows: Sequence[JobRow]) -> list[Reject]:
        """Store rows together or, where the database refuses that, one by one; returns those it will not have."""
        try:
            async with session.begin_nested():
                await self._put(session, tenant_id, rows)
        except (DBAPIError, ValueError) as error:
            if len(rows) > 1:
                return [reject for row in rows for reject in await self._put_all(session, tenant_id, [row])]
            log.warning("import_row_refused", line=rows[0].line, error=type(error).__name__)
            name = rows[0].item.get("external_id")
            return [Reject(rows[0].line, name, "not_storable", "The database does not take this row.")]
        return []

    async def _put(self, session: AsyncSession, tenant_id: uuid.UUID, rows: Sequence[JobRow]) -> None:
        tickets = [ticket_from_row(r.item) for r in rows if r.item["item"] == "ticket"]
        await self.put_tickets(session, tenant_id, list({t.external_id: t for t in tickets}.values()))
        for row in rows:
            if row.item["item"] == "macro":
                await macro_repository.import_draft(session, tenant_id, macro_from_row(row.item))


def _clean(records: Sequence[Record], marker: Marker, origin: str) -> _Chunk:
    rows: list[tuple[int, dict[str, Any]]] = []
    rejects: list[Reject] = []
    for record in records:
        if isinstance(record.item, Rejected):
            refused = record.item
            rejects.append(Reject(refused.line, refused.external_id, refused.reason, refused.detail))
            continue
        row = _row(record.item, record.line, marker, origin)
        try:
            rows.append((record.line, reject_unstorable_json(row)))
        except ValueError as error:
            rejects.append(Reject(record.line, None, "not_storable", f"A text of this row {error}."))
    return _Chunk(rows, rejects, records[-1].position_after, records[-1].line)


def _row(item: SolvedTicket | FoundMacro, line: int, marker: Marker, origin: str) -> dict[str, Any]:
    if isinstance(item, SolvedTicket):
        return ticket_to_row(clean_ticket(item, marker, origin=origin))
    text, unknown = clean_macro(item)
    if unknown:
        log.info("macro_placeholders_unknown", line=line, count=len(unknown))
    return macro_to_row(text)

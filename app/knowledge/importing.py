"""Imports: rows are read and redacted here, wait as redacted items, and are embedded and stored by any worker.

A row is written once and deleted in the transaction that stores its precedent: a kill at any point loses nothing and
doubles nothing. Only redacted text ever reaches the database.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.errors import Unavailable
from app.jobs import repository as jobs
from app.jobs.model import JobState, Reject
from app.knowledge import macros, repository
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

log = get_logger("import")
CHUNK = 256
# One transaction embeds this many: a second of work, so that a killed worker loses no more.
_CLAIM = 128


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
        """Store one ticket at once; returns the precedent's id. Raises Unavailable."""
        cleaned = clean_ticket(ticket, await self.markers.of(tenant_id), origin="api")
        async with self.database.begin(tenant_id) as session:
            return (await self.put_tickets(session, tenant_id, [cleaned]))[0]

    async def put_tickets(
        self, session: AsyncSession, tenant_id: uuid.UUID, tickets: Sequence[ResolvedTicket]
    ) -> list[uuid.UUID]:
        """Store precedents with their vectors. Raises Unavailable; nothing is stored then."""
        ids = await repository.put_tickets(session, tenant_id, tickets)
        await self.knowledge.embed_items(session, tenant_id, "ticket", ids, [t.problem for t in tickets])
        return ids

    async def _store(self, session: AsyncSession, tenant_id: uuid.UUID, job_id: str) -> int:
        rows = await jobs.claim_rows(session, job_id, limit=_CLAIM)
        if not rows:
            return 0
        tickets = [ticket_from_row(r.item) for r in rows if r.item["item"] == "ticket"]
        await self.put_tickets(session, tenant_id, list({t.external_id: t for t in tickets}.values()))
        found = [macro_from_row(r.item) for r in rows if r.item["item"] == "macro"]
        for macro in found:
            await macros.import_draft(session, tenant_id, macro)
        await jobs.drop_rows(session, job_id, [r.line for r in rows])
        await jobs.change_job(session, job_id, done=len(rows), status="running", error=None)
        return len(rows)


def _clean(records: Sequence[Record], marker: Marker, origin: str) -> _Chunk:
    rows: list[tuple[int, dict[str, Any]]] = []
    rejects: list[Reject] = []
    for record in records:
        match record.item:
            case SolvedTicket() as ticket:
                rows.append((record.line, ticket_to_row(clean_ticket(ticket, marker, origin=origin))))
            case FoundMacro() as macro:
                text, unknown = clean_macro(macro)
                rows.append((record.line, macro_to_row(text)))
                if unknown:
                    log.info("macro_placeholders_unknown", line=record.line, count=len(unknown))
            case Rejected(line, external_id, reason, detail):
                rejects.append(Reject(line, external_id, reason, detail))
    return _Chunk(rows, rejects, records[-1].position_after, records[-1].line)

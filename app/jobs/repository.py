"""Queries on jobs, the rows they still hold, and the rows they refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, exists, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.jobs.model import FINISHED, KINDS, JobKind, JobState, Reject
from app.models import Job, JobReject, JobRow

_FIELDS = tuple(f.name for f in fields(JobState))


async def add_job(session: AsyncSession, tenant_id: uuid.UUID, kind: JobKind, detail: dict[str, Any]) -> JobState:
    """A new job, queued."""
    row = {"id": "job_" + uuid.uuid4().hex, "tenant_id": tenant_id, "kind": kind, "status": "queued", "detail": detail}
    await session.execute(insert(Job).values(**row))
    return await load_job(session, str(row["id"]))


async def load_job(session: AsyncSession, job_id: str) -> JobState:
    """One job. Raises NotFound."""
    row = (await session.execute(select(Job).where(Job.id == job_id))).scalar_one_or_none()
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    await session.refresh(row)
    return _state(row)


async def list_jobs(session: AsyncSession, *, limit: int, kinds: Sequence[JobKind] = KINDS) -> list[JobState]:
    """The tenant's newest jobs of these kinds."""
    query = select(Job).where(Job.kind.in_(kinds)).order_by(Job.created_at.desc(), Job.id).limit(limit)
    return [_state(row) for row in (await session.execute(query)).scalars()]


async def open_jobs(session: AsyncSession, kind: JobKind, **detail: str) -> list[JobState]:
    """Unfinished jobs of a kind whose detail says these things."""
    query = select(Job).where(Job.kind == kind, Job.status.not_in(FINISHED)).order_by(Job.created_at)
    for name, value in detail.items():
        query = query.where(Job.detail[name].astext == value)
    return [_state(row) for row in (await session.execute(query)).scalars()]


async def idle_jobs(session: AsyncSession, *, idle_s: float) -> list[JobState]:
    """Unfinished jobs nobody has touched for so long: their worker died, or they were paused."""
    age = func.make_interval(0, 0, 0, 0, 0, 0, idle_s)
    query = select(Job).where(Job.status.not_in(FINISHED), Job.updated_at < func.now() - age)
    return [_state(row) for row in (await session.execute(query)).scalars()]


async def change_job(
    session: AsyncSession, job_id: str, *, done: int = 0, total: int = 0, rejected: int = 0,
    detail: dict[str, Any] | None = None, **values: Any,  # noqa: ANN401 - columns by name
) -> None:  # fmt: skip
    """Add to the counters, merge into the detail, set columns; says that somebody is at work."""
    values |= {"done": Job.done + done, "total": Job.total + total, "rejected": Job.rejected + rejected}
    if detail:
        values["detail"] = Job.detail.op("||")(literal(detail, JSONB))
    await session.execute(update(Job).where(Job.id == job_id).values(**values, updated_at=func.clock_timestamp()))


async def finish_job(session: AsyncSession, job_id: str) -> bool:
    """Close a job whose source was read to its end and whose rows are all stored; says whether it is closed now."""
    waiting = exists().where(JobRow.job_id == job_id)
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.status.not_in(FINISHED), Job.detail["read"].as_boolean(), ~waiting)
        .values(status="succeeded", error=None, updated_at=func.now(), finished_at=func.now())
    )
    await session.execute(statement)
    return (await load_job(session, job_id)).finished


async def fail_job(session: AsyncSession, job_id: str, error: str) -> None:
    """Close a job that cannot be done; what waits is dropped."""
    await session.execute(delete(JobRow).where(JobRow.job_id == job_id))
    values = {"status": "failed", "error": error, "updated_at": func.now(), "finished_at": func.now()}
    await session.execute(update(Job).where(Job.id == job_id, Job.status.not_in(FINISHED)).values(**values))


async def add_rows(
    session: AsyncSession, tenant_id: uuid.UUID, job_id: str, rows: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    """Leave redacted items for a worker, by line."""
    if rows:
        values = [{"tenant_id": tenant_id, "job_id": job_id, "line": line, "item": item} for line, item in rows]
        await session.execute(upsert(JobRow).on_conflict_do_nothing(), values)


async def claim_rows(session: AsyncSession, job_id: str, *, limit: int) -> list[JobRow]:
    """Some waiting rows that no other worker holds. They are free again when this transaction ends without deleting."""
    query = select(JobRow).where(JobRow.job_id == job_id).order_by(JobRow.line).limit(limit)
    return list((await session.execute(query.with_for_update(skip_locked=True))).scalars())


async def drop_rows(session: AsyncSession, job_id: str, lines: Sequence[int]) -> None:
    """These rows are done."""
    await session.execute(delete(JobRow).where(JobRow.job_id == job_id, JobRow.line.in_(lines)))


async def count_rows(session: AsyncSession, job_id: str) -> int:
    """How many rows wait."""
    return (await session.execute(select(func.count()).select_from(JobRow).where(JobRow.job_id == job_id))).scalar_one()


async def add_rejects(session: AsyncSession, tenant_id: uuid.UUID, job_id: str, rejects: Iterable[Reject]) -> None:
    """Note refused rows; the same line again is the same reject."""
    values = [
        {"tenant_id": tenant_id, "job_id": job_id, "line": r.line, "external_id": r.external_id, "reason": r.reason,
         "detail": r.detail}
        for r in rejects
    ]  # fmt: skip
    if values:
        await session.execute(upsert(JobReject).on_conflict_do_nothing(), values)


async def list_rejects(session: AsyncSession, job_id: str, *, after: int, limit: int) -> list[Reject]:
    """Refused rows by line."""
    query = select(JobReject).where(JobReject.job_id == job_id, JobReject.line > after)
    rows = (await session.execute(query.order_by(JobReject.line).limit(limit))).scalars()
    return [Reject(r.line, r.external_id, r.reason, r.detail) for r in rows]


async def list_tenants(session: AsyncSession) -> list[uuid.UUID]:
    """Every tenant: for the rounds of a worker, which then works in one tenant's transaction at a time."""
    await session.execute(text("SELECT set_config('vierklang.all_tenants', 'on', true)"))
    return list((await session.execute(text("SELECT id FROM tenants ORDER BY id"))).scalars())


def _state(row: Job) -> JobState:
    return JobState(**{name: getattr(row, name) for name in _FIELDS})

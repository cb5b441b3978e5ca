"""Queries on requests that wait for their draft."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float, cast, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.jobs import repository as jobs
from app.jobs.model import FINISHED
from app.models import Job, JobRow


async def lease_request(session: AsyncSession, job_id: str, *, lease_s: float) -> dict[str, Any] | None:
    """The waiting request of a job, nobody else's for so long; None where none waits or another has it.

    A lease and not a lock: no connection is held while a model writes.
    """
    now = func.extract("epoch", func.clock_timestamp())
    until = cast(JobRow.item["leased_until"].astext, Float)
    query = select(JobRow, now).where(JobRow.job_id == job_id, or_(until.is_(None), until < now))
    found = (await session.execute(query.limit(1).with_for_update(skip_locked=True, of=JobRow))).first()
    if found is None:
        return None
    row, moment = found
    item = {**row.item, "tries": row.item.get("tries", 0) + 1, "leased_until": float(moment) + lease_s}
    await _change(session, job_id, item)
    await jobs.change_job(session, job_id, status="running")
    return item


async def give_back(session: AsyncSession, job_id: str, item: dict[str, Any], *, error: str) -> None:
    """Nothing is wrong with this request: let whoever comes next try, as if it had not been tried."""
    await _change(session, job_id, {**item, "tries": item["tries"] - 1, "leased_until": None})
    await jobs.change_job(session, job_id, status="paused", error=error)


async def take_request(session: AsyncSession, job_id: str) -> bool:
    """Remove the request; says whether it was still there."""
    taken = delete(JobRow).where(JobRow.job_id == job_id).returning(JobRow.line)
    return (await session.execute(taken)).first() is not None


async def fail(session: AsyncSession, job_id: str, error: str) -> None:
    """Close a job that will never have a draft; its request goes."""
    await take_request(session, job_id)
    await _close(session, job_id, error)


async def close_empty(session: AsyncSession, job_id: str, error: str) -> None:
    """Close a job whose request is gone without a draft."""
    if not (await session.execute(select(exists().where(JobRow.job_id == job_id)))).scalar_one():
        await _close(session, job_id, error)


async def _change(session: AsyncSession, job_id: str, item: dict[str, Any]) -> None:
    await session.execute(update(JobRow).where(JobRow.job_id == job_id).values(item=item))


async def _close(session: AsyncSession, job_id: str, error: str) -> None:
    values = {"status": "failed", "error": error, "rejected": 1}
    times = {"updated_at": func.clock_timestamp(), "finished_at": func.clock_timestamp()}
    unfinished = Job.id == job_id, Job.status.not_in(FINISHED)
    await session.execute(update(Job).where(*unfinished).values(**values, **times))

"""`/v1/jobs`: how far work in the background is, and which rows it refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.http.sessions import KnowledgeSession
from app.jobs import repository
from app.jobs.model import JobKind, JobState, JobStatus
from app.ticket import Frozen

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
JobId = Annotated[str, Path(pattern=r"^job_[0-9a-f]{32}$")]


class JobOut(Frozen):
    """A job. `total` grows while the source is read; `done` are stored rows, `rejected` refused ones."""

    id: str
    kind: JobKind
    status: JobStatus
    done: int
    total: int
    rejected: int
    error: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    finished_at: datetime | None = None


class JobList(Frozen):
    """The newest jobs."""

    jobs: tuple[JobOut, ...]


class RejectOut(Frozen):
    """A refused row; `detail` repeats nothing a customer wrote."""

    line: int
    external_id: str | None
    reason: str
    detail: str


class RejectList(Frozen):
    """Refused rows by line; ask again with `after` the last line while `more`."""

    rejects: tuple[RejectOut, ...]
    more: bool


@router.get("")
async def find(session: KnowledgeSession, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> JobList:
    """The newest jobs."""
    return JobList(jobs=tuple(job_out(job) for job in await repository.list_jobs(session, limit=limit)))


@router.get("/{job_id}")
async def read(session: KnowledgeSession, job_id: JobId) -> JobOut:
    """One job."""
    return job_out(await repository.load_job(session, job_id))


@router.get("/{job_id}/rejects")
async def rejects(
    session: KnowledgeSession, job_id: JobId, after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> RejectList:  # fmt: skip
    """The rows a job refused."""
    await repository.load_job(session, job_id)
    rows = await repository.list_rejects(session, job_id, after=after, limit=limit + 1)
    out = [RejectOut(line=r.line, external_id=r.external_id, reason=r.reason, detail=r.detail) for r in rows]
    return RejectList(rejects=tuple(out[:limit]), more=len(out) > limit)


def job_out(job: JobState) -> JobOut:
    """A job as callers see it."""
    return JobOut(**{name: getattr(job, name) for name in JobOut.model_fields})

"""`/v1/jobs`: how far work in the background is, and which rows it refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from app.errors import NotFound
from app.http.callers import JobReader
from app.http.sessions import JobSession, KnowledgeSession
from app.jobs import repository
from app.jobs.model import JobKind, JobState, JobStatus
from app.security import Principal
from app.ticket import Frozen

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
JobId = Annotated[str, Path(pattern=r"^job_[0-9a-f]{32}$")]


# Whose business a job is: of those who may begin such a one.
_KINDS: dict[str, tuple[JobKind, ...]] = {"knowledge": ("import", "reembed"), "draft": ("drafts",)}


class JobOut(Frozen):
    """A job. `total` grows while the source is read; `done` are stored rows, `rejected` refused ones.

    `draft_ids`: what a job of kind `drafts` has made.
    """

    id: str
    kind: JobKind
    status: JobStatus
    done: int
    total: int
    rejected: int
    draft_ids: tuple[str, ...] = ()
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
async def find(session: JobSession, caller: JobReader, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> JobList:
    """The newest jobs of the kinds this key may begin."""
    jobs = await repository.list_jobs(session, limit=limit, kinds=_visible(caller))
    return JobList(jobs=tuple(job_out(job) for job in jobs))


@router.get("/{job_id}")
async def read(session: JobSession, caller: JobReader, job_id: JobId) -> JobOut:
    """One job."""
    job = await repository.load_job(session, job_id)
    if job.kind not in _visible(caller):
        raise NotFound(f"there is no job {job_id}")
    return job_out(job)


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


def _visible(caller: Principal) -> tuple[JobKind, ...]:
    return tuple(kind for scope, kinds in _KINDS.items() if scope in caller.scopes for kind in kinds)


def job_out(job: JobState) -> JobOut:
    """A job as callers see it."""
    return JobOut(**{name: getattr(job, name) for name in JobOut.model_fields})


def accepted(job: JobState) -> dict[str, Any]:
    """The body of a 202: the job itself, and once more under `job` for those who look for it there."""
    told = job_out(job).model_dump(mode="json")
    return {**told, "job": told}

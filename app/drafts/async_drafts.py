"""Drafts in the background: a request waits as a row of a job until a worker has drafted it.

The row goes in the transaction that stores the draft: a worker that dies leaves one of the two, never both; two that
work on the same request make one draft; and what was erased meanwhile leaves none.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.drafts import async_repository as repository
from app.drafts.filing import Filing
from app.drafts.schemas import DraftRequest
from app.drafts.service import DraftService
from app.errors import AppError, InvalidRequest, Unavailable
from app.failures import explained
from app.jobs import repository as jobs
from app.jobs.model import JobState
from app.jobs.queue import DRAFT, Dispatcher
from app.knowledge.marks import Markers
from app.logs import get_logger
from app.security import Principal

log = get_logger("drafts")
# Beyond the deadline of a draft; after it, whoever had the request has died.
_GRACE_S = 15.0
_MOST_TRIES = 5
_PASSING = (429, 503)


class _RequestGone(Exception):
    """It was erased, or another worker was quicker: there is to be no draft."""


@dataclass(frozen=True, slots=True)
class AsyncDrafts:
    """Takes requests in, and drafts them."""

    database: Database
    drafts: DraftService
    markers: Markers
    dispatcher: Dispatcher

    async def accept(self, caller: Principal, request: DraftRequest) -> JobState:
        """A job for this request. What is wrong with it is said now, not by the job. Raises InvalidRequest."""
        self.drafts.prompt_of(request)
        marker, ticket = await self.markers.of(caller.tenant_id), request.ticket
        item = {
            "item": "draft", "request": request.model_dump(mode="json", by_alias=True, exclude_unset=True),
            "key_id": str(caller.key_id), "person_mark": _hex(marker.person(ticket.customer.email)),
            "ticket_mark": _hex(marker.ticket(ticket.id)),
        }  # fmt: skip
        async with self.database.begin(caller.tenant_id) as session:
            job = await jobs.add_job(session, caller.tenant_id, "drafts", {"read": True})
            await jobs.add_rows(session, caller.tenant_id, job.id, [(1, item)])
            await jobs.change_job(session, job.id, total=1)
            job = await jobs.load_job(session, job.id)
        await self.dispatcher.wake(DRAFT, caller.tenant_id, job_id=job.id)
        return job

    async def work(self, tenant_id: uuid.UUID, job_id: str) -> None:
        """Draft the request of a job, unless another does. Raises Unavailable, the job then paused, while it cannot."""
        async with self.database.begin(tenant_id) as session:
            lease_s = self.drafts.settings.deadline_s + _GRACE_S
            item = await repository.lease_request(session, job_id, lease_s=lease_s)
            if item is None:
                await repository.close_empty(session, job_id, "the request was erased before it was drafted")
                return
            if item["tries"] > _MOST_TRIES:
                await repository.fail(session, job_id, f"not drafted after {_MOST_TRIES} attempts")
                return
        try:
            await self._draft(tenant_id, job_id, item)
        except _RequestGone:
            log.info("request_gone", job=job_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job says so and the worker goes on
            await self._fail(tenant_id, job_id, item, error)

    async def _draft(self, tenant_id: uuid.UUID, job_id: str, item: dict[str, Any]) -> None:
        try:
            request = DraftRequest.model_validate(item["request"])
        except ValidationError:
            raise InvalidRequest("the request was taken by another version of the service; send it again") from None
        caller = Principal(tenant_id, uuid.UUID(item["key_id"]), frozenset({"draft"}))
        await self.drafts.draft(caller, request, filing=Filing(along=partial(_book, job_id)))

    async def _fail(self, tenant_id: uuid.UUID, job_id: str, item: dict[str, Any], error: Exception) -> None:
        problem = explained(error)
        async with self.database.begin(tenant_id) as session:
            if problem.status in _PASSING:
                await repository.give_back(session, job_id, item, error=problem.detail)
            elif isinstance(problem, InvalidRequest):
                await repository.fail(session, job_id, _sentence(problem))
            # Anything unforeseen: the lease runs out, and the round of a later minute tries again, a few times.
        if problem.status in _PASSING:
            raise Unavailable(problem.detail) from error


async def _book(job_id: str, session: AsyncSession, answer: dict[str, Any]) -> None:
    if not await repository.take_request(session, job_id):
        raise _RequestGone
    await jobs.change_job(session, job_id, done=1, error=None, detail={"draft_ids": [answer["id"]]})
    await jobs.finish_job(session, job_id)


def _sentence(problem: AppError) -> str:
    return "; ".join((problem.detail, *(f"{e.pointer} {e.detail}" for e in problem.errors)))


def _hex(mark: bytes | None) -> str | None:
    return mark.hex() if mark else None

"""What workers do: store imported rows, change embedding models, and their rounds over all tenants."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from sqlalchemy import text

from app.errors import Unavailable
from app.jobs import repository
from app.jobs.model import JobState
from app.jobs.queue import DELIVER, DRAFT, IMPORT, INDEX, PROMPT, REEMBED
from app.knowledge.importing import CLAIM
from app.knowledge.indexes import maintain
from app.logs import get_logger
from app.outbox.service import wake_courier
from app.rooms import Rooms

log = get_logger("jobs")
# A job nobody touched for so long lost its worker, or was paused by a provider that may be back.
_IDLE_S = 45
_RETRY_S = 20
# Of an upload: whoever sent it is gone, or the process that took it.
_LONGEST_SILENCE = timedelta(hours=1)
_TASKS = {"import": IMPORT, "reembed": REEMBED, "drafts": DRAFT}


def make_queue(rooms: Rooms) -> App:
    """The queue's application with all tasks; open it before use."""
    queue = App(connector=PsycopgConnector(conninfo=rooms.ready.service_url, min_size=1, max_size=6))
    _add_tasks(queue, rooms)
    _add_drafting(queue, rooms)
    _add_delivery(queue, rooms)
    _add_clearing(queue, rooms)
    _add_care(queue, rooms)
    return queue


def _add_tasks(queue: App, rooms: Rooms) -> None:
    @queue.task(name=IMPORT)
    async def import_rows(tenant_id: str, job_id: str) -> None:
        """Store a job's waiting rows, as many as other workers leave."""
        tenant = uuid.UUID(tenant_id)
        if await rooms.importer.waiting(tenant, job_id) > CLAIM:
            # Enough for two: an idle worker takes this, and leaves the same for the next.
            await rooms.dispatcher.defer(IMPORT, tenant, job_id=job_id)
        try:
            while await rooms.importer.work(tenant, job_id):
                pass
        except Unavailable:
            await rooms.dispatcher.defer(IMPORT, tenant, in_s=_RETRY_S, job_id=job_id)
            return
        if (await rooms.importer.state(tenant, job_id)).finished:
            await rooms.dispatcher.defer(INDEX, tenant)

    @queue.task(name=REEMBED)
    async def reembed(tenant_id: str, job_id: str) -> None:
        """Give every item a vector of the new model, then switch."""
        tenant = uuid.UUID(tenant_id)
        try:
            while await rooms.reembedding.work(tenant, job_id):
                pass
        except Unavailable:
            await rooms.dispatcher.defer(REEMBED, tenant, in_s=_RETRY_S, job_id=job_id)

    @queue.task(name=INDEX)
    async def look_after_indexes(tenant_id: str | None = None) -> None:
        """Refresh statistics and build missing vector indexes; nothing where another worker is at it."""
        del tenant_id  # indexes are everybody's
        await asyncio.to_thread(maintain, rooms.ready.owner_url)


def _add_drafting(queue: App, rooms: Rooms) -> None:
    @queue.task(name=DRAFT, queue=PROMPT)
    async def draft_requests(tenant_id: str, job_id: str) -> None:
        """Draft the request of a job."""
        tenant = uuid.UUID(tenant_id)
        try:
            await rooms.async_drafts.work(tenant, job_id)
        except Unavailable:
            await rooms.dispatcher.defer(DRAFT, tenant, in_s=_RETRY_S, job_id=job_id)


def _add_delivery(queue: App, rooms: Rooms) -> None:
    @queue.task(name=DELIVER, queue=PROMPT)
    async def deliver_events(tenant_id: str, outbox: str) -> None:
        """Carry a tenant's due events to the receiver of the settings."""
        del tenant_id
        await rooms.courier.drain(uuid.UUID(outbox))

    @queue.periodic(cron="* * * * *")
    @queue.task(name="deliver_round", queue=PROMPT, queueing_lock="deliver_round")
    async def deliver_round(timestamp: int) -> None:
        """Leave anew what is due once more, and what nobody was woken for."""
        del timestamp
        async for tenant in _tenants(rooms):
            if await rooms.courier.due(tenant):
                await wake_courier(rooms.dispatcher, tenant)


def _add_clearing(queue: App, rooms: Rooms) -> None:
    @queue.periodic(cron="7 * * * *")
    @queue.task(name="purge_idempotency_replays", queueing_lock="purge_idempotency_replays")
    async def purge(timestamp: int) -> None:
        """Forget answers kept for replay after a day. The policy on the table lets expired rows go, and only those."""
        async with rooms.database.engine.begin() as connection:
            gone = await connection.execute(text("DELETE FROM idempotency_replays"))
        log.info("replays_purged", rows=gone.rowcount, timestamp=timestamp)

    @queue.periodic(cron="23 * * * *")
    @queue.task(name="upkeep", queueing_lock="upkeep")
    async def upkeep(timestamp: int) -> None:
        """Tenant by tenant: let go what is kept no longer, embed what lacks a vector of the model in the settings."""
        async for tenant in _tenants(rooms):
            gone = await rooms.privacy.expire(tenant)
            await rooms.reembedding.tidy(tenant)
            if job := await rooms.reembedding.needed(tenant):
                await rooms.dispatcher.defer(REEMBED, tenant, job_id=job.id)
            if any(gone.values()):
                log.info("expired", timestamp=timestamp, **gone)


def _add_care(queue: App, rooms: Rooms) -> None:
    @queue.periodic(cron="* * * * *")
    @queue.task(name="take_over", queue=PROMPT, queueing_lock="take_over")
    async def take_over(timestamp: int) -> None:
        """Leave anew the work of jobs whose worker died or whose provider was away."""
        for stalled in await queue.job_manager.get_stalled_jobs():
            await _again(queue, stalled)
        async for tenant in _tenants(rooms):
            async with rooms.database.begin(tenant) as session:
                idle = await repository.idle_jobs(session, idle_s=_IDLE_S)
            for job in idle:
                if (task := _TASKS.get(job.kind)) and await _has_work(rooms, job):
                    await rooms.dispatcher.defer(task, tenant, job_id=job.id)
                    log.info("job_taken_over", job=job.id, timestamp=timestamp)

    @queue.periodic(cron="*/20 * * * *")
    @queue.task(name="indexes_round", queueing_lock="indexes_round")
    async def indexes_round(timestamp: int) -> None:
        """The same for what came in one by one."""
        models = await asyncio.to_thread(maintain, rooms.ready.owner_url)
        log.info("indexes_kept", models=models, timestamp=timestamp)


async def _has_work(rooms: Rooms, job: JobState) -> bool:
    """Whether a worker can do something for the job. Of an upload that stopped it drops the rest."""
    if job.kind != "import" or job.detail.get("read"):
        return True
    if job.detail.get("source") == "ndjson":
        if job.updated_at and datetime.now(UTC) - job.updated_at > _LONGEST_SILENCE:
            await rooms.importer.break_off(job.tenant_id, job.id)
        return False
    return await rooms.importer.waiting(job.tenant_id, job.id) > 0


async def _again(queue: App, stalled: Job) -> None:
    """Leave the job of a dead worker anew; let it go where the same waits already."""
    try:
        await queue.job_manager.retry_job(stalled)
    except ConnectorException:
        await queue.job_manager.finish_job(stalled, status=Status.FAILED, delete_job=True)


async def _tenants(rooms: Rooms) -> AsyncIterator[uuid.UUID]:
    async with rooms.database.begin(uuid.UUID(int=0)) as session:
        tenants = await repository.list_tenants(session)
    for tenant in tenants:
        yield tenant

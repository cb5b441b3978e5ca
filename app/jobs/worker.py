"""A worker process: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import suppress

from app.config import get_settings
from app.jobs.tasks import make_queue
from app.logs import configure_logs, get_logger
from app.main import open_rooms

log = get_logger("jobs")
_LOOK_S = 1.0


async def run_worker(*, parent: int | None = None) -> None:
    """Work until SIGINT or SIGTERM, or until `parent`, the process that started it, is gone.

    Running jobs are finished first.
    """
    settings = get_settings()
    configure_logs(settings)
    async with open_rooms(settings, drafting=False) as rooms:
        queue = make_queue(rooms)
        async with queue.open_async():
            log.info("worker_ready")
            working = asyncio.create_task(
                # Done jobs are deleted: the minute's rounds alone would leave half a million rows a year.
                queue.run_worker_async(concurrency=2, shutdown_graceful_timeout=30, delete_jobs="successful")
            )
            watching = asyncio.create_task(_until_gone(parent)) if parent else None
            await asyncio.wait({working, watching} if watching else {working}, return_when=asyncio.FIRST_COMPLETED)
            for task in (working, watching):
                if task and not task.done():
                    task.cancel()
            with suppress(asyncio.CancelledError):
                await working


async def work_on(tenant_id: uuid.UUID, job_id: str, *, parent: int) -> None:
    """Help with one import until it is finished or whoever started this process is gone: no queue involved."""
    settings = get_settings()
    configure_logs(settings)
    async with open_rooms(settings, drafting=False) as rooms:
        while os.getppid() == parent:
            if not await rooms.importer.work(tenant_id, job_id):
                if (await rooms.importer.state(tenant_id, job_id)).finished:
                    return
                await asyncio.sleep(0.1)


async def _until_gone(parent: int) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(_LOOK_S)

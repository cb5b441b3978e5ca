"""A worker process: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import suppress

from procrastinate import App

from app.config import get_settings
from app.jobs.queue import PROMPT
from app.jobs.tasks import make_queue
from app.logs import configure_logs, get_logger
from app.rooms import open_rooms

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
            # The first hears of signals; the other, for what somebody waits for, ends with it.
            working = [
                asyncio.create_task(_work(queue, "default", concurrency=2)),
                asyncio.create_task(_work(queue, PROMPT, concurrency=4, install_signal_handlers=False)),
            ]
            watching = [asyncio.create_task(_until_gone(parent))] if parent else []
            await asyncio.wait(working + watching, return_when=asyncio.FIRST_COMPLETED)
            for task in working + watching:
                if not task.done():
                    task.cancel()
            for task in working:
                with suppress(asyncio.CancelledError):
                    await task


async def _work(queue: App, name: str, *, concurrency: int, install_signal_handlers: bool = True) -> None:
    await queue.run_worker_async(
        queues=[name], name=name, concurrency=concurrency, shutdown_graceful_timeout=30,
        install_signal_handlers=install_signal_handlers,
        # Done jobs are deleted: the minute's rounds alone would leave half a million rows a year.
        delete_jobs="successful",
    )  # fmt: skip


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

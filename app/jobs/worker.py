"""A worker process: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import asyncio

from app.config import get_settings
from app.db import Database, make_engine
from app.jobs.queue import make_queue
from app.logs import configure_logs, get_logger
from app.provision import provision

log = get_logger("jobs")


async def run_worker() -> None:
    """Work until SIGINT or SIGTERM; running jobs are finished first."""
    settings = get_settings()
    configure_logs(settings)
    ready = await asyncio.to_thread(provision, settings)
    database = Database(make_engine(ready.service_url, pool_size=2))
    try:
        queue = make_queue(ready.service_url, database)
        async with queue.open_async():
            log.info("worker_ready")
            await queue.run_worker_async(concurrency=2, shutdown_graceful_timeout=30)
    finally:
        await database.close()
        if ready.embedded:
            ready.embedded.release()

"""The job queue: Procrastinate on the same PostgreSQL, so that any number of workers on any machine share the work.

Job arguments carry ids, never customer text.
"""

from __future__ import annotations

from procrastinate import App, PsycopgConnector
from sqlalchemy import text

from app.db import Database
from app.logs import get_logger

log = get_logger("jobs")


def make_queue(service_url: str, database: Database) -> App:
    """The queue's application with all tasks; open it before use."""
    queue = App(connector=PsycopgConnector(conninfo=service_url, min_size=1, max_size=3))

    @queue.periodic(cron="7 * * * *")
    @queue.task(name="purge_idempotency_replays", queueing_lock="purge_idempotency_replays")
    async def purge(timestamp: int) -> None:
        """Forget answers kept for replay after a day. The policy on the table lets expired rows go, and only those."""
        async with database.engine.begin() as connection:
            gone = await connection.execute(text("DELETE FROM idempotency_replays"))
        log.info("replays_purged", rows=gone.rowcount, timestamp=timestamp)

    return queue

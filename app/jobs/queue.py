"""The job queue: Procrastinate on the same PostgreSQL, so that any number of workers on any machine share the work.

Job arguments carry ids, never customer text.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack, suppress

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from app.logs import get_logger

IMPORT, REEMBED, INDEX = "import_rows", "reembed", "look_after_indexes"
DELIVER, DRAFT = "deliver_events", "draft_requests"
# A worker keeps places for these: somebody waits for them, and an import may take hours.
PROMPT = "prompt"
_PROMPT_TASKS = (DELIVER, DRAFT)

log = get_logger("jobs")


class Dispatcher:
    """Leaves work for the workers. Opens its connection with the first job: most processes never leave one."""

    def __init__(self, service_url: str) -> None:
        self._url = service_url
        self._app: App | None = None
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def defer(self, task: str, tenant_id: uuid.UUID, *, in_s: int = 0, **ids: str) -> None:
        """Leave one job; with `in_s`, not to be begun before so many seconds. Nothing where the same waits already."""
        async with self._opening:
            if self._app is None:
                queue = App(connector=PsycopgConnector(conninfo=self._url, min_size=1, max_size=2))
                self._app = await self._stack.enter_async_context(queue.open_async())
        wait = {"schedule_in": {"seconds": in_s}} if in_s else {}
        place = PROMPT if task in _PROMPT_TASKS else "default"
        lock = ":".join((task, *ids.values()))
        job = self._app.configure_task(task, allow_unknown=True, queueing_lock=lock, queue=place, **wait)
        with suppress(AlreadyEnqueued):
            await job.defer_async(tenant_id=str(tenant_id), **ids)

    async def wake(self, task: str, tenant_id: uuid.UUID, **ids: str) -> None:
        """Leave work that the workers' rounds would find by themselves, a little later: never fails."""
        try:
            await self.defer(task, tenant_id, in_s=0, **ids)
        except (ConnectorException, psycopg.Error, OSError) as error:
            log.warning("left_to_the_round", task=task, error=type(error).__name__)

    async def close(self) -> None:
        await self._stack.aclose()
        self._app = None

"""Changing the embedding model: every item gets a vector of the new one while the old one serves; then they switch."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Row, text

from app.db import Database
from app.errors import Unavailable
from app.jobs import repository as jobs
from app.jobs.model import JobState
from app.knowledge import repository
from app.knowledge.service import KnowledgeService, embedded_text
from app.logs import get_logger

log = get_logger("knowledge")
_CHUNK = 128
_MISSING = """
SELECT kind, id, words FROM (
    SELECT 'ticket' AS kind, id, problem AS words FROM precedents WHERE available_at <= now()
    UNION ALL SELECT 'macro', id, title || '. ' || body FROM macros WHERE state <> 'retired'
) items WHERE NOT EXISTS (SELECT FROM embeddings e WHERE e.item_id = items.id AND e.model = :model)
ORDER BY id LIMIT :limit
"""
_COUNT = f"SELECT count(*) FROM ({_MISSING}) missing"  # noqa: S608 - our own text
_FORGET = "DELETE FROM embeddings WHERE id IN (SELECT id FROM embeddings WHERE model <> :model LIMIT 5000)"


@dataclass(frozen=True, slots=True)
class Reembedding:
    """Moves a tenant to the embedding model that the settings name. What was done survives any restart: it is rows."""

    database: Database
    knowledge: KnowledgeService

    @property
    def target(self) -> str:
        """The model to move to."""
        return self.knowledge.serving.embedder.name

    async def needed(self, tenant_id: uuid.UUID) -> JobState | None:
        """A new job where items lack a vector of the target and no such job is open.

        That is after a change of the setting, and where a provider was down while items came in.
        """
        async with self.database.begin(tenant_id) as session:
            # One job a tenant: two processes that start at once must not open two.
            await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('reembed'), hashtext(:t))"),
                                  {"t": str(tenant_id)})  # fmt: skip
            serving = await repository.serving_model(session)
            if await jobs.open_jobs(session, "reembed", model=self.target):
                return None
            missing = (await session.execute(text(_COUNT), {"model": self.target, "limit": 2**40})).scalar_one()
            if not missing and serving in (None, self.target):
                return None
            job = await jobs.add_job(session, tenant_id, "reembed", {"model": self.target, "from": serving})
            await jobs.change_job(session, job.id, total=missing)
            return await jobs.load_job(session, job.id)

    async def work(self, tenant_id: uuid.UUID, job_id: str) -> int:
        """Embed some items that lack a vector; returns how many. With none left, switch and finish the job.

        Raises Unavailable, the job then paused.
        """
        async with self.database.begin(tenant_id) as session:
            if (await jobs.load_job(session, job_id)).detail.get("model") != self.target:
                await jobs.change_job(session, job_id, status="failed", error="the setting names another model now")
                return 0
            missing = list(await session.execute(text(_MISSING), {"model": self.target, "limit": _CHUNK}))
        if not missing:
            await self._switch(tenant_id, job_id)
            return 0
        await self._embed(tenant_id, job_id, missing)
        return len(missing)

    async def _embed(self, tenant_id: uuid.UUID, job_id: str, missing: list[Row[tuple[str, uuid.UUID, str]]]) -> None:
        try:
            vectors = await self.knowledge.serving.embedder.embed([embedded_text(row.words) for row in missing])
        except Unavailable as error:
            async with self.database.begin(tenant_id) as session:
                await jobs.change_job(session, job_id, status="paused", error=error.detail)
            raise
        async with self.database.begin(tenant_id) as session:
            await repository.register_model(session, self.target, len(vectors[0]))
            for kind in ("ticket", "macro"):
                own = [(row.id, v) for row, v in zip(missing, vectors, strict=True) if row.kind == kind]
                await repository.put_embeddings(session, tenant_id, kind, self.target, own)
            await jobs.change_job(session, job_id, done=len(missing), status="running", error=None)

    async def _switch(self, tenant_id: uuid.UUID, job_id: str) -> None:
        async with self.database.begin(tenant_id) as session:
            await repository.set_serving_model(session, self.target)
            await jobs.change_job(session, job_id, detail={"read": True})
            await jobs.finish_job(session, job_id)
        self.knowledge.serving.forget(tenant_id)
        log.info("embedding_model_switched", model=self.target)

    async def tidy(self, tenant_id: uuid.UUID) -> None:
        """Let go the vectors of models that serve no more. Not at the switch: other processes notice it later."""
        async with self.database.begin(tenant_id) as session:
            serving = await repository.serving_model(session)
            if serving != self.target or await jobs.open_jobs(session, "reembed"):
                return
            while (await session.execute(text(_FORGET), {"model": serving})).rowcount:  # type: ignore[attr-defined]
                pass

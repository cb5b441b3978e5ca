"""The rooms of the service: built, wired and taken down here; no logic. `main.py` puts them behind HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from app.config import Settings
from app.db import Database, make_engine
from app.desk.service import Desk
from app.drafts.admission import open_doors
from app.drafts.async_drafts import AsyncDrafts
from app.drafts.gate import Gate, shared_engine
from app.drafts.outcomes import Outcomes
from app.drafts.rulebooks import Rulebooks, open_rulebooks
from app.drafts.service import DraftService
from app.drafts.warmup import warm_up
from app.drafts.writing import Author
from app.jobs.queue import REEMBED, Dispatcher
from app.knowledge.embeddings import Embedder, open_embedder
from app.knowledge.importing import Importer
from app.knowledge.indexes import refresh_statistics
from app.knowledge.marks import Markers
from app.knowledge.reembedding import Reembedding
from app.knowledge.service import KnowledgeService
from app.knowledge.serving import Serving
from app.llm.fleet_file import Models, open_models
from app.llm.prompts import shipped_prompts
from app.outbox.sender import HttpSender
from app.outbox.service import Courier, Outbox
from app.privacy.service import PrivacyService
from app.provision import LOCAL_TENANT, Provisioned, provision, release
from app.security import KeyRing


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything an endpoint may need; lives in `app.state.rooms`."""

    settings: Settings
    database: Database
    ready: Provisioned
    keys: KeyRing
    embedder: Embedder
    models: Models | None
    gate: Gate | None
    knowledge: KnowledgeService
    rulebooks: Rulebooks
    drafts: DraftService
    desk: Desk
    async_drafts: AsyncDrafts
    outcomes: Outcomes
    importer: Importer
    reembedding: Reembedding
    privacy: PrivacyService
    dispatcher: Dispatcher
    courier: Courier


@asynccontextmanager
async def open_rooms(
    settings: Settings, ready: Provisioned | None = None, *, drafting: bool = True
) -> AsyncIterator[Rooms]:
    """Provision (unless it is `ready`), load and wire; on leaving, close in reverse. The command line uses it too.

    `drafting`: read all word lists now, so that the first draft is as quick as the next.
    """
    embedder = open_embedder(settings.embedding_model, cache_dir=settings.data_dir / "cache")
    async with AsyncExitStack() as stack:
        # The database server starts in its own process: the weights are read meanwhile.
        loading = asyncio.create_task(asyncio.to_thread(embedder.load))
        if ready is None:
            ready = await asyncio.to_thread(provision, settings)
            stack.callback(release, ready)
        await loading
        database = Database(make_engine(ready.service_url, pool_size=settings.connections))
        stack.push_async_callback(database.close)
        models = open_models(settings)
        if models:
            stack.push_async_callback(models.aclose)
        rooms = wire(settings, ready, database, embedder, models)
        stack.push_async_callback(rooms.dispatcher.close)
        stack.push_async_callback(rooms.courier.aclose)
        if settings.starter_knowledge:
            if await rooms.knowledge.load_starter(database, LOCAL_TENANT):
                await asyncio.to_thread(refresh_statistics, ready.owner_url)
            await rooms.desk.load_demo(LOCAL_TENANT)
        if job := await rooms.reembedding.needed(LOCAL_TENANT):
            await rooms.dispatcher.defer(REEMBED, LOCAL_TENANT, job_id=job.id)
        if drafting:
            await asyncio.to_thread(warm_up, settings, rooms.rulebooks.of(LOCAL_TENANT))
        yield rooms


def wire(
    settings: Settings, ready: Provisioned, database: Database, embedder: Embedder, models: Models | None
) -> Rooms:
    """Build the rooms over a database. Raises where a policy or a prompt is broken: at start, not in a request."""
    cache_dir = settings.data_dir / "cache"
    serving = Serving(database, embedder, lambda name: open_embedder(name, cache_dir=cache_dir))
    knowledge = KnowledgeService(serving)
    markers = Markers(database)
    dispatcher = Dispatcher(ready.service_url)
    importer = Importer(database, knowledge, markers)
    rulebooks = open_rulebooks(settings.policy_dir)
    fleet = models.fleet if models else None
    gate = shared_engine() if fleet else None
    drafts = DraftService(
        database=database, knowledge=knowledge, author=Author(fleet, gate), prompts=shipped_prompts(),
        settings=settings, rulebooks=rulebooks, markers=markers, doors=open_doors(settings),
        models=fleet.names if fleet else (),
        outbox=Outbox(dispatcher, enabled=settings.webhook_url is not None),
    )  # fmt: skip
    return Rooms(
        settings=settings, database=database, ready=ready, keys=KeyRing(database), embedder=embedder, models=models,
        gate=gate, knowledge=knowledge, rulebooks=rulebooks, drafts=drafts, importer=importer,
        async_drafts=AsyncDrafts(database, drafts, markers, dispatcher),
        desk=Desk(database, markers), outcomes=Outcomes(settings, importer),
        reembedding=Reembedding(database, knowledge), dispatcher=dispatcher,
        courier=Courier(database, _sender(settings)),
        privacy=PrivacyService(database, markers, serving, settings, gate),
    )  # fmt: skip


def _sender(settings: Settings) -> HttpSender | None:
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None
    return HttpSender(settings.webhook_url.get_secret_value(), settings.webhook_secret.get_secret_value())

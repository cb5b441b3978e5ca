"""The service: rooms are built, wired and taken down here; no logic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from app.config import Settings, get_settings
from app.console.routers import install_console
from app.db import Database, make_engine
from app.desk.service import Desk
from app.drafts.admission import open_doors
from app.drafts.async_drafts import AsyncDrafts
from app.drafts.endpoints import router as drafts_router
from app.drafts.gate import Gate, GuardrailsGate
from app.drafts.outcomes import Outcomes
from app.drafts.rulebooks import Rulebooks, open_rulebooks
from app.drafts.service import DraftService
from app.drafts.warmup import warm_up
from app.drafts.writing import Author
from app.http.docs import install_docs
from app.http.health import router as health_router
from app.http.middleware import RequestContext
from app.http.problems import install_problem_handlers
from app.jobs.endpoints import router as jobs_router
from app.jobs.queue import REEMBED, Dispatcher
from app.knowledge.embeddings import Embedder, open_embedder
from app.knowledge.importing import Importer
from app.knowledge.indexes import refresh_statistics
from app.knowledge.marks import Markers
from app.knowledge.reembedding import Reembedding
from app.knowledge.routers import KNOWLEDGE_ROUTERS
from app.knowledge.service import KnowledgeService
from app.knowledge.serving import Serving
from app.llm.fleet_file import Models, open_models
from app.llm.prompts import shipped_prompts
from app.logs import configure_logs, get_logger
from app.outbox.sender import HttpSender
from app.outbox.service import Courier, Outbox
from app.privacy.endpoints import router as privacy_router
from app.privacy.service import PrivacyService
from app.profile.endpoints import router as profile_router
from app.provision import LOCAL_TENANT, Provisioned, provision
from app.quality.endpoints import router as stats_router
from app.security import KeyRing

DESCRIPTION = "Drafts replies to angry customers in four steps, reviews every word, and shows its sources."
log = get_logger("main")


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
            stack.callback(_release, ready)
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
    gate = GuardrailsGate() if fleet else None
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
        courier=Courier(database, _sender(settings)), privacy=PrivacyService(database, markers, serving, settings),
    )  # fmt: skip


def _sender(settings: Settings) -> HttpSender | None:
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None
    return HttpSender(settings.webhook_url.get_secret_value(), settings.webhook_secret.get_secret_value())


def _release(ready: Provisioned) -> None:
    if ready.embedded:
        ready.embedded.release()


def create_app(settings: Settings | None = None, ready: Provisioned | None = None) -> FastAPI:
    """The ASGI application. Settings are read from the environment unless given; `ready`: a database held for it."""
    settings = settings or get_settings()
    configure_logs(settings)
    app = FastAPI(
        title="Vierklang", version="1", description=DESCRIPTION, lifespan=_lifespan, docs_url=None, redoc_url=None
    )
    app.state.settings, app.state.ready = settings, ready
    app.add_middleware(RequestContext, max_body_bytes=settings.max_body_bytes)
    install_problem_handlers(app)
    install_docs(app)
    for router in (drafts_router, *KNOWLEDGE_ROUTERS, jobs_router, privacy_router, stats_router, profile_router,
                   health_router):  # fmt: skip
        app.include_router(router)
    install_console(app, settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with open_rooms(app.state.settings, app.state.ready) as rooms:
        app.state.rooms = rooms
        loading = asyncio.create_task(_load_models(rooms)) if rooms.models else None
        log.info("ready", database="embedded" if not rooms.settings.database_url else "external",
                 models=list(rooms.drafts.models) or "composer")  # fmt: skip
        yield
        if loading:
            loading.cancel()


async def _load_models(rooms: Rooms) -> None:
    """Import the models' clients and the second engine in the background; `readyz` says when they are there."""
    assert rooms.models is not None
    assert rooms.gate is not None
    try:
        await rooms.models.load()
        await rooms.gate.load()
    except Exception as error:  # noqa: BLE001 - whatever it is, drafts fall back to the composer and readyz says so
        log.error("model_not_loaded", error=type(error).__name__)  # noqa: TRY400 - a trace could show keys

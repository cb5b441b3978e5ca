"""The service over HTTP; no logic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.config import Settings, get_settings
from app.console.routers import install_console
from app.drafts.endpoints import router as drafts_router
from app.http.docs import install_docs
from app.http.health import router as health_router
from app.http.middleware import RequestContext
from app.http.problems import install_problem_handlers
from app.jobs.endpoints import router as jobs_router
from app.knowledge.routers import KNOWLEDGE_ROUTERS
from app.logs import configure_logs, get_logger
from app.privacy.endpoints import router as privacy_router
from app.profile.endpoints import router as profile_router
from app.provision import Provisioned
from app.quality.endpoints import router as stats_router
from app.rooms import Rooms, open_rooms

DESCRIPTION = "Drafts replies to angry customers in four steps, reviews every word, and shows its sources."
log = get_logger("main")


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

"""All pages of the console, its files, and what answers where there is nothing."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from app.config import Settings, origins
from app.console import desk, drafting, labelling, macros, quality, rules, signing
from app.console.gate import ConsoleRoute
from app.console.pages import STATIC
from app.console.people import Anybody
from app.console.session import Sessions
from app.desk.endpoints import router as desk_api
from app.errors import NotFound

_KEPT = "public, max-age=31536000, immutable"
_lost = APIRouter(prefix="/console", route_class=ConsoleRoute, include_in_schema=False)


class _Files(StaticFiles):
    """Our files: their address changes with their content, so browsers may keep them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = _KEPT
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@_lost.get("/{rest:path}")
async def nothing_here(_person: Anybody, rest: str) -> Response:
    """A page that says so."""
    raise NotFound(f"there is no page {rest[:80]!r}")


def install_console(app: FastAPI, settings: Settings) -> None:
    """Serve the console under `/console`, and send whoever opens `/` there."""
    app.state.console_sessions = Sessions(settings)
    app.mount("/console/static", _Files(directory=STATIC), name="console-static")
    for router in (
        desk_api,
        signing.router,
        desk.router,
        drafting.router,
        macros.router,
        rules.router,
        quality.router,
        labelling.router,
        _lost,
    ):
        app.include_router(router)

    @app.get("/", include_in_schema=False)
    async def door() -> Response:
        return RedirectResponse("/console")

    if allowed := origins(settings.cors_origins):
        app.add_middleware(
            CORSMiddleware, allow_origins=list(allowed), allow_methods=["GET", "POST", "PUT"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Accept"],
            expose_headers=["X-Request-Id"],
        )  # fmt: skip

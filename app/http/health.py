"""`/healthz` (the process lives), `/readyz` (each component by name), `/metrics`."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.logs import get_logger

router = APIRouter(tags=["health"])
log = get_logger("health")
_PATIENCE_S = 2.0


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "A component is not ready; the body names it"}})
async def readyz(request: Request) -> Response:
    """Whether drafts can be made right now, component by component."""
    rooms = request.app.state.rooms
    components: dict[str, Any] = {"database": await _database(rooms), "embeddings": "ok", "policies": "ok"}
    if rooms.models is not None:
        loaded = all(client.ready for client in rooms.models.clients) and rooms.gate.ready
        components["model"] = "ok" if loaded else "loading"
    ready = all(state == "ok" for state in components.values())
    body = {"status": "ready" if ready else "not_ready", "components": components}
    return Response(orjson.dumps(body), 200 if ready else 503, media_type="application/json")


async def _database(rooms: Any) -> str:  # noqa: ANN401
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await rooms.database.ping()
    except Exception as error:  # noqa: BLE001 - any failure to answer is the same news here
        log.warning("database_not_ready", error=type(error).__name__)
        return "unavailable"
    return "ok"


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

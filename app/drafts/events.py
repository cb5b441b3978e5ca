"""A draft as server-sent events: `triage`, `sources`, each `step`, `restart`, then `draft` or `error`.

Only reviewed steps are sent, never a raw token. A client that goes away ends the work, the provider's too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import StreamingResponse

from app.drafts.schemas import DraftRequest
from app.drafts.service import DraftService
from app.errors import InvalidRequest
from app.failures import explained
from app.security import Principal

_HEARTBEAT_S = 10.0
MEDIA_TYPE = "text/event-stream"
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    201: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "The draft, or its events"}
}


def wants_events(request: Request) -> bool:
    """Whether the client asks for the stream."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def stream_draft(request: Request, caller: Principal, body: DraftRequest) -> StreamingResponse:
    """Begin the draft and stream what happens. What is wrong with the request itself is raised, not streamed."""
    if request.headers.get("idempotency-key"):
        raise InvalidRequest("a stream cannot be replayed; send Idempotency-Key without Accept: text/event-stream")
    drafts: DraftService = request.app.state.rooms.drafts
    drafts.refuse_if_full(body)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _events(drafts, caller, body, request.headers.get("x-request-id"))
    return StreamingResponse(events, 200, headers=headers, media_type=MEDIA_TYPE)


class _Line:
    """What was told and not yet sent."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def tell(self, event: str, data: Mapping[str, Any]) -> None:
        """Put an event in line."""
        self.waiting.put_nowait(b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n")


async def _events(
    drafts: DraftService, caller: Principal, body: DraftRequest, request_id: str | None
) -> AsyncIterator[bytes]:
    line = _Line()
    work = asyncio.create_task(_draft(drafts, caller, body, line, request_id))
    try:
        while True:
            try:
                async with asyncio.timeout(_HEARTBEAT_S):
                    event = await line.waiting.get()
            except TimeoutError:
                yield b": still writing\n\n"
                continue
            if event is None:
                return
            yield event
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _draft(
    drafts: DraftService, caller: Principal, body: DraftRequest, line: _Line, request_id: str | None
) -> None:
    try:
        await line.tell("draft", await drafts.draft(caller, body, audience=line))
    except Exception as error:  # noqa: BLE001 - the answer has begun: what went wrong is told as an event
        await line.tell("error", explained(error).problem(request_id))
    finally:
        line.waiting.put_nowait(None)

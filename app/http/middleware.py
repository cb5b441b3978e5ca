"""What every request passes: an id, a size limit, one log line, metrics, and a last net for exceptions."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import BodyTooLarge
from app.http.problems import problem_response, translate
from app.logs import get_logger
from app.metrics import REQUEST_SECONDS, REQUESTS

log = get_logger("http")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_STREAMED = "/v1/knowledge/tickets"
_QUIET = ("/healthz", "/readyz", "/metrics")


class RequestContext:
    """Pure ASGI: cheaper than BaseHTTPMiddleware, and streaming bodies pass through untouched."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._limit = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 500
        begun = False

        async def send_with_id(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, self._limited(scope, receive), send_with_id)
        except Exception as error:  # the last net: nothing may answer with a stack trace
            if begun:
                raise
            await problem_response(translate(error), request_id)(scope, receive, send_with_id)
        finally:
            _record(scope, status, time.perf_counter() - started)
            structlog.contextvars.clear_contextvars()

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        headers = dict(scope["headers"])
        # Streamed line by line, each with a limit of its own; everywhere else a body is read whole.
        ndjson = scope["path"] == _STREAMED and headers.get(b"content-type", b"").startswith(b"application/x-ndjson")
        declared = headers.get(b"content-length", b"")
        seen = 0

        # Raised as the framework's own exception: any other is taken for a parsing error and answered with 400.
        async def limited() -> Message:
            nonlocal seen
            if not ndjson and declared.isdigit() and int(declared) > self._limit:
                raise HTTPException(BodyTooLarge.status, self._advice)
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if not ndjson and seen > self._limit:
                    raise HTTPException(BodyTooLarge.status, self._advice)
            return message

        return limited

    @property
    def _advice(self) -> str:
        return f"the body is larger than {self._limit} bytes; shorten the thread or send large imports as NDJSON"


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(wanted := str(value, "latin-1")):
            return wanted
    return "req_" + uuid.uuid4().hex[:20]


def _record(scope: Scope, status: int, seconds: float) -> None:
    # The route's template, not the path: paths hold ids, and a metric per id would never stop growing.
    route = str(getattr(scope.get("route"), "path", "unknown"))
    REQUESTS.labels(scope["method"], route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    if route not in _QUIET:
        log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))

"""`Idempotency-Key` on POST: the same request again gets the same answer, not a second draft.

A key is claimed in a transaction of its own before the work begins and completed after it, so that no connection is
held while a model writes. A claim whose process died is taken over after `_STALE`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.errors import FieldError, IdempotencyMismatch, InvalidRequest, StillRunning
from app.models import IdempotencyReplay
from app.security import Principal

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_STALE = timedelta(seconds=90)
_LONGEST_KEY = 200
_SERVER_ERROR = 500
_KEPT_HEADERS = ("location", "preference-applied")


class IdempotentRoute(APIRoute):
    """A route whose POST honours `Idempotency-Key`. Without the header it costs nothing."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method != "POST":
                return await handler(request)
            return await _once(request, handler, _valid(key))

        return answer


def _valid(key: str) -> str:
    if not 1 <= len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        advice = f"must be 1 to {_LONGEST_KEY} printable ASCII characters"
        raise InvalidRequest(errors=(FieldError("/header/Idempotency-Key", advice),))
    return key


async def _once(request: Request, handler: Handler, key: str) -> Response:
    _scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if not token:
        return await handler(request)  # which answers 401
    principal: Principal = await request.app.state.rooms.keys.principal(token)
    # The body as it was sent, and the address it was sent to: "another body" is a matter of bytes.
    digest = hashlib.sha256(request.url.path.encode() + b"\0" + await request.body()).digest()
    if replay := await _claim(request, principal, key, digest):
        return replay
    done = False
    try:
        response = await handler(request)
        if response.status_code < _SERVER_ERROR:
            await _complete(request, principal, key, response)
            done = True
    finally:
        if not done:
            await _release(request, principal, key)
    return response


async def _claim(request: Request, principal: Principal, key: str, digest: bytes) -> Response | None:
    row = {"tenant_id": principal.tenant_id, "key": key, "request_hash": digest, "created_at": datetime.now(UTC)}
    stale = (IdempotencyReplay.status.is_(None)) & (IdempotencyReplay.created_at < datetime.now(UTC) - _STALE)
    claim = (
        insert(IdempotencyReplay)
        .values(**row)
        .on_conflict_do_update(index_elements=["tenant_id", "key"], set_=row, where=stale)
        .returning(IdempotencyReplay.key)
    )
    async with request.app.state.rooms.database.begin(principal.tenant_id) as session:
        if (await session.execute(claim)).first():
            return None
        known = (
            await session.execute(select(IdempotencyReplay).where(IdempotencyReplay.key == key))
        ).scalar_one_or_none()
    if known is None:
        raise StillRunning  # released between our two statements: the client may simply repeat
    if known.request_hash != digest:
        raise IdempotencyMismatch
    if known.status is None or known.answer is None:
        raise StillRunning
    headers = {**(known.headers or {}), "Idempotency-Replayed": "true"}
    return Response(orjson.dumps(known.answer), known.status, headers, media_type="application/json")


async def _complete(request: Request, principal: Principal, key: str, response: Response) -> None:
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    values = {"status": response.status_code, "answer": orjson.loads(response.body), "headers": kept or None}
    async with request.app.state.rooms.database.begin(principal.tenant_id) as session:
        await session.execute(update(IdempotencyReplay).where(IdempotencyReplay.key == key).values(**values))


async def _release(request: Request, principal: Principal, key: str) -> None:
    async with request.app.state.rooms.database.begin(principal.tenant_id) as session:
        pending = (IdempotencyReplay.key == key) & IdempotencyReplay.status.is_(None)
        await session.execute(delete(IdempotencyReplay).where(pending))

"""`POST /v1/knowledge/tickets`: one resolved ticket as JSON, or many as NDJSON."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.errors import InvalidRequest, MalformedBody
from app.http.callers import KnowledgeEditor
from app.http.idempotency import IdempotentRoute
from app.jobs.endpoints import accepted
from app.jobs.queue import IMPORT
from app.knowledge.importing import CHUNK, Importer
from app.knowledge.ingest import Record, Rejected, SolvedTicket, TicketIn, parse_line
from app.knowledge.ingest.sideload import Sideloads

NDJSON = "application/x-ndjson"
_LONGEST_LINE = 1_048_576


class _StreamedRoute(IdempotentRoute):
    """NDJSON is streamed past the replay of answers: it would have to hold the whole body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        idempotent, plain = super().get_route_handler(), super(IdempotentRoute, self).get_route_handler()

        async def answer(request: Request) -> Response:
            return await (plain if is_ndjson(request) else idempotent)(request)

        return answer


router = APIRouter(prefix="/v1/knowledge/tickets", tags=["knowledge"], route_class=_StreamedRoute)
_SCHEMA = TicketIn.model_json_schema(ref_template="#/components/schemas/{model}")
_BODY = {"requestBody": {"required": True, "content": {
    "application/json": {"schema": {**_SCHEMA, "$defs": None}}, NDJSON: {"schema": {"type": "string"}},
}}}  # fmt: skip


def is_ndjson(request: Request) -> bool:
    """Whether the body is one ticket a line."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == NDJSON


@router.post("", status_code=201, responses={202: {"description": "A job that stores the lines"}}, openapi_extra=_BODY)
async def add_tickets(request: Request, caller: KnowledgeEditor) -> Response:
    """Store a resolved ticket as a precedent (201), or stream many (202, with a job). An `external_id` again updates.

    Who wrote it, order ids and addresses serve to redact and are not kept.
    """
    importer: Importer = request.app.state.rooms.importer
    if not is_ndjson(request):
        item = parse_line(await request.body(), 1)
        if isinstance(item, Rejected):
            raise (MalformedBody if item.reason == "not_json" else InvalidRequest)(item.detail)
        stored = await importer.add(caller.tenant_id, item)
        return JSONResponse({"id": str(stored), "external_id": item.external_id}, 201)
    job = await importer.open(caller.tenant_id, source="ndjson")
    try:
        await _take(request, importer, caller.tenant_id, job.id)
    except BaseException:
        # Whoever sends gets no 202 and will send again: what came so far must not wait for ever.
        await asyncio.shield(importer.break_off(caller.tenant_id, job.id))
        raise
    if not await importer.seal(caller.tenant_id, job.id):
        await request.app.state.rooms.dispatcher.defer(IMPORT, caller.tenant_id, job_id=job.id)
    state = await importer.state(caller.tenant_id, job.id)
    return JSONResponse(accepted(state), 202, {"Location": f"/v1/jobs/{state.id}"})


async def _take(request: Request, importer: Importer, tenant_id: uuid.UUID, job_id: str) -> None:
    chunk: list[Record] = []
    async for record in _records(request):
        chunk.append(record)
        if len(chunk) >= CHUNK:
            await importer.stage(tenant_id, job_id, chunk, origin="api")
            chunk = []
    if chunk:
        await importer.stage(tenant_id, job_id, chunk, origin="api")


async def _records(request: Request) -> AsyncIterator[Record]:
    """The body's lines; never more than one line in memory. A line over 1 MiB is refused, the others are taken."""
    number = position = 0
    known = Sideloads()
    try:
        async for raw in _lines(request):
            number += 1
            position += len(raw)
            if line := (raw if number > 1 else raw.removeprefix(BOM_UTF8)).strip():
                yield Record(position, number, _first(parse_line(line, number), number, known))
    finally:
        known.close()


def _first(item: SolvedTicket | Rejected, number: int, known: Sideloads) -> SolvedTicket | Rejected:
    """Of two lines with one id the first counts, as in a file: workers take lines in no certain order."""
    if isinstance(item, Rejected):
        return item
    key = hashlib.blake2b(item.external_id.encode("utf-8", "replace"), digest_size=8).digest()
    if known.is_new(int.from_bytes(key, "big", signed=True)):
        return item
    return Rejected(number, item.external_id, "duplicate_id", "An earlier line has the same id.")


async def _lines(request: Request) -> AsyncIterator[bytes]:
    held = bytearray()
    async for piece in request.stream():
        held += piece
        *whole, rest = held.split(b"\n")
        for line in whole:
            yield bytes(line)
        # What is over the limit is refused by its length; its content need not be kept.
        held = bytearray(rest if len(rest) <= _LONGEST_LINE + 1 else rest[: _LONGEST_LINE + 1])
    if held:
        yield bytes(held)

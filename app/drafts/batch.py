"""Drafts for a file of tickets: the same service as the API, several at once, results in the order of the lines."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.drafts import repository
from app.drafts.batch_files import LONGEST_LINE, Line
from app.drafts.filing import Filing
from app.drafts.schemas import DraftRequest
from app.drafts.service import DraftService
from app.errors import AppError, InvalidRequest, NotFound, Unavailable
from app.failures import explained, invalid_request
from app.security import Principal

MOST_AT_ONCE = 64
# Results wait for the line before them: so many times more lines may be under way than are being drafted.
_AHEAD = 4
_BUSY, _AWAY = 429, 503
_PAUSE_S = 2.0

T = TypeVar("T")
Overlay = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A line's draft."""

    line: Line
    ticket_id: str | None
    draft: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that got none, and why."""

    line: Line
    ticket_id: str | None
    reason: str
    detail: str


class _BadLine(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Batch:
    """Drafts lines. `run`: names this batch; `doubtful`: so many first lines may have been drafted before a kill."""

    database: Database
    drafts: DraftService
    caller: Principal
    run: str
    overlay: Overlay
    doubtful: int = 0

    async def results(self, lines: Iterator[Line], *, at_once: int) -> AsyncIterator[Drafted | Refused]:
        """What becomes of each line, in their order. Raises Unavailable where the database is away: run it again."""
        places = asyncio.Semaphore(at_once)

        async def limited(number: int, line: Line) -> Drafted | Refused:
            async with places:
                return await self._result(line, doubtful=number < self.doubtful)

        tasks = (limited(number, line) for number, line in enumerate(lines))
        async for result in in_order(tasks, ahead=at_once * _AHEAD):
            yield result

    async def _result(self, line: Line, *, doubtful: bool) -> Drafted | Refused:
        ticket_id: str | None = None
        try:
            document = parse_line(line)
            ticket_id = _ticket_id(document)
            self.overlay(document)
            request = _request(document)
            draft = (await self._known(line) if doubtful else None) or await self._draft(line, request)
        except _BadLine as bad:
            return Refused(line, ticket_id, bad.reason, bad.detail)
        return Drafted(line, ticket_id, draft)

    async def _known(self, line: Line) -> dict[str, Any] | None:
        async with self.database.begin(self.caller.tenant_id) as session:
            try:
                return (await repository.load_draft(session, self._draft_id(line))).answer
            except NotFound:
                return None

    async def _draft(self, line: Line, request: DraftRequest) -> dict[str, Any]:
        filing = Filing(draft_id=self._draft_id(line))
        while True:
            try:
                return await self.drafts.draft(self.caller, request, filing=filing)
            except Exception as error:
                # A run that was killed a moment ago may still have been storing it when this one looked.
                if isinstance(error, IntegrityError) and (stored := await self._known(line)):
                    return stored
                problem = explained(error)
                if problem.status == _AWAY:
                    raise Unavailable(f"{problem.detail} (line {line.number}; run it again to go on)") from error
                if isinstance(problem, InvalidRequest):
                    raise _BadLine("invalid", _sentence(problem)) from None
                if problem.status != _BUSY:
                    raise _BadLine("not_drafted", f"unforeseen {type(error).__name__}; please report it") from error
            await asyncio.sleep(_PAUSE_S)

    def _draft_id(self, line: Line) -> str:
        return "drf_" + hashlib.sha256(f"{self.run}\0{line.number}\0{line.digest}".encode()).hexdigest()[:32]


async def in_order(work: Iterator[Awaitable[T]], *, ahead: int) -> AsyncIterator[T]:
    """Await many things at once, at most so many begun, and give what they return in their order."""
    begun: deque[asyncio.Future[T]] = deque()
    try:
        for item in work:
            begun.append(asyncio.ensure_future(item))
            if len(begun) >= ahead:
                yield await begun.popleft()
        while begun:
            yield await begun.popleft()
    finally:
        for future in begun:
            future.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


def parse_line(line: Line) -> dict[str, Any]:
    """A request from a line: one whole, or a bare ticket. Raises where it is neither."""
    if line.raw is None:
        raise _BadLine("too_long", f"is longer than {LONGEST_LINE} bytes")
    try:
        document = orjson.loads(line.raw.decode())
    except UnicodeDecodeError as error:
        raise _BadLine("not_utf8", f"is not UTF-8 text (byte {error.start})") from None
    except orjson.JSONDecodeError as error:
        raise _BadLine("not_json", f"is not valid JSON: {error.msg} (column {error.colno})") from None
    if not isinstance(document, dict):
        raise _BadLine("not_an_object", "must be one JSON object: a ticket or a draft request")
    return document if "ticket" in document else {"ticket": document}


def _ticket_id(document: dict[str, Any]) -> str | None:
    ticket = document["ticket"]
    found = ticket.get("id") if isinstance(ticket, dict) else None
    return found if isinstance(found, str) and len(found) <= 500 else None  # noqa: PLR2004 - as the contract has it


def _request(document: dict[str, Any]) -> DraftRequest:
    try:
        return DraftRequest.model_validate(document)
    except ValidationError as error:
        raise _BadLine("invalid", _sentence(invalid_request(error.errors(include_url=False)))) from None


def _sentence(problem: AppError) -> str:
    return "; ".join(f"{e.pointer or '/'} {e.detail}" for e in problem.errors[:5]) or problem.detail

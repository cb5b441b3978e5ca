"""Drafts, checks and triage over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import AfterValidator

from app.drafts import examples, repository
from app.drafts.answer import triage_out
from app.drafts.async_endpoints import ACCEPTED, accept_draft, prefers_async
from app.drafts.checking import check_text
from app.drafts.events import EVENT_STREAM, stream_draft, wants_events
from app.drafts.outcomes import Outcomes
from app.drafts.revision import fill_draft
from app.drafts.schemas import (
    CheckAnswer,
    CheckRequest,
    DraftAnswer,
    DraftList,
    DraftRequest,
    OutcomeAnswer,
    OutcomeRequest,
    TriageOut,
    TriageRequest,
)
from app.http.callers import Drafter
from app.http.idempotency import IdempotentRoute
from app.http.sessions import AdminSession, DraftSession
from app.text import reject_unstorable
from app.triage.service import triage

router = APIRouter(prefix="/v1", tags=["drafts"], route_class=IdempotentRoute)


DraftId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_]{1,60}$")]
TicketId = Annotated[str, Query(min_length=1, max_length=500), AfterValidator(reject_unstorable)]


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    # The answer was validated when it was built; FastAPI would do it all again.
    return Response(orjson.dumps(answer), status, media_type="application/json")


@router.post("/drafts", status_code=201, response_model=DraftAnswer, responses=EVENT_STREAM | ACCEPTED)
async def make_draft(
    request: Request, caller: Drafter, body: Annotated[DraftRequest, Body(openapi_examples=examples.DRAFT)]
) -> Response:
    """Draft a reply in four steps, reviewed against the channel's rules, with its sources.

    With `Accept: text/event-stream` the answer is a stream of events: triage, sources, each step once it passed review.
    With `Prefer: respond-async` it is a job.
    """
    if prefers_async(request):
        return await accept_draft(request, caller, body)
    if wants_events(request):
        return stream_draft(request, caller, body)
    return _json(await request.app.state.rooms.drafts.draft(caller, body), 201)


@router.get("/drafts", response_model=DraftList)
async def find_drafts(session: DraftSession, ticket_id: TicketId) -> Response:
    """The drafts of one ticket, newest first."""
    return _json({"drafts": await repository.list_drafts(session, ticket_id)})


@router.get("/drafts/{draft_id}", response_model=DraftAnswer)
async def read_draft(session: DraftSession, draft_id: DraftId) -> Response:
    """One draft as it was answered, with the placeholders filled since."""
    return _json((await repository.load_draft(session, draft_id)).answer)


@router.get("/drafts/{draft_id}/trace", response_model=dict[str, Any])
async def read_trace(session: AdminSession, draft_id: DraftId) -> Response:
    """How a draft came about: what a model was sent and answered, and the findings of every attempt."""
    return _json((await repository.load_draft(session, draft_id)).trace)


@router.post("/drafts/{draft_id}/fill", response_model=DraftAnswer)
async def fill_placeholders(
    request: Request,
    session: DraftSession,
    caller: Drafter,
    draft_id: DraftId,
    values: Annotated[dict[str, Any], Body(openapi_examples=examples.FILL)],
) -> Response:
    """Fill open placeholders by name; the text is reviewed again."""
    rooms = request.app.state.rooms
    rulebook = rooms.rulebooks.of(caller.tenant_id)
    return _json(await fill_draft(session, draft_id, values, rooms.settings, rulebook))


@router.post("/drafts/{draft_id}/outcome")
async def tell_outcome(
    request: Request,
    session: DraftSession,
    caller: Drafter,
    draft_id: DraftId,
    outcome: Annotated[OutcomeRequest, Body(openapi_examples=examples.OUTCOME)],
) -> OutcomeAnswer:
    """Tell what became of a draft; answers how far the sent text is from it and what review says of it."""
    rooms = request.app.state.rooms
    rulebook = rooms.rulebooks.of(caller.tenant_id)
    outcomes: Outcomes = rooms.outcomes
    return await outcomes.record(session, caller.tenant_id, draft_id, outcome, rulebook)


@router.post("/checks", tags=["checks"])
async def check(
    request: Request,
    session: DraftSession,
    caller: Drafter,
    body: Annotated[CheckRequest, Body(openapi_examples=examples.CHECK)],
) -> CheckAnswer:
    """Review any text against the rules of a channel."""
    rooms = request.app.state.rooms
    return await check_text(session, body, rooms.settings, rooms.rulebooks.of(caller.tenant_id))


@router.post("/triage", tags=["triage"])
async def read_ticket(
    _caller: Drafter, body: Annotated[TriageRequest, Body(openapi_examples=examples.TRIAGE)]
) -> TriageOut:
    """How the service reads a ticket: language, sentiment, cause, urgency, escalation."""
    return triage_out(triage(body.ticket, now=datetime.now(UTC)))

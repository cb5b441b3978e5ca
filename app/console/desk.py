"""The desk: the queue, the paste box, and a ticket with its draft."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.console.draft_view import DraftView, as_drafted
from app.console.forms import Posted
from app.console.gate import ConsoleRoute
from app.console.options import Options, options_of
from app.console.pages import page
from app.console.people import Agent, Anybody, Database
from app.console.wording import RESOLUTIONS
from app.desk.service import Desk, Waiting
from app.drafts.schemas import DraftRequest
from app.errors import AppError, Forbidden
from app.failures import invalid_request
from app.profile.repository import load_profile
from app.ticket import Ticket

router = APIRouter(prefix="/console", route_class=ConsoleRoute, include_in_schema=False)
DeskId = Annotated[uuid.UUID, Path()]
DraftId = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_]{1,60}$")]
_SEE_OTHER = 303
_DOORS = (("draft", "/console/desk"), ("knowledge", "/console/macros"), ("admin", "/console/quality"))


def desk_of(request: Request) -> Desk:
    """The desk of this application."""
    desk: Desk = request.app.state.rooms.desk
    return desk


@router.get("")
async def front_door(person: Anybody) -> Response:
    """On to the first page the person may see."""
    for scope, address in _DOORS:
        if person.may(scope):  # type: ignore[arg-type]
            return RedirectResponse(address, _SEE_OTHER)
    raise Forbidden


@router.get("/desk")
async def queue(
    request: Request, session: Database, _person: Agent, channel: Annotated[str | None, Query(max_length=50)] = None
) -> Response:
    """What waits, the most pressing first, and the paste box."""
    return await _queue_page(request, session, channel=channel or None)


@router.post("/desk/paste")
async def paste(request: Request, session: Database, person: Agent, form: Posted) -> Response:
    """Put a pasted message on the desk and open it; its draft is begun there."""
    raw = {
        "channel": form.get("channel"), "messages": [{"author": "customer", "text": form.get("text")}],
        "customer": {"name": form.get("name") or None},
    }  # fmt: skip
    try:
        ticket = Ticket.model_validate(raw)
    except ValidationError as error:
        problem = invalid_request(error.errors())
        return await _queue_page(request, session, status=problem.status, problem=problem, typed=form)
    waiting = await desk_of(request).put(session, person.principal.tenant_id, ticket, origin="paste")
    return RedirectResponse(f"/console/desk/{waiting.id}?begin=1", _SEE_OTHER)


@router.get("/desk/{desk_id}")
async def open_ticket(
    request: Request, session: Database, _person: Agent, desk_id: DeskId, draft: DraftId = None,
    begin: Annotated[bool, Query()] = False,
) -> Response:  # fmt: skip
    """One ticket: thread, order, draft, options."""
    waiting = await desk_of(request).load(session, desk_id)
    return await ticket_page(request, session, waiting, draft_id=draft, begin=begin)


async def ticket_page(
    request: Request, session: AsyncSession, waiting: Waiting, *, draft_id: str | None = None,
    view: DraftView | None = None, options: Options | None = None, status: int = 200, **more: Any,  # noqa: ANN401
) -> Response:  # fmt: skip
    """The page of a ticket with a draft of it: the one named or viewed, else the newest."""
    desk = desk_of(request)
    drafts = await desk.drafts_of(session, waiting)
    asked: DraftRequest | None = None
    if shown := draft_id or (view.answer.id if view else drafts[0].id if drafts else None):
        known = await desk.open_draft(session, shown)
        asked, view = known.request, view or as_drafted(known.answer)
    profile = await load_profile(session)
    form = options or options_of(asked, profile, waiting.ticket, RESOLUTIONS)
    values = {"begin": False, "problem": None, "outcome": None, "drafts": drafts, "policy": _policy(request, waiting)}
    template = "_draft.html" if request.headers.get("hx-target") == "draft" else "ticket.html"
    return page(request, template, status=status, waiting=waiting, ticket=waiting.ticket, view=view,
                options=form, **{**values, **more})  # fmt: skip


async def _queue_page(
    request: Request, session: AsyncSession, *, channel: str | None = None, status: int = 200,
    problem: AppError | None = None, typed: Any = None,  # noqa: ANN401 - a form, or none
) -> Response:  # fmt: skip
    desk = desk_of(request)
    waiting = await desk.waiting(session, channel=channel)
    answered = await desk.answered(session)
    return page(request, "desk.html", status=status, waiting=waiting, answered=answered, channel=channel,
                problem=problem, typed=typed)  # fmt: skip


def _policy(request: Request, waiting: Waiting) -> Any:  # noqa: ANN401 - the policy of the review pack
    person = request.state.person
    return request.app.state.rooms.rulebooks.of(person.principal.tenant_id).policy(waiting.ticket.channel)

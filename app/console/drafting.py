"""What happens to a draft on the desk: made, checked while it is edited, filled, sent, thrown away."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from app.console.desk import DeskId, desk_of, ticket_page
from app.console.draft_view import DraftView, as_drafted, as_edited, joined
from app.console.forms import Form, Posted
from app.console.gate import ConsoleRoute, by_script
from app.console.i18n import mark
from app.console.options import request_of, typed
from app.console.pages import page, translated
from app.console.people import Agent, Database, Person
from app.console.wording import RESOLUTIONS
from app.desk.service import OpenDraft, Waiting
from app.drafts.checking import check_text
from app.drafts.events import stream_draft
from app.drafts.revision import fill_draft
from app.drafts.schemas import CheckRequest, DraftAnswer, OutcomeRequest
from app.drafts.service import search_query
from app.errors import FieldError, InvalidRequest
from app.triage.service import triage
from reply_guards.model import STEP_NAMES

router = APIRouter(prefix="/console/desk", route_class=ConsoleRoute, include_in_schema=False)
_SEE_OTHER = 303
_REFUSED = 422
_BREAKS = mark("This text breaks a rule of the channel. Change it, or tick the box to record it all the same.")
_GAP = mark("Something is still open in this text. Fill it in, or tick the box to record it all the same.")
_EMPTY = mark("There is no text to send.")


@router.post("/{desk_id}/draft")
async def make_draft(request: Request, person: Agent, desk_id: DeskId, form: Posted) -> Response:
    """Make a draft and show it: the way of a browser without scripts."""
    rooms = request.app.state.rooms
    # A transaction of its own: none is held open while a model writes.
    async with rooms.database.begin(person.principal.tenant_id) as session:
        waiting = await desk_of(request).load(session, desk_id)
        try:
            wanted = request_of(form, waiting.ticket)
        except InvalidRequest as problem:
            return await _wrong_options(request, session, waiting, form, problem)
    answer = await rooms.drafts.draft(person.principal, wanted)
    return RedirectResponse(f"/console/desk/{desk_id}?draft={answer['id']}#draft", _SEE_OTHER)


@router.post("/{desk_id}/stream")
async def follow_draft(request: Request, session: Database, person: Agent, desk_id: DeskId, form: Posted) -> Response:
    """Make a draft and tell each step once it has passed review."""
    waiting = await desk_of(request).load(session, desk_id)
    try:
        return stream_draft(request, person.principal, request_of(form, waiting.ticket))
    except InvalidRequest as problem:
        return await _wrong_options(request, session, waiting, form, problem)


@router.post("/{desk_id}/check")
async def check_draft(request: Request, session: Database, person: Agent, desk_id: DeskId, form: Posted) -> Response:
    """Review what stands in the fields now."""
    waiting, known = await _open(request, session, desk_id, form)
    return await _show(request, session, waiting, await _edited(request, session, person, known, form))


@router.post("/{desk_id}/fill")
async def fill_placeholders(
    request: Request, session: Database, person: Agent, desk_id: DeskId, form: Posted
) -> Response:
    """Fill what is still open; edits of the text stay."""
    waiting, known = await _open(request, session, desk_id, form)
    rooms = request.app.state.rooms
    values = {name: value for name, value in form.beginning("fill-") if value}
    labels = {p.name: p.label for p in known.answer.placeholders}
    texts = _texts(form)
    try:
        raw = await fill_draft(session, known.answer.id, values, rooms.settings,
                               rooms.rulebooks.of(person.principal.tenant_id))  # fmt: skip
        answer = DraftAnswer.model_validate(raw)
        errors = {} if answer.text is not None else _blamed(answer, values)
    except InvalidRequest as problem:
        answer, errors = known.answer, {f"fill-{e.pointer.strip('/')}": e.detail for e in problem.errors}
    if errors:
        view = await _edited(request, session, person, known, form)
        return await _show(request, session, waiting, _with(view, values=values, errors=errors), status=_REFUSED)
    if joined(texts) == as_drafted(known.answer).text:
        return await _show(request, session, waiting, as_drafted(answer))
    filled = [_filled(text, values, labels) for text in texts]
    return await _show(
        request, session, waiting, await _judged(request, session, person, OpenDraft(answer, known.request), filled)
    )


@router.post("/{desk_id}/outcome")
async def tell_outcome(request: Request, session: Database, person: Agent, desk_id: DeskId, form: Posted) -> Response:
    """Keep what became of the draft. A text that breaks a rule is recorded only where the agent insists."""
    waiting, known = await _open(request, session, desk_id, form)
    answer, rooms = known.answer, request.app.state.rooms
    rulebook = rooms.rulebooks.of(person.principal.tenant_id)
    if form.get("outcome") == "discarded":
        told, view = OutcomeRequest(outcome="discarded", reason=form.get("reason") or None), as_drafted(answer)
    else:
        view = await _edited(request, session, person, known, form)
        if notice := _unfit(view, form):
            shown = _with(view, notice=translated(request, notice))
            return await _show(request, session, waiting, shown, status=_REFUSED)
        same = view.text == as_drafted(answer).text
        told = OutcomeRequest(outcome="sent" if same else "edited", sent_text=None if same else view.text)
    outcome = await rooms.outcomes.record(session, person.principal.tenant_id, answer.id, told, rulebook)
    if outcome.outcome != "discarded":
        await desk_of(request).mark_answered(session, waiting)
        waiting = await desk_of(request).load(session, desk_id)
    return await _show(request, session, waiting, view, outcome=outcome)


@router.get("/{desk_id}/sources")
async def compare_sources(request: Request, person: Agent, desk_id: DeskId, draft: str) -> Response:
    """What the draft stands on, side by side, and why each was found."""
    rooms, tenant_id = request.app.state.rooms, person.principal.tenant_id
    async with rooms.database.begin(tenant_id) as session:
        waiting = await desk_of(request).load(session, desk_id)
        known = await desk_of(request).open_draft(session, draft[:60])
    query = search_query(known.request, triage(known.request.ticket, now=known.answer.created_at))
    async with rooms.knowledge.searching(tenant_id, query.text) as search:
        hits = await search.find(query)
    used = {source.id for source in known.answer.sources if source.used}
    template = "_sources.html" if by_script(request) else "sources.html"
    return page(request, template, waiting=waiting, draft=known.answer, hits=hits, used=used, query=query)


async def _open(request: Request, session: AsyncSession, desk_id: DeskId, form: Form) -> tuple[Waiting, OpenDraft]:
    waiting = await desk_of(request).load(session, desk_id)
    return waiting, await desk_of(request).open_draft(session, form.get("draft")[:60])


async def _edited(request: Request, session: AsyncSession, person: Person, known: OpenDraft, form: Form) -> DraftView:
    """The text in the fields with its review; as drafted where nothing was changed."""
    texts = _texts(form)
    if known.answer.text is not None and joined(texts) == as_drafted(known.answer).text:
        return as_drafted(known.answer)
    return await _judged(request, session, person, known, texts)


async def _judged(
    request: Request, session: AsyncSession, person: Person, known: OpenDraft, texts: list[str]
) -> DraftView:
    text = joined(texts)
    if not text.strip():
        raise InvalidRequest(_EMPTY, errors=(FieldError("/text", _EMPTY),))
    rooms = request.app.state.rooms
    answer = known.answer
    body = CheckRequest(text=text, channel=known.request.ticket.channel, draft_id=answer.id, kind=answer.kind)
    rulebook = rooms.rulebooks.of(person.principal.tenant_id)
    return as_edited(answer, texts, await check_text(session, body, rooms.settings, rulebook))


async def _show(
    request: Request, session: AsyncSession, waiting: Waiting, view: DraftView, *, status: int = 200,
    outcome: Any = None,  # noqa: ANN401 - an OutcomeAnswer, or none
) -> Response:  # fmt: skip
    if not by_script(request):
        return await ticket_page(request, session, waiting, view=view, status=status, outcome=outcome)
    template = "_verdict.html" if request.headers.get("hx-target") == "verdict" else "_draft.html"
    return page(request, template, waiting=waiting, view=view, outcome=outcome, problem=None, ticket=waiting.ticket)


async def _wrong_options(
    request: Request, session: AsyncSession, waiting: Waiting, form: Form, problem: InvalidRequest
) -> Response:
    options = typed(form, RESOLUTIONS, {e.pointer: e.detail for e in problem.errors})
    if by_script(request):
        return page(request, "_options.html", status=problem.status, waiting=waiting, options=options)
    return await ticket_page(request, session, waiting, options=options, status=problem.status, problem=problem)


def _texts(form: Form) -> list[str]:
    return [form.raw(f"step-{name}") for name in STEP_NAMES]


def _filled(text: str, values: dict[str, str], labels: dict[str, str]) -> str:
    for name, value in values.items():
        if name in labels:
            text = text.replace(f"[{labels[name]}]", value)
    return text


def _blamed(answer: DraftAnswer, values: dict[str, str]) -> dict[str, str]:
    """What review says of the values, at the field whose value it speaks about."""
    blocks = [f for f in answer.findings if f.severity == "block"]
    told = {}
    for name, value in values.items():
        about = [f.message for f in blocks if f.excerpt and (f.excerpt in value or value in f.excerpt)]
        if about:
            told[f"fill-{name}"] = about[0]
    return told or {f"fill-{next(iter(values))}": blocks[0].message if blocks else ""}


def _unfit(view: DraftView, form: Form) -> str:
    if form.get("anyway"):
        return ""
    if not view.verdict.compliant:
        return _BREAKS
    return _GAP if not view.verdict.sendable else ""


def _with(view: DraftView, **changes: Any) -> DraftView:  # noqa: ANN401 - fields of the view
    from dataclasses import replace

    return replace(view, **changes)

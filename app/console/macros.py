"""Macros: look, edit with live review, approve, retire, compare versions, take up proposals."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.console.diff import word_diff
from app.console.forms import Form, Posted
from app.console.gate import ConsoleRoute, by_script
from app.console.macro_view import MacroForm, by_channel, preview
from app.console.pages import page
from app.console.people import Admin, Database, Editor
from app.desk.demo import sample_ticket
from app.errors import InvalidRequest
from app.failures import invalid_request
from app.knowledge import insights, macro_repository, macros
from app.knowledge.macro_endpoints import MacroIn
from app.knowledge.macros import MacroRefused
from app.knowledge.model import MacroState
from app.models import Macro
from app.text import reject_unstorable

router = APIRouter(prefix="/console/macros", route_class=ConsoleRoute, include_in_schema=False)
Ref = Annotated[str, Path(min_length=1, max_length=200), AfterValidator(reject_unstorable)]
_SEE_OTHER = 303
_PAGE = 50
_LEAST_REPEATS = 3


@router.get("")
async def search(
    request: Request, session: Database, _person: Editor,
    q: Annotated[str, Query(max_length=200), AfterValidator(reject_unstorable)] = "",
    state: Annotated[str, Query(pattern="^(draft|approved|retired|)$")] = "",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:  # fmt: skip
    """All macros, or those that hold some words; above them what wants to become one."""
    wanted: MacroState | None = state or None  # type: ignore[assignment] # the pattern allows no other
    rows = await macro_repository.list_macros(session, state=wanted, words=q or None, limit=_PAGE + 1, offset=offset)
    usage = await macro_repository.usage(session, {row.external_id for row in rows})
    values: dict[str, Any] = {
        "rows": rows[:_PAGE], "usage": usage, "more": len(rows) > _PAGE, "offset": offset, "q": q, "state": state,
    }  # fmt: skip
    if by_script(request):
        return page(request, "_macros.html", **values)
    proposals = await insights.proposals(session, least=_LEAST_REPEATS)
    return page(request, "macros.html", proposals=proposals, **values)


@router.get("/new")
async def write(
    request: Request, _person: Editor, proposal: Annotated[str, Query(max_length=4000)] = "",
    language: Annotated[str, Query(pattern="^[a-z]{2}$")] = "de",
    cause: Annotated[str, Query(max_length=60)] = "",
) -> Response:  # fmt: skip
    """An empty form, or one with a proposal in it."""
    form = MacroForm(body=proposal, language=language, causes=(cause,) if cause else ())
    return _edit_page(request, form, None)


@router.post("/new")
async def create(request: Request, session: Database, person: Editor, form: Posted) -> Response:
    """Keep a new macro as a draft."""
    return await _keep(request, session, person.principal.tenant_id, form, None)


@router.post("/review")
async def review_as_typed(request: Request, person: Editor, form: Posted) -> Response:
    """Review what stands in the form, for each channel it is meant for, and show it filled."""
    typed = MacroForm.read(form)
    policy = request.app.state.rooms.rulebooks.of(person.principal.tenant_id).policy
    return page(
        request, "_macro_review.html", review=by_channel(typed, policy), preview=preview(typed, sample_ticket())
    )


@router.get("/{ref}")
async def read(request: Request, session: Database, person: Editor, ref: Ref) -> Response:
    """One macro: its wording filled with a sample ticket, versions, usage."""
    return await _macro_page(request, session, await macro_repository.load_macro(session, ref), person.may("admin"))


@router.get("/{ref}/edit")
async def edit(request: Request, session: Database, _person: Editor, ref: Ref) -> Response:
    """The form of a macro."""
    row = await macro_repository.load_macro(session, ref)
    return _edit_page(request, MacroForm.of(row), row)


@router.post("/{ref}/edit")
async def write_version(request: Request, session: Database, person: Editor, ref: Ref, form: Posted) -> Response:
    """Keep the form as a new draft version."""
    row = await macro_repository.load_macro(session, ref)
    return await _keep(request, session, person.principal.tenant_id, form, row)


@router.post("/{ref}/approve")
async def approve(request: Request, session: Database, person: Admin, ref: Ref) -> Response:
    """Put a version into use, or say which rule it breaks where."""
    rooms = request.app.state.rooms
    policy = rooms.rulebooks.of(person.principal.tenant_id).policy
    try:
        row = await macros.approve(session, ref, key_id=person.principal.key_id, policy=policy)
    except MacroRefused as problem:
        row = await macro_repository.load_macro(session, ref)
        return await _macro_page(request, session, row, may_approve=True, problem=problem)
    await rooms.knowledge.embed_macro(session, person.principal.tenant_id, row.id, macros.text_of(row))
    return RedirectResponse(f"/console/macros/{row.id}?done=approved", _SEE_OTHER)


@router.post("/{ref}/retire")
async def retire(session: Database, _person: Admin, ref: Ref) -> Response:
    """Take a macro out of use."""
    row = await macro_repository.retire(session, ref)
    return RedirectResponse(f"/console/macros/{row.id}?done=retired", _SEE_OTHER)


async def _macro_page(
    request: Request, session: AsyncSession, row: Macro, may_approve: bool, *, problem: MacroRefused | None = None
) -> Response:
    versions = await macro_repository.versions(session, row)
    before = next((v for v in versions if v.version < row.version), None)
    usage = (await macro_repository.usage(session, [row.external_id])).get(row.external_id, macro_repository.Usage())
    return page(
        request, "macro.html", status=problem.status if problem else 200, macro=row, versions=versions, usage=usage,
        before=before, changes=word_diff(before.body, row.body) if before else [], may_approve=may_approve,
        preview=preview(MacroForm.of(row), sample_ticket()), problem=problem, done=request.query_params.get("done"),
    )  # fmt: skip


def _edit_page(
    request: Request, form: MacroForm, row: Macro | None, *, problem: InvalidRequest | None = None
) -> Response:
    person = request.state.person
    policy = request.app.state.rooms.rulebooks.of(person.principal.tenant_id).policy
    return page(
        request, "macro_edit.html", status=problem.status if problem else 200, form=form, macro=row, problem=problem,
        review=by_channel(form, policy), preview=preview(form, sample_ticket()),
    )  # fmt: skip


async def _keep(
    request: Request, session: AsyncSession, tenant_id: uuid.UUID, form: Form, known: Macro | None
) -> Response:
    typed = MacroForm.read(form)
    try:
        macro = MacroIn.model_validate(typed.raw())
    except ValidationError as error:
        return _edit_page(request, typed, known, problem=InvalidRequest(errors=invalid_request(error.errors()).errors))
    external_id = known.external_id if known else f"macro-{macro_repository.new_name()}"
    row = await macro_repository.write_macro(session, tenant_id, macro.text(external_id), origin="api")
    return RedirectResponse(f"/console/macros/{row.id}?done=kept", _SEE_OTHER)

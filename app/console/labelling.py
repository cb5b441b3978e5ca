"""Labelling: people say of an evaluation's drafts, without knowing whose they are, what passes and which is better."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field, ValidationError

from app.console.forms import Form, Posted
from app.console.gate import ConsoleRoute, by_script
from app.console.i18n import mark
from app.console.label_runs import Way, Work, list_runs, open_run, work_of
from app.console.pages import page
from app.console.people import House
from app.errors import InvalidRequest
from app.failures import invalid_request
from app.text import reject_unstorable
from eval.judge.labelling import One, Two
from eval.judge.labels import Label, Preference, add_label
from eval.judge.rubric import RUBRIC
from eval.runs.places import Places
from eval.runs.rows import Run

router = APIRouter(prefix="/console/quality/labels", route_class=ConsoleRoute, include_in_schema=False)
_SEE_OTHER = 303
_LONGEST_REASON = 1000
_UNANSWERED = mark("Say first whether you would send it, or which is better.")
_ANSWERS = {"yes": True, "no": False}


class Asked(BaseModel):
    """Whose turn it is, on which run; `after`: the key of a draft that was skipped."""

    run: Annotated[str, Field(max_length=120)]
    who: Annotated[str, Field(pattern=r"^[\w .@+-]{1,60}$")]
    way: Way = "single"
    after: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @property
    def address(self) -> str:
        """Where the next draft is."""
        return f"{router.prefix}/task?{urlencode(self.model_dump(exclude_none=True))}"


@dataclass(frozen=True, slots=True)
class _Desk:
    """One request's run and what is to do in it."""

    places: Places
    asked: Asked
    run: Run
    work: Work


@router.get("")
async def choose(request: Request, _person: House) -> Response:
    """The runs there are, and who is going to label."""
    runs = await asyncio.to_thread(list_runs, _places(request))
    return page(request, "labels.html", runs=runs)


@router.get("/task")
async def next_task(request: Request, _person: House, asked: Annotated[Asked, Query()]) -> Response:
    """The next draft, or pair, that this person has said nothing of."""
    return _task_page(request, await asyncio.to_thread(_open, _places(request), asked))


@router.post("/task")
async def keep(request: Request, _person: House, form: Posted) -> Response:
    """Keep what was said and go on; what is missing is told on the same draft."""
    try:
        asked = Asked.model_validate({name: form.get(name) for name in ("run", "who", "way")})
    except ValidationError as error:
        raise InvalidRequest(errors=invalid_request(error.errors()).errors) from None
    desk = await asyncio.to_thread(_open, _places(request), asked)
    task = desk.work.find(form.get("key"))
    said = _said(task, asked.who, form)
    if said is None:
        return _task_page(request, desk, task, problem=InvalidRequest(_UNANSWERED), reason=form.get("reason"))
    await asyncio.to_thread(add_label, desk.places.labels, said)
    if not by_script(request):
        return RedirectResponse(asked.address, _SEE_OTHER)
    return _task_page(request, await asyncio.to_thread(_open, desk.places, asked))


def _places(request: Request) -> Places:
    return Places(request.app.state.settings.data_dir)


def _open(places: Places, asked: Asked) -> _Desk:
    run = open_run(places, asked.run)
    return _Desk(places, asked, run, work_of(places, run, asked.who, asked.way, after=asked.after))


def _task_page(
    request: Request,
    desk: _Desk,
    task: One | Two | None = None,
    *,
    problem: InvalidRequest | None = None,
    reason: str = "",
) -> Response:
    shown = task or next(iter(desk.work.left), None)
    asked, total = desk.asked, len(desk.work.tasks)
    skip = asked.model_copy(update={"after": shown.key}).address if shown else ""
    return page(
        request, "_label.html" if by_script(request) else "label.html", status=problem.status if problem else 200,
        asked=asked, task=shown, total=total, done=total - len(desk.work.left), skip=skip, rubric=RUBRIC,
        problem=problem, reason=reason, longest=_LONGEST_REASON,
    )  # fmt: skip


def _said(task: One | Two, who: str, form: Form) -> Label | Preference | None:
    """None where the question itself was not answered. Raises InvalidRequest for a reason nobody can store."""
    try:
        reason = reject_unstorable(form.get("reason")[:_LONGEST_REASON])
    except ValueError as error:
        raise InvalidRequest(str(error)) from None
    if isinstance(task, Two):
        chosen = {"first": 0, "second": 1, "neither": None}
        answer = form.get("better")
        return task.prefer(who, chosen[answer], reason) if answer in chosen else None
    good = _ANSWERS.get(form.get("good"))
    if good is None:
        return None
    marks = {item: _ANSWERS[told] for item in RUBRIC if (told := form.get(f"mark-{item}")) in _ANSWERS}
    return task.label(who, good=good, marks=marks, reason=reason)

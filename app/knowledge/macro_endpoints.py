"""`/v1/knowledge/macros`: write, list, approve and retire macros."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Path, Query, Request
from pydantic import AfterValidator, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from app.http.callers import Admin, KnowledgeEditor
from app.http.idempotency import IdempotentRoute
from app.http.sessions import AdminSession, KnowledgeSession
from app.knowledge import macro_repository, macros
from app.knowledge.model import STEP_NAMES, MacroState, MacroText
from app.models import Macro
from app.text import reject_unstorable
from app.ticket import Cause, Frozen, Kind, LongText, Register, ShortText, Text

router = APIRouter(prefix="/v1/knowledge/macros", tags=["macros"], route_class=IdempotentRoute)
MacroRef = Annotated[str, Path(min_length=1, max_length=200), AfterValidator(reject_unstorable)]
StepName = Literal["acknowledge", "own", "propose", "ask"]


class MacroIn(Frozen):
    """A macro as it is written. With `steps` the composer can build on it; `body` alone informs a model."""

    title: Annotated[ShortText, Field(min_length=1)]
    body: Annotated[LongText, Field(min_length=1)] | None = None
    steps: dict[StepName, LongText] | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    register_: Annotated[Register | None, Field(alias="register")] = None
    channels: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=30)] = ("*",)
    causes: Annotated[tuple[Cause, ...], Field(max_length=20)] = ()
    kind: Kind = "reply"
    external_id: Annotated[ShortText, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> MacroIn:
        if not self.body and not any((self.steps or {}).values()):
            raise ValueError("needs a body or steps")
        return self

    def text(self, external_id: str) -> MacroText:
        """As the knowledge room has it."""
        written: dict[str, str] = dict(self.steps.items()) if self.steps else {}
        steps = {name: text for name in STEP_NAMES if (text := written.get(name))}
        return MacroText(
            external_id=external_id, title=self.title, language=self.language, causes=self.causes, kind=self.kind,
            steps=steps, channels=self.channels, register=self.register_, written=None if steps else self.body,
        )  # fmt: skip


class MacroOut(Frozen):
    """A version of a macro, how often drafts stood on the macro, and what became of the last."""

    id: str
    external_id: str
    version: int
    state: MacroState
    title: str
    body: str
    steps: dict[str, str] | None
    language: str
    register_: Annotated[str | None, Field(serialization_alias="register")]
    channels: tuple[str, ...]
    causes: tuple[str, ...]
    kind: str
    origin: str
    created_at: datetime
    approved_at: datetime | None
    uses: int = 0
    last_outcome: str | None = None


class MacroHistory(Frozen):
    """A macro with all its versions, newest first."""

    macro: MacroOut
    versions: tuple[MacroOut, ...]


class MacroList(Frozen):
    """Macros by external id; ask again with `offset` while `more`."""

    macros: tuple[MacroOut, ...]
    more: bool


@router.post("", status_code=201, response_model_by_alias=True)
async def create(session: KnowledgeSession, caller: KnowledgeEditor, body: MacroIn) -> MacroOut:
    """Write a macro. It stays a draft until an admin approves it."""
    external_id = body.external_id or f"macro-{macro_repository.new_name()}"
    row = await macro_repository.write_macro(session, caller.tenant_id, body.text(external_id), origin="api")
    return (await _out(session, [row]))[0]


@router.get("")
async def find(
    session: KnowledgeSession, state: MacroState | None = None,
    language: Annotated[str | None, Query(pattern=r"^[a-z]{2}$")] = None,
    q: Annotated[Text | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100, offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> MacroList:  # fmt: skip
    """The newest version of each macro, or those in one state."""
    rows = await macro_repository.list_macros(
        session, state=state, language=language, words=q, limit=limit + 1, offset=offset
    )
    return MacroList(macros=tuple(await _out(session, rows[:limit])), more=len(rows) > limit)


@router.get("/{macro_id}")
async def read(session: KnowledgeSession, macro_id: MacroRef) -> MacroHistory:
    """One macro by a version's id or by its external id."""
    row = await macro_repository.load_macro(session, macro_id)
    out = await _out(session, [row, *await macro_repository.versions(session, row)])
    return MacroHistory(macro=out[0], versions=tuple(out[1:]))


@router.put("/{macro_id}")
async def edit(session: KnowledgeSession, caller: KnowledgeEditor, macro_id: MacroRef, body: MacroIn) -> MacroOut:
    """Write a new draft version; the approved one stays in use until the new one is approved."""
    known = await macro_repository.load_macro(session, macro_id)
    row = await macro_repository.write_macro(session, caller.tenant_id, body.text(known.external_id), origin="api")
    return (await _out(session, [row]))[0]


@router.post("/{macro_id}/approve")
async def approve(request: Request, session: AdminSession, caller: Admin, macro_id: MacroRef) -> MacroOut:
    """Put a version into use. Refused (409) with each finding where review does not pass it on its channels."""
    rooms = request.app.state.rooms
    rulebook = rooms.rulebooks.of(caller.tenant_id)
    row = await macros.approve(session, macro_id, key_id=caller.key_id, policy=rulebook.policy)
    await rooms.knowledge.embed_macro(session, caller.tenant_id, row.id, macros.text_of(row))
    return (await _out(session, [row]))[0]


@router.post("/{macro_id}/retire")
async def retire(session: AdminSession, macro_id: MacroRef) -> MacroOut:
    """Take a macro out of use."""
    return (await _out(session, [await macro_repository.retire(session, macro_id)]))[0]


async def _out(session: AsyncSession, rows: Iterable[Macro]) -> list[MacroOut]:
    found = list(rows)
    usage = await macro_repository.usage(session, {row.external_id for row in found})
    return [_one(row, usage.get(row.external_id, macro_repository.Usage())) for row in found]


def _one(row: Macro, used: macro_repository.Usage) -> MacroOut:
    return MacroOut(
        id=str(row.id), external_id=row.external_id, version=row.version,
        state=cast("MacroState", row.state), title=row.title,
        body=row.body, steps=row.steps, language=row.language, register_=row.register, channels=tuple(row.channels),
        causes=tuple(row.causes), kind=row.kind, origin=row.origin, created_at=row.created_at,
        approved_at=row.approved_at, uses=used.drafts, last_outcome=used.last_outcome,
    )  # fmt: skip

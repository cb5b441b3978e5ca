"""The service of production as an evaluation runs it: the clock stopped at the case's moment, and nothing stored.

Imported with the first draft that no cache holds: it brings the whole service with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from app.config import Settings
from app.drafts.gate import Gate
from app.drafts.rulebooks import open_rulebooks
from app.drafts.schemas import DraftRequest
from app.drafts.service import DraftService
from app.drafts.warmup import warm_up
from app.drafts.writing import Author
from app.errors import SettingsError
from app.knowledge.embeddings import Embedder
from app.knowledge.model import Hit
from app.llm.fleet_file import Models, assemble
from app.llm.fleet_file import open_models as open_fleet
from app.llm.prompts import PromptRegistry, shipped_prompts
from app.profile.schemas import Profile
from app.provision import LOCAL_TENANT, Provisioned
from app.rooms import Rooms, open_rooms
from app.security import Principal
from app.triage.model import Triage
from eval.casebook.model import DEFAULT_DAY
from eval.runs.cassette import Playing, Recording, Tape
from eval.runs.taping import Taping, need_key

MOMENT: ContextVar[datetime] = ContextVar("moment", default=DEFAULT_DAY)
_CALLER = Principal(LOCAL_TENANT, LOCAL_TENANT, frozenset({"draft"}))


@dataclass(frozen=True, slots=True)
class Unkept(DraftService):
    """The service, only that its drafts are not stored: they go into the run's file.

    Searches wait for a connection without a deadline: that a run of many drafts at once is crowded is no failed row.
    """

    seats: asyncio.Semaphore = field(default_factory=asyncio.Semaphore)

    async def _retrieve(self, caller: Principal, request: DraftRequest, read: Triage) -> tuple[Profile, Sequence[Hit]]:
        async with self.seats:
            return await DraftService._retrieve(self, caller, request, read)  # noqa: SLF001 - slots leave no `super()`

    async def _persist(self, *_: object, **__: object) -> None:
        """Nothing to keep."""


@dataclass(frozen=True, slots=True)
class Production:
    """The service, and the embedder it searches with."""

    service: Unkept
    embedder: Embedder

    async def draft(self, request: DraftRequest, moment: datetime) -> dict[str, Any]:
        """The contract's JSON of a draft, written at that moment. Raises AppError."""
        MOMENT.set(moment)
        return await self.service.draft(_CALLER, request)


def read_lists(settings: Settings) -> None:
    """Read every word list and phrase file, and the policies."""
    warm_up(settings, open_rulebooks(settings.policy_dir).of(LOCAL_TENANT))


async def open_production(
    stack: AsyncExitStack, settings: Settings, models: Models | None, registry: PromptRegistry | None, *,
    concurrency: int, gate: Gate | None, ready: Provisioned | None = None,
) -> Production:  # fmt: skip
    """Open the rooms in the database of `settings`, started before if `ready`; they close with the stack."""
    rooms = await stack.enter_async_context(open_rooms(_without_models(settings, concurrency), ready))
    if gate:
        await gate.load()  # now, else the first drafts' times would be those of its import
    return Production(_service(rooms, models, gate, registry or shipped_prompts()), rooms.embedder)


def _service(rooms: Rooms, models: Models | None, gate: Gate | None, registry: PromptRegistry) -> Unkept:
    fleet, base = models.fleet if models else None, rooms.drafts
    rest: dict[str, Any] = {f.name: getattr(base, f.name) for f in fields(base)}
    own = {"author": Author(fleet, gate), "prompts": registry, "models": fleet.names if fleet else (),
           "now": MOMENT.get, "seats": asyncio.Semaphore(rooms.settings.connections)}  # fmt: skip
    return Unkept(**(rest | own))


def _without_models(settings: Settings, concurrency: int) -> Settings:
    own = {"model": None, "models_file": None, "model_concurrency": concurrency, "model_queue": 100_000}
    return settings.model_copy(update=own)


async def open_models(settings: Settings, asked: Mapping[str, str], taping: Taping) -> Models:
    """Models by their names in variants → as litellm has them, loaded. Raises SettingsError, ModelError."""
    names = tuple(asked)
    # No rest after a failure: a row that failed is a row, and the next one is asked all the same.
    told = settings.model_copy(update={"model_cooldown_s": 0})
    if taping.replay:
        tape = Tape(taping.replay)
        tape.load()
        return assemble(told, [(Playing(name, tape), None) for name in names])
    models = open_fleet(told if told.models_file else told.model_copy(update={"model": ",".join(asked.values())}))
    assert models
    if missing := set(names) - set(models.fleet.names):
        raise SettingsError(f"VIERKLANG_MODELS_FILE does not name {', '.join(sorted(missing))}")
    for name in names:
        need_key(name, told)
    await models.load()
    if not taping.record:
        return models
    tape = Tape(taping.record)
    return assemble(told, [(Recording(client, tape), None) for client in models.clients])

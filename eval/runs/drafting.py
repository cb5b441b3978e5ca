"""Where drafts are made: the service of production, with the clock stopped at the case's moment and nothing stored."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from app.config import Settings
from app.drafts.gate import Gate, GuardrailsGate
from app.drafts.schemas import DraftRequest
from app.drafts.service import DraftService
from app.drafts.writing import Author
from app.errors import SettingsError
from app.knowledge.embeddings import Embedder
from app.knowledge.model import Hit
from app.llm.fleet_file import Models, assemble, open_models
from app.llm.prompts import PromptRegistry, load_prompts, shipped_prompts
from app.main import Rooms, open_rooms
from app.profile.schemas import Profile
from app.provision import LOCAL_TENANT
from app.security import Principal
from app.triage.model import Triage
from eval.casebook.model import DEFAULT_DAY, Case
from eval.runs.cassette import Playing, Recording, Tape
from eval.runs.suite import COMPOSER, Variant

_MOMENT: ContextVar[datetime] = ContextVar("moment", default=DEFAULT_DAY)
_CALLER = Principal(LOCAL_TENANT, LOCAL_TENANT, frozenset({"draft"}))


@dataclass(frozen=True, slots=True)
class Unkept(DraftService):
    """The service, only that its drafts are not stored: they go into the run's file.

    Searches wait for a connection without a deadline: that a run of many drafts at once is crowded is no failed row.
    """

    seats: asyncio.Semaphore = field(default_factory=asyncio.Semaphore)

    async def _retrieve(self, caller: Principal, request: DraftRequest, read: Triage) -> tuple[Profile, Sequence[Hit]]:
        async with self.seats:
            return await DraftService._retrieve(self, caller, request, read)  # noqa: SLF001 - our own; slots leave no `super()`

    async def _persist(self, *_: object, **__: object) -> None:
        """Nothing to keep."""


@dataclass(frozen=True, slots=True)
class Taping:
    """Whether model answers are recorded or played."""

    record: Path | None = None
    replay: Path | None = None


@dataclass(frozen=True, slots=True)
class Studio:
    """Drafts cases."""

    service: DraftService
    embedder: Embedder
    own_knowledge: bool = False
    addresses: tuple[str, ...] = ()  # of the models: the same name elsewhere is another model

    async def draft(self, case: Case, variant: Variant) -> dict[str, Any]:
        """The contract's JSON of a draft. Raises AppError."""
        _MOMENT.set(case.moment)
        return await self.service.draft(_CALLER, request_of(case, variant))

    def prompt_hash(self, case: Case, variant: Variant) -> str | None:
        """The hash of the prompt a model would get. Raises InvalidRequest for an unknown prompt."""
        prompt = self.service.prompt_of(request_of(case, variant))
        return prompt.hash if prompt else None


def request_of(case: Case, variant: Variant) -> DraftRequest:
    """The case's request as the variant drafts it."""
    told: dict[str, Any] = {"model": variant.model_name, "prompt": variant.prompt}
    if variant.register_:
        told["register_"] = variant.register_
    if variant.instruction:
        told["instruction"] = variant.instruction
    return case.request.model_copy(update=told)


@asynccontextmanager
async def open_studio(
    settings: Settings, variants: Sequence[Variant], *, prompts: Path | None = None, taping: Taping | None = None,
    concurrency: int = 8, own_knowledge: bool = False, second_engine: bool = True,
) -> AsyncIterator[Studio]:  # fmt: skip
    """Open the rooms of an evaluation. Raises SettingsError for a missing key, before anything is asked.

    `own_knowledge`: the house's own database instead of one that holds the starter knowledge alone.
    """
    asked = {v.model_name: v.model for v in variants if v.model != COMPOSER}
    models = await _open_models(settings, asked, taping or Taping())
    home = settings if own_knowledge else _apart(settings)
    registry = load_prompts(prompts) if prompts else shipped_prompts()
    async with AsyncExitStack() as stack:
        if models:
            stack.push_async_callback(models.aclose)
        rooms = await stack.enter_async_context(open_rooms(_without_models(home, concurrency)))
        gate = GuardrailsGate() if models and second_engine else None
        if gate:
            await gate.load()  # now, else the first drafts' times would be those of its import
        service = _service(rooms, models, gate, registry)
        yield Studio(service, rooms.embedder, own_knowledge, addresses_of(asked, settings) if asked else ())


def _service(rooms: Rooms, models: Models | None, gate: Gate | None, registry: PromptRegistry) -> DraftService:
    fleet, base = models.fleet if models else None, rooms.drafts
    rest: dict[str, Any] = {f.name: getattr(base, f.name) for f in fields(base)}
    own = {"author": Author(fleet, gate), "prompts": registry, "models": fleet.names if fleet else (),
           "now": _MOMENT.get, "seats": asyncio.Semaphore(rooms.settings.connections)}  # fmt: skip
    return Unkept(**(rest | own))


def _apart(settings: Settings) -> Settings:
    """A database of its own beside the house's: the same knowledge on every machine, and nobody's drafts in it."""
    return settings.model_copy(
        update={"data_dir": settings.data_dir / "eval" / "home", "database_url": None, "service_database_url": None}
    )


def _without_models(settings: Settings, concurrency: int) -> Settings:
    own = {"model": None, "models_file": None, "model_concurrency": concurrency, "model_queue": 100_000}
    return settings.model_copy(update=own)


async def _open_models(
    settings: Settings, asked: Mapping[str, str], taping: Taping
) -> Models | None:  # fmt: skip
    """Models by name; None where only the composer writes."""
    if not asked:
        return None
    names = tuple(asked)
    # No rest after a failure: a row that failed is a row, and the next one is asked all the same.
    told = settings.model_copy(update={"model_cooldown_s": 0})
    if taping.replay:
        tape = Tape(taping.replay)
        tape.load()
        return assemble(told, [(Playing(name, tape), None) for name in names])
    models = open_models(told if told.models_file else told.model_copy(update={"model": ",".join(asked.values())}))
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


def addresses_of(names: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Where models are reached, as far as variables and VIERKLANG_MODELS_FILE say it."""
    from app.llm.openai_client import ENDPOINTS  # with aiohttp: only where a model is asked

    variables = {v for e in ENDPOINTS.values() for v in e.url_variables}
    variables |= {f"{n.partition('/')[0].upper()}_API_BASE" for n in names}
    told = [f"{v}={os.environ[v]}" for v in sorted(variables) if os.environ.get(v)]
    return (*told, settings.models_file.read_text(encoding="utf-8")) if settings.models_file else tuple(told)


def need_key(name: str, settings: Settings) -> None:
    """A provider that is spoken to directly names its key; what goes through litellm is found out by its loading."""
    from app.llm.openai_client import ENDPOINTS  # as above

    endpoint = ENDPOINTS.get(name.partition("/")[0])
    if endpoint is None or settings.models_file:
        return
    elsewhere = any(os.environ.get(v) for v in endpoint.url_variables)
    if not elsewhere and not os.environ.get(endpoint.key_variable):
        raise SettingsError(f"{name}: the variable {endpoint.key_variable} is not set; nothing was asked or spent")

"""Where drafts are made: the service of production, opened with the first draft that no cache holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.config import Settings
from app.drafts.schemas import DraftRequest
from app.errors import InvalidRequest
from eval.casebook.model import Case
from eval.runs.suite import COMPOSER, Variant
from eval.runs.taping import Taping, addresses_of

if TYPE_CHECKING:
    from app.drafts.gate import Gate
    from app.llm.prompts import PromptRegistry
    from app.provision import Provisioned
    from eval.runs.production import Production


@dataclass(slots=True)
class Studio:
    """Drafts cases, and embeds texts. Whoever comes first opens the service, the others wait for it."""

    settings: Settings
    open: Callable[[], Awaitable[Production]]
    prompts: PromptRegistry | None = None  # None: only the composer writes
    own_knowledge: bool = False
    addresses: tuple[str, ...] = ()  # of the models: the same name elsewhere is another model
    _opened: Production | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def production(self) -> Production:
        """The service."""
        async with self._opening:
            if self._opened is None:
                self._opened = await self.open()
        return self._opened

    async def draft(self, case: Case, variant: Variant) -> dict[str, Any]:
        """The contract's JSON of a draft. Raises AppError."""
        return await (await self.production()).draft(request_of(case, variant), case.moment)

    def prompt_hash(self, case: Case, variant: Variant) -> str | None:
        """The hash of the prompt a model would get; None where the composer writes."""
        if self.prompts is None or variant.model == COMPOSER:
            return None
        named = variant.prompt
        return (self.prompts.get(named) if named else self.prompts.for_kind(case.request.kind)).hash

    @property
    def name(self) -> str:
        """The embedding model's."""
        return self.settings.embedding_model

    async def embed(self, texts: Sequence[str]) -> list[Any]:
        """One vector a text, by the embedder the service searches with. Raises Unavailable."""
        return await (await self.production()).embedder.embed(texts)


def request_of(case: Case, variant: Variant) -> DraftRequest:
    """The case's request as the variant drafts it."""
    told: dict[str, Any] = {"model": variant.model_name, "prompt": variant.prompt}
    if variant.register_:
        told["register_"] = variant.register_
    if variant.instruction:
        told["instruction"] = variant.instruction
    return case.request.model_copy(update=told)


def outline(
    settings: Settings, variants: Sequence[Variant], *, prompts: Path | None = None, own_knowledge: bool = False
) -> Studio:
    """The studio as far as it can be told without opening anything: what drafts depend on, to look them up by.

    Raises InvalidRequest for an unknown prompt.
    """
    asked = [v.model_name for v in variants if v.model != COMPOSER]
    home = _home(settings, own_knowledge=own_knowledge)
    registry = _registry(prompts, variants) if asked else None
    return Studio(home, _closed, registry, own_knowledge, addresses_of(asked, settings) if asked else ())


async def _closed() -> Production:
    raise RuntimeError("this studio is an outline")


@contextmanager
def common_ground(
    settings: Settings, variants: Sequence[Variant], *, own_knowledge: bool = False
) -> Iterator[Provisioned]:
    """What processes share that are forked now: code and word lists read, the database started, each once."""
    from app.llm.factory import read_code
    from app.provision import provision, release
    from eval.runs.production import read_lists

    for model in {v.model for v in variants if v.model != COMPOSER}:
        read_code(model)
    home = _home(settings, own_knowledge=own_knowledge)
    read_lists(home)
    ready = provision(home)
    try:
        yield ready
    finally:
        release(ready)


@asynccontextmanager
async def open_studio(
    settings: Settings, variants: Sequence[Variant], *, prompts: Path | None = None, taping: Taping | None = None,
    concurrency: int = 8, own_knowledge: bool = False, gate: Gate | None = None, ready: Provisioned | None = None,
) -> AsyncIterator[Studio]:  # fmt: skip
    """Load models and prompts; the service opens when it is needed.

    Raises SettingsError for a missing key and InvalidRequest for an unknown prompt, before anything is asked.
    `own_knowledge`: the house's own database instead of one that holds the starter knowledge alone. `gate`: what
    models' texts must pass besides review. `ready`: the database, where it was started before.
    """
    asked = {v.model_name: v.model for v in variants if v.model != COMPOSER}
    studio = outline(settings, variants, prompts=prompts, own_knowledge=own_knowledge)
    async with AsyncExitStack() as stack:
        models = None
        if asked:
            from eval.runs.production import open_models

            models = await open_models(settings, asked, taping or Taping())
            stack.push_async_callback(models.aclose)

        async def opened() -> Production:
            from eval.runs.production import open_production

            return await open_production(
                stack, studio.settings, models, studio.prompts, concurrency=concurrency, gate=gate, ready=ready
            )

        studio.open = opened
        yield studio


def _registry(folder: Path | None, variants: Sequence[Variant]) -> PromptRegistry:
    """The prompts of a run. Raises BrokenPrompt, InvalidRequest."""
    from app.llm.prompts import UnknownPrompt, load_prompts, shipped_prompts

    registry = load_prompts(folder) if folder else shipped_prompts()
    for variant in variants:
        try:
            if variant.prompt:
                registry.get(variant.prompt)
        except UnknownPrompt as error:
            raise InvalidRequest(f"{variant.name}: {variant.prompt} {error}") from None
    return registry


def _home(settings: Settings, *, own_knowledge: bool) -> Settings:
    """Where drafts are made: in the house itself, or in a database of its own beside the house's: the same knowledge on
    every machine, and nobody's drafts in it.
    """
    if own_knowledge:
        return settings
    return settings.model_copy(
        update={"data_dir": settings.data_dir / "eval" / "home", "database_url": None, "service_database_url": None}
    )

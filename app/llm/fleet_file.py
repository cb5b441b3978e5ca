"""Which models there are: the setting VIERKLANG_MODEL (one, or several in order), or a file for all they need.

models:
  - name: openai/gpt-4o-mini       # asked first
    timeout_s: 10
  - name: azure/my-deployment      # asked where the first fails
    url: https://my-resource.openai.azure.com
    key: AZURE_API_KEY             # the variable that holds the key, never the key itself
    version: 2025-06-01
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.config import Settings
from app.errors import SettingsError
from app.llm.client import LanguageModel
from app.llm.drafting import Writer
from app.llm.factory import open_model
from app.llm.fleet import Fleet
from app.llm.pulse import Pulse


class ModelEntry(BaseModel):
    """One model of the file. What is left out is taken from the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[^/\s]+/\S+$")]
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    key: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    version: str | None = None
    timeout_s: Annotated[float, Field(gt=0, le=600)] | None = None
    retries: Annotated[int, Field(ge=0, le=5)] | None = None
    max_tokens: Annotated[int, Field(ge=50, le=8000)] | None = None
    prompt_tokens: Annotated[int, Field(ge=500, le=200_000)] | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    models: Annotated[tuple[ModelEntry, ...], Field(min_length=1, max_length=10)]


@dataclass(frozen=True, slots=True)
class Models:
    """The clients, to be loaded and closed, and the fleet that asks them."""

    clients: tuple[LanguageModel, ...]
    fleet: Fleet
    pulse: Pulse

    async def load(self) -> None:
        """Load each client, as far as it can be; from now on, notice when this process is slow itself."""
        self.pulse.start()
        for client in self.clients:
            await client.load()

    async def aclose(self) -> None:
        """Close each client."""
        await self.pulse.aclose()
        for client in self.clients:
            await client.aclose()


def open_models(settings: Settings) -> Models | None:
    """The configured models in order; None where the composer writes. Raises SettingsError."""
    entries = _entries(settings)
    if not entries:
        return None
    return assemble(settings, [(_client(entry), entry) for entry in entries])


def assemble(settings: Settings, models: Sequence[tuple[LanguageModel, ModelEntry | None]]) -> Models:
    """Put clients together, in order; None: as the settings have it."""
    clients = tuple(client for client, _ in models)
    writers = [_writer(client, entry or ModelEntry(name=client.name), settings) for client, entry in models]
    pulse = Pulse()
    fleet = Fleet(writers, cooldown_s=settings.model_cooldown_s, is_behind=lambda: pulse.behind)
    return Models(clients, fleet, pulse)


def _entries(settings: Settings) -> Sequence[ModelEntry]:
    if settings.models_file:
        return _read(settings.models_file)
    return [ModelEntry(name=name.strip()) for name in (settings.model or "").split(",") if name.strip()]


def _read(path: Path) -> Sequence[ModelEntry]:
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).models
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"VIERKLANG_MODELS_FILE: {path}: {where}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"VIERKLANG_MODELS_FILE: {path}: {str(error).splitlines()[0]}") from None


def _client(entry: ModelEntry) -> LanguageModel:
    key = os.environ.get(entry.key) if entry.key else None
    if entry.key and not key:
        raise SettingsError(f"VIERKLANG_MODELS_FILE: {entry.name}: the variable {entry.key} is not set")
    return open_model(entry.name, api_base=entry.url, api_key=key, api_version=entry.version)


def _writer(client: LanguageModel, entry: ModelEntry, settings: Settings) -> Writer:
    def given(value: float | None, otherwise: float) -> float:
        return otherwise if value is None else value

    return Writer(
        client, max_tokens=int(given(entry.max_tokens, settings.model_max_tokens)),
        prompt_tokens=int(given(entry.prompt_tokens, settings.prompt_tokens)),
        timeout_s=given(entry.timeout_s, settings.model_timeout_s),
        retries=int(given(entry.retries, settings.model_retries)), mask=settings.mask_customers,
    )  # fmt: skip

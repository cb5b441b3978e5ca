"""Which models a run asks: where they are reached, whether keys are there and answers on tape."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.config import Settings
from app.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Taping:
    """Whether model answers are recorded or played."""

    record: Path | None = None
    replay: Path | None = None


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

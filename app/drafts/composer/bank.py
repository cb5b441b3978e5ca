"""The phrase files: read once, on first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

_DATA = Path(__file__).parent / "data"
WRITTEN: tuple[str, ...] = ("de", "en")


@cache
def load(name: str) -> dict[str, Any]:
    """Return the mapping in `data/<name>.yaml`. Raises FileNotFoundError for a name that is no file of ours."""
    with (_DATA / f"{name}.yaml").open(encoding="utf-8") as file:
        return cast("dict[str, Any]", yaml.load(file, Loader=yaml.CSafeLoader) or {})


def phrases(name: str, language: str) -> dict[str, Any]:
    """Return one language's half of a phrase file."""
    return cast("dict[str, Any]", load(name)[language])


def written_language(language: str) -> str:
    """Return the language the composer writes for a wished one: English for those it does not write."""
    return language if language in WRITTEN else "en"

"""What an answer costs, by the price table in litellm's package: read as a file, for litellm itself takes seconds."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

_TABLE = "model_prices_and_context_window_backup.json"


def cost_usd(name: str, *, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
    """US dollars of one answer of `provider/model`; None for a model the table does not list, never 0."""
    listed = _prices().get(name) or _prices().get(name.partition("/")[2])
    if listed is None:
        return None
    asked, said = listed
    return asked * prompt_tokens + said * completion_tokens


@cache
def _prices() -> dict[str, tuple[Decimal, Decimal]]:
    """US dollars a token, of the prompt and of the answer, for models that list both."""
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        return {}
    table: dict[str, dict[str, Any]] = orjson.loads((Path(spec.origin).parent / _TABLE).read_bytes())
    names = ("input_cost_per_token", "output_cost_per_token")
    return {
        model: (Decimal(str(row[names[0]])), Decimal(str(row[names[1]])))
        for model, row in table.items()
        if all(isinstance(row.get(name), (int, float)) for name in names)
    }

"""Small text helpers every room may use."""

from __future__ import annotations

import math
import re
from typing import Any

# PostgreSQL stores no NUL, UTF-8 no lone surrogate; other C0/C1 controls have no place in a message either.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def reject_unstorable(text: str) -> str:
    """Return the text unchanged, or raise ValueError naming the first control character or lone surrogate in it."""
    if bad := _UNSTORABLE.search(text):
        msg = f"holds the character U+{ord(bad.group()):04X} at position {bad.start()}; remove control characters"
        raise ValueError(msg)
    return text


_DEEPEST = 20


def reject_unstorable_json(value: Any, *, depth: int = 0) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Return JSON data unchanged, or raise ValueError for what PostgreSQL's jsonb or a reader cannot take.

    That is: control characters and lone surrogates in any string or key, infinite numbers, integers beyond 64 bits,
    nesting deeper than twenty levels.
    """
    if depth > _DEEPEST:
        msg = f"is nested deeper than {_DEEPEST} levels"
        raise ValueError(msg)
    match value:
        case str():
            reject_unstorable(value)
        case dict():
            for key, item in value.items():
                reject_unstorable(key)
                reject_unstorable_json(item, depth=depth + 1)
        case list() | tuple():
            for item in value:
                reject_unstorable_json(item, depth=depth + 1)
        case float() if not math.isfinite(value):
            raise ValueError("holds a number that is not finite")
        case int() if abs(value) >= 2**63:
            raise ValueError("holds an integer beyond 64 bits")
    return value

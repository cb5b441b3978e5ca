"""What row readers hand to shapes, and the sizes that keep memory flat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.knowledge.ingest.errors import Refused

MIB = 1024 * 1024
LINE_LIMIT = MIB  # one line of our own contract form, and one cell or message of any other
DOCUMENT_LIMIT = 16 * MIB  # one ticket of a helpdesk, with its whole thread in HTML and text
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row before it is understood: its bytes, its cells, or why it could not be read."""

    position_after: int
    line: int
    content: bytes | Mapping[str, str] | Refused
    container: str = ""  # the key of the array it stood in: `tickets`, `users`, …


def too_large(limit: int) -> Refused:
    """The refusal of a row over its limit."""
    return Refused("too_large", f"This row is larger than {limit // MIB} MiB.")


def load_object(raw: bytes) -> dict[str, Any]:
    """A JSON object from its bytes, or a refusal that says what is wrong without quoting it."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _refusal(raw, error) from None
    if not isinstance(value, dict):
        raise Refused("not_an_object", "This row is JSON, but not an object in braces.")
    if raw.count(b"{") + raw.count(b"[") > _DEEPEST:  # fewer brackets cannot nest deeper
        _reject_deep(value)
    return value


def _refusal(raw: bytes, error: orjson.JSONDecodeError) -> Refused:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return Refused("wrong_encoding", f"Byte {wrong.start + 1} of this row is not UTF-8; save the file as UTF-8.")
    if "depth" in error.msg:
        return Refused("too_deep", f"This row is nested deeper than {_DEEPEST} levels.")
    return Refused("not_json", f"This row is not valid JSON: {_harmless(error)}.")


def _harmless(error: orjson.JSONDecodeError) -> str:
    """Orjson's sentence and place; the sentence is fixed wording and quotes no input."""
    return str(error.msg).split(":", 1)[0] + f" at character {error.pos + 1}"


def _reject_deep(value: Any) -> None:  # noqa: ANN401 - JSON has no narrower type
    """Walk level by level, because recursion is what deep nesting would break."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise Refused("too_deep", f"This row is nested deeper than {_DEEPEST} levels.")

"""What people said of drafts: one file of labels for the terminal and the console, only ever appended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from app.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Label:
    """One person's word on one draft. `text`: a hash, for labels are of a text and not of a place in a run.

    `good`: would be sent as it is; `marks`: what of the rubric passes, as far as it was said.
    """

    who: str
    case: str
    text: str
    good: bool
    reason: str = ""
    marks: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preference:
    """One person's word on two drafts of a case: hashes of both, in order, and of the better one; None: neither."""

    who: str
    case: str
    texts: tuple[str, str]
    better: str | None
    reason: str = ""


def add_label(path: Path, said: Label | Preference) -> None:
    """Append what somebody said."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(orjson.dumps(asdict(said), option=orjson.OPT_APPEND_NEWLINE))


def read_labels(path: Path) -> list[Label]:
    """All labels of single drafts; a person's last word on a text counts. Raises InvalidRequest."""
    found = {(s.who, s.case, s.text): s for s in _read(path) if isinstance(s, Label)}
    return list(found.values())


def read_preferences(path: Path) -> list[Preference]:
    """All comparisons of two drafts; a person's last word on a pair counts. Raises InvalidRequest."""
    found = {(s.who, s.case, s.texts): s for s in _read(path) if isinstance(s, Preference)}
    return list(found.values())


def _read(path: Path) -> Iterator[Label | Preference]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            yield _said(orjson.loads(line))
        except (orjson.JSONDecodeError, TypeError, ValueError):
            raise InvalidRequest(f"{path}:{number} is no label") from None


def _said(entry: dict[str, Any]) -> Label | Preference:
    if "texts" not in entry:
        return Label(**entry)
    one, other = entry["texts"]
    return Preference(**{**entry, "texts": (one, other)})

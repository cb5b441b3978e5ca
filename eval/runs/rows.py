"""A run on disk: one header, then one line a draft, only ever appended. All totals are computed from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import orjson

from app.errors import InvalidRequest, NotFound

Status = Literal["scored", "failed", "unparseable"]
Key = tuple[str, str, int]  # variant, case, repeat
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one case under one variant, once. `metrics`: name → [value, reason]."""

    variant: str
    case: str
    repeat: int
    status: Status
    cluster: str
    facts: dict[str, Any] = field(default_factory=dict)  # language, cause, channel, set, split, digest
    draft: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, list[Any]] = field(default_factory=dict)
    error: str | None = None
    cached: bool = False

    @property
    def key(self) -> Key:
        """What it is the row of."""
        return self.variant, self.case, self.repeat

    @property
    def cost(self) -> float | None:
        """US dollars; None where the price is unknown."""
        told = self.draft.get("generation", {}).get("cost_usd", "0")
        return None if told is None else float(told)

    def value(self, metric: str) -> Any:  # noqa: ANN401 - a bool, a number or a label
        """What a metric says of it; None where it does not apply."""
        return self.metrics.get(metric, (None,))[0]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read: the header, and the last row of each key, in order of writing."""

    path: Path
    header: dict[str, Any]
    rows: dict[Key, Row]

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.header["id"])

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of its variants, as the suite orders them."""
        return tuple(v["name"] for v in self.header["variants"])

    def of(self, variant: str) -> Iterator[Row]:
        """A variant's rows by case and repeat, so that no figure depends on who finished first."""
        return iter(sorted((r for r in self.rows.values() if r.variant == variant), key=lambda r: r.key))


def read_run(path: Path) -> Run:
    """Read a run; a last line that was cut off by a kill is left out. Raises NotFound, InvalidRequest."""
    if not path.exists():
        raise NotFound(f"there is no run {path}")
    header, rows = None, {}
    for number, line in enumerate(_whole_lines(path.read_bytes()), 1):
        try:
            entry = orjson.loads(line)
            if header is None:
                header = _checked(entry)
                continue
            row = Row(**entry)
        except (orjson.JSONDecodeError, TypeError, KeyError) as error:
            raise InvalidRequest(f"{path}:{number} is no row of a run: {str(error)[:100]}") from None
        rows[row.key] = row
    if header is None:
        raise InvalidRequest(f"{path} holds no run")
    return Run(path, header, rows)


def has_begun(path: Path) -> bool:
    """Whether a run's header was written; a kill before that leaves an empty file, or a piece of a line."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        return file.readline().endswith(b"\n")


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    if entry.get("format") != _FORMAT:
        raise KeyError("the first line is no header this version can read")
    return entry


def _whole_lines(raw: bytes) -> list[bytes]:
    return raw[: raw.rfind(b"\n") + 1].splitlines()


class Ledger:
    """Appends to a run. A row is on disk before the next draft of the same worker begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.begun = False  # whether this ledger wrote the header
        self._file = -1

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._drop_torn_end()
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._file)

    def begin(self, header: dict[str, Any]) -> None:
        """Write the header of a new run."""
        self._write({"format": _FORMAT, **header})
        self.begun = True

    def add(self, row: Row) -> None:
        """Write a row in one piece."""
        self._write(row)

    def _write(self, entry: object) -> None:
        os.write(self._file, orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY))

    def _drop_torn_end(self) -> None:
        """What a kill cut off is not a row."""
        if self.path.exists():
            raw = self.path.read_bytes()
            if raw and not raw.endswith(b"\n"):
                os.truncate(self.path, raw.rfind(b"\n") + 1)

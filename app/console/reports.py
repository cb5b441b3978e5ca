"""Evaluation reports that lie in the data folder: listed and shown, never run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import NotFound

_TEXT = {".md", ".txt", ".json", ".jsonl", ".csv", ".html"}
_PLOT = ".svg"
_MOST = 60
_LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """A file of an evaluation: its path below the folder, when it was written, and whether it is a plot."""

    name: str
    at: datetime
    size: int

    @property
    def suffix(self) -> str:
        """How its name ends."""
        return Path(self.name).suffix

    @property
    def plot(self) -> bool:
        """Whether it is a picture."""
        return self.suffix == _PLOT


def list_reports(folder: Path) -> list[Report]:
    """The latest files, newest first. A link out of the folder is none of them."""
    return sorted(_reports(folder), key=lambda r: (r.at, r.name), reverse=True)[:_MOST]


def read_report(folder: Path, name: str) -> tuple[Report, bytes]:
    """A report that is on the list. Raises NotFound for any other name."""
    report = next((r for r in list_reports(folder) if r.name == name), None)
    if report is None:
        raise NotFound("there is no such report")
    return report, (folder / report.name).read_bytes()


def _reports(folder: Path) -> Iterator[Report]:
    if not folder.is_dir():
        return
    root = folder.resolve()
    for path in folder.rglob("*"):
        if path.suffix not in _TEXT | {_PLOT} or not path.is_file() or not path.resolve().is_relative_to(root):
            continue
        stat = path.stat()
        if stat.st_size <= _LARGEST:
            yield Report(str(path.relative_to(folder)), datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size)

"""The runs of an evaluation that people may label: those in the data folder, found by their names and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from app.errors import NotFound
from eval.judge.labelling import One, Two, is_compared, is_labelled, left, pairs, singles
from eval.judge.labels import read_labels, read_preferences
from eval.runs.places import Places
from eval.runs.rows import Run, read_run

Way = Literal["single", "pair"]
_MOST = 20
_LARGEST = 30_000_000  # read anew for each draft: others are for the terminal


@dataclass(frozen=True, slots=True)
class LabelRun:
    """A run on the list: its name, and what its header says of it."""

    name: str
    path: Path
    at: datetime
    suite: str
    cases: int
    variants: int


@dataclass(frozen=True, slots=True)
class Work:
    """What a person has to say something of: all of a run, and what is left, the next one first."""

    tasks: Sequence[One | Two]
    left: Sequence[One | Two]

    def find(self, key: str) -> One | Two:
        """The task of that key. Raises NotFound: nobody labels what is not in the run."""
        found = next((t for t in self.tasks if t.key == key), None)
        if found is None:
            raise NotFound("there is no such draft in this run")
        return found


def list_runs(places: Places) -> list[LabelRun]:
    """The latest runs, newest first."""
    return sorted(_runs(places), key=lambda r: (r.at, r.name), reverse=True)[:_MOST]


def open_run(places: Places, name: str) -> Run:
    """A run that is on the list. Raises NotFound for any other name."""
    found = next((r for r in list_runs(places) if r.name == name), None)
    if found is None:
        raise NotFound("there is no such run")
    return read_run(found.path)


def work_of(places: Places, run: Run, who: str, way: Way, *, after: str | None = None) -> Work:
    """What this person has labelled of a run, and what is left after what was skipped."""
    if way == "pair":
        two = pairs(run, who)
        open_two = left(two, is_compared(who, read_preferences(places.labels)), after=after)
        return Work(two, open_two)
    one = singles(run, who)
    open_one = left(one, is_labelled(who, read_labels(places.labels)), after=after)
    return Work(one, open_one)


def _runs(places: Places) -> Iterator[LabelRun]:
    if not places.root.is_dir():
        return
    root = places.root.resolve()
    for path in (*(places.root / "runs").glob("*.jsonl"), *(places.root / "latest").glob("run.jsonl")):
        if not path.is_file() or not path.resolve().is_relative_to(root):
            continue
        stat = path.stat()
        header = _header(path) if stat.st_size <= _LARGEST else None
        if header:
            name = "latest" if path.parent.name == "latest" else path.stem
            yield LabelRun(name, path, datetime.fromtimestamp(stat.st_mtime, UTC), str(header["suite"]),
                           int(header["cases"]), len(header["variants"]))  # fmt: skip


def _header(path: Path) -> dict[str, Any] | None:
    """None for a file that is no run: it may be anything."""
    with path.open("rb") as file:
        try:
            told = orjson.loads(file.readline(_LARGEST))
        except orjson.JSONDecodeError:
            return None
    known = isinstance(told, dict) and {"format", "suite", "cases", "variants"} <= set(told)
    return told if known else None

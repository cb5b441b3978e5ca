"""What `vierklang draft --input … --out …` does: drafts a file of tickets, tells how far it is, goes on when killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.draft import overlay
from app.config import get_settings
from app.drafts.batch import MOST_AT_ONCE, Batch, Drafted, Refused
from app.drafts.batch_files import BatchFiles, Line, read_lines
from app.errors import InvalidRequest
from app.logs import configure_logs
from app.provision import LOCAL_TENANT
from app.rooms import open_rooms
from app.security import Principal


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for."""

    input: Path
    out: Path
    at_once: int
    options: dict[str, Any]


@dataclass(slots=True)
class _Tally:
    drafted: int = 0
    blocked: int = 0
    refused: int = 0


async def run_batch(wishes: Wishes) -> bool:
    """Draft every line of a file; says whether all of them have a draft that is not blocked."""
    _check(wishes)
    settings = get_settings()
    configure_logs(settings)
    with BatchFiles(wishes.out) as files:
        lines = files.to_do(read_lines(wishes.input))
        if files.last:
            print(f"going on behind line {files.last['line']}", file=sys.stderr)
        async with open_rooms(settings, drafting=False) as rooms:
            batch = Batch(
                rooms.database, rooms.drafts, Principal(LOCAL_TENANT, LOCAL_TENANT, frozenset({"draft"})), files.run,
                lambda document: overlay(document, **wishes.options),
                # As many as an earlier run may have had under way, whatever its -j.
                doubtful=4 * MOST_AT_ONCE if files.resumed else 0,
            )  # fmt: skip
            tally = await _write(batch, files, lines, wishes)
    _tell(tally, files)
    return not (tally.blocked or tally.refused)


async def _write(batch: Batch, files: BatchFiles, lines: Iterator[Line], wishes: Wishes) -> _Tally:
    tally, began = _Tally(), asyncio.get_running_loop().time()
    with _progress() as bar:
        task = bar.add_task("draft", total=max(1, wishes.input.stat().st_size), drafted=0, refused=0, rate=0.0)
        async for result in batch.results(lines, at_once=wishes.at_once):
            _keep(result, files, tally)
            seconds = max(0.001, asyncio.get_running_loop().time() - began)
            rate = (tally.drafted + tally.refused) / seconds
            bar.update(
                task, completed=result.line.position_after, drafted=tally.drafted, refused=tally.refused, rate=rate
            )
        bar.update(task, completed=wishes.input.stat().st_size)
    return tally


def _keep(result: Drafted | Refused, files: BatchFiles, tally: _Tally) -> None:
    match result:
        case Drafted(line, ticket_id, draft):
            files.add_draft(line, ticket_id, draft)
            tally.drafted += 1
            tally.blocked += draft["status"] == "blocked"
        case Refused(line, ticket_id, reason, detail):
            files.add_reject(line, ticket_id, reason, detail)
            tally.refused += 1


def _check(wishes: Wishes) -> None:
    if not wishes.input.is_file():
        raise InvalidRequest(f"--input {wishes.input}: there is no such file")
    if wishes.out.exists() and not wishes.out.is_file():
        raise InvalidRequest(f"--out {wishes.out}: is no file")
    if wishes.out.exists() and wishes.out.samefile(wishes.input):
        raise InvalidRequest("--out must be another file than --input")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(),
        TextColumn("{task.fields[drafted]} drafts, {task.fields[refused]} refused, {task.fields[rate]:.1f}/s"),
        TimeRemainingColumn(), console=Console(stderr=True),
    )  # fmt: skip


def _tell(tally: _Tally, files: BatchFiles) -> None:
    print(f"{files.out}: {tally.drafted} drafts, {tally.blocked} of them blocked; {tally.refused} lines refused")
    if tally.refused:
        print(f"refused lines, with reasons: {files.rejects}")

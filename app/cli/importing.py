"""What `vierklang import` does: reads and redacts here, embeds here and in a helper process, shows how far it is."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.config import get_settings
from app.errors import Unavailable
from app.jobs import repository as jobs
from app.jobs.model import JobState
from app.keys import local_session
from app.knowledge import macro_repository, macros
from app.knowledge.importing import CHUNK
from app.knowledge.ingest import Record, Source, load_mapping, open_source
from app.logs import configure_logs
from app.provision import LOCAL_TENANT
from app.rooms import Rooms, open_rooms

# Reading runs ahead of embedding by so many rows at most: they wait in the database, and memory stays flat.
_AHEAD = 2048
_PAUSE_S = 5.0
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for."""

    path: Path
    source: str
    mapping: Path | None
    rejects: Path | None
    approve_macros: bool
    again: bool
    alone: bool


async def run_import(wishes: Wishes) -> bool:
    """Import a file; says whether anything of it was taken."""
    mapping = load_mapping(wishes.mapping) if wishes.mapping else None
    source = open_source(wishes.path, source=wishes.source, mapping=mapping)
    settings = get_settings()
    configure_logs(settings)
    async with open_rooms(settings, drafting=wishes.approve_macros) as rooms:
        job = await _open_job(rooms, wishes, source)
        with _progress() as bar:
            task = bar.add_task("import", total=max(1, source.size_bytes), rows=0, refused=0, rate=0.0)
            async with _helper(job.id, alone=wishes.alone):
                await _Run(rooms, source, job, bar, task).to_the_end()
        state = await rooms.importer.state(LOCAL_TENANT, job.id)
        approved = await _approve(rooms, state.created_at) if wishes.approve_macros and state.created_at else 0
        refused = await _write_rejects(rooms, state, wishes)
        await _keep_indexes(rooms)
    _tell(state, refused, approved)
    return state.done > 0 or state.total == 0


class _Run:
    """One import on its way."""

    def __init__(self, rooms: Rooms, source: Source, job: JobState, bar: Progress, task: TaskID) -> None:
        self._rooms, self._source, self._bar, self._task = rooms, source, bar, task
        self._job = job
        self._began = asyncio.get_running_loop().time()

    async def to_the_end(self) -> None:
        importer = self._rooms.importer
        if not self._job.detail.get("read"):
            records = self._source.records(**_place(self._job))
            while chunk := await asyncio.to_thread(_some, records):
                await importer.stage(LOCAL_TENANT, self._job.id, chunk)
                await self._catch_up(_AHEAD)
            await importer.seal(LOCAL_TENANT, self._job.id)
        await self._catch_up(0)

    async def _catch_up(self, most: int) -> None:
        """Embed until no more than so many rows wait."""
        importer = self._rooms.importer
        while (waiting := await importer.waiting(LOCAL_TENANT, self._job.id)) > most or not most:
            await self._show()
            if not await self._work():
                if (await importer.state(LOCAL_TENANT, self._job.id)).finished:
                    break
                await asyncio.sleep(0.05 if waiting else 0)  # the helper holds the rest
        await self._show()

    async def _work(self) -> int:
        try:
            return await self._rooms.importer.work(LOCAL_TENANT, self._job.id)
        except Unavailable as error:
            self._bar.console.print(f"{error.detail}; trying again in {_PAUSE_S:.0f} s", style="yellow")
            await asyncio.sleep(_PAUSE_S)
            return 0

    async def _show(self) -> None:
        state = await self._rooms.importer.state(LOCAL_TENANT, self._job.id)
        seconds = max(0.001, asyncio.get_running_loop().time() - self._began)
        rate = (state.done - self._job.done) / seconds
        # The bar is about what is stored: of the bytes read, the share whose rows are.
        stored = (state.done + state.rejected) / state.total if state.total else 0.0
        come = self._source.size_bytes if state.finished else int(self._source.read_bytes * stored)
        self._bar.update(self._task, completed=come, rows=state.done,
                         refused=state.rejected, rate=rate)  # fmt: skip


def _some(records: Iterator[Record]) -> list[Record]:
    return list(islice(records, CHUNK))


def _place(job: JobState) -> dict[str, int]:
    return {"start": job.detail["position"], "after_line": job.detail["line"]} if "position" in job.detail else {}


async def _open_job(rooms: Rooms, wishes: Wishes, source: Source) -> JobState:
    """The import of this very file that stopped midway, or a new one."""
    stat = wishes.path.stat()
    told = f"{wishes.path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}\0{source.kind}\0{wishes.mapping}"
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    if not wishes.again and (job := await rooms.importer.resume(LOCAL_TENANT, fingerprint)):
        print(f"going on with {job.id}: {job.done} rows are stored", file=sys.stderr)
        return job
    return await rooms.importer.open(LOCAL_TENANT, source=source.kind, file=wishes.path.name, fingerprint=fingerprint)


@asynccontextmanager
async def _helper(job_id: str, *, alone: bool) -> AsyncIterator[None]:
    """A second process that embeds the same job's rows; it ends with this one, however this one ends."""
    if alone:
        yield
        return
    command = (sys.executable, "-m", "app.cli", "job", job_id, "--work-for", str(os.getpid()))
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(),
        TextColumn("{task.fields[rows]} rows, {task.fields[refused]} refused, {task.fields[rate]:.0f}/s"),
        TimeRemainingColumn(), console=Console(stderr=True),
    )  # fmt: skip


async def _write_rejects(rooms: Rooms, state: JobState, wishes: Wishes) -> Path | None:
    """List refused rows in a file, one JSON object a line; no customer text is in them."""
    if not state.rejected:
        return None
    path = wishes.rejects or wishes.path.with_name(wishes.path.name + ".rejects.jsonl")
    with path.open("w", encoding="utf-8") as file:
        after = 0
        while True:
            async with rooms.database.begin(LOCAL_TENANT) as session:
                page = await jobs.list_rejects(session, state.id, after=after, limit=_PAGE)
            for row in page:
                told = {"line": row.line, "external_id": row.external_id, "reason": row.reason, "detail": row.detail}
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
            if len(page) < _PAGE:
                return path
            after = page[-1].line


async def _approve(rooms: Rooms, since: datetime) -> int:
    """Approve the macros of this import that pass review; the others stay drafts."""
    approved = 0
    async with rooms.database.begin(LOCAL_TENANT) as session:
        waiting = await macro_repository.imported_drafts(session, since=since)
    for macro in waiting:
        async with rooms.database.begin(LOCAL_TENANT) as session:
            try:
                row = await macros.approve(session, str(macro.id), key_id=LOCAL_TENANT,
                                           policy=rooms.rulebooks.of(LOCAL_TENANT).policy)  # fmt: skip
            except macros.MacroRefused as error:
                print(f"not approved: {macro.external_id}: {error.errors[0].detail}", file=sys.stderr)
            else:
                await rooms.knowledge.embed_macro(session, LOCAL_TENANT, row.id, macros.text_of(row))
                approved += 1
    return approved


async def _keep_indexes(rooms: Rooms) -> None:
    from app.knowledge.indexes import maintain

    await asyncio.to_thread(maintain, rooms.ready.owner_url)


def _tell(state: JobState, refused: Path | None, approved: int) -> None:
    print(f"{state.id}: {state.status}; {state.done} stored, {state.rejected} refused of {state.total} rows")
    if refused:
        print(f"refused rows, with reasons: {refused}")
    if approved:
        print(f"{approved} macros approved")


async def show_jobs(job_id: str) -> None:
    """Print one job, or the newest."""
    async with local_session() as session:
        found = [await jobs.load_job(session, job_id)] if job_id else await jobs.list_jobs(session, limit=20)
    for job in found:
        told = f"{job.done:>9} of {job.total} stored, {job.rejected} refused" + (f"  {job.error}" if job.error else "")
        print(f"{job.id}  {job.kind:8}{job.status:10}{told}")

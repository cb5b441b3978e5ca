"""Imports: what reading, redaction, embedding and the database take by themselves and together, and memory."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psutil

from app.knowledge.cleaning import clean_ticket
from app.knowledge.ingest import open_source
from app.knowledge.ingest.records import Record, SolvedTicket
from app.knowledge.marks import Marker
from app.knowledge.model import ResolvedTicket
from app.provision import LOCAL_TENANT
from app.rooms import Rooms
from eval.bench import home
from eval.bench.options import Options
from eval.bench.people import Customer, customers
from eval.bench.server import KEY, command
from eval.bench.tickets import requests

_APART, _CHUNK, _SMALL = 1_000, 128, 2_000


def run(options: Options) -> None:
    """Print the figures beside those asked for."""
    print(home.machine())
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        small, large = Path(folder) / "small.jsonl", Path(folder) / "large.jsonl"
        write_tickets(small, _SMALL)
        asyncio.run(_apart(small))
        write_tickets(large, options.rows)
        resident = []
        for path, rows in ((small, _SMALL), (large, options.rows)):
            told = _imported(path, rows)
            resident.append(told.resident_mb)
            print(f"vierklang import, two processes, {rows} tickets of 60 words: {rows / told.seconds:.0f} tickets/s, start "
                  f"and indexes included (asked: >= 120); largest process resident {told.resident_mb:.0f} MB; "
                  f"CPU {told.cpu_s / rows * 1e3:.1f} ms a ticket")  # fmt: skip
        print(f"memory of the larger import beside the smaller: x{resident[1] / resident[0]:.2f}")


def write_tickets(path: Path, count: int) -> None:
    """Tickets of about sixty words in our own form, each with a customer of its own."""
    people = customers(min(count, 500))
    with path.open("wb") as file:
        for number, request in enumerate(requests(count, seed=11)):
            file.write(orjson.dumps(ticket_row(number, request, people[number % len(people)])) + b"\n")


def ticket_row(number: int, request: dict[str, Any], customer: Customer) -> dict[str, Any]:
    """A solved ticket: the request's complaint signed by the customer, and an agent's reply to them."""
    german = request["ticket"]["marketplace"] == "amazon.de"
    order = request["ticket"]["order"]["id"]
    hello, body, end = (
        (
            "Guten Tag",
            "das tut mir leid. Ich habe Ihnen heute den Betrag für Ihre Bestellung",
            "erstattet. Ist das so recht?",
        )
        if german
        else ("Hello", "I am sorry about this. Today I have refunded your order", "in full. Is that all right?")
    )
    return {
        "external_id": f"I-{number}", "channel": "amazon",
        "problem": f"{request['ticket']['messages'][0]['text']}\n{customer.name}, {customer.phone}",
        "reply": f"{hello} {customer.name},\n\n{body} {order} {end}",
        "csat": random.Random(number).randint(1, 5), "resolved_at": datetime(2026, 3, 1, tzinfo=UTC).isoformat(),
        "customer": {"name": customer.name, "email": customer.email, "phone": customer.phone, "address": customer.address},
        "order_ids": [order],
    }  # fmt: skip


async def _apart(path: Path) -> None:
    async with home.rooms() as rooms:
        records: list[Record] = []
        _told("reading", _timed(lambda: records.extend(_read(path))), len(records))
        tickets = [r.item for r in records if isinstance(r.item, SolvedTicket)][:_APART]
        cleaned: list[ResolvedTicket] = []
        marker = Marker(b"bench")
        _told(
            "redaction",
            _timed(lambda: cleaned.extend(clean_ticket(t, marker, origin="import") for t in tickets)),
            len(tickets),
        )
        chunks = [cleaned[i : i + _CHUNK] for i in range(0, len(cleaned), _CHUNK)]
        started = time.perf_counter(), time.process_time()
        for chunk in chunks:
            await rooms.embedder.embed([t.problem for t in chunk])
        _told("embedding", (time.perf_counter() - started[0], time.process_time() - started[1]), len(cleaned))
        await _database(rooms, chunks)
        await _together(rooms, records)


async def _database(rooms: Rooms, chunks: Sequence[Sequence[ResolvedTicket]]) -> None:
    """Storing alone: the vectors are there already."""
    from app.knowledge import repository

    vector = (await rooms.embedder.embed(["one of all"]))[0]
    started = time.perf_counter(), time.process_time()
    for chunk in chunks:
        async with rooms.database.begin(LOCAL_TENANT) as session:
            ids = await repository.put_tickets(session, LOCAL_TENANT, chunk)
            await repository.put_embeddings(
                session, LOCAL_TENANT, "ticket", rooms.embedder.name, ((i, vector) for i in ids)
            )
    _told("database", (time.perf_counter() - started[0], time.process_time() - started[1]), sum(map(len, chunks)))


async def _together(rooms: Rooms, records: Sequence[Record]) -> None:
    job = await rooms.importer.open(LOCAL_TENANT)
    started = time.perf_counter(), time.process_time()
    for at in range(0, len(records), 2 * _CHUNK):
        await rooms.importer.stage(LOCAL_TENANT, job.id, records[at : at + 2 * _CHUNK])
        while await rooms.importer.work(LOCAL_TENANT, job.id):
            pass
    _told("all, one process", (time.perf_counter() - started[0], time.process_time() - started[1]), len(records))


def _read(path: Path) -> Iterator[Record]:
    return iter(open_source(path, source="own").records())


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _told(name: str, seconds: tuple[float, float], count: int) -> None:
    wall, cpu = seconds
    print(f"{name}: {count / wall:.0f} tickets/s as seen; CPU of this process {cpu / count * 1e3:.2f} ms a ticket")


@dataclass(frozen=True, slots=True)
class _Imported:
    seconds: float
    resident_mb: float
    cpu_s: float


def _imported(path: Path, rows: int) -> _Imported:
    """`vierklang import` of a file into a database of its own."""
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        told = {"VIERKLANG_DATA_DIR": folder, "VIERKLANG_API_KEY": KEY, "VIERKLANG_LOG_LEVEL": "WARNING"}
        started = time.perf_counter()
        process = subprocess.Popen(
            [command("vierklang"), "import", str(path)],
            env=kept | told,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        seen: dict[int, float] = {}
        sizes = [0.0]
        while process.poll() is None:
            sizes.append(_watched(process.pid, seen))
            time.sleep(0.2)
        if process.returncode:
            raise RuntimeError(f"the import of {rows} tickets ended with code {process.returncode}")
        return _Imported(time.perf_counter() - started, statistics.quantiles(sizes, n=20)[18], sum(seen.values()))


def _watched(pid: int, seen: dict[int, float]) -> float:
    """Note the CPU of the import's Python processes; the size of the largest in MB."""
    largest = 0.0
    try:
        top = psutil.Process(pid)
        for process in (top, *top.children(recursive=True)):
            times = process.cpu_times()
            seen[process.pid] = times.user + times.system
            largest = max(largest, process.memory_info().rss / 1e6) if "postgres" not in process.name() else largest
    except psutil.NoSuchProcess:
        pass
    return largest

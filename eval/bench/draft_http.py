"""Composer drafts over HTTP: latency for one client, throughput at saturation, CPU a draft, memory."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from typing import Any

import psutil

from eval.bench.server import KEY, Server, running
from eval.bench.tickets import requests

_WARM = 60
_ONE_CLIENT = 300
_SATURATED = 1200
_CLIENTS = 12


def run() -> None:
    """Print the figures beside those asked for."""
    batch = requests(_ONE_CLIENT + _SATURATED + _WARM)
    for workers in (1, psutil.cpu_count() or 1):
        with running(WORKERS=str(workers)) as server:
            print(f"-- VIERKLANG_WORKERS={workers}")
            asyncio.run(_send(server, batch[:_WARM], 2 * workers))
            _one_client(server, batch[_WARM : _WARM + _ONE_CLIENT])
            _saturated(server, batch[_WARM + _ONE_CLIENT :])
            print(f"largest API process resident: {server.resident_mb():.0f} MB (asked: <= 250)")


def _one_client(server: Server, batch: list[dict[str, Any]]) -> None:
    times, drafts = asyncio.run(_send(server, batch, 1))
    cuts = statistics.quantiles(times, n=20)
    print(f"one client, {len(batch)} drafts: p50 {statistics.median(times) * 1e3:.1f} ms (asked: <= 40), "
          f"p95 {cuts[18] * 1e3:.1f} ms (asked: <= 80)")  # fmt: skip
    stages = {name: statistics.median(d["timings_ms"].get(name, 0) for d in drafts) for name in drafts[0]["timings_ms"]}
    print("  by stage, median ms: " + ", ".join(f"{k} {v:.2f}" for k, v in stages.items()))
    print(f"  states: { {s: sum(d['status'] == s for d in drafts) for s in ('ready', 'needs_input', 'blocked')} }")


def _saturated(server: Server, batch: list[dict[str, Any]]) -> None:
    me = psutil.Process()
    before = (_cpu(me), server.api_cpu_s(), server.postgres_cpu_s())
    started = time.perf_counter()
    asyncio.run(_send(server, batch, _CLIENTS))
    wall = time.perf_counter() - started
    mine, api, postgres = (
        b - a for a, b in zip(before, (_cpu(me), server.api_cpu_s(), server.postgres_cpu_s()), strict=True)
    )
    cores = psutil.cpu_count() or 1
    fair = len(batch) / (wall - mine / cores)
    print(f"saturated, {_CLIENTS} clients, {len(batch)} drafts: {len(batch) / wall:.1f} drafts/s as seen, "
          f"{fair:.1f} with the load generator's own CPU subtracted (asked: >= 60)")  # fmt: skip
    per = 1000 / len(batch)
    print(f"  CPU a draft, ms: API {api * per:.1f}, PostgreSQL {postgres * per:.1f}, load generator {mine * per:.1f}")


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _send(server: Server, batch: list[dict[str, Any]], clients: int) -> tuple[list[float], list[dict[str, Any]]]:
    """Send all requests over `clients` kept-alive connections; seconds and drafts, unordered."""
    queue = list(batch)
    times: list[float] = []
    drafts: list[dict[str, Any]] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while queue:
            body = json.dumps(queue.pop()).encode()
            started = time.perf_counter()
            writer.write(_HEAD % len(body) + body)
            answer = await _read(reader)
            times.append(time.perf_counter() - started)
            drafts.append(json.loads(answer))
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return times, drafts


# A hand-written request: an HTTP library would cost more CPU than the service it measures.
_HEAD = (
    b"POST /v1/drafts HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    b"Authorization: Bearer " + KEY.encode() + b"\r\nContent-Length: %d\r\n\r\n"
)


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 201"):
        raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    return await reader.readexactly(length)

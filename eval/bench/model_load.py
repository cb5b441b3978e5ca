"""Clients of the model benches: the scripted provider's process, drafts whole and as events, and bare calls."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import yaml

from eval.bench.server import KEY

_HEAD = (
    b"POST /v1/drafts HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAccept: %b\r\n"
    b"Authorization: Bearer " + KEY.encode() + b"\r\nContent-Length: %d\r\n\r\n"
)
_JSON, _EVENTS = b"application/json", b"text/event-stream"
_LINE = 1 << 20


@dataclass(frozen=True)
class Provider:
    """The scripted server: where it listens, and its process."""

    port: int
    process: psutil.Process

    def url(self, latency: int | str = 0, rate: int = 0) -> str:
        """The address at which it behaves so; see `model_server`."""
        return f"http://127.0.0.1:{self.port}/{latency}/{rate}/v1"

    def stamps(self) -> list[dict[str, Any]]:
        """What it wrote since it was last asked."""
        told: list[dict[str, Any]] = json.loads(self._get("stamps"))
        return told

    def last(self) -> dict[str, Any]:
        """The last request it got."""
        told: dict[str, Any] = json.loads(self._get("last"))
        return told

    def _get(self, name: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{name}", timeout=10) as answer:
            found: bytes = answer.read()
            return found


@contextmanager
def providing() -> Iterator[Provider]:
    """The scripted server for the length of the block."""
    process = subprocess.Popen([sys.executable, "-m", "eval.bench.model_server"], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        yield Provider(int(process.stdout.readline()), psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def models_file(folder: Path, *entries: dict[str, Any]) -> str:
    """A file for VIERKLANG_MODELS_FILE."""
    path = folder / "models.yaml"
    path.write_text(yaml.safe_dump({"models": list(entries)}), encoding="utf-8")
    return str(path)


def cpu_s(process: psutil.Process | None = None) -> float:
    """CPU seconds of a process so far; without one, of this."""
    times = (process or psutil.Process()).cpu_times()
    return float(times.user + times.system)


@dataclass(slots=True)
class Followed:
    """One draft as events: when each step came, the draft, and how long it took in all."""

    draft: dict[str, Any] = field(default_factory=dict)
    steps: list[float] = field(default_factory=list)  # on time.monotonic's clock
    restarts: int = 0
    seconds: float = 0.0


class Client:
    """One kept-alive connection. Written by hand: an HTTP library would cost more CPU than what it measures."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def draft(self, request: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Seconds and the draft."""
        started = await self._send(request, _JSON)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(int(i.split(b":")[1]) for i in head.lower().split(b"\r\n") if i.startswith(b"content-length"))
        body = await self._reader.readexactly(length)
        seconds = time.monotonic() - started
        if not head.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(head.split(b"\r\n", 1)[0].decode() + body[:300].decode())
        return seconds, json.loads(body)

    async def follow(self, request: dict[str, Any]) -> Followed:
        """The same draft as events."""
        found, event = Followed(), b""
        started = await self._send(request, _EVENTS)
        head = await self._reader.readuntil(b"\r\n\r\n")
        if b"text/event-stream" not in head.lower():
            raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
        while (line := await self._reader.readline()) != b"0\r\n":
            if not line:
                raise ConnectionResetError
            if line.startswith(b"event: "):
                event = line[7:].strip()
                if event == b"step":
                    found.steps.append(time.monotonic())
                found.restarts += event == b"restart"
            elif line.startswith(b"data: ") and event in {b"draft", b"error"}:
                found.draft = json.loads(line[6:])
                found.seconds = time.monotonic() - started
        await self._reader.readline()
        return found

    async def _send(self, request: dict[str, Any], accept: bytes) -> float:
        body = json.dumps(request).encode()
        started = time.monotonic()
        self._writer.write(_HEAD % (accept, len(body)) + body)
        await self._writer.drain()
        return started


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """A client of the service."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LINE)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()

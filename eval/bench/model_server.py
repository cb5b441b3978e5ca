"""A scripted OpenAI-compatible server in a process of its own: `python -m eval.bench.model_server` prints its port.

The path says how it behaves: `/<latency in ms>/<tokens a second>/v1/chat/completions` (0 tokens a second: all at once),
or `/hole/0/…`, which never answers. `GET /stamps` tells when it wrote what, on the clock of `time.monotonic`, and `GET
/last` the last request's body.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

import uvloop

from eval.bench.model_script import Script, script_for

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


@dataclass(slots=True)
class Record:
    """What happened to one request: when each step was complete, how late an event was at most."""

    steps: list[float] = field(default_factory=list)
    tokens: int = 0
    late_s: float = 0.0
    streams: int = 0  # that ran at once when it began


class Book:
    """All that happened since it was last asked for."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.running = 0
        self.last = b"{}"

    def stamps(self) -> bytes:
        """Tell and forget."""
        told, self.records = self.records, []
        rows = [{"steps": r.steps, "tokens": r.tokens, "late_s": r.late_s, "streams": r.streams} for r in told]
        return json.dumps(rows).encode()


class Connection(asyncio.Protocol):
    """One client, one request after the other."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._got = b""
        self._transport: asyncio.Transport
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as asyncio calls it
        """Stop writing."""
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer when the request is complete."""
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if not found or len(body) < int(length or 0):
            return
        self._got = b""
        path = head.split(b" ", 2)[1]
        if path in {b"/stamps", b"/last"}:
            self._send(self._book.stamps() if path == b"/stamps" else self._book.last)
            return
        self._book.last = body
        _, latency, rate, *_ = path.split(b"/")
        if latency != b"hole":
            self._task = asyncio.create_task(self._answer(body, int(latency) / 1000, float(rate)))

    def _send(self, body: bytes) -> None:
        self._transport.write(_HEAD % len(body) + body)

    async def _answer(self, body: bytes, latency_s: float, rate: float) -> None:
        if latency_s:
            await asyncio.sleep(latency_s)
        script = script_for(body)
        if b'"stream":true' not in body.replace(b" ", b""):
            self._send(script.whole)
            return
        self._book.running += 1
        record = Record(streams=self._book.running)
        try:
            self._transport.write(_STREAM)
            await self._stream(script, rate, record)
        finally:
            self._book.running -= 1
            self._book.records.append(record)

    async def _stream(self, script: Script, rate: float, record: Record) -> None:
        began, steps = time.monotonic(), frozenset(script.steps)
        for number, event in enumerate(script.events):
            if rate:
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                record.late_s = max(record.late_s, time.monotonic() - due)
            if number in steps:
                record.steps.append(time.monotonic())
            self._transport.write(event)
            record.tokens += 1
        self._transport.write(b"0\r\n\r\n")


async def _serve() -> None:
    book = Book()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(book), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def _run(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


if __name__ == "__main__":
    _run(_serve())

"""A scripted OpenAI-compatible server on loopback: says what it is told, or misbehaves as real providers do."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

Trouble = Literal["hang", "drip", "reset", "cut"]


@dataclass(frozen=True)
class Play:
    """One answer of the server. `trouble`: never answer, one byte a tenth of a second, reset at once, reset half way."""

    text: str | None = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None  # instead of a chat completion
    trouble: Trouble | None = None
    delay_s: float = 0.0
    finish_reason: str = "stop"
    pace_s: float = 0.0  # between the pieces of a streamed answer


@dataclass
class Server:
    """Where it listens, what it will play next, and every request it got."""

    url: str = ""
    plays: deque[Play] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    hung_up: int = 0  # clients that went away before their answer was complete
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def play(self, *plays: Play | str) -> None:
        self.plays.extend(Play(p) if isinstance(p, str) else p for p in plays)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up += 1
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head.split("\r\n")[1:]) if k}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(json.loads(body) if body else {})
        self.headers.append(headers)
        self.paths.append(head.split(" ")[1])
        play = self.plays.popleft() if self.plays else Play(status=503)
        await asyncio.sleep(play.delay_s)
        if play.trouble == "reset":
            return _reset(writer)
        if self.requests[-1].get("stream") and play.status == 200 and play.body is None and play.trouble != "drip":
            return await self._stream(play, reader, writer)
        payload = (play.body if play.body is not None else _completion(play)).encode()
        reason = "\r\n".join(f"{k}: {v}" for k, v in play.headers.items())
        start = (
            f"HTTP/1.1 {play.status} X\r\ncontent-type: application/json\r\ncontent-length: {len(payload)}\r\n{reason}"
        )
        writer.write((start.rstrip() + "\r\n\r\n").encode())
        return await self._send(payload, play, reader, writer)

    async def _stream(self, play: Play, reader: Any, writer: asyncio.StreamWriter) -> bool:
        """The answer as server-sent events, some characters each; chunked, as servers send them."""
        writer.write(b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        if play.trouble == "hang":
            await reader.read()
            raise ConnectionResetError
        events = _streamed(play)
        for event in events[: len(events) // 2] if play.trouble == "cut" else events:
            data = b"data: " + event.encode() + b"\n\n"
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
            await asyncio.sleep(play.pace_s)
        if play.trouble == "cut":
            return _reset(writer)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _send(self, payload: bytes, play: Play, reader: Any, writer: asyncio.StreamWriter) -> bool:
        if play.trouble == "cut":
            writer.write(payload[: len(payload) // 2])
            await writer.drain()
            await asyncio.sleep(0.05)
            return _reset(writer)
        if play.trouble == "hang":
            await reader.read()  # ends when the client hangs up
            raise ConnectionResetError
        for byte in payload if play.trouble == "drip" else ():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.1)
        if play.trouble != "drip":
            writer.write(payload)
        await writer.drain()
        return True


def _reset(writer: asyncio.StreamWriter) -> bool:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


def _completion(play: Play) -> str:
    if play.status != 200:
        return json.dumps({"error": {"message": "scripted trouble", "type": "server_error", "code": None}})
    message = {"role": "assistant", "content": play.text}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    choice = {"index": 0, "message": message, "finish_reason": play.finish_reason}
    return json.dumps(
        {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    )


def _streamed(play: Play) -> list[str]:
    text, base = play.text or "", {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    pieces = [text[i : i + 5] for i in range(0, len(text), 5)]
    choices = [{"index": 0, "delta": {"role": "assistant", "content": p}, "finish_reason": None} for p in pieces]
    choices.append({"index": 0, "delta": {}, "finish_reason": play.finish_reason})
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    events = [{**base, "choices": [choice]} for choice in choices]
    return [json.dumps(e) for e in [*events, {**base, "choices": [], "usage": usage}]] + ["[DONE]"]


@asynccontextmanager
async def serving():
    """A server on a free loopback port for the length of the block; open connections end with it."""
    server = Server()
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
    try:
        yield server
    finally:
        listener.close()
        for writer in server.writers:
            writer.transport.abort()
        await asyncio.sleep(0)

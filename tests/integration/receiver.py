"""A receiver of webhooks on the loopback interface, scripted answer by answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`script`: statuses, or (status, headers); then 200. "drip" sends a byte now and then, "flood" never stops."""

    script: list = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    flooded: int = 0
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=s3cret-path"


class _Server(ThreadingHTTPServer):
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        receiver = self.server.receiver
        receiver.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        step = receiver.script.pop(0) if receiver.script else 200
        self.close_connection = True
        with suppress(OSError):
            {"drip": self._drip, "cut": self._cut, "flood": self._flood}.get(str(step), self._answer)(step)

    def _cut(self, _step) -> None:
        pass

    def _drip(self, _step) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000:
            if self.server.receiver.over.is_set():
                return
            self.wfile.write(bytes([byte]))
            time.sleep(0.02)

    def _flood(self, _step) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.receiver.over.is_set():
            self.server.receiver.flooded += self.wfile.write(b"x" * 65_536)

    def _answer(self, step) -> None:
        status, headers = step if isinstance(step, tuple) else (step, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args) -> None:
        pass


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Runs until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = Receiver(port=server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.receiver.over.set()
        server.shutdown()
        thread.join()
        server.server_close()

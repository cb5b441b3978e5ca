"""Who carries an event to its receiver: over HTTP, or (in tests) into a list."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Protocol

import httpx

from app.outbox.message import body_of
from app.outbox.model import Delivery, Event
from app.outbox.signing import HEADER, sign
from app.targets import is_loopback

_TIMEOUT_S = 10.0
_OK, _REDIRECT, _CLIENT_ERROR, _SERVER_ERROR, _GONE = 200, 300, 400, 500, 410
# The receiver is busy or away: the next event would fare no better.
_BUSY = (408, 425, 429)
_LONGEST_WAIT_S = 21_600.0


class Sender(Protocol):
    """Carries one event at a time and says what became of it; never raises for what the receiver does."""

    async def send(self, event: Event) -> Delivery:
        """Try once."""

    async def aclose(self) -> None:
        """Let go of connections."""


class MemorySender:
    """Keeps what it is given. `answers`: what becomes of the next attempts; then all succeed."""

    def __init__(self, answers: list[Delivery] | None = None) -> None:
        self.sent: list[Event] = []
        self._answers = answers or []

    async def send(self, event: Event) -> Delivery:
        self.sent.append(event)
        return self._answers.pop(0) if self._answers else Delivery()

    async def aclose(self) -> None:
        pass


class HttpSender:
    """POSTs to one address. Follows no redirect, reads no answer's body, waits ten seconds in all."""

    def __init__(self, url: str, secret: str, *, timeout_s: float = _TIMEOUT_S) -> None:
        self._url, self._secret, self._timeout_s = url, secret, timeout_s
        self._client: httpx.AsyncClient | None = None

    async def send(self, event: Event) -> Delivery:
        body = body_of(event)
        headers = {
            "Content-Type": "application/json", "User-Agent": "Vierklang", "X-Vierklang-Event": event.kind,
            "X-Vierklang-Delivery": event.id, HEADER: sign(self._secret, body, now=time.time()),
        }  # fmt: skip
        try:
            # The client's own limits are for each step: a receiver that drips would outlive them.
            async with (
                asyncio.timeout(self._timeout_s),
                self._opened().stream("POST", self._url, content=body, headers=headers) as response,
            ):
                return _judge(response)
        except TimeoutError:
            return Delivery(f"no answer within {self._timeout_s:g} s", down=True)
        except httpx.HTTPError as error:
            return Delivery(f"no answer: {type(error).__name__}", down=True)

    async def aclose(self) -> None:
        if self._client:
            await self._client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        # Opened by the first event: reading the certificates takes longer than most processes have use for it.
        if self._client is None:
            # A proxy of the environment may stand between us and the world, never between us and this machine.
            near = is_loopback(httpx.URL(self._url).host)
            self._client = httpx.AsyncClient(follow_redirects=False, trust_env=not near, timeout=self._timeout_s)
        return self._client


def _judge(response: httpx.Response) -> Delivery:
    status = response.status_code
    if _OK <= status < _REDIRECT:
        return Delivery()
    told = f"HTTP {status}"
    if status < _CLIENT_ERROR:
        return Delivery(f"{told}: redirects are not followed")
    asked = response.headers.get("retry-after", "")
    wait = min(float(asked), _LONGEST_WAIT_S) if re.fullmatch(r"\d{1,9}", asked) else 0.0
    return Delivery(told, final=status == _GONE, down=status >= _SERVER_ERROR or status in _BUSY, wait_s=wait)

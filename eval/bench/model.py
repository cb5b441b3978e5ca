"""Drafts with a model, beyond the model's own time: a scripted provider answers, beside bare calls of the same server.

Every figure of a round is taken in turns: a draft over the service, the same prompt through litellm, httpx and aiohttp.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from app.llm.client import ChatMessage, Completion
from app.llm.litellm_client import LiteLLMModel
from eval.bench.home import machine
from eval.bench.model_load import Client, Provider, connected, models_file, providing
from eval.bench.server import Server, running
from eval.bench.tickets import requests

_LATENCIES = (0, 300)  # ms
_WARM, _ROUNDS = 30, {0: 120, 300: 30}
_STREAMED, _RATE = 20, 100  # drafts followed, tokens a second
_DEAD_S, _REST_S, _AFTER = 2.0, 6.0, 12
_NAMES = ("draft over the service", "bare litellm call", "bare httpx call", "bare aiohttp call")
_MODEL = "openai/gpt-4o-mini"  # its tokens are counted exactly, as most will have them


def run() -> None:
    """Print the figures beside those asked for."""
    print(machine())
    with providing() as provider, tempfile.TemporaryDirectory(prefix="vierklang-bench-") as scratch:
        for latency in _LATENCIES:
            _beyond(provider, Path(scratch), latency)
        _first_step(provider, Path(scratch))
        _dead(provider, Path(scratch))


@dataclass(slots=True)
class Calls:
    """Wall seconds of each call, and the CPU seconds of all together."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    async def take(self, call: Callable[[], Awaitable[float]], clock: Callable[[], float]) -> None:
        """Make one call; `clock` tells the CPU of whoever works for it."""
        before = clock()
        self.seconds.append(await call())
        self.cpu += clock() - before

    def p(self, percent: int) -> float:
        """A percentile in ms."""
        return statistics.quantiles(self.seconds, n=100)[percent - 1] * 1e3

    def told(self) -> str:
        """Wall and CPU."""
        return f"p50 {self.p(50):6.1f} ms, p95 {self.p(95):6.1f} ms, CPU {self.cpu / len(self.seconds) * 1e3:5.1f} ms a call"


def _beyond(provider: Provider, folder: Path, latency: int) -> None:
    entry = {"name": _MODEL, "url": provider.url(latency)}
    with running(MODELS_FILE=models_file(folder, entry), WORKERS="1") as server:
        calls = asyncio.run(_turns(server, provider, latency))
    draft, litellm, bare, _ = calls
    print(f"-- one client, {len(draft.seconds)} drafts, whole answers, provider's latency {latency} ms")
    for name, one in zip(_NAMES, calls, strict=True):
        print(f"  {name:23} {one.told()}, {len(one.seconds) / sum(one.seconds):6.1f} a second")
    base = statistics.median(litellm.seconds)
    added = Calls([s - base for s in draft.seconds])
    print(f"  beyond a bare litellm call: p50 {added.p(50):.1f} ms (asked: <= 25), p95 {added.p(95):.1f} ms (asked: <= 50); "
          f"beyond a bare httpx call: p50 {draft.p(50) - bare.p(50):.1f} ms")  # fmt: skip
    print(f"  CPU of a draft: {draft.cpu / litellm.cpu:.1f} times a bare litellm call's, "
          f"{draft.cpu / bare.cpu:.1f} times a bare httpx call's")  # fmt: skip


async def _turns(server: Server, provider: Provider, latency: int) -> tuple[Calls, Calls, Calls, Calls]:
    calls = Calls(), Calls(), Calls(), Calls()
    stages: list[dict[str, float]] = []
    batch = requests(_WARM + _ROUNDS[latency], seed=11)
    model = LiteLLMModel(_MODEL, api_base=provider.url(latency), api_key="none")
    await model.load()
    async with connected(server.port) as client, aiohttp.ClientSession() as session, httpx.AsyncClient() as plain:
        for request in batch[:_WARM]:
            await client.draft(request)
        sent = provider.last()
        url = f"{provider.url(latency)}/chat/completions"
        others = _litellm(model, sent), _httpx(plain, url, sent), _aiohttp(session, url, sent)
        for call in others:
            await call()
        for request in batch[_WARM:]:
            await calls[0].take(lambda request=request: _drafted(client, request, stages), server.api_cpu_s)  # type: ignore[misc]
            for one, call in zip(calls[1:], others, strict=True):
                await one.take(call, time.process_time)
    await model.aclose()
    print(
        "  by stage, median ms: " + ", ".join(f"{k} {statistics.median(s[k] for s in stages):.1f}" for k in stages[0])
    )
    return calls


async def _drafted(client: Client, request: dict[str, Any], stages: list[dict[str, float]]) -> float:
    seconds, draft = await client.draft(request)
    if draft["generation"]["engine"] != "model":
        raise RuntimeError(f"the model's answer was not taken: {draft['generation']['reason']}")
    stages.append(draft["timings_ms"])
    return seconds


def _litellm(model: LiteLLMModel, sent: dict[str, Any]) -> Callable[[], Awaitable[float]]:
    messages = tuple(ChatMessage(m["role"], m["content"]) for m in sent["messages"])
    request = Completion(messages=messages, max_tokens=sent["max_tokens"], timeout_s=30)

    async def call() -> float:
        started = time.perf_counter()
        await model.complete(request)
        return time.perf_counter() - started

    return call


def _httpx(client: httpx.AsyncClient, url: str, sent: dict[str, Any]) -> Callable[[], Awaitable[float]]:
    async def call() -> float:
        started = time.perf_counter()
        (await client.post(url, json=sent)).json()
        return time.perf_counter() - started

    return call


def _aiohttp(session: aiohttp.ClientSession, url: str, sent: dict[str, Any]) -> Callable[[], Awaitable[float]]:
    async def call() -> float:
        started = time.perf_counter()
        async with session.post(url, json=sent) as response:
            await response.json()
        return time.perf_counter() - started

    return call


def _first_step(provider: Provider, folder: Path) -> None:
    """From the moment the provider wrote the end of a step's string to the moment the client read its event."""
    entry = {"name": _MODEL, "url": provider.url(0, _RATE)}
    with running(MODELS_FILE=models_file(folder, entry), WORKERS="1") as server:
        cpu = server.api_cpu_s()
        delays, drafts = asyncio.run(_followed(server, provider))
        cpu = server.api_cpu_s() - cpu
    first, rest = Calls([d[0] for d in delays]), Calls([s for d in delays for s in d[1:]])
    print(f"-- one client, {drafts} drafts as events, {_RATE} tokens a second")
    print(f"  first step's event after its string was complete: p50 {first.p(50):.1f} ms (asked: <= 20), "
          f"p95 {first.p(95):.1f} ms; the three others: p50 {rest.p(50):.1f} ms; CPU {cpu / drafts * 1e3:.0f} ms a draft")  # fmt: skip


async def _followed(server: Server, provider: Provider) -> tuple[list[list[float]], int]:
    delays = []
    async with connected(server.port) as client:
        for number, request in enumerate(requests(_STREAMED + 4, seed=13)):
            provider.stamps()
            seen = await client.follow(request)
            complete = provider.stamps()[-1]["steps"]
            if len(seen.steps) != len(complete) or seen.restarts:
                raise RuntimeError("the model's steps were not shown as they came")
            if number >= 4:
                delays.append([shown - done for shown, done in zip(seen.steps, complete, strict=True)])
    return delays, _STREAMED + 4


def _dead(provider: Provider, folder: Path) -> None:
    """A provider that accepts and never answers stands first; the next one answers at once."""
    dead = {"name": "openai/gpt-4o", "url": provider.url("hole"), "timeout_s": _DEAD_S, "retries": 0}
    file = models_file(folder, dead, {"name": _MODEL, "url": provider.url()})
    with running(MODELS_FILE=file, WORKERS="1", MODEL_COOLDOWN_S=str(_REST_S)) as server:
        alone, first, resting, again = asyncio.run(_fallen(server))
    print(f"-- a dead provider first in line, its deadline {_DEAD_S:g} s, cool-down {_REST_S:g} s; a live one second")
    print(f"  a draft with the live one alone: {alone.p(50):.0f} ms; the first with the dead one: {first * 1e3:.0f} ms, so it "
          f"cost {(first - statistics.median(alone.seconds)) * 1e3:.0f} ms (asked: <= {_DEAD_S * 1e3:.0f})")  # fmt: skip
    print(f"  during its rest: {resting.p(50):.0f} ms, so it cost {resting.p(50) - alone.p(50):.0f} ms (asked: 0); "
          f"after its rest one draft tries it anew: {again * 1e3:.0f} ms")  # fmt: skip


async def _fallen(server: Server) -> tuple[Calls, float, Calls, float]:
    """Drafts with the live one alone, the first that meets the dead one, those in its rest, and the first after."""
    alone, resting = Calls(), Calls()
    batch = requests(_WARM + 2 * _AFTER + 2, seed=17)
    live: Sequence[dict[str, Any]] = [request | {"model": _MODEL} for request in batch]
    async with connected(server.port) as client:
        for request in live[:_WARM]:
            await client.draft(request)
        first, _ = await client.draft(batch[-1])
        rests_until = time.monotonic() + _REST_S
        for number in range(_WARM, _WARM + 2 * _AFTER, 2):
            resting.seconds.append((await client.draft(batch[number]))[0])
            alone.seconds.append((await client.draft(live[number + 1]))[0])
        await asyncio.sleep(max(0.0, rests_until - time.monotonic() + 0.1))
        again, _ = await client.draft(batch[-2])
    return alone, first, resting, again

"""Many streams at once: 150 drafts followed as events while the provider writes 40 tokens a second into each."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from app.llm.client import Answer, ChatMessage, Completion, LanguageModel
from app.llm.litellm_client import LiteLLMModel
from app.llm.openai_client import OpenAIModel
from app.llm.step_reader import StepReader
from eval.bench.home import machine
from eval.bench.model_load import Followed, Provider, connected, cpu_s, models_file, providing
from eval.bench.options import Options
from eval.bench.server import Server, running
from eval.bench.tickets import requests

_STREAMS, _RATE = 150, 40
_NAME = "openai/gpt-4o-mini"
_BARE, _BARE_ROUNDS = 10, 3  # streams at once without a pace, and how often: what a chunk costs each client
_SAMPLES = 12  # of the memory, over the run
_RAMP_S = 4.0  # the streams do not begin at the same moment


def run(options: Options) -> None:
    """Print whether they keep up, what a chunk costs, and what becomes of the memory."""
    print(machine())
    with providing() as provider, tempfile.TemporaryDirectory(prefix="vierklang-bench-") as scratch:
        asyncio.run(_clients(provider))
        asyncio.run(_held(provider))
        workers = psutil.cpu_count() or 1
        file = models_file(Path(scratch), {"name": _NAME, "url": provider.url(0, _RATE)})
        with running(WORKERS=str(workers), MODELS_FILE=file, MODEL_CONCURRENCY=str(_STREAMS + 10)) as server:
            print(f"-- {_STREAMS} drafts followed at once for {options.minutes:g} min, {_RATE} tokens a second each, "
                  f"VIERKLANG_WORKERS={workers}")  # fmt: skip
            asyncio.run(_Crowd(server, provider, options.minutes * 60).run())


async def _clients(provider: Provider) -> None:
    """What reading a chunk costs by each client, steps read along; nothing else runs in this process."""
    print(f"-- the clients alone: {_BARE} streams at once, as fast as they are read")
    direct = OpenAIModel(_NAME, api_base=provider.url(), api_key="none")
    through = LiteLLMModel(_NAME, api_base=provider.url(), api_key="none")
    await through.load()
    for name, model in (("direct client", direct), ("through litellm", through)):
        spent = []
        for _ in range(_BARE_ROUNDS + 1):
            provider.stamps()
            before = time.process_time()
            await asyncio.gather(*(_read(model) for _ in range(_BARE)))
            spent.append((time.process_time() - before) / sum(r["tokens"] for r in provider.stamps()))
        await model.aclose()
        print(f"  {name:16} {statistics.median(spent[1:]) * 1e3:.3f} ms CPU a chunk")


async def _held(provider: Provider) -> None:
    """All the streams at their pace, read by the direct client in this process."""
    model = OpenAIModel(_NAME, api_base=provider.url(0, _RATE), api_key="none")
    provider.stamps()
    began, before = time.monotonic(), time.process_time()
    await asyncio.gather(*(_read(model) for _ in range(_STREAMS)))
    wall, spent = time.monotonic() - began, time.process_time() - before
    records = provider.stamps()
    own, chunks = max(r["tokens"] for r in records) / _RATE, sum(r["tokens"] for r in records)
    await model.aclose()
    print(f"-- {_STREAMS} streams at {_RATE} tokens a second, the direct client alone: all read {(wall - own) * 1e3:.0f} ms after the "
          f"{own:.1f} s their answers take; {chunks / wall:.0f} chunks a second, {spent / wall:.2f} cores, "
          f"{spent / chunks * 1e3:.3f} ms CPU a chunk")  # fmt: skip


async def _read(model: LanguageModel) -> None:
    reader = StepReader()
    async with aclosing(model.stream(Completion((ChatMessage("user", "Hello."),), timeout_s=60))) as pieces:
        async for piece in pieces:
            if not isinstance(piece, Answer):
                reader.feed(piece)


@dataclass(slots=True)
class _Crowd:
    """Keeps so many drafts in the making until the time is up."""

    server: Server
    provider: Provider
    seconds: float
    followed: list[Followed] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    engines: Counter[str] = field(default_factory=Counter)
    number: Any = field(default_factory=count)

    async def run(self) -> None:
        """Draft, sample, print."""
        batch = requests(2000, seed=19)
        self.provider.stamps()
        await self._for(_RAMP_S * 2, batch)  # warm: imports, caches, connections
        self.followed.clear()
        self.engines.clear()
        self.provider.stamps()
        before = self.server.api_cpu_s(), self.server.postgres_cpu_s(), cpu_s(self.provider.process), cpu_s()
        began = time.monotonic()
        sampling = asyncio.create_task(self._sample())
        await self._for(self.seconds, batch)
        wall = time.monotonic() - began
        after = self.server.api_cpu_s(), self.server.postgres_cpu_s(), cpu_s(self.provider.process), cpu_s()
        sampling.cancel()
        self._tell(wall, [b - a for a, b in zip(before, after, strict=True)], self.provider.stamps())

    async def _for(self, seconds: float, batch: list[dict[str, Any]]) -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(self._one(i, until, batch) for i in range(_STREAMS)))

    async def _one(self, place: int, until: float, batch: list[dict[str, Any]]) -> None:
        await asyncio.sleep(place / _STREAMS * _RAMP_S)
        while time.monotonic() < until:
            try:
                async with connected(self.server.port) as client:
                    while time.monotonic() < until:
                        self._note(await client.follow(batch[next(self.number) % len(batch)]))
            except (RuntimeError, ConnectionError, EOFError) as error:  # a busy machine: told, and tried again
                self.engines[str(error) or type(error).__name__] += 1
                await asyncio.sleep(1)

    def _note(self, seen: Followed) -> None:
        made = seen.draft.get("generation")
        self.engines[f"{made['engine']} after {made['attempts']}" if made else "error event"] += 1
        if made:
            self.followed.append(seen)

    async def _sample(self) -> None:
        while True:
            self.memory.append(self.server.resident_mb())
            await asyncio.sleep(self.seconds / _SAMPLES)

    def _tell(self, wall: float, spent: list[float], records: list[dict[str, Any]]) -> None:
        chunks = sum(r["tokens"] for r in records)
        own = statistics.median(r["tokens"] for r in records) / _RATE
        beyond = sorted(seen.seconds - own for seen in self.followed)
        late = sorted(r["late_s"] for r in records)
        api, postgres, provider, load = spent
        if not beyond:
            print(f"  no draft was finished: {dict(self.engines)}")
            return
        expected = _STREAMS * _RATE * wall
        print(f"  {len(self.followed)} drafts, {len(self.followed) / wall:.1f} a second; {dict(self.engines)}; "
              f"machine's load at the end {psutil.getloadavg()[0]:.1f}")  # fmt: skip
        print(f"  {chunks} chunks of the {expected:.0f} that {_STREAMS} streams without a pause between drafts would be "
              f"({chunks / expected:.0%})")  # fmt: skip
        print(f"  {chunks / wall:.0f} chunks a second, {statistics.median(r['streams'] for r in records):.0f} streams open at the "
              f"provider; a draft beyond the {own:.1f} s its answer takes: p50 {beyond[len(beyond) // 2] * 1e3:.0f} ms, "
              f"p95 {beyond[int(len(beyond) * 0.95)] * 1e3:.0f} ms")  # fmt: skip
        print(f"  the provider itself wrote a chunk late by at most: p50 {late[len(late) // 2] * 1e3:.0f} ms, "
              f"p95 {late[int(len(late) * 0.95)] * 1e3:.0f} ms of a stream")  # fmt: skip
        print(f"  CPU: API {api / wall:.2f} cores, {api / chunks * 1e3:.3f} ms a chunk with its share of the draft, "
              f"{api / len(self.followed) * 1e3:.0f} ms a draft; PostgreSQL {postgres / wall:.2f}, scripted provider "
              f"{provider / wall:.2f}, load generator {load / wall:.2f} cores")  # fmt: skip
        third = max(1, len(self.memory) // 3)
        print(f"  largest API process resident: {self.memory[0]:.0f} MB at first, {self.memory[-1]:.0f} MB at last; mean of the last "
              f"third beyond the middle's: {statistics.mean(self.memory[-third:]) - statistics.mean(self.memory[third:-third] or self.memory):+.1f} "
              f"MB (asked: flat)")  # fmt: skip

"""How long an evaluation takes: whole processes of `vierklang eval run`, and what a case costs beside its draft.

A run of its own for `python -m eval.bench.evaluation_speed CASES RUN`: measures as many cases with the drafts of RUN, made
without drafting, and prints seconds of CPU, of which the totals, and peak memory.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil

from eval.bench.model_load import providing
from eval.bench.server import command
from eval.bench.tickets import requests
from eval.casebook.loading import load_sets
from eval.casebook.model import Case
from eval.metrics.measuring import Measurer
from eval.runs.cache import Cache
from eval.runs.rows import Ledger, Run, read_run
from eval.runs.runner import Runner
from eval.runs.session import Options, prepare
from eval.runs.suite import Variant, read_suite
from eval.runs.totals import summarise

CASES, JOBS, LATENCY = 200, 20, 50
OVERHEADS = (100, 1_000, 5_000)
_RESCORED = 500
_GOLD = {
    "de": "Guten Tag,\n\nso lange auf eine Antwort zu warten und dann vor einem kaputten Artikel zu stehen, ist mehr als "
    "ärgerlich; dafür bitte ich um Entschuldigung.\n\nIch habe Ihren Fall jetzt selbst in der Hand.\n\nSie können wählen: "
    "Ich erstatte Ihnen den Kaufpreis oder schicke Ihnen Ersatz. Zurückschicken müssen Sie in beiden Fällen nichts.\n\n"
    "Was möchten Sie lieber, Ihr Geld oder ein neues Stück?",
    "en": "Hello,\n\nwaiting this long and then unpacking something that does not work is more than annoying, and I am sorry "
    "for it.\n\nI have taken this over and will stay with it.\n\nThe choice is yours: I can refund what you paid or send a "
    "replacement, and there is nothing to return either way.\n\nWould you like the refund or a new one?",
}
_MODEL = ("--no-cache", "--model", "openai/gpt-4o-mini")
_TOLD = ("composer with retrieval (asked: <= 15 s)", "direct client (asked: <= 4 s)", "through litellm (asked: <= 8 s)")
_RUNS: Mapping[str, Sequence[str]] = {
    _TOLD[0]: ("--no-cache",),
    _TOLD[1]: _MODEL,
    f"{_TOLD[1]}, without the second engine": (*_MODEL, "--no-second-engine"),
    _TOLD[2]: ("--no-cache", "--model", "hosted_vllm/scripted"),
    f"{_TOLD[2]}, without the second engine": ("--no-cache", "--model", "hosted_vllm/scripted", "--no-second-engine"),
    "composer, filling the caches": (),
    "composer, all drafts and measurements cached": (),
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds on the clock and of CPU, megabytes at most."""

    wall_s: float
    cpu_s: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.wall_s:.1f} s, CPU {self.cpu_s:.1f} s, peak {self.peak_mb:.0f} MB"


def run(most: int | None) -> None:
    """Print the figures beside those asked for; `most`: overhead at that many cases as well."""
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as scratch, providing() as provider:
        folder, url = Path(scratch), provider.url(LATENCY)
        suite = _suite(folder, CASES)
        # The variable wins over any key of the house: nothing but loopback is spoken to.
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
            "VIERKLANG_DATA_DIR": str(folder / "home"), "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none",
            "HOSTED_VLLM_API_BASE": url, "HOSTED_VLLM_API_KEY": "none",
        }  # fmt: skip
        evaluating = (command("vierklang"), "eval", "run", str(suite), "-j", str(JOBS))
        spent(env, *evaluating, "--limit", "1")  # makes the database
        print(f"{CASES} cases, {JOBS} at once, model's latency {LATENCY} ms, whole processes (peak asked: <= 200 MB):")
        for name, told in _RUNS.items():
            took = spent(env, *evaluating, *told)
            made = _newest(folder)
            print(f"  {name}: {took}; {_kept(made)}, load {psutil.getloadavg()[0]:.1f}", flush=True)
        _rescoring(made, folder / "cases.jsonl")
        print("beside its draft and vectors a case costs (asked: flat from 100 to 20,000):")
        for count in (*OVERHEADS, *([most] if most else [])):
            print(f"  {count:6} cases: {_measured(env, count, made.path)}", flush=True)


def spent(env: Mapping[str, str], *told: str) -> Spent:
    """Run a command to its end. Raises RuntimeError where it fails."""
    started = time.perf_counter()
    with subprocess.Popen(told, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(told)} ended with {process.returncode}: {said[-500:].decode(errors='replace')}")
    return Spent(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _suite(folder: Path, cases: int) -> Path:
    lines = (orjson.dumps(_case(r), option=orjson.OPT_APPEND_NEWLINE) for r in requests(cases))
    (folder / "cases.jsonl").write_bytes(b"".join(lines))
    path = folder / "suite.yaml"
    path.write_text("name: bench\ncases: [cases.jsonl]\n", encoding="utf-8")
    return path


def _case(request: dict[str, Any]) -> dict[str, Any]:
    ticket = request["ticket"]
    language = "de" if ticket["marketplace"] == "amazon.de" else "en"
    return {"id": ticket["id"], "ticket": ticket, "request": {"resolutions": request["resolutions"]},
            "gold": _GOLD[language], "must_appear": [["Erstattung", "erstatten", "refund"]]}  # fmt: skip


def _newest(folder: Path) -> Run:
    return read_run(max((folder / "home" / "eval" / "runs").glob("*.jsonl"), key=lambda p: p.stat().st_mtime_ns))


def _kept(run: Run) -> str:
    """Rows that were scored with a text of the first try: a figure over failures or second questions is none."""
    rows = list(run.rows.values())
    first = sum(bool(r.value("compliance.first_try")) for r in rows)
    return f"{sum(r.status == 'scored' for r in rows)} of {len(rows)} scored, {first} at first try"


def _rescoring(run: Run, cases: Path) -> None:
    """Every metric but the vectors' anew over drafts that are there, without a cache."""
    found = {c.id: c for c in load_sets([cases])[0].cases}
    rows = [r for r in run.rows.values() if r.status == "scored"]
    work = [(found[r.case], r.draft) for r in rows * (_RESCORED // len(rows) + 1)][:_RESCORED]
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(_score(work))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"rescoring {len(work)} drafts: {wall:.1f} s, CPU {cpu:.1f} s (asked: <= 3)")


async def _score(work: Sequence[tuple[Case, dict[str, Any]]]) -> None:
    for case, draft in work:
        await Measurer().measure(case, draft, Variant(name="composer"))


def _measured(env: Mapping[str, str], count: int, drafts: Path) -> str:
    told = [sys.executable, "-m", "eval.bench.evaluation_speed", str(count), str(drafts)]
    return subprocess.run(told, env=dict(env), check=True, capture_output=True, text=True).stdout.strip()


class Ready:
    """A studio whose drafts are there already: what is left is the evaluation's own work."""

    own_knowledge = False

    def __init__(self, drafts: Sequence[dict[str, Any]]) -> None:
        self._drafts = drafts
        self._made = 0

    async def draft(self, _: Case, __: Variant) -> dict[str, Any]:
        """The next one, a copy."""
        self._made += 1
        return dict(self._drafts[self._made % len(self._drafts)])


async def _alone(count: int, drafts: Path, folder: Path) -> None:
    kept = [r.draft for r in read_run(drafts).rows.values()]
    path = folder / "run.jsonl"
    before = time.process_time()
    made = prepare(read_suite(_suite(folder, count)), Options(), path)
    read = time.process_time()
    cache = Cache(folder / "cache.sqlite")
    with Ledger(path) as ledger:
        ledger.begin(made.header)
        studio: Any = Ready(kept)
        await Runner(studio, Measurer(cache), ledger.add, None).run(made.jobs, concurrency=JOBS)
    cache.close()
    ran = time.process_time()
    summarise(read_run(path), "composer")
    done = time.process_time()
    parts = ((read - before, "reading"), (ran - read, "measuring and writing"), (done - ran, "totals"))
    told = ", ".join(f"{s / count * 1e3:.2f} {name}" for s, name in parts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{(done - before) / count * 1e3:.2f} ms of CPU a case ({told}), peak {peak:.0f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as own:
        asyncio.run(_alone(int(sys.argv[1]), Path(sys.argv[2]), Path(own)))

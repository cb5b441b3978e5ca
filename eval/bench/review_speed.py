"""Review of fresh, varied replies of about 120 words: time, throughput, 100 kB, import; beside guardrails-ai's Guard."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from collections.abc import Sequence

from eval.bench import link_finding
from eval.bench.server import command

_SEEDS = (1, 2, 3, 4, 5)
_GUARD_SEEDS = (1, 2)
_IMPORTS = 9


def run() -> None:
    """Print the figures."""
    ours = _measured("review", _SEEDS)
    print(f"{len(ours['wall'])} fresh replies of about 120 words, half German, half English, all checks of a channel:")
    print(f"  {_quantiles(ours['wall'])} (CPU alone: {_quantiles(ours['cpu'])})")
    print(f"  {1 / statistics.mean(ours['cpu']):.0f} replies a second and core")
    print(f"the same reply again: {_quantiles(ours['repeated'])}")
    print(f"100 kB: {statistics.median(ours['long']) * 1e3:.0f} ms")
    theirs = _measured("guard", _GUARD_SEEDS)
    ratio = statistics.mean(theirs["cpu"]) / statistics.mean(ours["cpu"])
    print(f"the same checks through a Guard: {_quantiles(theirs['wall'])}, ×{ratio:.1f} the CPU")
    for module in ("reply_guards", "reply_guards.review"):
        print(f"import {module}: {_import(module) * 1e3:.0f} ms in a new interpreter, byte code there")
    link_finding.run()


def _measured(judge: str, seeds: Sequence[int]) -> dict[str, list[float]]:
    """The samples of one process a seed: a process that has seen the sentences once would know them."""
    found: dict[str, list[float]] = {"wall": [], "cpu": [], "repeated": [], "long": []}
    for seed in seeds:
        told = json.loads(_python("-m", "eval.bench.review_probe", judge, str(seed)))
        for name, samples in found.items():
            samples.extend(told[name])
    return found


def _quantiles(seconds: Sequence[float]) -> str:
    cuts = statistics.quantiles(seconds, n=20)
    return f"p50 {statistics.median(seconds) * 1e3:.2f} ms, p95 {cuts[18] * 1e3:.2f} ms"


def _import(module: str) -> float:
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    _python("-c", code)
    return statistics.median(float(_python("-c", code)) for _ in range(_IMPORTS))


def _python(*arguments: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    kept |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # one core is measured, and the service runs so, too
    result = subprocess.run(
        [command("python"), "-W", "ignore", *arguments], check=True, capture_output=True, text=True, env=kept
    )
    return result.stdout.splitlines()[-1]

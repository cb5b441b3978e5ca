"""Start-up: the service warm, the command line cold."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from eval.bench.server import command, running

_REPEATS = 5
_REPLY = "Guten Tag Frau Keller,\n\nes tut mir leid, dass die Tasse beschädigt ankam.\n\nIch kümmere mich darum."


def run() -> None:
    """Print the figures beside those asked for."""
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as scratch:
        home = Path(scratch)
        started = time.perf_counter()
        with running(home):
            print(f"first start to ready, database and starter knowledge made: {time.perf_counter() - started:.1f} s")
        print(f"warm start to ready: {_median(lambda: _warm(home)):.2f} s (asked: <= 4)")
        reply = home / "reply.txt"
        reply.write_text(_REPLY, encoding="utf-8")
        print(f"vierklang --help: {_median(lambda: _command('--help')):.2f} s (asked: <= 0.4)")
        check = ("check", "--channel", "amazon", str(reply))
        print(f"vierklang check: {_median(lambda: _command(*check)):.2f} s (asked: <= 0.8)")
        print(f"python -c pass, for comparison: {_median(_python):.2f} s")


def _median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(_REPEATS))


def _warm(home: Path) -> float:
    started = time.perf_counter()
    with running(home):
        return time.perf_counter() - started


def _command(*arguments: str) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run([command("vierklang"), *arguments], env=environment, check=False, capture_output=True)
    return time.perf_counter() - started


def _python() -> float:
    started = time.perf_counter()
    subprocess.run([command("python"), "-c", "pass"], check=True)
    return time.perf_counter() - started

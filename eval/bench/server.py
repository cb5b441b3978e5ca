"""A service of its own for a bench: fresh data folder, free port, ended with the bench."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

KEY = "vk_bench-bench-bench-bench"


@dataclass(frozen=True)
class Server:
    """A running service."""

    port: int
    process: psutil.Process
    data_dir: Path

    def api_cpu_s(self) -> float:
        """CPU seconds of all API processes so far."""
        return float(sum(times.user + times.system for p in self._processes() if (times := p.cpu_times())))

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def postgres_cpu_s(self) -> float:
        """CPU seconds of the embedded server and its live children so far."""
        pid = int((self.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        server = psutil.Process(pid)
        total = 0.0
        for process in (server, *server.children(recursive=True)):
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total

    def resident_mb(self) -> float:
        """Resident memory of the largest API process."""
        return max(float(p.memory_info().rss) for p in self._processes()) / 1e6


def command(name: str) -> str:
    """The console script of this environment."""
    return str(Path(sys.executable).parent / name)


@contextmanager
def running(data_dir: Path | None = None, **settings: str) -> Iterator[Server]:
    """Start `vierklang serve`, wait until it is ready, stop it cleanly."""
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as scratch:
        home = data_dir or Path(scratch)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"VIERKLANG_DATA_DIR": str(home), "VIERKLANG_PORT": str(port), "VIERKLANG_API_KEY": KEY,
                        "VIERKLANG_LOG_LEVEL": "WARNING"} | {f"VIERKLANG_{k}": v for k, v in settings.items()}  # fmt: skip
        process = subprocess.Popen([command("vierklang"), "serve"], env=environment, stderr=subprocess.DEVNULL)
        try:
            wait_until_ready(port, process)
            yield Server(port, psutil.Process(process.pid), home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_until_ready(port: int, process: subprocess.Popen[bytes], patience_s: float = 90) -> None:
    """Poll /readyz. Raises RuntimeError when the process ends or the time is up."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the service ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError("the service did not become ready")

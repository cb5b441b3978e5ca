"""Embeddings from outside: any model litellm knows, over a loopback server; a provider that fails is named."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.errors import Unavailable
from app.knowledge.embeddings import LiteLLMEmbedder


class _Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        texts = json.loads(self.rfile.read(int(self.headers["content-length"])))["input"]
        # Out of order, as the protocol allows: the index says where each belongs.
        data = [{"object": "embedding", "index": i, "embedding": [float(len(t)), 1.0]} for i, t in enumerate(texts)][
            ::-1
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        body = json.dumps({"object": "list", "data": data, "model": "m", "usage": usage}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def provider(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OPENAI_API_KEY", "not-needed")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.filterwarnings("ignore")
async def test_vectors_come_back_in_the_order_of_the_texts(provider):
    """Whatever order the provider answers in."""
    assert await LiteLLMEmbedder("openai/m").embed(["a", "bb", "ccc"]) == [[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]]


@pytest.mark.filterwarnings("ignore")
async def test_a_provider_that_cannot_be_reached_is_unavailable(monkeypatch):
    """Search then goes on with words alone."""
    monkeypatch.setenv("OPENAI_API_KEY", "not-needed")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(Unavailable, match="openai/m"):
        await LiteLLMEmbedder("openai/m", timeout_s=20).embed(["a"])

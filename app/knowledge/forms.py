"""What a vector index holds of a vector, how it is asked, and how it is built: one form by halves, one by signs."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from uuid import UUID

from app.config import DEFAULT_EMBEDDING

INDEX_PREFIX = "ix_vectors_"
# The breadth that finds at least 97 in a hundred of the ten nearest of 100,000 generated vectors; the most allowed.
_USUAL_ROWS, _USUAL_BREADTH, _WIDEST = 100_000, 200, 1000


@dataclass(frozen=True, slots=True)
class Form:
    """A form of index. In its texts `{dims}` stands for the vectors' length.

    `held`: what is indexed, with its operator class. `nearest`: the items that come first by it, with their cosine
    distance; `{owned}` stands for the index's own condition, `{breadth}` for how many are looked at. `bits`: for each
    number of a vector. `links`: neighbours each vector keeps. `care`: how many a new one is compared with. `growth`:
    the power of the rows by which more are looked at in a large index.
    """

    name: str
    held: str
    nearest: str
    bits: int
    links: int
    care: int
    growth: float

    def breadth(self, rows: int) -> int:
        """How many of so many vectors are looked at: a large index is to find as many of the nearest as a small one."""
        wanted = _USUAL_BREADTH * math.pow(rows / _USUAL_ROWS, self.growth)
        return min(_WIDEST, max(_USUAL_BREADTH, 50 * round(wanted / 50)))


# Twice pgvector's 64 of care: of 60,000 tickets' ten nearest all were found where 64 found 96 in a hundred. Of 100,000
# tickets' ten nearest 24 links find 97 in a hundred where 16 found 96. Of 300,000, 600 must be looked at for as many.
_HALVES = Form(
    "halves",
    "(vector::halfvec({dims})) halfvec_cosine_ops",
    "SELECT item_id, vector::halfvec({dims}) <=> cast(:vector AS halfvec({dims})) AS distance FROM embeddings "
    "WHERE {owned} ORDER BY vector::halfvec({dims}) <=> cast(:vector AS halfvec({dims})) LIMIT :candidates",
    bits=16, links=24, care=128, growth=1.0,
)  # fmt: skip
# A bit for each number: the nearest by their signs are found in a seventh of the room, and then compared whole. Few
# links laid with much care find as many of the nearest as many links laid with little, and are followed faster.
_SIGNS = Form(
    "signs",
    "(binary_quantize(vector::halfvec({dims}))::bit({dims})) bit_hamming_ops",
    "SELECT item_id, vector <=> cast(:vector AS halfvec) AS distance FROM (SELECT item_id, vector FROM embeddings "
    "WHERE {owned} ORDER BY binary_quantize(vector::halfvec({dims}))::bit({dims}) "
    "<~> binary_quantize(cast(:vector AS halfvec({dims})))::bit({dims}) LIMIT {breadth}) near "
    "ORDER BY 2 LIMIT :candidates",
    bits=1, links=12, care=400, growth=0.45,
)  # fmt: skip
# What the signs tell was measured of the built-in model's vectors, of no other's.
_BY_SIGNS = frozenset({DEFAULT_EMBEDDING})


def form_of(model: str) -> Form:
    """The form of a model's indexes."""
    return _SIGNS if model in _BY_SIGNS else _HALVES


def index_name(model: str, tenant_id: UUID) -> str:
    """The name of the index on a tenant's vectors of a model; another where the index holds something else of them."""
    form = form_of(model)
    told = f"{tenant_id}\0{model}" if form is _HALVES else f"{tenant_id}\0{model}\0{form.name}"
    return INDEX_PREFIX + hashlib.sha256(told.encode()).hexdigest()[:16]

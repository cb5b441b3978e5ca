"""Fills a database with generated tickets and their vectors, by COPY: what an import stores, without its work."""

from __future__ import annotations

import struct
import time
import uuid
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from app.config import DEFAULT_EMBEDDING
from app.knowledge.forms import INDEX_PREFIX
from app.knowledge.indexes import maintain
from app.knowledge.search import configuration
from eval.bench.corpus import LANGUAGES, Texts, Vectors

_BLOCK = 10_000
_TEXTS = (
    "COPY precedents (id, tenant_id, external_id, channel, language, problem, reply, cause, csat, resolved_at, "
    "search_config, words) FROM STDIN"
)
_VECTORS = "COPY embeddings (id, tenant_id, item_kind, item_id, model, vector) FROM STDIN (FORMAT BINARY)"
_CHANNELS = ("amazon", "ebay", "etsy", "shop_email", "chat")
_CAUSES = ("carrier_delay", "damaged_in_transit", "product_defect", "refund_delayed", "wrong_item", r"\N")
# The binary form of COPY: a signature, flags and the length of an extension; at the end a row of -1 fields.
_HEAD, _END = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0), struct.pack("!h", -1)


class Loader:
    """Adds tickets. Each tenant gets its share of every block, so that rows lie mixed as they would after years."""

    def __init__(
        self, owner_url: str, texts: dict[str, Texts], vectors: Vectors, shares: dict[uuid.UUID, float]
    ) -> None:
        self._url = owner_url
        self._texts, self._vectors = texts, vectors
        self._tenants = list(shares)
        self._chances = list(shares.values())
        self._dice = np.random.default_rng(5)
        self._number = 0

    def load(self, count: int) -> float:
        """Add so many tickets with the full-text index rebuilt and no vector index; seconds without the making."""
        seconds = 0.0
        with psycopg.connect(self._url, autocommit=True) as connection:
            for name in _vector_indexes(connection):
                connection.execute(f'DROP INDEX "{name}"')
            connection.execute("DROP INDEX ix_precedents_search")
            # Rows are right by construction; foreign keys would be asked for each.
            connection.execute("SET session_replication_role = replica")
            for begun in range(0, count, _BLOCK):
                size = min(_BLOCK, count - begun)
                owners = self._dice.choice(len(self._tenants), size, p=self._chances)
                ids = self._dice.bytes(16 * size)
                rows, vectors = self._rows(owners, ids), self._packed(owners, ids)
                seconds += _copied(connection, _TEXTS, rows) + _copied(connection, _VECTORS, [_HEAD + vectors + _END])
            connection.execute("SET maintenance_work_mem = '1GB'")
            started = time.perf_counter()
            connection.execute("CREATE INDEX ix_precedents_search ON precedents USING gin (search)")
            connection.execute("VACUUM precedents")
            return seconds + time.perf_counter() - started

    def _rows(self, owners: Any, ids: bytes) -> list[bytes]:  # noqa: ANN401 - an array of tenant numbers
        half = len(owners) // 2 + 1
        found = [iter([(name, *row) for row in self._texts[name].tickets(half)]) for name in LANGUAGES]
        return [self._row(place, int(owner), next(found[place % 2]), ids) for place, owner in enumerate(owners)]

    def _row(self, place: int, owner: int, told: tuple[str, str, str], ids: bytes) -> bytes:
        language, problem, parts = told
        self._number += 1
        number = self._number
        cells = (
            ids[16 * place : 16 * place + 16].hex(), str(self._tenants[owner]), f"G-{number}", _CHANNELS[number % 5],
            language, problem, f"Solved: {problem[:60]}", _CAUSES[number * 7 % 6], str(number % 5 + 1),
            f"202{4 + number % 2}-{number % 12 + 1:02}-{number % 28 + 1:02}", configuration(language), parts,
        )  # fmt: skip
        return "\t".join(cells).encode() + b"\n"

    def _packed(self, owners: Any, ids: bytes) -> bytes:  # noqa: ANN401
        """The rows of the binary COPY: all fields of one length, so that an array with that shape is their bytes."""
        vectors = self._vectors.draw(len(owners))
        dims = vectors.shape[1]
        model = DEFAULT_EMBEDDING.encode()
        shape: list[Any] = [("fields", ">i2")]
        fields = {"id": 16, "tenant": 16, "kind": 6, "item": 16, "model": len(model)}
        for name, length in fields.items():
            shape += [(f"{name}_length", ">i4"), (name, f"V{length}")]
        shape += [("vector_length", ">i4"), ("dims", ">i2"), ("zero", ">i2"), ("vector", ">f2", (dims,))]
        rows: npt.NDArray[Any] = np.zeros(len(owners), shape)
        rows["fields"], rows["dims"], rows["vector"], rows["vector_length"] = 6, dims, vectors, 4 + 2 * dims
        for name, length in fields.items():
            rows[f"{name}_length"] = length
        tenants = np.array([np.void(t.bytes) for t in self._tenants])
        rows["id"] = np.frombuffer(self._dice.bytes(16 * len(owners)), "V16")
        rows["item"] = np.frombuffer(ids, "V16")
        rows["tenant"], rows["kind"], rows["model"] = tenants[owners], np.void(b"ticket"), np.void(model)
        return rows.tobytes()


def add_tenants(owner_url: str, tenants: Iterator[uuid.UUID], dims: int) -> None:
    """Tenants whose searches use the built-in model's vectors."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for tenant in tenants:
            connection.execute("INSERT INTO tenants (id, name) VALUES (%s, 'bench') ON CONFLICT DO NOTHING", (tenant,))
        connection.execute("UPDATE tenants SET embedding_model = %s", (DEFAULT_EMBEDDING,))
        connection.execute(
            "INSERT INTO embedding_models VALUES (%s, %s) ON CONFLICT DO NOTHING", (DEFAULT_EMBEDDING, dims)
        )


def index(owner_url: str) -> tuple[float, dict[str, int]]:
    """Seconds that looking after the indexes takes, and their sizes in bytes."""
    started = time.perf_counter()
    maintain(owner_url)
    seconds = time.perf_counter() - started
    with psycopg.connect(owner_url) as connection:
        vectors = sum(_size(connection, name) for name in _vector_indexes(connection))
        return seconds, {"vectors": vectors, "words": _size(connection, "ix_precedents_search")}


def _vector_indexes(connection: psycopg.Connection) -> list[str]:
    query = "SELECT indexname FROM pg_indexes WHERE tablename = 'embeddings' AND starts_with(indexname, %s)"
    return [name for (name,) in connection.execute(query, (INDEX_PREFIX,)).fetchall()]


def _size(connection: psycopg.Connection, name: str) -> int:
    row = connection.execute("SELECT pg_relation_size(%s::regclass)", (f"public.{name}",)).fetchone()
    return int(row[0]) if row else 0


def _copied(connection: psycopg.Connection, statement: str, blocks: list[bytes]) -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in blocks:
            copy.write(block)
    return time.perf_counter() - started

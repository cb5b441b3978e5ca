"""Which embedding model serves a tenant now, and how its vectors are searched."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from app.db import Database
from app.errors import Unavailable
from app.knowledge import repository
from app.knowledge.embeddings import Embedder
from app.knowledge.search import EXACT_UP_TO, Vectors
from app.logs import get_logger

log = get_logger("knowledge")
# A switch of models, or a tenant that outgrew the exact search, is noticed this late at most.
_FRESH_S = 20.0
_MOST_TENANTS = 10_000


@dataclass(frozen=True, slots=True)
class Probe:
    """A query's vector and the vectors it can be compared with. No vector: the provider is down, words still search."""

    vector: object | None
    vectors: Vectors


class Serving:
    """Knows for each tenant the model that serves; opens the embedder of an older model while one is being changed."""

    def __init__(self, database: Database, embedder: Embedder, open_embedder: Callable[[str], Embedder]) -> None:
        """`embedder`: of the model the settings name, which new items get."""
        self.database = database
        self._open = open_embedder
        self._embedders = {embedder.name: embedder}
        self._known: dict[uuid.UUID, tuple[float, Vectors]] = {}
        self.embedder = embedder

    async def probe(self, tenant_id: uuid.UUID, words: str) -> Probe:
        """Embed a query with the model that serves this tenant. No connection is held meanwhile."""
        vectors = await self.vectors(tenant_id)
        try:
            return Probe((await self.embedder_of(vectors.model).embed([words]))[0], vectors)
        except Unavailable as error:
            log.warning("embedding_unavailable", model=vectors.model, reason=type(error).__name__)
            return Probe(None, vectors)

    async def vectors(self, tenant_id: uuid.UUID) -> Vectors:
        """How this tenant's vectors are searched, asked of the database every few seconds at most."""
        until, known = self._known.get(tenant_id, (0.0, None))
        if known is None or until < time.monotonic():
            known = await self._look_up(tenant_id)
            if len(self._known) >= _MOST_TENANTS:
                self._known.clear()
            self._known[tenant_id] = (time.monotonic() + _FRESH_S, known)
        return known

    def forget(self, tenant_id: uuid.UUID) -> None:
        """Ask again at the next search: something was switched."""
        self._known.pop(tenant_id, None)

    def forget_texts(self) -> None:
        """Let go of the texts that embedders remember."""
        for embedder in self._embedders.values():
            embedder.forget()

    def embedder_of(self, model: str) -> Embedder:
        """The embedder of a model, opened once."""
        if model not in self._embedders:
            self._embedders[model] = self._open(model)
        return self._embedders[model]

    async def _look_up(self, tenant_id: uuid.UUID) -> Vectors:
        async with self.database.begin(tenant_id) as session:
            model = await repository.serving_model(session) or self.embedder.name
            rows = await repository.count_vectors(session, model, up_to=EXACT_UP_TO + 1)
            small = rows <= EXACT_UP_TO
            found = None if small else await repository.index_of(session, tenant_id, model)
            return Vectors(model, *found, tenant_id) if found else Vectors(model, tenant_id=tenant_id)

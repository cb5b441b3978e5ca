"""Runs all metrics over a draft; what was measured once under the same code is not measured again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eval.casebook.model import Case, digest_of
from eval.metrics.base import Measured, Scene
from eval.metrics.catalogue import EMBEDDING, METRICS
from eval.runs.cache import Cache, measuring_version
from eval.runs.drafting import request_of
from eval.runs.suite import Variant


class Embeds(Protocol):
    """What turns texts into unit vectors; `name` is the model's."""

    @property
    def name(self) -> str:
        """The model's."""

    async def embed(self, texts: Sequence[str]) -> list[Any]:
        """One vector a text. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Measurer:
    """Measures drafts. Without an embedder, nearness in meaning is left out."""

    cache: Cache | None = None
    embedder: Embeds | None = None

    async def measure(self, case: Case, draft: dict[str, Any], variant: Variant) -> dict[str, list[Any]]:
        """Every metric's value and reason."""
        key = self._key(case, draft, variant)
        if self.cache and (kept := self.cache.get("metric", key)):
            found: dict[str, list[Any]] = kept
            return found
        scene = Scene(case, draft, request_of(case, variant))
        values = {m.name: m.measure(scene).as_row() for m in METRICS}
        if self.embedder and scene.gold and scene.text:
            values[EMBEDDING] = (await self._nearness(scene.text, scene.gold)).as_row()
        if self.cache:
            self.cache.put("metric", key, values)
        return values

    def _key(self, case: Case, draft: dict[str, Any], variant: Variant) -> str:
        model = self.embedder.name if self.embedder else None
        said = {k: v for k, v in draft.items() if k not in {"id", "created_at"}}
        return digest_of([case.digest, said, variant.register_, model, measuring_version()])

    async def _nearness(self, draft: str, gold: str) -> Measured:
        """Cosine of the two texts' vectors, which are of length one."""
        one, other = await self._vector(draft), await self._vector(gold)
        return Measured(float(sum(a * b for a, b in zip(one, other, strict=True))))

    async def _vector(self, text: str) -> list[float]:
        assert self.embedder
        key = digest_of([self.embedder.name, text])
        if self.cache and (kept := self.cache.get("vector", key)):
            vector: list[float] = kept
            return vector
        vector = [round(float(x), 5) for x in (await self.embedder.embed([text]))[0]]
        if self.cache:
            self.cache.put("vector", key, vector)
        return vector

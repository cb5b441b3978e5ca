"""How near a draft is to the gold reply, and what an agent would have to change."""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Literal

from rapidfuzz.distance import Levenshtein

from eval.metrics.base import Measured, Scene, Sort

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF

_RAW_DEFLATE = -15


class Chrf:
    """Character n-gram F-score against the gold reply, 0 to 100."""

    name, title = "similarity.chrf", "chrF to gold"
    sort: ClassVar[Sort] = "number"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """Says how alike the wording is, not how good."""
        if not scene.gold or not scene.text:
            return Measured(None, "no gold reply or no text")
        return Measured(chrf(scene.text, scene.gold))


def chrf(said: str, wanted: str) -> float:
    """F2 of character 1- to 6-grams without whitespace (Popović 2015), 0 to 100."""
    return float(_scorer().sentence_score(said, [wanted]).score)


@cache
def _scorer() -> CHRF:
    """Its import takes a quarter of a second: with the first draft that is measured."""
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


class EditDistance:
    """Share of characters to change from draft to gold: Levenshtein over the longer length."""

    name, title = "effort.levenshtein", "Edit distance"
    sort: ClassVar[Sort] = "number"
    better: ClassVar[Literal["higher", "lower"] | None] = "lower"

    def measure(self, scene: Scene) -> Measured:
        """0: the same text."""
        if not scene.gold or not scene.text:
            return Measured(None, "no gold reply or no text")
        return Measured(Levenshtein.normalized_distance(scene.text, scene.gold))


class CompressionDistance:
    """What is new in the gold reply to one who has the draft: LZ77's bytes for it, over those without the draft.

    Moving a paragraph costs little here and much in Levenshtein's count; people's editing time follows the former
    (Devatine and Abraham 2024).
    """

    name, title = "effort.lz77", "Edit effort (LZ77)"
    sort: ClassVar[Sort] = "number"
    better: ClassVar[Literal["higher", "lower"] | None] = "lower"

    def measure(self, scene: Scene) -> Measured:
        """0: nothing new; 1: the draft helps nothing."""
        if not scene.gold or not scene.text:
            return Measured(None, "no gold reply or no text")
        return Measured(compression_distance(scene.text, scene.gold))


def compression_distance(draft: str, final: str) -> float:
    """Share of a text's compressed size that remains when the draft is known, 0 to 1."""
    known, new = draft.encode(), final.encode()
    alone, given = _packed(new), _packed(new, known)
    least = _packed(new, new)
    return min(1.0, max(0.0, (given - least) / (alone - least))) if alone > least else 0.0


def _packed(text: bytes, known: bytes = b"") -> int:
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE, zdict=known) if known else zlib.compressobj(
        9, zlib.DEFLATED, _RAW_DEFLATE)  # fmt: skip
    return len(packer.compress(text)) + len(packer.flush())

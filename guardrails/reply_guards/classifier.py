"""A small linear classifier for what rules alone cannot say: hints, irony, belittling, steering in new words.

One sentence at a time. Features are the words, pairs of neighbouring words and letter groups of each word, hashed into
a table of weights; the score of a label is a sum of table rows, so whole words are looked up once and remembered. Numpy
only, no randomness. `guardrails/training/` holds the lines, the script and the card.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

FEATURES = 1 << 16
MODEL = Path(__file__).parent / "data" / "classifier.npz"
_WORD = re.compile(r"[^\W_]{1,40}|[?!€%]")
Row = np.ndarray[Any, np.dtype[np.float32]]


def words_of(folded: str) -> list[str]:
    """The words of a folded sentence; numbers become one word, so that amounts and dates do not matter."""
    return ["0" if w.isdigit() else w for w in _WORD.findall(folded)]


@lru_cache(maxsize=65536)
def word_features(word: str) -> tuple[int, ...]:
    """Table rows of one word: itself, its stem, its letter groups."""
    marked = f"<{word}>"
    parts = {f"w {word}", f"s {word[:5]}"} | {
        f"g {marked[i : i + n]}" for n in (3, 5) for i in range(len(marked) - n + 1)
    }
    return tuple(sorted({crc32(p.encode()) % FEATURES for p in parts}))


def pair_feature(first: str, second: str) -> int:
    """Table row of two neighbouring words."""
    return crc32(f"p {first} {second}".encode()) % FEATURES


@dataclass(frozen=True)
class Classifier:
    """The trained table: `weights[feature, label]`, a bias and a threshold for each label."""

    labels: tuple[str, ...]
    weights: Row
    bias: Row
    thresholds: Row

    def __post_init__(self) -> None:
        object.__setattr__(self, "_word_row", lru_cache(maxsize=65536)(self._sum_word))
        object.__setattr__(self, "_pair_row", lru_cache(maxsize=65536)(self._sum_pair))

    def _sum_word(self, word: str) -> Row:
        rows = word_features(word)
        total: Row = self.weights[list(rows)].sum(axis=0) / np.float32(len(rows) ** 0.5)
        return total

    def _sum_pair(self, first: str, second: str) -> Row:
        row: Row = self.weights[pair_feature(first, second)]
        return row

    def scores(self, folded: str) -> Row:
        """Log-odds of each label for a folded sentence."""
        words = words_of(folded)
        if not words:
            return self.bias - np.float32(10)
        rows = [self._word_row(w) for w in words]  # type: ignore[attr-defined] # set above, cached per instance
        rows += [self._pair_row(a, b) for a, b in zip(["^", *words], [*words, "$"], strict=True)]  # type: ignore[attr-defined]
        total: Row = np.add.reduce(rows) / np.float32(len(words) ** 0.5) + self.bias
        return total

    def told(self, folded: str) -> list[tuple[str, float]]:
        """Labels over their threshold with how far they are over it, surest first."""
        margin = self.scores(folded) - self.thresholds
        return sorted(((self.labels[i], float(margin[i])) for i in np.flatnonzero(margin > 0)), key=lambda t: -t[1])


@cache
def classifier() -> Classifier | None:
    """The trained classifier, or None where the pack was built without one."""
    if not MODEL.is_file():
        return None
    with np.load(MODEL, allow_pickle=False) as stored:
        weights = np.zeros((FEATURES, len(stored["labels"])), dtype=np.float32)
        weights[stored["rows"]] = stored["values"].astype(np.float32) * stored["scale"]
        return Classifier(tuple(map(str, stored["labels"])), weights, stored["bias"], stored["thresholds"])

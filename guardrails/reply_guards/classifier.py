"""A small network that tells what a sentence does, for what patterns alone cannot say.

All sentences of a reply in one pass. A word is the vector of its meaning (`vectors.py`) beside what its letters taught;
two layers look at its neighbours, the strongest signs of the sentence decide. Beside them words, their letters and runs
of two and three words vote directly, each for all labels, as in a linear model. Numpy only, no randomness.
`guardrails/training/` holds the lines, the script and the card.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import Any
from zlib import crc32

import numpy as np

from reply_guards.text import ADDRESS_SIGN
from reply_guards.vectors import DIMENSIONS, vector_of

BUCKETS = 1 << 16
LETTERS = 32  # columns of the table that are part of a word's vector; the others are votes
MODEL = Path(__file__).parent / "data" / "classifier.npz"
MAX_WORDS = 48  # of a sentence; a longer one is looked at in overlapping pieces
_OVERLAP = 16
_KEPT_WORDS = 16_384  # in half precision 7 MB, taken as words come
_BATCH = 32
_WORD = re.compile(r"[^\W_]{1,40}|[?!€$£%,:]")
_MASKED = re.compile(r"x{3,}")  # placeholders, as `text.py` masks them
_GRAMS = (3, 5)
_NUMBERS = np.array([2654435761, 2246822519, 3266489917], np.uint64)
Matrix = np.ndarray[Any, np.dtype[np.float32]]


def words_of(folded: str) -> list[str]:
    """The words of a folded sentence; addresses become one word and numbers another: neither says what is meant."""
    if ADDRESS_SIGN.search(folded):
        folded = " ".join("link" if ADDRESS_SIGN.search(part) else part for part in folded.split())
    return [w if w.isalpha() or not w.isalnum() else "0" for w in _WORD.findall(_MASKED.sub("0", folded))]


def word_number(word: str) -> int:
    """A number for a word, to number runs of words by."""
    return crc32(word.encode())


def letter_features(word: str) -> list[int]:
    """Table rows of one word: itself, how it begins and ends, its groups of letters."""
    marked = f"<{word}>"
    parts = {f"w{word}", f"b{word[:3]}", f"b{word[:5]}", f"e{word[-3:]}"}
    parts |= {marked[i : i + n] for n in _GRAMS for i in range(len(marked) - n + 1)}
    return sorted({1 + crc32(p.encode()) % (BUCKETS - 1) for p in parts})


def run_features(numbers: Any) -> Any:  # noqa: ANN401 - an array of word numbers along its last axis
    """Table rows of the runs of two, of two with one between, of three words that begin at each word; 0 at the end."""
    padded = np.concatenate([numbers, np.zeros((*numbers.shape[:-1], 2), np.uint64)], axis=-1)
    first, second, third = padded[..., :-2], padded[..., 1:-1], padded[..., 2:]
    a, b, c = _NUMBERS
    runs = np.stack([first * a + second * b, first * a + third * c + 1, first * a + second * b + third * c], axis=-1)
    rows = 1 + (runs >> np.uint64(7)) % np.uint64(BUCKETS - 1)
    there = np.stack([second > 0, third > 0, third > 0], axis=-1) & (first > 0)[..., None]
    return np.where(there, rows, 0).astype(np.int32)


class Classifier:
    """The trained network; `labels` names its outputs, `thresholds` says from which log-odds on they count."""

    def __init__(self, stored: Any) -> None:  # noqa: ANN401 - an opened npz file
        """Take the weights out of the file."""
        self.labels: tuple[str, ...] = tuple(map(str, stored["labels"]))
        self.thresholds: Matrix = stored["thresholds"]
        self._table = np.zeros((BUCKETS, LETTERS + len(self.labels)), np.int8)
        self._table[stored["rows"]] = stored["values"]
        self._scale: Matrix = stored["scale"]
        self._weights = {n: stored[n].astype(np.float32) for n in ("k1", "b1", "k2", "b2", "k3", "b3", "k4", "b4")}
        # Rows of words met so far; the first is empty and stands between sentences.
        self._rows = np.zeros((_KEPT_WORDS, DIMENSIONS + LETTERS + len(self.labels)), np.float16)
        self._numbers = np.zeros(_KEPT_WORDS, np.uint64)
        self._places: dict[str, int] = {}
        self._lock = Lock()

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each label."""
        return {label: i for i, label in enumerate(self.labels)}

    def _read_word(self, word: str) -> int:
        """The place of a word's row: vector, letters, votes."""
        place = self._places[word] = len(self._places) + 1
        features = letter_features(word)
        letters = self._table[features].sum(axis=0, dtype=np.float32) * self._scale / np.float32(len(features) ** 0.5)
        self._rows[place, :DIMENSIONS] = vector_of(word)
        self._rows[place, DIMENSIONS:] = letters
        self._numbers[place] = word_number(word)
        return place

    def _rows_of(self, pieces: list[list[str]]) -> tuple[Matrix, Any]:
        """Rows and numbers of all words, two empty ones before, between and after the pieces."""
        with self._lock:
            known = self._places
            if len(known) + sum(map(len, pieces)) >= _KEPT_WORDS:
                known.clear()
            places = [0, 0]
            for piece in pieces:
                places += [known.get(w) or self._read_word(w) for w in piece]
                places += (0, 0)
            return self._rows[places].astype(np.float32), self._numbers[places]

    def scores(self, sentences: Sequence[str]) -> Matrix:
        """Log-odds of each label, one row a folded sentence."""
        pieces: list[list[str]] = []
        owner: list[int] = []
        for number, sentence in enumerate(sentences):
            words = words_of(sentence) or ["0"]
            for begin in range(0, max(1, len(words) - _OVERLAP), MAX_WORDS - _OVERLAP):
                pieces.append(words[begin : begin + MAX_WORDS])
                owner.append(number)
        # Small batches: the sums of a piece are a product whose cost grows with the square of a batch.
        parts = [self._forward(pieces[i : i + _BATCH]) for i in range(0, len(pieces), _BATCH)]
        told = np.concatenate(parts) if len(parts) > 1 else parts[0]
        if len(pieces) == len(sentences):
            return told
        result: Matrix = np.full((len(sentences), told.shape[1]), -np.inf, np.float32)
        np.maximum.at(result, owner, told)
        return result

    def _forward(self, pieces: list[list[str]]) -> Matrix:
        """The network over the words of all pieces at once, in one thread: two would wait for each other."""
        with _one_thread():
            return self._computed(pieces)

    def _computed(self, pieces: list[list[str]]) -> Matrix:
        rows, numbers = self._rows_of(pieces)
        sizes = np.array([len(p) for p in pieces])
        ends = np.cumsum(sizes + 2)
        starts = ends - sizes
        inside = (numbers > 0).astype(np.float32)[:, None]
        w, wide = self._weights, DIMENSIONS + LETTERS
        meaning = rows[:, :wide]
        first = np.maximum(_around(meaning, 1) @ w["k1"] + w["b1"], 0) * inside
        second = (np.maximum(_around(first, 2) @ w["k2"] + w["b2"], 0) + first) * inside
        # Sums over each piece by one product, which is faster than adding row by row.
        at = np.arange(len(rows))
        belongs = ((at >= starts[:, None]) & (at < ends[:, None])) / np.sqrt(sizes)[:, None].astype(np.float32)
        strongest = np.maximum.reduceat(second, starts)
        signs = np.concatenate([strongest, belongs @ second, belongs @ meaning], axis=1)
        votes = belongs @ (rows[:, wide:] + self._run_votes(numbers))
        told: Matrix = np.maximum(signs @ w["k3"] + w["b3"], 0) @ w["k4"] + w["b4"] + votes
        return told

    def _run_votes(self, numbers: Any) -> Matrix:  # noqa: ANN401
        votes = self._table[run_features(numbers), LETTERS:].sum(axis=1, dtype=np.float32)
        weighed: Matrix = votes * self._scale[LETTERS:]
        return weighed


def _around(rows: Matrix, distance: int) -> Matrix:
    """Each row beside the rows `distance` before and after it."""
    size, width = rows.shape
    found = np.zeros((size, 3 * width), np.float32)
    found[distance:, :width] = rows[:-distance]
    found[:, width : 2 * width] = rows
    found[:-distance, 2 * width :] = rows[distance:]
    return found


@cache
def _blas() -> Any:  # noqa: ANN401 - the library is untyped
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _one_thread() -> Any:  # noqa: ANN401
    """A context in which matrix products run in the calling thread alone."""
    return _blas().limit(limits=1)


@cache
def classifier() -> Classifier | None:
    """The trained network, or None where the pack was built without one."""
    if not MODEL.is_file():
        return None
    with np.load(MODEL, allow_pickle=False) as stored:
        return Classifier(stored)

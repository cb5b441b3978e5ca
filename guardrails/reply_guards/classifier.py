"""A small network that tells what a sentence does, for what patterns alone cannot say.

All sentences of a reply in one pass. A word is the vector of its meaning (`vectors.py`) beside what its letters taught;
two layers look at its neighbours, the strongest signs of the sentence decide. Beside them words, their letters and runs
of two and three words vote directly, each for all labels, as in a linear model. Numpy only, no randomness.
`guardrails/training/` holds the lines, the script and the card.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache, cached_property
from itertools import accumulate, chain
from pathlib import Path
from threading import Lock
from typing import Any
from zlib import crc32

import numpy as np

from reply_guards.text import ADDRESS_SIGN
from reply_guards.vectors import DIMENSIONS, vectors_of

BUCKETS = 1 << 16
LETTERS = 32  # columns of the table that are part of a word's vector; the others are votes
MODEL = Path(__file__).parent / "data" / "classifier.npz"
MAX_WORDS = 48  # of a sentence; a longer one is looked at in overlapping pieces
_OVERLAP = 16
_KEPT_WORDS = 16_384  # 14 MB, taken as words come; half precision would cost 0.1 ms a reply
_BATCH = 32
_WORD = re.compile(r"[^\W_]{1,40}|[?!€$£%,:]")
_MASKED = re.compile(r"x{3,}")  # placeholders, as `text.py` masks them
_GRAMS = (3, 5)
_NUMBERS = np.array([2654435761, 2246822519, 3266489917], np.uint64)
_ONE, _SHIFT, _MODULUS = np.uint64(1), np.uint64(7), np.uint64(BUCKETS - 1)
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
    parts = [f"w{word}".encode(), f"b{word[:3]}".encode(), f"b{word[:5]}".encode(), f"e{word[-3:]}".encode()]
    if marked.isascii():  # bytes are letters, and are cut without encoding each group
        letters = marked.encode()
        parts += [letters[i : i + n] for n in _GRAMS for i in range(len(letters) - n + 1)]
    else:
        parts += [marked[i : i + n].encode() for n in _GRAMS for i in range(len(marked) - n + 1)]
    return sorted({1 + number % (BUCKETS - 1) for number in map(crc32, parts)})


def run_features(numbers: Any) -> Any:  # noqa: ANN401 - an array of word numbers along its last axis
    """Table rows of the runs of two, of two with one between, of three words that begin at each word; 0 at the end."""
    padded = np.zeros((*numbers.shape[:-1], numbers.shape[-1] + 2), np.uint64)
    padded[..., :-2] = numbers
    parts = [padded * factor for factor in _NUMBERS]
    runs = np.empty((*numbers.shape, 3), np.uint64)
    np.add(parts[0][..., :-2], parts[1][..., 1:-1], out=runs[..., 0])
    np.add(parts[0][..., :-2], parts[2][..., 2:], out=runs[..., 1])
    np.add(runs[..., 0], parts[2][..., 2:], out=runs[..., 2])
    runs[..., 1] += _ONE
    runs >>= _SHIFT
    runs %= _MODULUS
    runs += _ONE
    there = padded > 0
    runs[..., 0] *= there[..., :-2] & there[..., 1:-1]
    runs[..., 1:] *= (there[..., :-2] & there[..., 2:])[..., None]
    return runs.astype(np.int32)


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
        self._rows = np.zeros((_KEPT_WORDS, DIMENSIONS + LETTERS + len(self.labels)), np.float32)
        self._numbers = np.zeros(_KEPT_WORDS, np.uint64)
        self._places: dict[str, int] = {}
        self._lock = Lock()

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each label."""
        return {label: i for i, label in enumerate(self.labels)}

    def _read_words(self, words: Sequence[str]) -> None:
        """Add the rows of words not met before: vector, letters, votes."""
        begin = len(self._places) + 1
        place = slice(begin, begin + len(words))
        features = [letter_features(word) for word in words]
        sizes = list(map(len, features))
        rows = self._table[[*chain.from_iterable(features)]].astype(np.float32)
        sums = np.add.reduceat(rows, [*accumulate(sizes[:-1], initial=0)], axis=0)
        self._rows[place, :DIMENSIONS] = vectors_of(words)
        self._rows[place, DIMENSIONS:] = sums * self._scale / np.sqrt(sizes).astype(np.float32)[:, None]
        self._numbers[place] = list(map(word_number, words))
        self._places.update(zip(words, range(begin, begin + len(words)), strict=True))

    def _rows_of(self, pieces: list[list[str]]) -> tuple[Matrix, Any]:
        """Rows and numbers of all words, two empty ones before, between and after the pieces."""
        with self._lock:
            known = self._places
            if len(known) + sum(map(len, pieces)) >= _KEPT_WORDS:
                known.clear()
            if new := [w for w in dict.fromkeys(chain.from_iterable(pieces)) if w not in known]:
                self._read_words(new)
            places = [0, 0]
            for piece in pieces:
                places += [known[w] for w in piece]
                places += (0, 0)
            at = np.array(places)
            return self._rows.take(at, axis=0), self._numbers.take(at)

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
        sizes = np.array(list(map(len, pieces)))
        ends = np.cumsum(sizes + 2)
        starts = ends - sizes
        empty = (numbers == 0).nonzero()[0]
        w, wide = self._weights, DIMENSIONS + LETTERS
        meaning = rows[:, :wide]
        first = _layer(_around(meaning, 1), w["k1"], w["b1"])
        first[empty] = 0
        second = _layer(_around(first, 2), w["k2"], w["b2"])
        second += first
        second[empty] = 0
        # Sums over each piece by one product, which is faster than adding row by row.
        at = np.arange(len(rows))
        belongs = ((at >= starts[:, None]) & (at < ends[:, None])) / np.sqrt(sizes)[:, None].astype(np.float32)
        signs = np.concatenate([_strongest(second, starts, sizes), belongs @ second, belongs @ meaning], axis=1)
        votes = rows[:, wide:]
        votes += self._run_votes(numbers)
        told: Matrix = _layer(signs, w["k3"], w["b3"]) @ w["k4"]
        told += w["b4"]
        told += belongs @ votes
        return told

    def _run_votes(self, numbers: Any) -> Matrix:  # noqa: ANN401
        found = self._table.take(run_features(numbers).ravel(), axis=0).reshape(len(numbers), 3, -1)[..., LETTERS:]
        votes = found[:, 0].astype(np.int16)  # three bytes together do not fit into one
        votes += found[:, 1]
        votes += found[:, 2]
        weighed: Matrix = votes * self._scale[LETTERS:]
        return weighed


def _layer(signs: Matrix, weights: Matrix, bias: Matrix) -> Matrix:
    """One layer, computed in place: a copy costs as much as half the product."""
    found: Matrix = signs @ weights
    found += bias
    return np.maximum(found, 0, out=found)


def _strongest(rows: Matrix, starts: Any, sizes: Any) -> Matrix:  # noqa: ANN401 - arrays of places
    """The greatest values of each piece. Shorter pieces are filled up with row 0, which is empty: no value is less."""
    offsets = np.arange(sizes.max())
    at = np.where(offsets < sizes[:, None], starts[:, None] + offsets, 0)
    strongest: Matrix = rows.take(at, axis=0).max(axis=1)
    return strongest


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
    """A context in which matrix products run in the calling thread alone; nothing to do where they do so anyway."""
    if all(library.num_threads == 1 for library in _blas().lib_controllers):
        return nullcontext()
    return _blas().limit(limits=1)


@cache
def classifier() -> Classifier | None:
    """The trained network, or None where the pack was built without one."""
    if not MODEL.is_file():
        return None
    with np.load(MODEL, allow_pickle=False) as stored:
        return Classifier(stored)

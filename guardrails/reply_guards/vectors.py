"""What words mean, roughly: vectors of word pieces, so that a word nobody trained on stands near its synonyms.

The pieces and their vectors are cut out of a published multilingual encoder (`training/vectors.py` says how). A word is
cut into its likeliest pieces and gets their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any
from zlib import adler32, crc32

import numpy as np

DIMENSIONS = 96
PIECES = Path(__file__).parent / "data" / "pieces.txt"
VECTORS = Path(__file__).parent / "data" / "pieces.npy"
CUTS = Path(__file__).parent / "data" / "cuts.npy"
CUT = np.dtype([("word", "<u8"), ("pieces", "<u2", (4,))])
NO_PIECE = 0xFFFF
_SCALE = np.float32(1 / 40)
_LONGEST = 24  # letters of a piece
_COSTS = 512
_UNKNOWN = 250  # what a letter without a piece costs: more than any piece
Matrix = np.ndarray[Any, np.dtype[np.float32]]


@cache
def _pieces() -> dict[str, int]:
    """Of each piece its row and its cost in one number; the cost is ten times the negated log probability."""
    lines = PIECES.read_text(encoding="ascii").splitlines()
    return {name: row * _COSTS + int(cost) for row, (name, _, cost) in enumerate(map(_parted, lines))}


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(" ")


@cache
def _vectors() -> Any:  # noqa: ANN401 - an int8 array, mapped: all processes share its pages
    return np.asarray(np.load(VECTORS, mmap_mode="r"))


def word_key(word: str) -> int:
    """A number of 64 bits that no two words share."""
    letters = word.encode()
    return crc32(letters) << 32 | adler32(letters)


@cache
def _cuts() -> tuple[Any, Any]:
    """The keys of common words, ascending, and their pieces, filled up with `NO_PIECE` (made by `training/cuts.py`)."""
    stored = np.load(CUTS)
    return np.ascontiguousarray(stored["word"]), np.ascontiguousarray(stored["pieces"])


def cut(words: Sequence[str]) -> list[list[int]]:
    """The pieces of each folded word: looked up where it is common, found where not."""
    known, pieces = _cuts()
    keys = np.array([word_key(word) for word in words], np.uint64)
    places = known.searchsorted(keys)
    there = known.take(places, mode="clip") == keys
    rows = pieces.take(places, axis=0, mode="clip").tolist()
    return [
        [piece for piece in row if piece != NO_PIECE] if known else pieces_of(word)
        for word, row, known in zip(words, rows, there.tolist(), strict=True)
    ]


def pieces_of(word: str) -> list[int]:
    """Rows of the likeliest pieces of a folded word (Viterbi over the encoder's own probabilities)."""
    known = _pieces()
    text = "_" + word
    size = len(text)
    best: list[tuple[int, int, int]] = [(0, 0, -1)]  # cost so far, where the piece began, its row
    for end in range(1, size + 1):
        choice = (best[end - 1][0] + _UNKNOWN, end - 1, -1)
        for begin in range(max(0, end - _LONGEST), end):
            piece = known.get(text[begin:end])
            if piece is not None and best[begin][0] + piece % _COSTS < choice[0]:
                choice = (best[begin][0] + piece % _COSTS, begin, piece // _COSTS)
        best.append(choice)
    rows: list[int] = []
    while size:
        _, begin, row = best[size]
        if row >= 0:
            rows.append(row)
        size = begin
    return rows[::-1]


def vectors_of(words: Sequence[str]) -> Matrix:
    """Of each folded word the mean of its pieces; zeros where none is known."""
    pieces = cut(words)
    sizes = list(map(len, pieces))
    # One look for all pieces of all words; a row more, for the last word to end before.
    rows = _vectors()[[*chain.from_iterable(pieces), 0]].astype(np.float32)
    sums = np.add.reduceat(rows, [*accumulate(sizes, initial=0)], axis=0)[:-1]
    weights = np.array([_SCALE / np.float32(size) if size else 0 for size in sizes], np.float32)
    means: Matrix = sums * weights[:, None]
    return means


def vector_of(word: str) -> Matrix:
    """The vector of one word."""
    found: Matrix = vectors_of([word])[0]
    return found

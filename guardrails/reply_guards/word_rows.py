"""What the network knows of single words, found once for each: its row of numbers, remembered for the next reply.

A row holds, side by side, what the word means (`vectors.py`, and what its letters taught), its votes, and what the
first layer makes of it as the word before, the word itself and the word behind: so that layer is three rows added up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, chain
from threading import Lock
from typing import Any
from zlib import crc32

import numpy as np

from reply_guards.text import ADDRESS_SIGN
from reply_guards.vectors import DIMENSIONS, vectors_of

BUCKETS = 1 << 16
LETTERS = 32  # columns of the table that are part of a word's vector; the others are votes
WIDE = DIMENSIONS + LETTERS
_KEPT_WORDS = 6144  # 13 MB, taken as words come; half precision would move scores
END = "|"  # of a sentence
SPACE = (END, END)  # what stands between sentences: a layer sees two words far
_LONGEST = 40  # letters of a word
_WORD = re.compile(r"[^\W_]{1,40}|[?!€$£%,:]")
_WORD_OR_END = re.compile(r"[^\W_]{1,40}|[?!€$£%,:|]")
_SIGNS = "?!$%,:|"
_BLANKED = {ord(c): " " for c in map(chr, range(128)) if not c.isalnum() and c not in _SIGNS} | {
    ord(END): " ",
    ord("\n"): END,
}
_MASKED = re.compile(r"x{3,}")  # placeholders, as `text.py` masks them
_NUMBER = "0"
_GRAMS = (3, 5)
_FACTORS = np.array([2654435761, 2246822519, 3266489917], np.uint64)  # of a word as the first, second, third of a run
_ONE, _SHIFT, _MODULUS = np.uint64(1), np.uint64(7), np.uint64(BUCKETS - 1)
_NOTHING = np.float32(-1e30)  # what the first layer makes of an empty row, before it cuts off what is below zero
Matrix = np.ndarray[Any, np.dtype[np.float32]]


def words_of(folded: str) -> list[str]:
    """The words of a folded sentence; addresses become one word and numbers another: neither says what is meant."""
    return [said(w) for w in _WORD.findall(_without_names(folded))]


def words_in(sentences: Sequence[str]) -> list[str]:
    """The words of several sentences, `SPACE` in front, between and behind; numbers are left as they are."""
    text = "\n\n".join(sentences)
    if text.count("\n") != 2 * len(sentences) - 2 or "xxx" in text or ADDRESS_SIGN.search(text):
        text = "\n\n".join(_without_names(s.replace("\n", " ")) for s in sentences)
    if not text.isascii():
        return [*SPACE, *_WORD_OR_END.findall(text.replace("|", " ").replace("\n", "|")), *SPACE]
    text = text.translate(_BLANKED)  # twice as fast as the pattern
    for sign in _SIGNS:
        if sign in text:
            text = text.replace(sign, f" {sign} ")
    words = text.split()
    if max(map(len, words), default=0) > _LONGEST:
        words = _WORD_OR_END.findall(text)
    return [*SPACE, *words, *SPACE]


def said(word: str) -> str:
    """The word the network reads: the same one for all numbers."""
    return word if word.isalpha() or not word.isalnum() else _NUMBER


def _without_names(folded: str) -> str:
    if ADDRESS_SIGN.search(folded):
        folded = " ".join("link" if ADDRESS_SIGN.search(part) else part for part in folded.split())
    return _MASKED.sub(_NUMBER, folded) if "xxx" in folded else folded


def word_number(word: str) -> int:
    """A number for a word, to number runs of words by."""
    return crc32(word.encode())


def run_features(numbers: Any) -> Any:  # noqa: ANN401 - an array of word numbers along its last axis
    """Table rows of the runs of two, of two with one between, of three words that begin at each word; 0 at the end."""
    padded = np.zeros((*numbers.shape[:-1], numbers.shape[-1] + 2), np.uint64)
    padded[..., :-2] = numbers
    runs = np.moveaxis(runs_of(padded[..., None] * _FACTORS), 0, -1)[..., :-2, :]
    there = padded > 0
    runs[..., 0] *= there[..., :-2] & there[..., 1:-1]
    runs[..., 1:] *= (there[..., :-2] & there[..., 2:])[..., None]
    return runs.astype(np.int32)


def runs_of(numbers: Any) -> Any:  # noqa: ANN401
    """`[kind, …, word]`: the row of each kind of run from each word on, whether or not words stand behind it."""
    first, second, third = numbers[..., 0], numbers[..., 1], numbers[..., 2]
    runs = np.zeros((3, *first.shape), np.uint64)
    np.add(first[..., :-1], second[..., 1:], out=runs[0, ..., :-1])
    np.add(first[..., :-2], third[..., 2:], out=runs[1, ..., :-2])
    np.add(runs[0, ..., :-2], third[..., 2:], out=runs[2, ..., :-2])
    runs[1] += _ONE
    runs >>= _SHIFT
    runs %= _MODULUS
    runs += _ONE
    return runs.view(np.int64)


def letter_features(word: str) -> list[int]:
    """Table rows of one word, ascending: itself, how it begins and ends, its groups of letters."""
    return sorted(_letter_features(word))


def _letter_features(word: str) -> set[int]:
    marked = f"<{word}>"
    parts = [f"w{word}".encode(), f"b{word[:3]}".encode(), f"b{word[:5]}".encode(), f"e{word[-3:]}".encode()]
    if marked.isascii():  # bytes are letters, and are cut without encoding each group
        letters = marked.encode()
        parts += [letters[i : i + n] for n in _GRAMS for i in range(len(letters) - n + 1)]
    else:
        parts += [marked[i : i + n].encode() for n in _GRAMS for i in range(len(marked) - n + 1)]
    return {1 + number % (BUCKETS - 1) for number in map(crc32, parts)}


class _Places(dict[str, int]):
    """Where the row of each word stands. A word not met before gets a place, and is noted as new."""

    def __init__(self, free: list[int]) -> None:
        super().__init__({END: 0})
        self.free, self.new = free, list[str]()

    def __missing__(self, word: str) -> int:
        read = said(word)
        if read not in self:
            self[read] = self.free.pop()
            self.new.append(read)
        return self[read]


class WordRows:
    """The rows of the words met so far. The first is empty, and stands between sentences."""

    def __init__(self, table: Any, scale: Matrix, layer: Matrix, bias: Matrix) -> None:  # noqa: ANN401 - an int8 array
        """Take what letters teach and vote, and the first layer: `layer[3 * WIDE, filters]`, `bias[filters]`."""
        filters = len(bias)
        self._table, self._scale = table, scale
        self._layer = np.hstack(np.split(layer, 3))
        self._bias = np.concatenate([np.zeros(filters, np.float32), bias, np.zeros(filters, np.float32)])
        self.width = WIDE + len(scale) - LETTERS + len(self._bias)
        self._rows = np.zeros((_KEPT_WORDS, self.width), np.float32)
        self._rows[0, -2 * filters : -filters] = _NOTHING
        self._numbers = np.zeros((_KEPT_WORDS, len(_FACTORS)), np.uint64)
        self._recurring = np.zeros(_KEPT_WORDS, np.bool_)
        self._places = _Places([*range(1, _KEPT_WORDS)])
        self._lock = Lock()

    def read(self, words: list[str], out: Matrix) -> tuple[Any, Any]:
        """Write the row of each word; `END` is an empty one. Gives each word's place (0: empty) and its numbers."""
        with self._lock:
            if len(words) > len(self._places.free):
                self._make_room()
            known = self._places
            places = np.fromiter(map(known.__getitem__, words), np.intp, len(words))
            self._recurring[places] = True
            if known.new:
                self._add(known.new, [known[word] for word in known.new])
                known.new = []
            self._rows.take(places, axis=0, out=out, mode="clip")
            return places, self._numbers.take(places, axis=0)

    def _make_room(self) -> None:
        """Let go of the words that did not come again since the last time; of all, where that is too few."""
        kept = {word: place for word, place in self._places.items() if self._recurring[place]}
        if len(kept) > _KEPT_WORDS * 3 // 4:
            kept = {}
        taken = set(kept.values())
        self._places = _Places([place for place in range(1, _KEPT_WORDS) if place not in taken])
        self._places.update(kept)
        self._recurring[:] = False

    def _add(self, words: list[str], places: list[int]) -> None:
        """Read words not met before: vector, letters, votes, first layer."""
        features = [_letter_features(word) for word in words]
        sizes = list(map(len, features))
        table = self._table.take([*chain.from_iterable(features)], axis=0)
        rows = np.empty((len(words), self.width), np.float32)
        rows[:, :DIMENSIONS] = vectors_of(words)
        taught, layer = rows[:, DIMENSIONS : -len(self._bias)], rows[:, -len(self._bias) :]
        np.add.reduceat(table, [*accumulate(sizes[:-1], initial=0)], axis=0, dtype=np.float32, out=taught)
        taught *= self._scale / np.sqrt(sizes).astype(np.float32)[:, None]
        np.matmul(rows[:, :WIDE], self._layer, out=layer)
        layer += self._bias
        self._rows[places] = rows
        numbers = np.array([word_number(word) for word in words], np.uint64)
        self._numbers[places] = numbers[:, None] * _FACTORS
        self._recurring[places] = False

"""A small network that tells what a sentence does, for what patterns alone cannot say.

All sentences of a reply in one pass. A word is the vector of its meaning (`vectors.py`) beside what its letters taught;
two layers look at its neighbours, the strongest signs of the sentence decide. Beside them words, their letters and runs
of two and three words vote directly, each for all labels, as in a linear model. Numpy only, no randomness.
`guardrails/training/` holds the lines, the script and the card.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import cache, cached_property
from itertools import chain
from math import sqrt
from operator import sub
from typing import Any

import numpy as np

from reply_guards.word_rows import BUCKETS, LETTERS, SPACE, WIDE, Matrix, WordRows, runs_of, words_in, words_of

MAX_WORDS = 48  # of a sentence; a longer one is looked at in overlapping pieces
_OVERLAP = 16
_ROOM = 288  # rows computed at once: few enough to stay in the processor's cache
_BATCH = 1200  # characters, usually of fewer words than that
_SPARE = 2  # workspaces kept, a megabyte each; more only while more threads review


class _Workspace:
    """Room for what is computed on the way: asked for anew, it would cost as much as the sums themselves."""

    def __init__(self, width: int, filters: int, labels: int) -> None:
        self.rows = np.empty((_ROOM, width), np.float32)
        self.first = np.zeros((_ROOM, filters), np.float32)
        self.around = np.empty((_ROOM, 3 * filters), np.float32)
        self.second = np.empty((_ROOM, filters), np.float32)
        self.runs = np.empty((3 * _ROOM, LETTERS + labels), np.int8)


class Classifier:
    """The trained network; `labels` names its outputs, `thresholds` says from which log-odds on they count.

    `among_many` is how much more it takes in a text of many sentences, each of which is a chance to be wrong.
    """

    def __init__(self, stored: Any, table: Any) -> None:  # noqa: ANN401 - an opened npz file, an int8 array
        """Take the weights out of the file; `table[bucket]` is what the words and runs of a bucket stand for."""
        self.labels: tuple[str, ...] = tuple(map(str, stored["labels"]))
        self.thresholds: Matrix = stored["thresholds"]
        self.among_many: Matrix = stored["among_many"]
        if table.shape != (BUCKETS, LETTERS + len(self.labels)):
            raise ValueError(f"a table of {table.shape} is of another network")
        self._table: np.ndarray[Any, np.dtype[np.int8]] = table
        scale: Matrix = stored["scale"]
        self._weights = scale[LETTERS:]
        w = {n: stored[n].astype(np.float32) for n in ("k1", "b1", "k2", "b2", "k3", "b3", "k4", "b4")}
        self._second, self._bias = np.hstack(np.split(w["k2"], 3)), w["b2"]
        self._hidden = w["k3"], w["b3"]
        self._out, self._out_bias = w["k4"], w["b4"]
        self._words = WordRows(self._table, scale, w["k1"], w["b1"])
        self._layered = self._words.width - self._second.shape[1]  # from this column on: what the first layer makes
        self._spare: list[_Workspace] = []

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each label."""
        return {label: i for i, label in enumerate(self.labels)}

    def scores(self, sentences: Sequence[str]) -> Matrix:
        """Log-odds of each label, one row a folded sentence."""
        with _one_thread():  # two would wait for each other
            parts, begin = [], 0
            for end in _groups(list(map(len, sentences)), _BATCH):
                parts.append(self._together(sentences[begin:end]))
                begin = end
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def _together(self, sentences: Sequence[str]) -> Matrix:
        """Sentences that fit into the room at once, as nearly all do; others piece by piece."""
        words = words_in(sentences)
        told = self._computed(words) if len(words) <= _ROOM else None
        return self._piecewise(sentences) if told is None else told

    def _piecewise(self, sentences: Sequence[str]) -> Matrix:
        """Sentences that are long or hold no word: the greatest scores of their overlapping pieces."""
        pieces: list[list[str]] = []
        owner: list[int] = []
        for number, sentence in enumerate(sentences):
            words = words_of(sentence) or ["0"]
            for begin in range(0, max(1, len(words) - _OVERLAP), MAX_WORDS - _OVERLAP):
                pieces.append(words[begin : begin + MAX_WORDS])
                owner.append(number)
        result: Matrix = np.full((len(sentences), len(self.labels)), -np.inf, np.float32)
        begin = 0
        for end in _groups([len(piece) + 2 for piece in pieces], _ROOM - 2):
            words = [*SPACE, *chain.from_iterable((*piece, *SPACE) for piece in pieces[begin:end])]
            told = self._computed(words)
            assert told is not None  # no piece is empty or too long
            np.maximum.at(result, owner[begin:end], told)
            begin = end
        return result

    def _computed(self, words: list[str]) -> Matrix | None:
        """The network over the words of some pieces; None where one of them is empty or too long."""
        space = self._spare.pop() if self._spare else _Workspace(self._words.width, len(self._bias), len(self.labels))
        rows = space.rows[: len(words)]
        places, numbers = self._words.read(words, rows)
        empty = (places == 0).nonzero()[0].tolist()
        starts, ends = [at + 1 for at in empty[1:-1:2]], empty[2::2]
        sizes = list(map(sub, ends, starts))
        fits = min(sizes) > 0 and max(sizes) <= MAX_WORDS
        told = self._told(space, rows, self._run_votes(space, numbers, ends), starts, sizes) if fits else None
        if len(self._spare) < _SPARE:
            self._spare.append(space)
        return told

    def _told(self, space: _Workspace, rows: Matrix, runs: Matrix, starts: list[int], sizes: list[int]) -> Matrix:
        second = self._layers(space, rows)
        # Sums over each piece by one product, which is faster than adding row by row.
        belongs = np.zeros((len(sizes), len(rows)), np.float32)
        for row, start, size in zip(belongs, starts, sizes, strict=True):
            row[start : start + size] = 1 / sqrt(size)
        sums = belongs @ rows[:, : self._layered]
        signs = np.concatenate([_strongest(second, starts, sizes), belongs[:, 2:-2] @ second, sums[:, :WIDE]], axis=1)
        told: Matrix = _layer(signs, *self._hidden) @ self._out
        told += self._out_bias
        told += sums[:, WIDE:]
        told += (belongs @ runs) * self._weights
        return told

    def _layers(self, space: _Workspace, rows: Matrix) -> Matrix:
        """What the two layers make of each word but the first and last two, which are empty."""
        size, filters, begin = len(rows), len(self._bias), self._layered
        first, second = space.first[:size], space.second[: size - 4]
        inner = first[1:-1]
        np.add(rows[:-2, begin : begin + filters], rows[1:-1, begin + filters : begin + 2 * filters], out=inner)
        inner += rows[2:, begin + 2 * filters :]
        first[-1] = 0
        np.maximum(first, 0, out=first)
        around = np.matmul(first, self._second, out=space.around[:size])
        np.add(around[:-4, :filters], around[2:-2, filters : 2 * filters], out=second)
        second += around[4:, 2 * filters :]
        second += self._bias
        np.maximum(second, 0, out=second)
        second += first[2:-2]
        return second

    def _run_votes(self, space: _Workspace, numbers: Any, ends: list[int]) -> Matrix:  # noqa: ANN401
        """What the runs that begin at each word vote, not yet weighed; none reaches beyond its piece."""
        runs, last = runs_of(numbers), np.array(ends) - 1
        runs[:, last] = 0
        runs[1:, last - 1] = 0
        size = len(numbers)
        found = self._table.take(runs.ravel(), axis=0, out=space.runs[: 3 * size], mode="clip")[:, LETTERS:]
        votes = found[:size].astype(np.float32)
        votes += found[size : 2 * size]
        votes += found[2 * size :]
        return votes


def _groups(sizes: list[int], most: int) -> Iterator[int]:
    """Where to cut a row of things, so that those between two cuts together are not larger than `most` if possible."""
    together = 0
    for place, size in enumerate(sizes):
        if together and together + size > most:
            yield place
            together = 0
        together += size
    yield len(sizes)


def _layer(signs: Matrix, weights: Matrix, bias: Matrix) -> Matrix:
    """One layer, computed in place: a copy costs as much as half the product."""
    found: Matrix = signs @ weights
    found += bias
    return np.maximum(found, 0, out=found)


def _strongest(rows: Matrix, starts: list[int], sizes: list[int]) -> Matrix:
    """The greatest values of each piece, whose words stand two rows before `starts`."""
    # Shorter pieces are filled up with their own last word: one look for all is faster than one for each.
    last = np.array(sizes)[:, None] - 1
    at = np.minimum(np.arange(max(sizes)), last)
    at += np.array(starts)[:, None] - 2
    strongest: Matrix = rows.take(at, axis=0).max(axis=1)
    return strongest


@cache
def _blas() -> Any:  # noqa: ANN401 - the library is untyped
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _one_thread() -> Any:  # noqa: ANN401
    """A context in which matrix products run in the calling thread alone; nothing to do where they do so anyway."""
    if all(library.num_threads == 1 for library in _blas().lib_controllers):
        return nullcontext()
    return _blas().limit(limits=1)

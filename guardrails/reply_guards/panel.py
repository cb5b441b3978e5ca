"""Two networks at one table: where the first hears any offence, the second is asked, and they meet halfway.

Trained on other lines and of other size, they err apart: what only one of them hears is mostly an error. Sentences in
which the first hears nothing, four of five in good replies, cost no second look.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from reply_guards.classifier import Classifier
from reply_guards.word_rows import Matrix
from reply_guards.wordlists import data

FIRST, SECOND = (Path(__file__).parent / "data" / name for name in ("classifier.npz", "second.npz"))
_HALF = 0.5  # the most the second one's word weighs
# Log-odds below a threshold from which on the second is asked, and at which its word has its full weight: between the
# two it grows, so that a rounding error changes no verdict.
_ASKED, _HEARD = 2.5, 2.0


class Panel:
    """Networks of the same labels; `thresholds` and `among_many` are the means of theirs. Scores as `Classifier`'s."""

    def __init__(self, first: Classifier, second: Classifier) -> None:
        """Raises ValueError where the two name other things."""
        if first.labels != second.labels:
            raise ValueError(f"{SECOND.name} knows other labels than {FIRST.name}: train twice")
        self.labels, self.index = first.labels, first.index
        self.thresholds: Matrix = (first.thresholds + second.thresholds) / np.float32(2)
        self.among_many: Matrix = (first.among_many + second.among_many) / np.float32(2)
        self._first, self._second = first, second
        self._telling = [first.index[name] for name in data("learned")["families"] if name in first.index]

    def scores(self, sentences: Sequence[str]) -> Matrix:
        """Log-odds of each label, one row a folded sentence."""
        told = self._first.scores(sentences) - self._first.thresholds
        heard = told.take(self._telling, axis=1).max(axis=1)
        asked = (heard > -_ASKED).nonzero()[0]
        if len(asked):
            second = self._second.scores([sentences[i] for i in asked.tolist()]) - self._second.thresholds
            weight = _HALF * np.clip((heard[asked] + _ASKED) / (_ASKED - _HEARD), 0, 1)[:, None]
            told[asked] += weight * (second - told[asked])
        return told + self.thresholds


def table_of(network: Path) -> Path:
    """The file of a network's table, beside its weights: "second.npz" and "second_words.npy"."""
    return network.with_name(f"{network.stem}_words.npy")


@cache
def panel() -> Panel | Classifier | None:
    """The trained networks; the first alone, or None, where the pack was built without."""
    networks = [read_network(path) for path in (FIRST, SECOND) if path.is_file()]
    if len(networks) > 1:
        return Panel(*networks)
    return networks[0] if networks else None


def read_network(path: Path) -> Classifier:
    """One network. Its table is mapped: all processes share its pages, and only those that words lead to are read."""
    with np.load(path, allow_pickle=False) as stored:
        return Classifier(stored, np.asarray(np.load(table_of(path), mmap_mode="r")))

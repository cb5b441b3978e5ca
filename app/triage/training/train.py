"""Learns both models from the sentences beside it: `python -m app.triage.training.train` (a minute).

Multinomial logistic regression with full-batch Adam, from zero, without chance: the same input gives the same file.
Run it again whenever the sentences or the lexicons change; a test compares the file with the sentences' fingerprint.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.triage.cause import weigh
from app.triage.classifier import MODEL, PIECE_WEIGHT, SIGN_WEIGHT, pairs, pieces, signs
from app.triage.lexicon import Scan, scan
from app.triage.words import normalise, sentences
from reply_guards.vectors import word_key

FOLDER = Path(__file__).parent
LANGUAGES = ("de", "en")
RATE = 0.05

_TEXT = frozenset({"w:", "c:", "p:"})  # words, pieces, pairs
_OFTEN = 2  # examples with the same two neighbours: a pair seen once says no more than its words


@dataclass(frozen=True, slots=True)
class Example:
    """A message under its cause; `hand` is the heading it stands under where strangers wrote it ("By a third hand")."""

    text: str
    cause: str
    language: str
    hand: str | None = None


def examples() -> Iterator[Example]:
    """Each line of `examples_<language>.txt` and `labelled_<language>.txt`."""
    for language in LANGUAGES:
        for line, cause, heading in _lines(f"examples_{language}.txt"):
            yield Example(line, cause, language, heading if "hand" in heading else None)
        for labelled in labelled_examples(language):
            yield Example(labelled.text, labelled.cause, language)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line with more than its cause: moods that fit, what it asks for, what it turns down."""

    text: str
    cause: str
    moods: tuple[str, ...]
    wants: frozenset[str]
    refuses: frozenset[str]


def labelled_examples(language: str) -> Iterator[Labelled]:
    """The lines of `labelled_<language>.txt`: `mood/mood | wish wish -refused | text`."""
    for line, cause, _ in _lines(f"labelled_{language}.txt"):
        moods, wishes, text = (part.strip() for part in line.split("|", 2))
        named = wishes.split()
        wants = frozenset(w for w in named if not w.startswith("-"))
        refuses = frozenset(w.lstrip("-") for w in named if w.startswith("-"))
        yield Labelled(text, cause, tuple(moods.split("/")), wants, refuses - {""})


def _lines(name: str) -> Iterator[tuple[str, str, str]]:
    """(line, the cause it stands under, the heading above); two blanks in the file are a line break of the message."""
    cause = heading = ""
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            cause = line.strip("[]")
        elif line.startswith("#"):
            heading = line.strip("# .")
        elif line:
            yield line.replace("  ", "\n"), cause, heading


def fingerprint() -> str:
    """Of the sentences the model is learned from."""
    names = [f"{kind}_{language}.txt" for language in LANGUAGES for kind in ("examples", "labelled")]
    return hashlib.sha256(b"".join((FOLDER / name).read_bytes() for name in names)).hexdigest()[:16]


def train(lines: Iterable[Example]) -> dict[str, Any]:
    """The cause model's file content, learned from these lines."""
    import numpy as np

    lines = tuple(lines)
    causes = sorted({line.cause for line in lines})
    truth = np.eye(len(causes), dtype=np.float32)[[causes.index(line.cause) for line in lines]]
    counted = [features(line.text, line.language) for line in lines]
    return learned(counted, truth, causes, Course(steps=150, decay=1e-5))


@dataclass(frozen=True, slots=True)
class Course:
    """How long to learn, and how far each weight is pulled back to nothing; found on messages of writers left out."""

    steps: int
    decay: float


def learned(
    counted: list[dict[str, float]],
    truth: Any,  # noqa: ANN401 - a numpy array
    labels: list[str],
    course: Course,
) -> dict[str, Any]:
    """A model file's content: `truth` says how true each label is of each example, adding up to one."""
    import numpy as np

    seen = Counter(feature for found in counted for feature in found)
    kept = sorted((f for f, count in seen.items() if count >= _OFTEN or not f.startswith("p:")), key=word_key)
    rows = {feature: row for row, feature in enumerate(kept)}
    keys = np.array([word_key(feature) for feature in kept], np.uint64)
    if (keys[1:] == keys[:-1]).any():
        raise ValueError("two features share a key")
    rarity = np.array([_rarity(f, seen[f], len(counted)) for f in rows], np.float16).astype(np.float32)
    weights, bias = _fit(Table([_filled(found, rows, rarity) for found in counted], len(rows)), truth, course)
    scale = float(np.abs(weights).max()) / 127
    return {
        "fingerprint": np.array(fingerprint()),
        "labels": np.array(labels),
        "keys": keys,
        "scale": np.float32(scale),
        "bias": bias.round(5),
        "rarity": rarity.astype(np.float16),
        "weights": np.round(weights / scale).astype(np.int8),
    }


@cache
def features(text: str, language: str) -> dict[str, float]:
    """Counts of words and pieces, values of signs."""
    found = scanned(text, language)
    return counts(found) | signs(found, weigh(found))


def scanned(text: str, language: str) -> Scan:
    """A text with all lexicon hits."""
    return scan(sentences(normalise(text)), (language,))


def counts(read: Scan) -> dict[str, float]:
    """How often each word and piece occurs in the different words of a text, and once each pair of neighbours."""
    words = {w for s in read.sentences for w in s.words}
    found = {piece: float(count) for piece, count in Counter(p for w in words for p in pieces(w)).items()}
    return found | dict.fromkeys(pairs(read.sentences), 1.0)


def _rarity(feature: str, count: int, total: int) -> float:
    rarity = math.log(total / count)
    return rarity * PIECE_WEIGHT if feature.startswith("c:") else rarity if feature[:2] in _TEXT else 0.0


def _filled(found: dict[str, float], rows: dict[str, int], rarity: Any) -> dict[int, float]:  # noqa: ANN401
    """One example by row: its words, pieces and pairs as a vector of length one, its signs beside them."""
    known = {f: found[f] for f in sorted(found) if f in rows}  # in one order, as sums of fractions depend on it
    texts = {rows[f]: value * float(rarity[rows[f]]) for f, value in known.items() if f[:2] in _TEXT}
    length = math.sqrt(sum(value * float(rarity[row]) for row, value in texts.items())) or 1.0  # as in `Model`
    told = {rows[f]: SIGN_WEIGHT * value for f, value in known.items() if f[:2] not in _TEXT}
    return {**{row: value / length for row, value in texts.items()}, **told}


class Table:
    """Examples as a sparse matrix: products with it, and with it turned round, cost what its filled places cost."""

    def __init__(self, examples: list[dict[int, float]], columns: int) -> None:
        """Take over the filled places, row by row."""
        import numpy as np

        self.columns = columns
        sizes = [len(example) for example in examples]
        self._at = np.array([at for example in examples for at in example])
        self._values = np.array([v for example in examples for v in example.values()], np.float32)[:, None]
        self._owner = np.repeat(np.arange(len(examples)), sizes)
        self._starts = np.cumsum([0, *sizes[:-1]])
        self._order = np.argsort(self._at, kind="stable")
        ordered = self._at[self._order]
        self._firsts = np.concatenate(([0], np.flatnonzero(np.diff(ordered)) + 1))
        self._filled = ordered[self._firsts]

    def times(self, weights: Any) -> Any:  # noqa: ANN401 - numpy arrays
        """The matrix times weights."""
        import numpy as np

        return np.add.reduceat(weights[self._at] * self._values, self._starts)

    def turned_times(self, errors: Any) -> Any:  # noqa: ANN401 - numpy arrays
        """The matrix turned round, times errors."""
        import numpy as np

        parts = errors[self._owner[self._order]] * self._values[self._order]
        result = np.zeros((self.columns, errors.shape[1]), np.float32)
        result[self._filled] = np.add.reduceat(parts, self._firsts)
        return result


def _fit(x: Table, truth: Any, course: Course) -> tuple[Any, Any]:  # noqa: ANN401 - numpy arrays
    import numpy as np

    weights = np.zeros((x.columns, truth.shape[1]), np.float32)
    bias = np.zeros(truth.shape[1], np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, course.steps + 1):
        guess = np.exp((z := x.times(weights) + bias) - z.max(1, keepdims=True))
        error = guess / guess.sum(1, keepdims=True) - truth
        slope = x.turned_times(error) / len(truth) + course.decay * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope * slope
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        bias -= 0.5 * error.mean(0)
    return weights, bias


def write() -> None:
    """Train on all lines and write the file."""
    import numpy as np

    np.savez_compressed(MODEL, **train(examples()))


if __name__ == "__main__":
    from app.triage.training import moods

    write()
    moods.write()  # the second model hears what the first one says

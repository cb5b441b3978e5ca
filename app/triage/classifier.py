"""A small learned opinion on the cause: linear, over words, their pieces and neighbours and what the lexicons found.

The lexicons say what they know for certain; customers say it in a thousand other ways. The model weighs both. It was
trained on the sentences in `training/` by `training/train.py`, predicts with numpy alone and is the same on every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.triage.context import negated, supposed, telling
from app.triage.lexicon import Scan, load
from app.triage.words import Sentence

FOLDER = Path(__file__).parent / "training"
MODEL = FOLDER / "causes.npz"
GRAM = 4  # letters of a piece of a word
PIECE_WEIGHT = 0.5  # a piece counts half of a word
SIGN_WEIGHT = 0.2  # a sign of the lexicons, beside a text vector of length one
_FULL = 3.0  # points of lexicon evidence that count as one
_MOST = 2.0
_TELLING_SIGNALS = frozenset({"arrival", "in_use", "sent_back", "solved", "negation"})


class Model:
    """A linear model: of each feature it knows a key, how rare it is, and a weight for each label.

    Features are known by a number of 64 bits alone: as words, a process would hold ten times as much and load longer.
    """

    def __init__(self, stored: Mapping[str, Any]) -> None:
        """Take the arrays of a file (see `training/train.py`)."""
        self.labels: tuple[str, ...] = tuple(stored["labels"].tolist())
        self.fingerprint = str(stored["fingerprint"])
        self.bias = stored["bias"]
        self._keys, self._scale = stored["keys"], stored["scale"]
        self._weights, self._rarity = stored["weights"], stored["rarity"]
        self._rows_of = lru_cache(maxsize=1 << 14)(lambda word: self._rows(pieces(word)))
        self._sign = cache(self._told_by)  # signs are few: keys of the lexicons

    def total(self, said: Sequence[Sentence], found: Mapping[str, float]) -> Any:  # noqa: ANN401 - a numpy array
        """The points of each label: for the words, their pieces and neighbours, and for the signs found."""
        points = self.bias + self._words(said)
        for name, value in found.items():
            points += SIGN_WEIGHT * value * self._sign(name)
        return points

    def _words(self, said: Sequence[Sentence]) -> Any:  # noqa: ANN401 - a numpy array
        """What all different words, their pieces and neighbours say, as a vector of length one."""
        import numpy as np

        known = [self._rows_of(word) for word in {w for s in said for w in s.words}]
        rows = np.concatenate([*known, self._rows(pairs(said))])
        if not rows.size:
            return np.zeros(len(self.labels), np.float32)
        rarity = self._rarity[rows].astype(np.float32)
        # No BLAS: its threads wait for each other on a busy machine, ten times as long as the product takes.
        told = np.einsum("i,ij->j", rarity, self._weights[rows].astype(np.float32))
        return told * self._scale / np.sqrt(np.square(rarity).sum())

    def _told_by(self, sign: str) -> Any:  # noqa: ANN401 - a numpy array
        """What a sign says for each label; nothing where it was never seen."""
        import numpy as np

        return self._weights[self._rows([sign])].sum(axis=0, dtype=np.float32) * self._scale

    def _rows(self, features: Iterable[str]) -> Any:  # noqa: ANN401 - a numpy array
        import numpy as np

        from reply_guards.vectors import word_key

        keys = np.array([word_key(feature) for feature in features], np.uint64)
        places = self._keys.searchsorted(keys)
        return places[self._keys.take(places, mode="clip") == keys]


def pieces(word: str) -> Iterator[str]:
    """The features of a word: itself, and its runs of four letters with its ends marked."""
    yield f"w:{word}"
    framed = f"^{word}$"
    for i in range(len(framed) - GRAM + 1):
        yield f"c:{framed[i : i + GRAM]}"


def pairs(sentences: Iterable[Sentence]) -> set[str]:
    """The features of words that stand next to each other: "not sent" is another matter than "not" and "sent"."""
    return {f"p:{first} {second}" for s in sentences for first, second in pairwise(s.words)}


def signs(scan: Scan, evidence: Mapping[str, float]) -> dict[str, float]:
    """The features the lexicons give: points for each cause, defects, wishes, a few signals, a question."""
    found = {f"S:{cause}": min(_MOST, points / _FULL) for cause, points in evidence.items()}
    families = defect_families()
    for hit in scan.of("defects"):
        if not negated(scan, hit) and not supposed(scan, hit):
            found[f"D:{hit.key}"] = found[f"F:{families[hit.key]}"] = 1.0
    found |= {f"W:{hit.key}": 1.0 for hit in scan.of("wishes")}
    found |= {f"G:{hit.key}": 1.0 for hit in scan.of("signals") if hit.key in _TELLING_SIGNALS}
    if any("?" in sentence.text for sentence in scan.sentences):
        found["Q"] = 1.0
    return found


def opinion(scan: Scan, evidence: Mapping[str, float], model: Model | None = None) -> dict[str, float]:
    """The share of belief in each cause, adding up to 1; `evidence` is what the lexicons say in points."""
    import numpy as np

    model = model or _model()
    points = model.total(telling(scan), signs(scan, evidence))
    shares = np.exp(points - points.max())
    return dict(zip(model.labels, (shares / shares.sum()).tolist(), strict=True))


@cache
def defect_families() -> Mapping[str, str]:
    """Defect → its family (breakage, malfunction, …)."""
    return {key: entry["family"] for key, entry in load("defects").items()}


@cache
def _model() -> Model:
    return read_model(MODEL)


def read_model(path: Path) -> Model:
    """A model file, as `training/` writes them."""
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        return Model({name: stored[name] for name in stored.files})

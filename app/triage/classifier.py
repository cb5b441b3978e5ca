"""A small learned opinion on the cause: linear, over words, their pieces and neighbours and what the lexicons found.

The lexicons say what they know for certain; customers say it in a thousand other ways. The model weighs both. It was
trained on the sentences in `training/` by `training/train.py`, predicts with numpy alone and is the same on every run.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.triage.context import negated, supposed, telling
from app.triage.lexicon import Scan, load
from app.triage.words import Sentence

FOLDER = Path(__file__).parent / "training"
MODEL = FOLDER / "causes.jsonl"
GRAM = 4  # letters of a piece of a word
PIECE_WEIGHT = 0.5  # a piece counts half of a word
SIGN_WEIGHT = 0.2  # a sign of the lexicons, beside a text vector of length one
_FULL = 3.0  # points of lexicon evidence that count as one
_MOST = 2.0
_TELLING_SIGNALS = frozenset({"arrival", "in_use", "sent_back", "solved", "negation"})


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature: `weights[rows[feature]]` has one number per label; `rarity` scales words and pieces."""

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Any
    rarity: Any
    bias: Any
    rows_of: Callable[[str], Any]  # the rows of a word and its pieces, remembered


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


def opinion(scan: Scan, evidence: Mapping[str, float]) -> dict[str, float]:
    """The share of belief in each cause, adding up to 1; `evidence` is what the lexicons say in points."""
    import numpy as np

    model = _model()
    points = total(model, telling(scan), signs(scan, evidence))
    shares = np.exp(points - points.max())
    return dict(zip(model.labels, (shares / shares.sum()).tolist(), strict=True))


def total(model: Model, said: Iterable[Sentence], found: Mapping[str, float]) -> Any:  # noqa: ANN401 - a numpy array
    """The points of each label: for the words, their pieces and neighbours, and for the signs found."""
    import numpy as np

    points = model.bias.copy()
    said = tuple(said)
    known = [model.rows_of(word) for word in {w for s in said for w in s.words}]
    beside = [row for pair in pairs(said) if (row := model.rows.get(pair)) is not None]
    if known and (rows := np.concatenate([*known, np.array(beside, np.int32)])).size:
        rarity = model.rarity[rows]
        # No BLAS: its threads wait for each other on a busy machine, ten times as long as the product takes.
        points += np.einsum("i,ij->j", rarity, model.weights[rows]) / np.sqrt(np.square(rarity).sum())
    for sign, value in found.items():
        if (row := model.rows.get(sign)) is not None:
            points += SIGN_WEIGHT * value * model.weights[row]
    return points


@cache
def defect_families() -> Mapping[str, str]:
    """Defect → its family (breakage, malfunction, …)."""
    return {key: entry["family"] for key, entry in load("defects").items()}


@cache
def _model() -> Model:
    return read_model(MODEL)


def read_model(path: Path) -> Model:
    """A model file, as `training/` writes them."""
    return unpacked(json.loads(path.read_bytes()))


def unpacked(data: Mapping[str, Any]) -> Model:
    """A model from the content of its file."""
    import numpy as np

    features = data["features"].split("\n")
    weights = np.frombuffer(base64.b85decode(data["weights"]), np.int8).astype(np.float32)
    rarity = np.frombuffer(base64.b85decode(data["rarity"]), np.float16).astype(np.float32)
    rows = {feature: row for row, feature in enumerate(features)}

    @lru_cache(maxsize=1 << 14)
    def rows_of(word: str) -> Any:  # noqa: ANN401 - a numpy array
        return np.array([row for piece in pieces(word) if (row := rows.get(piece)) is not None], np.int32)

    return Model(
        labels=tuple(data["labels"]),
        rows=rows,
        weights=weights.reshape(len(features), -1) * np.float32(data["scale"]),
        rarity=rarity,
        bias=np.array(data["bias"], np.float32),
        rows_of=rows_of,
    )

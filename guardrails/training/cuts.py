"""Makes `reply_guards/data/cuts.npy`: `python guardrails/training/cuts.py` (half a minute), after `vectors.py`.

How the commonest words of the training lines are cut into pieces, so that a review need not find that out: it is most
of what a word never met costs. Nothing depends on it but time.
"""

# ruff: noqa: INP001, T201 - a script prints
from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "guardrails"), str(Path(__file__).parent)]

from lines import written  # noqa: E402

from reply_guards.vectors import CUT, CUTS, NO_PIECE, pieces_of, word_key  # noqa: E402
from reply_guards.word_rows import words_of  # noqa: E402

KEPT = 20_000


def main() -> None:
    """Count the words of all lines and write the file."""
    counts = Counter(word for line in written() for word in words_of(line.text) if word.isalpha())
    cuts = {}
    for word, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0])):
        pieces = pieces_of(word)
        if len(pieces) <= CUT["pieces"].shape[0]:
            cuts[word_key(word)] = [*pieces, *[NO_PIECE] * (CUT["pieces"].shape[0] - len(pieces))]
        if len(cuts) == KEPT:
            break
    np.save(CUTS, np.array([(key, tuple(pieces)) for key, pieces in sorted(cuts.items())], CUT))
    print(f"{len(cuts)} of {len(counts)} words")


if __name__ == "__main__":
    main()

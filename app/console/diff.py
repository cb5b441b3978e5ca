"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_PIECE = re.compile(r"\s+|[^\s]+")
_MOST_PIECES = 4000  # beyond, the comparison would take seconds: the texts are shown whole


def word_diff(before: str, after: str) -> list[tuple[str, str]]:
    """Pieces of text as ("same" | "gone" | "new", words), in order."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if max(len(old), len(new)) > _MOST_PIECES:
        return [("gone", before), ("new", after)]
    return list(_pieces(old, new))


def _pieces(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[a:b])
            continue
        if a < b:
            yield "gone", "".join(old[a:b])
        if c < d:
            yield "new", "".join(new[c:d])

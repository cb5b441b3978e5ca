"""A text as words and numbers, folded so that spelling, case and accents do not matter, with their places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_UNSEEN = "\u0300-\u036f\u00ad\u200b-\u200d\u2060"  # combining marks, soft hyphens, zero width: inside a word
_WORD = re.compile(rf"[^\W\d_]+(?:[{_UNSEEN}]+[^\W\d_]*)*|\d+")
_UMLAUTS = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "œ": "oe",
})  # fmt: skip
_SENTENCE_END = re.compile(r"[.!?:\n•*„“\"»«]")
_MOSTLY = 0.7
_FEW = 0.04
_ENOUGH = 3
_GROUP_GAP = 5


@lru_cache(maxsize=8192)
def fold(raw: str) -> str:
    """Lower case, umlauts spelled out, other accents gone: 'Müller' → 'mueller', 'José' → 'jose'."""
    if raw.isascii():
        return raw.lower()
    return _bare(unicodedata.normalize("NFC", raw).lower().translate(_UMLAUTS))


@lru_cache(maxsize=4096)
def fold_plain(raw: str) -> str:
    """Like fold, but umlauts lose their dots: 'Müller' → 'muller', as forms without umlauts write it."""
    return _bare(raw.lower().replace("ß", "ss").replace("ł", "l").replace("ø", "o").replace("ı", "i"))


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalnum())


class Words:
    """The words of a text. Parallel lists: a text of 1 MiB has 200,000 of them."""

    __slots__ = ("ends", "folds", "longest", "raws", "said", "starts", "styled", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(_WORD.finditer(text))
        self.raws = [m.group() for m in found]
        self.starts = [m.start() for m in found]
        self.ends = [m.end() for m in found]
        self.folds = [fold(raw) for raw in self.raws]
        self.styled = _uses_capitals(self.raws)
        self.said = frozenset(self.folds)
        self.longest = self._longest_number()

    def __len__(self) -> int:
        return len(self.raws)

    def _longest_number(self) -> int:
        """Digits of the longest number, its groups taken together: what needs more of them need not be looked for."""
        longest = run = last = 0
        for raw, start, end in zip(self.raws, self.starts, self.ends, strict=True):
            if raw.isdigit():
                run = run + len(raw) if start - last <= _GROUP_GAP else len(raw)
                last = end
                longest = max(longest, run)
        return longest

    def starting(self, openers: frozenset[str]) -> Iterator[int]:
        """The places of words that open a phrase."""
        if self.said & openers:
            for folded, start in zip(self.folds, self.starts, strict=True):
                if folded in openers:
                    yield start

    def gap(self, i: int) -> str:
        """What stands before word i: the signs since the word before it (the last forty)."""
        start = self.ends[i - 1] if i else 0
        end = self.starts[i] if i < len(self.raws) else len(self.text)
        return self.text[max(start, end - 40) : end]

    def after(self, i: int) -> str:
        """What stands behind word i (the first forty signs)."""
        end = self.starts[i + 1] if i + 1 < len(self.raws) else len(self.text)
        return self.text[self.ends[i] : min(end, self.ends[i] + 40)]

    def is_capital(self, i: int) -> bool:
        """Written with a capital."""
        return self.raws[i][0].isupper()

    def opens(self, i: int) -> bool:
        """Whether a sentence or a line begins with word i: its capital says nothing."""
        return i == 0 or bool(_SENTENCE_END.search(self.gap(i)))

    def line(self, i: int) -> tuple[int, int]:
        """First and last word of the line word i stands in, at most six words to each side."""
        first = last = i
        while first > 0 and i - first < _SIDE and "\n" not in self.gap(first):
            first -= 1
        while last + 1 < len(self.raws) and last - i < _SIDE and "\n" not in self.gap(last + 1):
            last += 1
        return first, last


_SIDE = 6


def _uses_capitals(raws: list[str]) -> bool:
    """Whether the writer uses capitals as usual: not all small, not all capitals."""
    words = [raw for raw in raws[:400] if raw[0].isalpha()]
    if len(words) < _ENOUGH:
        return any(raw[0].isupper() for raw in words)
    shouted = sum(raw.isupper() and len(raw) > 1 for raw in words)
    capitals = sum(raw[0].isupper() for raw in words)
    return shouted < _MOSTLY * len(words) and capitals > _FEW * len(words)

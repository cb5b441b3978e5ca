"""Which ordered item a text speaks of: titles are matched with the words said, inflected, compound or misspelt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.ticket import Item
from app.triage.lexicon import Scan, word_set
from app.triage.words import fold

_SHORT = 3  # letters: shorter words match nothing
_CLOSE = 86.0  # likeness from which a misspelt word is taken for a title's
_LOOKED_AT = 60  # sentences
_MOST_ITEMS = 50
_TITLE_WORD = re.compile(r"[^\W_]+")
_PLURALS = ("innen", "ern", "en", "er", "es", "n", "e", "s")
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_PALE = 0.3  # weight of a word that says little ("blau", "Set")


@dataclass(frozen=True, slots=True)
class Match:
    """The item spoken of, and where its most telling word stands: sentence and word."""

    title: str
    sentence: int
    word: int


def match_item(scan: Scan, items: tuple[Item, ...]) -> Match | None:
    """The item that fits the text best; None where none fits, or two fit alike."""
    scored = sorted((s for item in items[:_MOST_ITEMS] if (s := _score(scan, item.title))), key=lambda s: -s[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0] and scored[0][1].title != scored[1][1].title):
        return None
    return scored[0][1]


def _score(scan: Scan, title: str) -> tuple[float, Match] | None:
    wanted = _title_words(title)
    pale = word_set("pale")
    total = best = 0.0
    where: Match | None = None
    seen: set[str] = set()
    for number, sentence in enumerate(scan.sentences[:_LOOKED_AT]):
        for i, word in enumerate(sentence.words):
            if len(word) < _SHORT or word in seen:
                continue
            score = max((alike(word, w) * (_PALE if w in pale else 1.0) for w in wanted), default=0.0)
            if score:
                seen.add(word)
                total += score
                if score > best and word not in pale:
                    best, where = score, Match(title, number, i)
    return (total, where) if where else None


@lru_cache(maxsize=1 << 9)
def _title_words(title: str) -> tuple[str, ...]:
    return tuple(w for w in map(fold, _TITLE_WORD.findall(title)) if len(w) >= _SHORT and not w.isdigit())


@lru_cache(maxsize=1 << 13)
def alike(said: str, title: str) -> float:
    """How well a word of a text fits a word of a title, 0 to 1."""
    if said == title:
        return 1.0
    root, other = _root(said), _root(title)
    if root == other and len(root) >= _SHORT:
        return 0.95
    if len(root) > _SHORT and other.endswith(root):
        return 0.9
    if len(other) > _SHORT and root.endswith(other):
        return 0.85
    if min(len(said), len(title)) > 5 and said[0] == title[0]:  # noqa: PLR2004 - short words are too alike
        from rapidfuzz.fuzz import ratio

        return 0.8 if ratio(said, title, score_cutoff=_CLOSE) else 0.0
    return 0.0


@lru_cache(maxsize=1 << 12)
def _root(word: str) -> str:
    """A word without plural ending and umlaut: "glaeser" and "glas" meet."""
    for ending in _PLURALS:
        if word.endswith(ending) and len(word) - len(ending) > _SHORT:
            word = word[: -len(ending)]
            break
    for umlaut, plain in _UMLAUTS:
        word = word.replace(umlaut, plain)
    return word

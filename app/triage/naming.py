"""Product names no lexicon holds, from the way people point at a thing: "meine neue Kaffeemaschine", "the kettle I bought"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from app.triage.lexicon import load
from app.triage.words import Sentence, fold

_LONGEST = 4  # words of an English name ("stainless steel water bottle")
_SHORT = 3


def noun_phrases(sentence: Sentence) -> Iterator[tuple[int, int, float]]:
    """(first word, last word, weight) of each noun phrase that may name a product; articles and fillers left out."""
    for i, word in enumerate(sentence.words):
        if word in _list("determiners", "de"):
            yield from _german(sentence, i)
        if word in _list("determiners", "en"):
            yield from _english(sentence, i)


def _german(sentence: Sentence, i: int) -> Iterator[tuple[int, int, float]]:
    """Determiner, adjectives, then a noun with a capital that is a product's."""
    for j in range(i + 1, min(i + 4, len(sentence.words))):
        if sentence.clauses[j] != sentence.clauses[i]:
            return
        raw = sentence.raw(j)
        if raw[0].isupper() and raw[1:].islower():
            if _is_name(sentence.words[j], "de"):
                yield j, j, _weight(sentence, i, j, "de")
            return
        if sentence.words[j] not in _list("fillers", "de") and not raw.endswith(("e", "en", "er", "es", "em")):
            return


def _english(sentence: Sentence, i: int) -> Iterator[tuple[int, int, float]]:
    """Only "the X I bought" and "bought a X" show a product for sure; X ends where a small word begins."""
    bought = _list("bought", "en")
    after_verb = i > 0 and sentence.words[i - 1] in bought
    last = first = i + 1
    while first < len(sentence.words) and sentence.words[first] in _list("fillers", "en"):
        first += 1
    last = first
    while last < len(sentence.words) and last - first < _LONGEST and sentence.clauses[last] == sentence.clauses[i]:
        if sentence.words[last] in _stops():
            break
        last += 1
    if last == first or last - first == _LONGEST:
        return
    before_verb = _relative(sentence, last)
    if (after_verb or before_verb) and _is_name(sentence.words[last - 1], "en"):
        yield first, last - 1, 2.0


def _relative(sentence: Sentence, at: int) -> bool:
    """As in "… I bought", "… that we ordered" right after the noun."""
    words = sentence.words[at : at + 4]
    return any(w in {"i", "we"} for w in words[:2]) and any(w in _list("bought", "en") for w in words)


def _weight(sentence: Sentence, i: int, j: int, language: str) -> float:
    """Own things and things bought are more likely the product."""
    near = sentence.words[max(0, i - 4) : j + 6]
    bought = any(w in _list("bought", language) for w in near)
    mine = sentence.words[i].startswith(("mein", "unser"))
    return 0.8 + 0.9 * bought + 0.5 * mine


def _is_name(word: str, language: str) -> bool:
    return len(word) >= _SHORT and not word.isdigit() and word not in _list("other", language)


@cache
def _stops() -> frozenset[str]:
    words = {fold(w) for w in load("languages")["stopwords"]["en"].split()}
    return frozenset(words | _list("determiners", "en"))


@cache
def _list(name: str, language: str) -> frozenset[str]:
    return frozenset(fold(w) for w in load("nouns")[name][language].split())

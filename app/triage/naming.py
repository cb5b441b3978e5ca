"""Names no lexicon holds, from the way people point: "meine neue Jalousie", "the gizmo I bought", "es fehlt der …"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from app.triage.lexicon import load, word_set
from app.triage.words import Sentence, fold

_LONGEST = 4  # words of an English name ("stainless steel water bottle")
_MODIFIERS = 2  # words to the left that belong to an English noun ("coffee machine")
_SHORT = 3
_NEAR = 4  # words between "fehlt" and what is missing


def noun_phrases(sentence: Sentence) -> Iterator[tuple[int, int, float]]:
    """(first word, last word, weight) of each noun phrase that may name a product; articles and fillers left out."""
    german, english = _list("determiners", "de"), _list("determiners", "en")
    for i, word in enumerate(sentence.words):
        if word in german:
            yield from _german(sentence, i)
        if word in english:
            yield from _english(sentence, i)


def widened(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    """An English noun with the nouns in front of it: "machine" → "coffee machine"; a German compound stays as it is."""
    start = first
    while start > 0 and first - start < _MODIFIERS and sentence.clauses[start - 1] == sentence.clauses[first]:
        word = sentence.words[start - 1]
        if not _modifies(sentence, start - 1, word):
            break
        start -= 1
    return start, last


def missing_nouns(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """(first word, last word) of nouns said to be missing: "es fehlt der Beutel", "the charger is missing"."""
    for i, word in enumerate(sentence.words):
        if word in word_set("missing_de"):
            yield from _german_missing(sentence, i)
        elif word in word_set("missing_en"):
            yield from _english_missing(sentence, i)


def _german_missing(sentence: Sentence, i: int) -> Iterator[tuple[int, int]]:
    """The nearest capitalised noun behind "fehlt", else before it."""
    behind = range(i + 1, min(i + _NEAR + 1, len(sentence.words)))
    before = range(i - 1, max(-1, i - _NEAR), -1)
    for j in (*behind, *before):
        if _is_noun(sentence, j) and sentence.clauses[j] == sentence.clauses[i] and _is_name(sentence.words[j], "de"):
            yield j, j
            return


def _english_missing(sentence: Sentence, i: int) -> Iterator[tuple[int, int]]:
    """As in "missing the screws" or "the screws are missing": the noun with its article beside the word."""
    words = sentence.words
    if i > 1 and words[i - 1] in {"is", "are", "was", "were", "still", "also"}:
        j = i - 2
        if _is_name(words[j], "en") and words[j] not in _stops():
            yield widened(sentence, j, j)
        return
    j = i + 1
    while (
        j < len(words) and j <= i + 3 and (words[j] in _list("determiners", "en") or words[j] in {"one", "two", "of"})
    ):
        j += 1
    if i + 1 < j < len(words) and words[j] not in _stops() and _is_name(words[j], "en"):
        end = j
        while end + 1 < len(words) and end - j < 1 and words[end + 1] not in _stops() and not words[end + 1].isdigit():
            end += 1
        yield j, end


def _modifies(sentence: Sentence, i: int, word: str) -> bool:
    """Whether a word before an English noun is part of its name."""
    if (
        word in _stops()
        or word in _list("fillers", "en")
        or word in _list("other", "en")
        or word in _list("bought", "en")
    ):
        return False
    if word in _list("determiners", "de") or word in word_set("verbs_too") or len(word) < _SHORT or word.endswith("ly"):
        return False
    before = sentence.words[max(0, i - 2) : i]
    return bool(set(before) & _list("determiners", "en")) or sentence.raw(i)[0].isupper()


def _german(sentence: Sentence, i: int) -> Iterator[tuple[int, int, float]]:
    """Determiner, adjectives, then a noun with a capital that is a product's."""
    for j in range(i + 1, min(i + 4, len(sentence.words))):
        if sentence.clauses[j] != sentence.clauses[i]:
            return
        if _is_noun(sentence, j):
            if _is_name(sentence.words[j], "de"):
                yield j, j, _weight(sentence, i, j, "de")
            return
        adjective = sentence.raw(j).endswith(("e", "en", "er", "es", "em"))
        if not adjective and sentence.words[j] not in _list("fillers", "de"):
            return


def _is_noun(sentence: Sentence, i: int) -> bool:
    """A German noun by its capital, where the text uses capitals."""
    raw = sentence.raw(i)
    return raw[0].isupper() and raw[1:].islower() and i > 0


def _english(sentence: Sentence, i: int) -> Iterator[tuple[int, int, float]]:
    """Only "the X I bought" and "bought a X" show a product for sure; X ends where a small word begins."""
    after_verb = i > 0 and sentence.words[i - 1] in _list("bought", "en")
    first = i + 1
    while first < len(sentence.words) and sentence.words[first] in _list("fillers", "en"):
        first += 1
    last = first
    while last < len(sentence.words) and last - first < _LONGEST and sentence.clauses[last] == sentence.clauses[i]:
        if sentence.words[last] in _stops():
            break
        last += 1
    if last == first or last - first == _LONGEST:
        return
    if (after_verb or _relative(sentence, last)) and _is_name(sentence.words[last - 1], "en"):
        yield first, last - 1, 2.0


def _relative(sentence: Sentence, at: int) -> bool:
    """As in "… I bought", "… that we ordered" right after the noun."""
    words = sentence.words[at : at + 4]
    return any(w in {"i", "we", "you"} for w in words[:2]) and any(
        w in _list("bought", "en") or w == "sent" for w in words
    )


def _weight(sentence: Sentence, i: int, j: int, language: str) -> float:
    """Own things and things bought are more likely the product; so is what is named first."""
    near = sentence.words[max(0, i - 4) : j + 6]
    bought = any(w in _list("bought", language) for w in near)
    mine = sentence.words[i].startswith("mein")
    return 0.7 + 0.9 * bought + 0.5 * mine


def _is_name(word: str, language: str) -> bool:
    return len(word) >= _SHORT and not word.isdigit() and word not in _list("other", language)


@cache
def _stops() -> frozenset[str]:
    words = {fold(w) for w in load("languages")["stopwords"]["en"].split()}
    return frozenset(words | _list("determiners", "en"))


@cache
def _list(name: str, language: str) -> frozenset[str]:
    return frozenset(fold(w) for w in load("nouns")[name][language].split())

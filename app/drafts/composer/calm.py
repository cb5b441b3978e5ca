"""Lowers the customer's voice: words and sentences in capitals are written as one speaks."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import load, phrases

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"([!?])[!?]+")
_QUOTED = re.compile(r"[\"„“”»«‚‘]([\w-]{1,20}(?: [\w-]{1,20})?)[\"“”«»’]")
_DOTS = re.compile(r"\s?(?:\.{2,}|…)\s?(?=[a-zäöü])")
_ASKS_FOR_NOUN = re.compile(
    r"\b(?:i[mn]|zum|zur|vom|beim|ins|aufs?|aus|mit|ohne|für|von|bei|wegen|unter|über|k?eine?[mnrs]?|[mds]eine?[mnrs]?)\s$",
    re.IGNORECASE,
)
_TIMES = re.compile(r"(?:ein|zwei|drei|vier|fünf|zehn|dies|jedes|manch|noch)mal|niemals")
_ENDING = re.compile(r"e[mnrs]?$")
_NOUN_FOLLOWS = re.compile(r"\s[A-ZÄÖÜ]|[-–]")
_CAPITALS = re.compile(r"[A-ZÄÖÜ]{2}")
_DIGIT = re.compile(r"-?\d")
_SHOUTING = 0.6  # share of capital letters from which the whole sentence is shouted
_ACRONYM = 3  # words of so many capitals may be acronyms


def calmed(text: str, language: str) -> str:
    """Return the text without shouting; names of three letters or fewer (USB, DHL) keep their capitals."""
    text = _QUOTED.sub(r"\1", text)
    text = _MARKS.sub(r"\1", _DOTS.sub(", ", _SPACES.sub(" ", text))).strip()
    if not _CAPITALS.search(text):
        return text
    capitals = sum(map(str.isupper, text))
    if capitals > _ACRONYM and capitals > _SHOUTING * sum(map(str.isalpha, text)):
        return _WORD.sub(lambda m: m[0] if _is_name(m[0]) else m[0].lower(), text)
    return _WORD.sub(lambda m: _lowered(m, language), text)


@cache
def _names() -> frozenset[str]:
    return frozenset(load("small_words")["names"].split())


@cache
def _small(language: str) -> frozenset[str]:
    return frozenset(str(phrases("small_words", language)).split())


def _is_name(word: str) -> bool:
    return word in _names()


def _is_code(found: re.Match[str]) -> bool:
    """Whether capitals belong to a code or a model: "SAVE20", "WMB-714"."""
    return _DIGIT.match(found.string, found.end()) is not None


def _lowered(found: re.Match[str], language: str) -> str:
    """One word stressed by capitals inside a calm sentence."""
    word = found[0]
    if len(word) < 2 or not word.isupper() or _is_name(word) or _is_code(found):  # noqa: PLR2004 - one letter is no stress
        return word
    low = word.lower()
    if low in _small(language) or len(word) > _ACRONYM:
        return word.capitalize() if language == "de" and _is_noun(low, found) else low
    return word


def _is_noun(word: str, found: re.Match[str]) -> bool:
    """Whether a German word is a noun: we know it, or it alone follows a preposition or article: "aus PAPPE."."""
    from app.drafts.composer.clauses_de import word_sets
    from app.drafts.composer.nouns_de import is_known_noun

    if _TIMES.fullmatch(word):
        return False
    if is_known_noun(word):
        return True
    before, after = found.string[: found.start()], found.string[found.end() :]
    if not _ASKS_FOR_NOUN.search(before) or _NOUN_FOLLOWS.match(after):
        return False
    return {word, _ENDING.sub("", word)}.isdisjoint(_small("de") | word_sets()["common"] | {"all"})

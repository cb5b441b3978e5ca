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
_CAPITALS = re.compile(r"[A-ZÄÖÜ]{2}")
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
    return _WORD.sub(lambda m: _lowered(m[0], language), text)


@cache
def _names() -> frozenset[str]:
    return frozenset(load("small_words")["names"].split())


@cache
def _small(language: str) -> frozenset[str]:
    return frozenset(str(phrases("small_words", language)).split())


def _is_name(word: str) -> bool:
    return word in _names()


def _lowered(word: str, language: str) -> str:
    """One word stressed by capitals inside a calm sentence."""
    if len(word) < 2 or not word.isupper() or _is_name(word):  # noqa: PLR2004 - one letter is no stress
        return word
    low = word.lower()
    if low in _small(language) or len(word) > _ACRONYM:
        return word.capitalize() if language == "de" and _is_noun(low) else low
    return word


def _is_noun(word: str) -> bool:
    from app.drafts.composer.nouns_de import is_known_noun

    return is_known_noun(word)

"""Which of the customer's sentences a reply may repeat: none that would make it promise, blame or insult."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import phrases

_MARKS = re.compile(r"[?!{}<>|\[\]\"„“”»«@#*_=~^\\…;]|https?:|www\.|\.\.|[:;]-?[()]|\d{5,}")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SHORT = 2  # words of so few letters say nothing about a case
_SHOUTED = 4  # letters of a word in capitals that is shouting, not an abbreviation


@cache
def _patterns(language: str) -> re.Pattern[str]:
    data = phrases("harmless", language)
    address = "|".join(re.escape(word) for word in data["address"])
    stems = "|".join(re.escape(stem) for stem in data["stems"])
    return re.compile(rf"\b(?:(?:{address})\b|(?:{stems}))", re.IGNORECASE)


def may_repeat(text: str, language: str) -> bool:
    """Whether a sentence holds nothing but a plain statement: no address, wish, threat, claim, insult or link."""
    if _MARKS.search(text) or _is_shouted(text):
        return False
    return not _patterns(language).search(text)


def is_well_formed(text: str) -> bool:
    """Whether a sentence begins with a capital letter and is long and clean enough to be quoted as it stands."""
    words = _WORD.findall(text)
    return 3 <= len(words) <= 14 and text[:1].isupper() and text.count("(") == text.count(")")  # noqa: PLR2004


def _is_shouted(text: str) -> bool:
    words = _WORD.findall(text)
    return any(len(word) >= _SHOUTED and word.isupper() and word.isalpha() for word in words)


def content_words(text: str, language: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, cut to their first letters so that inflection does not matter."""
    small = _small_words(language)
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:6] for word in words if word not in small and len(word) > _SHORT)


@cache
def _small_words(language: str) -> frozenset[str]:
    return frozenset(str(phrases("small_words", language)).split())

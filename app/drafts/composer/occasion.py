"""What it was meant for: "den Geburtstag Ihrer Tochter", "your daughter's birthday"."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import phrases
from app.ticket import Register
from app.triage.model import Reading

_OF_WHOM_DE = re.compile(r"\s+(?:mein|unser)(er|es)\s+([A-ZÄÖÜ][a-zäöüß]{2,20})\b")
_WHOSE_EN = re.compile(
    r"\b(?:my|our)\s+((?:[a-z-]{2,15}\s){0,2}[a-z-]{2,15}(?:'s|’s|s'))\s+(?:[a-z0-9]{2,12}\s)?$", re.IGNORECASE
)


def occasion(reading: Reading, language: str, register: Register) -> str | None:
    """Return the occasion with its article, and whose it is where the message says so; None for unknown occasions."""
    noun = " ".join((reading.occasion or "").split()).strip(" .,!?")
    if not noun or not noun.replace(" ", "").replace("'", "").replace("-", "").isalpha():
        return None
    found = _article(noun, language)
    spoken = " ".join(reading.sentences)
    if found is None or noun.lower()[:6] not in spoken.lower():
        return None
    if not found and not _meant_for(noun.lower()[:6], language).search(spoken.lower()):
        return None  # "Christmas only comes once a year" says nothing of what was bought
    if language == "de":
        return _german(noun, found, spoken, register)
    return _english(noun, found, spoken)


@cache
def _meant_for(stem: str, language: str) -> re.Pattern[str]:
    """How a message says that something was for a feast, and not only that there is one."""
    before, after = phrases("occasions", language)["meant"]
    return re.compile(
        rf"\b(?:{before})\s(?:\w+\s){{0,2}}{re.escape(stem)}|\b{re.escape(stem)}\w*?['’]?s?\s?(?:{after})"
    )


_FOR_DE = re.compile(
    r"\bfür\s+(?:mein|unser)(e|en)?\s+((?:[a-zäöü]{3,12}e[nr]?\s)?[A-Za-zÄÖÜäöüß]{3,20})\b", re.IGNORECASE
)
_FOR_EN = re.compile(r"\bfor (?:my|our) ((?:[a-z]+(?:-[a-z]+)* )?[a-z]{3,14})\b(?!['’])", re.IGNORECASE)


def recipient(reading: Reading, language: str, register: Register) -> str | None:
    """Return for whom it was meant: "Ihre Enkelin", "your mother"; None where the message names nobody we know."""
    people = frozenset(phrases("occasions", language)["people"].split())
    spoken = " ".join(reading.sentences)
    for found in (_FOR_DE if language == "de" else _FOR_EN).finditer(spoken):
        *_, word = found[found.lastindex or 1].split()
        if word.lower() not in people:
            continue
        if language == "en":
            return f"your {word.lower()}"
        ending = found[1] or ""
        return f"{'Ihr' if register == 'sie' else 'dein'}{ending} {word[0].upper()}{word[1:]}"
    return None


@cache
def _articles(language: str) -> tuple[tuple[str, str], ...]:
    """Known occasions with their article, longest first."""
    data = phrases("occasions", language)["article"]
    pairs = [(name, article) for article, names in data.items() for name in names]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _article(noun: str, language: str) -> str | None:
    low = noun.lower()
    return next((article for name, article in _articles(language) if low.endswith(name)), None)


def _german(noun: str, article: str, spoken: str, register: Register) -> str:
    text = noun[0].upper() + noun[1:]
    at = re.search(re.escape(noun), spoken, re.IGNORECASE)
    if at and (whose := _OF_WHOM_DE.match(spoken, at.end())):
        yours = "Ihr" if register == "sie" else "dein"
        text = f"{text} {yours}{whose[1]} {whose[2]}"
    return f"{article} {text}".strip()


def _english(noun: str, article: str, spoken: str) -> str:
    text = noun if noun[0].isupper() and not article else noun.lower()
    at = re.search(re.escape(noun), spoken, re.IGNORECASE)
    if at and (whose := _WHOSE_EN.search(spoken[: at.start()])):
        return f"your {whose[1]} {text}"
    return f"{article} {text}".strip()

"""Dates of birth: a date that is called one, or one too long ago for an order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.redaction.model import Span
from app.knowledge.redaction.words import Words

_MONTHS = (
    "januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|"
    "march|may|june|july"
    "|october|december|jan|feb|mar|apr|jun|jul|aug|sept?|okt|oct|nov|dez|dec"
)
_YEAR = r"(?:19|20)\d{2}"
_DATE = (
    rf"(?:\d{{1,2}}[./-][ ]?\d{{1,2}}[./-][ ]?(?:{_YEAR}|\d{{2}})|{_YEAR}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:\.|st|nd|rd|"
    rf"th)?[ ](?:of )?(?:{_MONTHS})\.?,?[ ]{_YEAR}"
    rf"|(?:{_MONTHS})\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]{_YEAR})"
)
_BIRTH_WORDS = frozenset(
    ["geb", "geboren", "geburtsdatum", "geburtstag", "gebdat", "born", "dob", "d", "birth", "birthdate", "birthday"]
)
_YEARS = frozenset(map(str, range(1900, 2008)))
_TOLD = re.compile(
    rf"(?<!\w)(?:geb\.|geboren|geburtsdatum|geburtstag|gebdat|born|dob|d\.o\.b\.|date of birth|birth ?date|"
    rf"birthday)(?:[ ](?:am|on|ist|is|war|was|der|lautet|bin|ich|wurde|i|in|"
    rf"the)){{0,4}}[ :]{{0,3}}(?:den )?(?P<date>{_DATE})(?!\d)",
    re.IGNORECASE,
)
_OLD = re.compile(
    rf"(?<![\w.])(?:\d{{1,2}}[./-]\d{{1,2}}[./-]|\d{{1,2}}(?:\.|st|nd|rd|th)?[ ](?:{_MONTHS})[ ]|"
    rf"(?:{_MONTHS})[ ]\d{{1,2}},[ ])(?:19[0-9]\d|200[0-7])(?!\d)|(?<![\w.])(?:19[0-9]\d|"
    rf"200[0-7])-\d{{2}}-\d{{2}}(?!\d)",
    re.IGNORECASE,
)


def find_births(words: Words) -> Iterator[Span]:
    """Dates of birth."""
    text = words.text
    for match in _TOLD.finditer(text) if words.said & _BIRTH_WORDS else ():
        yield Span(*match.span("date"), "birth_date")
    for match in _OLD.finditer(text) if any(raw in _YEARS for raw in words.said) else ():
        yield Span(*match.span(), "birth_date")

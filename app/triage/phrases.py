"""Phrases taken from the text by pattern: since when, how many times written, and what is no part of the case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.triage.lexicon import load

_MANY = 20  # nobody writes more often; a larger number is something else
_SENTENCE = 1500  # characters of a sentence that are looked at
_DIGIT = re.compile(r"\d")
_LINKS = re.compile(
    r"<?\b(?:https?://|www\.)[^\s<>]{1,2000}>?|\b[\w-]{2,40}\.(?:com|de|net|org|shop|info|io|co\.uk)(?:/[^\s]{0,500})?\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
# 03.11.2026 is nobody's number to dial.
_DAY = r"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:\d{4}|\d{2})?(?![./-]?\d)"
_PHONE = re.compile(rf"(?<![\w-])(?<!\d[./])(?!{_DAY})(?:\+|00|0)\d[\d\s/().-]{{6,18}}\d(?![\w-])")
_MAYBE_SINCE = re.compile(
    r"\b(?:seit|since|for|vor|ago|am|gestern|vorgestern|heute?|letzte|yesterday|today|arrived|delivered|came|received|ordered|bought|opened)\b"
    r"|tage?|woche|monat|stunde|days?|weeks?|months?|hours?|wks",
    re.IGNORECASE,
)
_MAYBE_COUNT = re.compile(
    r"mal\b|time|mail|message|nachricht|anfrage|versuch|kontakt|anruf|attempt|complain|request|ticket|call|twice|\dx",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s{2,}")
_TRAILER = re.compile(
    r"(?:\b(?:unter|auf|an|per|via|at|on|under|mail|e-mail|email|tel|telefon|phone|link|siehe|see|here|hier|bei)\b[\s:.]{0,3}){1,3}$",
    re.IGNORECASE,
)


@cache
def _compiled(name: str) -> tuple[re.Pattern[str], ...]:
    data = load("phrases")
    patterns = data[name] if isinstance(data[name], list) else [data[name]]
    return tuple(re.compile(_with_numbers(p), re.IGNORECASE) for p in patterns)


@cache
def _opening(name: str) -> re.Pattern[str]:
    """A greeting or courtesy at the start of a sentence."""
    return re.compile(rf"(?:{' '.join(load('phrases')[name].split()).replace('| ', '|')})(?![\w'])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Since:
    """A phrase of time that can be repeated: a `span` ("seit zwei Wochen") or a `point` ("am Freitag")."""

    phrase: str
    kind: Literal["span", "point"]


def since(sentences: Iterable[str], language: str) -> Since | None:
    """How long the trouble lasts or when it began, as the customer says it; spans before points in time.

    A duration named alone ("Ten days, two emails") is completed to a phrase: "for ten days", "seit sechs Tagen".
    """
    texts = [s[:_SENTENCE] for s in sentences if _MAYBE_SINCE.search(s)]
    for kind, pattern in _times():
        for text in texts:
            found = pattern.search(text)
            if not found or _no_trouble().search(text, max(0, found.start() - 40), found.end() + 40):
                continue
            phrase = " ".join(found.group(1).split())
            if kind == "bare":
                return Since(_span(phrase, language), "span")
            return Since(phrase, "point" if kind == "point" else "span")
    return None


def _span(duration: str, language: str) -> str:
    """A bare duration as a phrase: "sechs Tage" → "seit sechs Tagen", "Ten days" → "for ten days"."""
    words = duration[0].lower() + duration[1:]
    if language != "de":
        return f"for {words}"
    datives = load("phrases")["datives"]
    return "seit " + " ".join(datives.get(w.lower(), w) for w in words.split())


@cache
def _times() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rules = load("phrases")["since"]
    return tuple((rule["kind"], re.compile(_with_numbers(rule["find"]), re.IGNORECASE)) for rule in rules)


@cache
def _no_trouble() -> re.Pattern[str]:
    """Words near a time that make it no part of the trouble ("Kunde seit zehn Jahren")."""
    return re.compile(load("phrases")["not_since"], re.IGNORECASE)


def _with_numbers(pattern: str) -> str:
    return pattern.replace("NUM", "|".join(n.strip() for n in load("phrases")["numbers"].split("|")))


def contact_count(sentences: Iterable[str]) -> int | None:
    """How often the customer says to have written; "third time" counts this message, "wrote twice" does not."""
    counts = [
        number
        for text in sentences
        if _MAYBE_COUNT.search(text)
        for pattern in _compiled("counts")
        for found in pattern.finditer(text[:_SENTENCE])
        if (number := _number(found["n"])) and _of_writing(found, text)
    ]
    return max(counts, default=None)


def _of_writing(found: re.Match[str], text: str) -> bool:
    """Whether a "third time" is one of writing, not of something else that happened again."""
    again = found.group().lower().endswith(("mal", "time", "time now"))
    return not again or says(text[:_SENTENCE], "writing")


def _number(words: str) -> int | None:
    words = words.lower()
    digits = re.match(r"\d{1,2}", words)
    if digits:
        number = int(digits.group())
        return number if 1 < number <= _MANY else None
    return next((n for stem, n in load("phrases")["ordinals"].items() if words.startswith(stem)), None)


def without_contact_data(text: str) -> str:
    """A sentence without links, e-mail addresses, phone and order numbers."""
    if "@" in text:
        text = _MAIL.sub("", text)
    if "." in text:
        text = _LINKS.sub("", text)
    if _DIGIT.search(text):
        for pattern in (*_compiled("identifiers"), *_compiled("order_numbers"), _PHONE):
            text = pattern.sub("", text)
    return text


def tidy(before: str, text: str) -> str:
    """Close the gaps that cuts have left in a sentence (`before` is how it was)."""
    if text != before:
        text = re.sub(r"[\s,:;(]{1,4}(?=[.!?)]|$)", "", _TRAILER.sub("", text.rstrip(" .:;,-"))) + (
            before[-1] if before[-1] in ".!?" else ""
        )
    return _SPACE.sub(" ", text).strip(" ,;:-–—•*")


def without_opening(text: str) -> str:
    """A sentence without greeting and without a courtesy that is all it says."""
    if (found := _opening("greetings").match(text)) and found.end() < 80:  # noqa: PLR2004 - a greeting is short
        rest = text[found.end() :]
        if not rest or rest[0] in " ,.!:;-–\n":
            text = rest.lstrip(" ,.!:;-–\n")
    found = _opening("courtesies").match(text)
    return "" if found and not text[found.end() :].strip(" ,.!:;-–") else text


def says(text: str, name: str) -> bool:
    """Whether the pattern of this name is anywhere in the text; `rhetorical`: a question that wants no answer."""
    return _compiled(name)[0].search(text) is not None


def starts(text: str, name: str) -> bool:
    """Whether the text begins with the pattern of this name."""
    return _compiled(name)[0].match(text) is not None

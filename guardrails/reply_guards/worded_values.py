"""Amounts of money in words: "dreißig Euro", "forty quid", "two hundred and fifty dollars", "a tenner"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

# A unit is sought first, the number before it after: so a text without one costs a single look.
_UNIT = re.compile(
    r"(?<![^\W_])(?P<unit>euros?|dollars?|bucks|quid|pounds?|franken)(?!\w)(?! (?:of|heavier|lighter) )"
    r"(?: (?:and |und )?(?P<cents>[^\W\d_]+(?:-[^\W\d_]+)?)(?: cents?| pence)?(?!\w))?"
    r"|(?<![^\W_])(?P<note>tenner|fiver)(?!\w)"
    # As money, not as a wrench or a pack of ten.
    r"|(?<=en )(?P<coin>f(?:ü|ue)nfer|zehner|zwanziger|f(?:ü|ue)nfziger|hunderter)"
    r"(?=[.,!?]| (?:zur(?:ü|ue)ck|drauf|dazu|wieder|extra|obendrauf|gut|als|f(?:ü|ue)r))",
    re.IGNORECASE,
)
_LOOKS = (
    "euro",
    "dollar",
    "bucks",
    "quid",
    "pound",
    "franken",
    "tenner",
    "fiver",
    "nfer",
    "zehner",
    "ziger",
    "hunderter",
)
_WORD = re.compile(r"[^\W\d_]+")
_REACH = 60  # characters before a unit
_MOST_WORDS = 6  # of a number: "nine hundred and ninety nine"
_UNITS = {"euro": "EUR", "dollar": "USD", "buck": "USD", "quid": "GBP", "pound": "GBP", "franken": "CHF"}
_NOTES = {
    "tenner": (10, "GBP"), "fiver": (5, "GBP"), "fuenfer": (5, "EUR"), "zehner": (10, "EUR"),
    "zwanziger": (20, "EUR"), "fuenfziger": (50, "EUR"), "hunderter": (100, "EUR"),
}  # fmt: skip
# "Ein paar hundert Euro", "a few hundred pounds" name no amount.
_ABOUT = frozenset(
    {"paar", "einige", "einigen", "mehrere", "mehreren", "viele", "few", "several", "many", "of", "jeder"}
)
_ONES = {
    "de": ("ein", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun"),
    "en": ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_TEENS = {
    "de": (
        "zehn",
        "elf",
        "zwoelf",
        "dreizehn",
        "vierzehn",
        "fuenfzehn",
        "sechzehn",
        "siebzehn",
        "achtzehn",
        "neunzehn",
    ),
    "en": (
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ),
}
_TENS = {
    "de": ("zwanzig", "dreissig", "vierzig", "fuenfzig", "sechzig", "siebzig", "achtzig", "neunzig"),
    "en": ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
}
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def worded_money(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Amounts in words: (start, end, the amount as digits, the currency's code)."""
    lowered = text.lower()
    if not any(look in lowered for look in _LOOKS):
        return
    for match in _UNIT.finditer(text):
        if note := match["note"] or match["coin"]:
            number, currency = _NOTES[_folded(note)]
            yield *match.span(), str(number), currency
        elif found := _before(text, match.start()):
            start, number = found
            cents = _numbers().get(_folded(match["cents"] or "").replace("-", " "), 0)
            told = f"{number}.{cents:02d}" if cents < 100 else str(number)  # noqa: PLR2004 - hundred cents are no cents
            end = match.end() if 0 < cents < 100 else match.end("unit")  # noqa: PLR2004
            yield start, end, told, _UNITS[match["unit"].lower().removesuffix("s")]


def _before(text: str, end: int) -> tuple[int, int] | None:
    """The longest number that ends right before a place: where it begins, and what it is."""
    begin = max(0, end - _REACH)
    words = list(_WORD.finditer(text, begin, end))[-_MOST_WORDS:]
    if not words or text[words[-1].end() : end].strip(" \u00a0-"):
        return None
    for first, word in enumerate(words):
        told = " ".join(_folded(w.group()) for w in words[first:])
        if told in _numbers():
            about = first and _folded(words[first - 1].group()) in _ABOUT
            return None if about else (word.start(), _numbers()[told])
    return None


def _folded(word: str) -> str:
    return word.lower().translate(_FOLD)


@cache
def _numbers() -> dict[str, int]:
    """One to 999 as German and English say them, folded, without hyphens."""
    found = _below_hundred("de", "{one}und{ten}") | dict.fromkeys(("eins", "eine", "einen", "einem", "einer"), 1)
    english = _below_hundred("en", "{ten} {one}")
    for small, (place, one) in product([("", 0), *found.items()], [(0, ""), *enumerate(_ONES["de"], 1)]):
        told, number = small
        for joint in ("", "und") if told else ("",):
            found.setdefault(f"{one}hundert{joint}{told}", max(place, 1) * 100 + number)
    for small, (place, one) in product([("", 0), *english.items()], [(1, "a"), *enumerate(_ONES["en"], 1)]):
        told, number = small
        for joint in (" and ", " ") if told else ("",):
            found.setdefault(f"{one} hundred{joint}{told}", place * 100 + number)
    return found | english | {"hundred": 100}


def _below_hundred(language: str, joined: str) -> dict[str, int]:
    ones = {word: n for n, word in enumerate(_ONES[language], 1)}
    teens = {word: n for n, word in enumerate(_TEENS[language], 10)}
    tens = {word: n * 10 for n, word in enumerate(_TENS[language], 2)}
    both = {joined.format(one=one, ten=ten): n + m for (one, n), (ten, m) in product(ones.items(), tens.items())}
    return ones | teens | tens | both

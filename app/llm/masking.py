"""What no model needs to see: contact data, links and numbers of the customer, replaced before a prompt is built.

Values the ticket names (order id, tracking, the customer's name) become their slots, so that a model can still refer to
them; everything else of that kind becomes a neutral word. Postal addresses and names the ticket does not list cannot
be told from other words and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SHORTEST_NAME = 3
_TITLES = frozenset({
    "herr", "herrn", "frau", "familie", "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "dipl", "ing", "von", "van",
    "der", "den", "und", "and", "the",
})  # fmt: skip

_URL = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"]{1,2000}"
    r"|\b(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}(?:com|net|org|info|shop|store|online|io|me|de|at|ch|eu|uk|fr|it|es|nl|pl|us)"
    r"(?:/[^\s<>\"]{0,2000}|(?![\w-]))",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")
_PHONE = re.compile(
    r"(?<![\w.,-])(?:\+|00)[1-9][\d ()/.-]{6,20}\d"  # international
    r"|(?<![\w.,-])\(?0[1-9]\d{1,4}\)?[ /-]{0,3}\d{2,}(?:[ /-]\d{2,}){0,5}"  # national, Germany and neighbours
    r"|(?<![\w.,-])\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\d-])"  # national, North America
)
_LONG_NUMBER = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){8,29}(?![\w,])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FEWEST_PHONE_DIGITS = 7
_MOST_PHONE_DIGITS = 15  # E.164


@dataclass(frozen=True, slots=True)
class Mask:
    """Replaces personal values in texts. Build it once for a case."""

    known: tuple[tuple[re.Pattern[str], str], ...] = ()

    def __call__(self, text: str) -> str:
        """The text with known values as slots and other contact data as neutral words."""
        text = _EMAIL.sub("(e-mail address)", text)  # first: an address often holds the name
        for pattern, word in self.known:
            text = pattern.sub(word, text)
        text = _URL.sub("(link)", text)
        text = _IBAN.sub("(account number)", text)
        text = _PHONE.sub(_phone, text)
        return _LONG_NUMBER.sub(_number, text)


def mask_for(words: Mapping[str, str], *, name: str | None = None) -> Mask:
    """A mask that puts `words[value]` for each value, longest first, and treats the parts of `name` like the whole."""
    pairs = [(value.strip(), word) for value, word in words.items() if value.strip()]
    if name is not None and name in words:
        pairs += [(part, words[name]) for part in _name_parts(name)]
    pairs.sort(key=lambda pair: -len(pair[0]))
    return Mask(tuple((_pattern(value), word) for value, word in pairs))


def _name_parts(name: str) -> Iterable[str]:
    for part in name.replace(",", " ").split():
        bare = part.strip(".")
        if len(bare) >= _SHORTEST_NAME and bare.lower() not in _TITLES and bare[0].isupper():
            yield bare


def _pattern(value: str) -> re.Pattern[str]:
    """Find the value as whole words; blanks, hyphens and dots between its parts may differ."""
    parts = [re.escape(part) for part in re.split(r"[\s.-]+", value) if part]
    joined = r"[\s.-]{0,3}".join(parts) if any(c.isdigit() for c in value) else r"\s{1,3}".join(parts)
    return re.compile(rf"(?<!\w){joined or re.escape(value)}(?!\w)", re.IGNORECASE)


def _phone(match: re.Match[str]) -> str:
    digits = sum(char.isdigit() for char in match.group())
    if digits < _FEWEST_PHONE_DIGITS:
        return match.group()
    return "(phone number)" if digits <= _MOST_PHONE_DIGITS else "(number)"


def _number(match: re.Match[str]) -> str:
    return match.group() if _DATE.match(match.group()) else "(number)"

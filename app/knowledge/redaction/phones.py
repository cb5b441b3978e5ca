"""Telephone numbers in any of the usual writings, told from prices, dates, sizes and article numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.redaction.model import Span
from app.knowledge.redaction.words import Words

_RUN = re.compile(
    r"(?:(?<![\w+])\+[ ]?|(?<![\w.,:/-])\(?\+?)\d(?:[ \t]?[-–()/.]{0,2}[ \t]?\d){5,17}"
    r"(?:[ ]?(?:x|ext\.?|durchwahl|dw)[ ]?\d{1,6})?(?![\w]|[.,]\d|-[A-Za-z])",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:tele(?:fon|phone)|(?<!\w)tel|(?<!\w)fon|phone|mobil|mobile|handy|cell|festnetz|landline|whats?app|signal|"
    r"(?<!\w)ruf|anruf|rückruf|erreich|reach me|call(?:ed|s)?"
    r"|ring(?:en)?|dial|text me|sms|fax|durchwahl|hotline|nummer (?:ist|lautet)|number(?: is|:)|unter der|"
    r"kontakt)[^\d]{0,30}$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:artikel|model|modell|serien|serial|version|firmware|(?<!\w)(?:art|item|ean|gtin|upc|isbn|imei|sku|pzn|"
    r"charge|batch|lot|teile|part|din|iso|en"
    r"|type?|typ|ref|uid|ip|snr|s/n)|bestell|order|auftrag|rechnung|invoice|ticket|case|vorgang|kunden|customer|"
    r"referenz)\w{0,10}[\s.:#-]{0,3}"
    r"(?:nr|nummer|no|number|code|id|lautet|ist|is)?[\s.:#-]{0,4}$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s?(?:€|eur\b|\$|£|usd|gbp|chf|mm|cm|m\b|kg|g\b|watt|w\b|volt|mah|hz|gb\b|tb|mb\b|%|°|stück|pcs|x\s?\d)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})(?!\d)|(?:19|20)\d{2}-\d{2}-\d{2}")
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_NORTH_AMERICA = re.compile(
    r"(?:1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?", re.IGNORECASE
)
_GROUPED = re.compile(
    r"\(?0\d{1,5}\)?[ \t]?[-–/ ][ \t]?\(?\d[\d \t()/-]{3,14}|\(0\d{1,5}\)\d{3,10}|0\d{2,4}\.\d{3,8}(?:\.\d{2,6})?"
)
_SOLID = re.compile(r"01[567]\d{7,10}|07\d{8,9}|06\d{7,12}|00[1-9]\d{8,13}|0[1-9]\d{8,10}")
_LENGTH = range(6, 16)  # E.164 has up to fifteen digits


def find_phones(words: Words) -> Iterator[Span]:
    """Numbers somebody can dial."""
    text = words.text
    for match in _RUN.finditer(text) if words.longest >= min(_LENGTH) else ():
        written = match.group().strip()
        bare = re.split(r"[xXdDeE]", written)[0]
        digits = "".join(c for c in bare if c.isdecimal())
        if len(digits) not in _LENGTH or _is_other(text, match, bare, digits):
            continue
        before = text[max(0, match.start() - 40) : match.start()].rpartition("\n")[2]
        if _is_dialled(bare.strip() if ")" in bare else bare.strip(" ("), digits) or _WORDS.search(before):
            yield Span(match.start(), match.end(), "phone")


def _is_other(text: str, match: re.Match[str], bare: str, digits: str) -> bool:
    before = text[max(0, match.start() - 32) : match.start()]
    if _IP.fullmatch(bare) or _UNIT.match(text, match.end()) or re.search(r"[€$£]\s?$", before):
        return True
    rest = _DATE.sub("", bare)
    if rest != bare and sum(c.isdecimal() for c in rest) <= 6:  # noqa: PLR2004 - a time of day behind a date
        return True
    if bare.startswith(("+", "(+")):
        return False
    return bool(_OTHERS.search(before)) or len(set(digits)) == 1


def _is_dialled(written: str, digits: str) -> bool:
    if written.lstrip("(").startswith("+"):
        return len(digits) > 7  # noqa: PLR2004 - country, area and number
    if written.startswith("00") and len(digits) > 9:  # noqa: PLR2004
        return True
    if _NORTH_AMERICA.fullmatch(written):
        return True
    return bool(_GROUPED.fullmatch(written) or _SOLID.fullmatch(written.replace(" ", "")))

"""Amounts of money and calendar dates as a reply writes them, in German and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from reply_guards.text import leaps
from reply_guards.worded_values import worded_money

_DIGIT = re.compile(r"[0-9]")
_CODES = ("EUR", "USD", "GBP", "CHF", "PLN", "CAD", "AUD", "SEK", "NOK", "DKK", "CZK")
_CODE = "|".join(_CODES)
# A currency beside a number, sought from the number on: the search leaps from digit to digit.
_MONEY_LOOK = re.compile(
    rf"[€$£\d-](?:(?<=[€$£])|\s{{0,2}}(?i:{_CODE}|zł|dollar|pound|quid|bucks)"
    rf"|(?<=(?i:{_CODE}).)|(?<=(?i:{_CODE})\s.)|(?<=(?i:{_CODE})\s\s.))"
)
# Where an amount can begin: at a digit, a currency's sign or its code with a digit soon behind.
_CODE_LETTERS = "".join({code[0] + code[0].lower() for code in _CODES})
_CODE_RESTS = "|".join(f"(?<={code[0]}){code[1:]}" for code in _CODES)
_MONEY_BEGIN = re.compile(rf"[€$£\d{_CODE_LETTERS}](?:(?<=[€$£\d])|(?i:{_CODE_RESTS})(?=\s{{0,2}}\d))")
_NUMBER = r"\d{1,3}(?:[.,' \u202f]\d{3}){1,3}(?:[.,]\d{1,2})?(?!\d)|\d{1,7}(?:[.,](?:\d{1,2}|-{1,2}))?(?!\d)"
_UNIT = rf"€|\$|£|EUR(?:O|os)?\b|euros?\b|(?:{_CODE})\b|zł|dollars?\b|pounds?\b|quid\b|bucks\b"
_MONEY = re.compile(
    rf"(?<![\d.,])(?:(?P<n1>{_NUMBER})\s{{0,2}}(?P<u1>{_UNIT})|(?P<u2>[€$£]|(?:{_CODE})\b)\s{{0,2}}(?P<n2>{_NUMBER}))",
    re.IGNORECASE,
)
_CURRENCIES = {
    **{code.lower(): code for code in _CODES},
    "€": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD",
    "£": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "zł": "PLN",
}  # fmt: skip

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner january jan", "februar february feb", "märz maerz march mär mrz mar", "april apr", "mai may",
            "juni june jun", "juli july jul", "august aug", "september sept sep", "oktober october okt oct",
            "november nov", "dezember december dez dec",
        ), 1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
# "The 10 may come back": a size that is allowed to, no day.
_MODAL = (
    r"(?<=\bmay) (?:also |not |still |well )?"
    r"(?:be|come|go|stay|have|need|take|fit|feel|run|look|return|get|keep|suit)\b"
)
_DATE = re.compile(
    rf"(?<![\d.,/-])(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<d1>\d{{1,2}})[./-]\s?(?P<m1>\d{{1,2}})[./-]\s?(?P<y1>\d{{4}}|\d{{2}})?(?![\d%€])"
    rf"|(?P<d2>\d{{1,2}})(?:\.|st|nd|rd|th)?\s{{1,2}}(?:of\s)?(?P<m2>{_MONTH})\b(?!{_MODAL})\.?(?:,?\s{{1,2}}(?P<y2>\d{{4}}))?"
    rf"|\b(?P<m3>{_MONTH})\.?\s{{1,2}}(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s{{1,2}}(?P<y3>\d{{4}}))?)",
    re.IGNORECASE,
)
_LATER = "|".join(  # letters of a month behind its first one
    rf"(?<={name[0]}){name[1:]}" for name in _MONTHS
)
# Where a day can begin: at a number's first digit, or at a month with a number behind it.
_DAY_BEGIN = re.compile(rf"[\djfmasondJFMASOND](?:(?<=\d)(?<![\d.,/-]\d)|(?<!\w.)(?i:{_LATER})(?=\.?\s{{1,2}}\d))")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: [start, end) in the plain view."""

    start: int
    end: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, the year unknown where the text does not say: [start, end) in the plain view."""

    start: int
    end: int
    month: int
    day: int
    year: int | None
    swapped: bool  # written with slashes: day and month may change places


def money_in(text: str) -> Iterator[Money]:
    """All amounts of money with a currency beside them, in digits, then in words."""
    if _MONEY_LOOK.search(text):
        for match in leaps(_MONEY_BEGIN, _MONEY, text):
            amount = _decimal(match.group("n1") or match.group("n2"))
            unit = (match.group("u1") or match.group("u2")).lower()
            if amount is not None:
                yield Money(match.start(), match.end(), amount, _CURRENCIES.get(unit, "EUR"))
    for start, end, told, currency in worded_money(text):
        yield Money(start, end, Decimal(told), currency)


# "That's 49.90 going back to you": no currency, and no length, weight or hour either.
_BARE = re.compile(
    r"\d(?<![\w.,:/#+-]\d)(?<!um \d)(?<!ab \d)(?<!at \d)(?<!by \d)(?<!bis \d)(?<!size \d)(?<!version \d)"
    r"\d{0,3}[.,]\d{2}"
    r"(?![\d:/-]|[.,]\d|\s?(?:mm|cm|m|km|kg|g|l|ml|w|v|ah|a|hz|inch|zoll|uhr|h|x|am|pm|mb|gb|tb|%|\"|”|€|\$|£|eur|usd|gbp"
    r"|chf|cad|aud|zł|pln)(?!\w))",
    re.IGNORECASE,
)


_DAY_AND_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])")  # "am 24.12. kommt"


def bare_sums(text: str) -> Iterator[Money]:
    """Figures with cents and no unit, which in a sentence about money are amounts; the currency is a guess."""
    for match in _BARE.finditer(text):
        amount = None if _DAY_AND_MONTH.fullmatch(match.group()) else _decimal(match.group())
        if amount is not None:
            yield Money(match.start(), match.end(), amount, "EUR")


def _decimal(text: str) -> Decimal | None:
    """`1.299,00`, `1,299.00`, `19,9`, `20,-` → a Decimal."""
    bare = re.sub(r"[' \u202f]", "", text).rstrip("-").rstrip(".,")
    last = max(bare.rfind("."), bare.rfind(","))
    if last >= 0 and len(bare) - last - 1 <= 2:  # noqa: PLR2004 - cents
        bare = re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]
    else:
        bare = re.sub(r"[.,]", "", bare)
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def days_in(text: str) -> Iterator[Day]:
    """All calendar days written as such ("22.11.", "22. November", "Nov 22, 2026", ISO)."""
    if not _DIGIT.search(text):
        return
    for match in leaps(_DAY_BEGIN, _DATE, text):
        found = match.groupdict()
        if found["iso"]:
            iso_year, month, day = (int(p) for p in found["iso"].split("-"))
            yield Day(*match.span(), month, day, iso_year, swapped=False)
            continue
        raw_month = found["m1"] or found["m2"] or found["m3"]
        month = int(raw_month) if raw_month.isdigit() else _MONTHS[raw_month.lower()]
        day = int(found["d1"] or found["d2"] or found["d3"])
        raw_year = found["y1"] or found["y2"] or found["y3"]
        year = (int(raw_year) + 2000 if len(raw_year) == 2 else int(raw_year)) if raw_year else None  # noqa: PLR2004
        slashed = found["d1"] is not None and "." not in match.group()
        if (found["d1"] and not raw_year and "." not in match.group()) or not _exists(month, day, slashed=slashed):
            continue  # "1/2", "3-4 Tage"
        yield Day(*match.span(), month, day, year, slashed)


def _exists(month: int, day: int, *, slashed: bool) -> bool:
    return (1 <= month <= 12 and 1 <= day <= 31) or (slashed and 1 <= day <= 12 and 1 <= month <= 31)  # noqa: PLR2004


def is_known(day: Day, known: frozenset[tuple[int | None, int, int]]) -> bool:
    """Whether a day is one of the known (year, month, day); a missing year matches any."""
    options = [(day.month, day.day)] + ([(day.day, day.month)] if day.swapped else [])
    return any(
        m == month and d == dd and (day.year is None or y is None or y == day.year)
        for y, m, d in known
        for month, dd in options
    )


def known_days(dates: tuple[str, ...], *texts: str) -> frozenset[tuple[int | None, int, int]]:
    """ISO dates and the days that texts name, as (year, month, day)."""
    found: set[tuple[int | None, int, int]] = set()
    for iso in dates:
        try:
            day = date.fromisoformat(iso[:10])
        except ValueError:
            continue
        found.add((day.year, day.month, day.day))
    for text in texts:
        for written in days_in(text[:100_000]):
            found.add((written.year, written.month, written.day))
            if written.swapped:
                found.add((written.year, written.day, written.month))
    return frozenset(found)

"""Money, dates and times as a letter writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.drafts.composer.bank import phrases
from app.ticket import Money

_HALF_A_YEAR = 183  # days; dates further away are written with their year


@cache
def zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name; UTC for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def money(value: Money, language: str) -> str:
    """Return an amount as it is written in the language: "1.299,00 €", "€1,299.00", "CHF 19.90"."""
    symbol = phrases("formats", language)["currency"].get(value.currency)
    number = f"{value.amount:,.2f}"
    if language == "de":
        number = number.translate(str.maketrans(",.", ".,"))
        return f"{number} {symbol or value.currency}"
    return f"{symbol}{number}" if symbol else f"{value.currency} {number}"


def as_date(moment: date | datetime, tz: tzinfo) -> date:
    """Return the calendar day of a moment as the shop's clock shows it."""
    if isinstance(moment, datetime):
        return moment.astimezone(tz).date() if moment.tzinfo else moment.date()
    return moment


def day(value: date, language: str, today: date | None = None) -> str:
    """Return "27. November" / "27 November", with the year where it is not this one."""
    month = phrases("formats", language)["months"][value.month - 1]
    text = f"{value.day}. {month}" if language == "de" else f"{value.day} {month}"
    return text if today is None or abs((value - today).days) < _HALF_A_YEAR else f"{text} {value.year}"


def day_or_none(value: date | None, language: str, today: date) -> str | None:
    """Return the day in words, None for no day."""
    return day(value, language, today) if value else None


def weekday(value: date, language: str) -> str:
    """Return the name of the weekday."""
    return str(phrases("formats", language)["weekdays"][value.weekday()])


def number_word(count: int, language: str) -> str:
    """Return small numbers in words, others in digits."""
    words = phrases("formats", language)["numbers"]
    return str(words[count]) if 0 <= count < len(words) else str(count)


def ordinal(count: int, language: str) -> str | None:
    """Return "dritten" / "third" for 3; None where no letter would say it."""
    words = phrases("formats", language)["ordinals"]
    return str(words[count]) if 0 < count < len(words) else None

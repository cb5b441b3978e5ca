"""By when a person answers: the target of triage, moved into the shop's opening hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

from app.drafts.composer.facts import shop_zone, written_on
from app.drafts.composer.formats import day, weekday
from app.drafts.model import Case
from app.profile.schemas import OpeningHours, Weekday

_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_AHEAD = 14
_SETTLING_IN = timedelta(hours=3)  # after opening, so that the first hour's queue does not break the word given


def reply_moment(case: Case) -> datetime:
    """Return when an answer can be promised, on the shop's clock, rounded up to the full hour."""
    tz = shop_zone(case)
    target = _full_hour(case.triage.reply_target_at.astimezone(tz))
    hours = case.profile.opening_hours
    return _into_hours(target, hours, tz) if hours and hours.days else target


def _full_hour(moment: datetime) -> datetime:
    floor = moment.replace(minute=0, second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(hours=1)


def _into_hours(target: datetime, hours: OpeningHours, tz: tzinfo) -> datetime:
    """Return the target if the shop is open then; else three hours into the next opening, or its end if earlier."""
    for ahead in range(_LOOK_AHEAD):
        date = (target + timedelta(days=ahead)).date()
        span = hours.days.get(_DAYS[date.weekday()])
        if span is None:
            continue
        opens, closes = (datetime.combine(date, time.fromisoformat(clock), tz) for clock in span)
        if opens <= target <= closes:
            return target
        if target < opens:
            return _full_hour(min(opens + _SETTLING_IN, closes))
    return target


def reply_time(case: Case, language: str) -> str:
    """Return the moment in words: "am Montag, 23. November, bis 12 Uhr" / "by 12:00 on Monday, 23 November"."""
    moment = reply_moment(case)
    name, date = weekday(moment.date(), language), day(moment.date(), language, written_on(case))
    if language == "de":
        return f"am {name}, {date}, bis {moment.hour} Uhr" if moment.hour else f"bis {name}, {date}, 0 Uhr"
    return f"by {moment:%H:%M} on {name}, {date}"

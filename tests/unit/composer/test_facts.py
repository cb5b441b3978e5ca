"""Dates, money, tracking and the hour a person answers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.drafts.composer.clock import reply_time
from app.drafts.composer.done import refusal_reason
from app.drafts.composer.facts import canonical_status, gather
from app.drafts.composer.formats import day, money, zone
from app.drafts.composer.scene import set_scene, since_phrase
from app.profile.schemas import OpeningHours, Profile
from app.ticket import Money
from tests.unit.composer.builders import euros, make_case

MONEY = {
    "de": ("1299.5", "EUR", "de", "1.299,50 €"),
    "en": ("1299.5", "EUR", "en", "€1,299.50"),
    "pounds": ("19.9", "GBP", "en", "£19.90"),
    "francs de": ("19.9", "CHF", "de", "19,90 CHF"),
    "francs en": ("19.9", "CHF", "en", "CHF 19.90"),
}


@pytest.mark.parametrize(("amount", "currency", "language", "written"), MONEY.values(), ids=MONEY)
def test_money(amount: str, currency: str, language: str, written: str) -> None:
    """Amounts are written as the language writes them."""
    assert money(Money(amount=Decimal(amount), currency=currency), language) == written


def test_days() -> None:
    """The year is named only where it is not near."""
    today = date(2026, 11, 20)
    assert day(date(2026, 11, 27), "de", today) == "27. November"
    assert day(date(2026, 11, 27), "en", today) == "27 November"
    assert day(date(2025, 1, 3), "de", today) == "3. Januar 2025"


STATUSES = {
    "in_transit": "in_transit", "IN TRANSIT": "in_transit", "Out for Delivery": "out_for_delivery", "zugestellt": "delivered",
    "label created": "announced", "moon": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize(("status", "ours"), STATUSES.items(), ids=str)
def test_statuses(status: str, ours: str | None) -> None:
    """Carriers' words are led back to ours; unknown ones are not guessed."""
    assert canonical_status(status) == ours


LATE: dict[str, tuple[dict[str, Any], int | None]] = {
    "three days": ({"promised_by": "2026-11-17"}, 3),
    "today": ({"promised_by": "2026-11-20"}, None),
    "delivered": ({"promised_by": "2026-11-17", "status": "delivered"}, None),
    "carrier says delivered": ({"promised_by": "2026-11-17", "tracking": {"status": "delivered"}}, None),
    "no date": ({}, None),
}


@pytest.mark.parametrize(("order", "late"), LATE.values(), ids=LATE)
def test_lateness(order: dict[str, Any], late: int | None) -> None:
    """Days late are whole days after the promise, while the parcel is not there."""
    assert gather(make_case(order=order)).days_late == late


def test_an_eta_that_has_passed_is_no_eta() -> None:
    """Yesterday's expectation is not told as news."""
    assert gather(make_case(order={"tracking": {"eta": "2026-11-19"}})).eta is None
    assert gather(make_case(order={"tracking": {"eta": "2026-11-22"}})).eta == date(2026, 11, 22)


@pytest.mark.parametrize("place", ["<b>Köln</b>", "http://x.example", "a" * 60, "Köln {slot}", "12345"])
def test_a_strange_place_is_left_out(place: str) -> None:
    """Only what looks like a place is told as one."""
    assert gather(make_case(order={"tracking": {"status": "in_transit", "location": place}})).location is None


def test_a_price_needs_every_item_and_one_currency() -> None:
    """The full price is known only if it can be added up."""
    two = {"items": [{"title": "A", "price": euros("5.00"), "quantity": 2}, {"title": "B", "price": euros("1.50")}]}
    assert gather(make_case(order=two)).price == Money(amount=Decimal("11.50"), currency="EUR")
    assert gather(make_case(order={"items": [{"title": "A"}]})).price is None


SINCE = {
    "de": ("seit zwei Wochen", "de", "seit zwei Wochen"),
    "de capital": ("Seit Montag", "de", "seit Montag"),
    "de day": ("seit 7.11.", "de", "seit dem 7.11."),
    "de day, article": ("Seit dem 7.11", "de", "seit dem 7.11."),
    "de day, month's name": ("seit 3. November", "de", "seit dem 3. November"),
    "de year": ("seit 03.11.2026", "de", "seit dem 03.11.2026"),
    "de count": ("seit 3 Wochen", "de", "seit 3 Wochen"),
    "de point in time": ("am Freitag", "de", None),
    "en": ("since Monday", "en", "since Monday"),
    "en bare": ("two weeks", "en", "for two weeks"),
    "en ago": ("about a week ago", "en", None),
    "hostile": ("seit {order_id}", "de", None),
}


@pytest.mark.parametrize(("since", "language", "phrase"), SINCE.values(), ids=SINCE)
def test_since(since: str, language: str, phrase: str | None) -> None:
    """Only a span of time can follow "you have been waiting"."""
    assert since_phrase(since, language) == phrase


OFFICE = OpeningHours(days={"mon": ("09:00", "17:00"), "fri": ("09:00", "15:00")})
HOURS = {
    "inside": (datetime(2026, 11, 20, 12, 0, tzinfo=UTC), OFFICE, "am Freitag, 20. November, bis 13 Uhr"),
    "after closing": (datetime(2026, 11, 20, 19, 0, tzinfo=UTC), OFFICE, "am Montag, 23. November, bis 12 Uhr"),
    "before opening": (datetime(2026, 11, 20, 3, 0, tzinfo=UTC), OFFICE, "am Freitag, 20. November, bis 12 Uhr"),
    "no hours known": (datetime(2026, 11, 21, 2, 10, tzinfo=UTC), None, "am Samstag, 21. November, bis 4 Uhr"),
    "never open": (datetime(2026, 11, 20, 12, 0, tzinfo=UTC), OpeningHours(), "am Freitag, 20. November, bis 13 Uhr"),
}


@pytest.mark.parametrize(("target", "hours", "said"), HOURS.values(), ids=HOURS)
def test_reply_time(target: datetime, hours: OpeningHours | None, said: str) -> None:
    """The hour promised lies in the opening hours, three hours after opening at the earliest."""
    assert reply_time(make_case(target=target, profile=Profile(opening_hours=hours)), "de") == said


def test_an_unknown_zone_is_utc() -> None:
    """A wrong zone name costs an hour, not a draft."""
    assert zone("Mars/Olympus") is UTC


REASONS = {"outside return window": "die Rückgabefrist war bereits vorbei", "Hygieneartikel": "das Siegel der Verpackung war bereits geöffnet",
           "because": None}  # fmt: skip


@pytest.mark.parametrize(("reason", "said"), REASONS.items(), ids=REASONS)
def test_reasons_of_a_refusal(reason: str, said: str | None) -> None:
    """A shop's note is told in words for customers, or not at all."""
    case = make_case(cause="refund_denied", order={"refund": {"state": "denied", "reason": reason}})
    assert refusal_reason(set_scene(case)) == said

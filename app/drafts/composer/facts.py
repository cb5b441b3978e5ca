"""What is known beside the message: dates, lateness, tracking, refund, and the day the reply is written on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from app.drafts.composer.bank import load
from app.drafts.composer.formats import as_date, zone
from app.drafts.model import Case
from app.ticket import Money, Order, Refund, Tracking

_DEFAULT_ZONE = "Europe/Berlin"
_DELIVERED = frozenset({"delivered"})


@dataclass(frozen=True, slots=True)
class Facts:
    """The order as a letter may speak of it. Dates are days on the shop's calendar; None: not known."""

    today: date
    order: Order
    placed: date | None
    promised: date | None
    days_late: int | None  # whole days after the promised day, only while the parcel is not there
    tracking: str | None  # canonical state of the parcel, see `data/tracking.yaml`
    location: str | None
    eta: date | None  # only if it lies ahead
    seen: date | None  # when the carrier last reported
    refund: Refund | None
    refund_at: date | None
    price: Money | None  # what the whole order cost
    tz: tzinfo

    @property
    def delivered(self) -> bool:
        """Whether order or carrier says the parcel has arrived."""
        return self.tracking in _DELIVERED or canonical_status(self.order.status) in _DELIVERED


def gather(case: Case) -> Facts:
    """Return the facts of a case; nothing is guessed."""
    order = case.ticket.order or Order()
    tz = shop_zone(case)
    today = written_on(case)
    tracking = order.tracking or Tracking()
    state = canonical_status(tracking.status)
    delivered = (state or canonical_status(order.status)) in _DELIVERED
    late = (today - order.promised_by).days if order.promised_by and not delivered else 0
    refund = order.refund if order.refund and order.refund.state != "none" else None
    return Facts(
        today=today,
        order=order,
        placed=order.placed_at,
        promised=order.promised_by,
        days_late=late if late > 0 else None,
        tracking=state,
        location=_place(tracking.location),
        eta=tracking.eta if tracking.eta and tracking.eta >= today else None,
        seen=as_date(tracking.updated_at, tz) if tracking.updated_at else None,
        refund=refund,
        refund_at=as_date(refund.at, tz) if refund and refund.at else None,
        price=_price(order),
        tz=tz,
    )


def shop_zone(case: Case) -> tzinfo:
    """Return the time zone of the shop's opening hours."""
    hours = case.profile.opening_hours
    return zone(hours.time_zone if hours else _DEFAULT_ZONE)


def written_on(case: Case) -> date:
    """Return the day the reply answers on: that of the newest message, else of what triage reckoned from."""
    times = [m.sent_at for m in case.ticket.messages if m.sent_at]
    moment = max(times, key=_comparable) if times else case.triage.reply_target_at
    return as_date(moment, shop_zone(case))


def _comparable(moment: datetime) -> float:
    return moment.timestamp()


def canonical_status(status: str | None) -> str | None:
    """Return our word for a carrier's or shop's status text; None for texts we do not know."""
    if not status:
        return None
    folded = " ".join(status.lower().replace("_", " ").replace("-", " ").split())
    states: dict[str, list[str]] = load("tracking")["states"]
    return next((state for state, names in states.items() if folded in names), None)


def _place(location: str | None) -> str | None:
    """Return a place name that can stand in a sentence; anything longer or stranger is left out."""
    text = " ".join((location or "").split()).strip(" .,;")
    plain = text.replace(" ", "").replace("-", "").replace("/", "").replace(",", "").replace("(", "").replace(")", "")
    return text if plain.isalpha() and len(text) <= _LONGEST_PLACE else None


_LONGEST_PLACE = 40


def _price(order: Order) -> Money | None:
    priced = [item for item in order.items if item.price]
    currencies = {item.price.currency for item in priced if item.price}
    if len(priced) != len(order.items) or len(currencies) != 1:
        return None
    total = sum((item.price.amount * item.quantity for item in priced if item.price), Decimal(0))
    return Money(amount=total, currency=currencies.pop())

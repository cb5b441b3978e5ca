"""The ticket as the contract describes it, and what an agent may offer. Frozen pydantic models, shared by all rooms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.text import reject_unstorable, reject_unstorable_json

Text = Annotated[str, AfterValidator(reject_unstorable)]
ShortText = Annotated[str, Field(max_length=500), AfterValidator(reject_unstorable)]
LongText = Annotated[str, Field(max_length=100_000), AfterValidator(reject_unstorable)]

_YEARS = (1990, 2100)  # what an order can be about; beyond, adding a deadline may leave the calendar


def _plausible(value: date) -> date:
    if not _YEARS[0] <= value.year <= _YEARS[1]:
        msg = f"must lie between the years {_YEARS[0]} and {_YEARS[1]}"
        raise ValueError(msg)
    return value


def _utc(value: datetime) -> datetime:
    """In UTC; a time without zone is taken for UTC, as the contract says all times are."""
    _plausible(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Time = Annotated[datetime, AfterValidator(_utc)]
Day = Annotated[date, AfterValidator(_plausible)]
Author = Literal["customer", "agent", "system", "note"]
Kind = Literal["reply", "acknowledgement", "follow_up", "closing", "boundary"]
Register = Literal["sie", "du"]
Cause = Literal[
    "carrier_delay", "warehouse_delay", "lost_parcel", "damaged_in_transit", "product_defect", "wrong_item",
    "missing_item", "return_request", "refund_delayed", "refund_denied", "no_response", "cancellation",
    "address_change", "invoice", "payment_failed", "product_question", "product_dissatisfaction", "abuse", "other",
]  # fmt: skip
ResolutionType = Literal[
    "refund", "partial_refund", "replacement", "repair", "return", "reshipment", "cancellation", "correction",
    "voucher", "discount", "invoice", "investigation", "information",
]  # fmt: skip
ReturnTerms = Literal["keep", "send_back_free", "send_back_paid"]


class Frozen(BaseModel):
    """Base of all values at the edge: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(Frozen):
    """An amount as a decimal string with its ISO 4217 currency."""

    amount: Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Message(Frozen):
    """One message of the thread."""

    author: Author
    text: LongText
    sent_at: Time | None = None


class Customer(Frozen):
    """Who writes. Never stored beyond the draft's own ticket."""

    id: ShortText | None = None
    name: ShortText | None = None
    email: ShortText | None = None
    vip: bool = False
    orders_total: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    contacts_last_90_days: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class Tracking(Frozen):
    """What the carrier last said."""

    status: ShortText | None = None
    location: ShortText | None = None
    eta: Day | None = None
    updated_at: Time | None = None


class Refund(Frozen):
    """State of a refund on the order."""

    state: Literal["none", "requested", "issued", "denied"] = "none"
    amount: Money | None = None
    at: Day | Time | None = None
    reason: ShortText | None = None


class Item(Frozen):
    """One ordered product."""

    title: ShortText
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    price: Money | None = None


class Order(Frozen):
    """The order the ticket is about; every field may be unknown."""

    id: ShortText | None = None
    placed_at: Day | None = None
    promised_by: Day | None = None
    status: ShortText | None = None
    carrier: ShortText | None = None
    tracking_number: ShortText | None = None
    tracking_url: ShortText | None = None
    tracking: Tracking | None = None
    refund: Refund | None = None
    items: tuple[Item, ...] = ()
    notes: LongText | None = None


class HistoryEntry(Frozen):
    """An earlier contact of the same customer."""

    at: Day | Time | None = None
    summary: LongText
    cause: Cause | None = None


class Ticket(Frozen):
    """A support ticket. Only `channel` and one customer message with words in it are required."""

    id: ShortText | None = None
    channel: Annotated[str, Field(min_length=1, max_length=50), AfterValidator(reject_unstorable)]
    marketplace: ShortText | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    subject: ShortText | None = None
    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=200)]
    customer: Customer = Customer()
    order: Order | None = None
    history: Annotated[tuple[HistoryEntry, ...], Field(max_length=200)] = ()
    custom: Annotated[dict[str, Any], AfterValidator(reject_unstorable_json)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_customer_message(self) -> Ticket:
        if not any(m.author == "customer" and m.text.strip() for m in self.messages):
            msg = "messages must hold at least one message of author 'customer' with text in it"
            raise ValueError(msg)
        return self

    @property
    def customer_messages(self) -> tuple[Message, ...]:
        """The customer's messages, oldest first."""
        return tuple(m for m in self.messages if m.author == "customer" and m.text.strip())


class Resolution(Frozen):
    """What the agent may offer. What is not listed may not be promised."""

    type: ResolutionType
    amount: Money | None = None
    arrives_by: Day | None = None
    by: Day | None = None
    return_: Annotated[ReturnTerms | None, Field(alias="return")] = None
    note: ShortText | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

"""The options of a draft as a form, and the form as a request, with each mistake at its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.console.forms import Form
from app.drafts.schemas import DraftRequest
from app.errors import FieldError, InvalidRequest
from app.failures import invalid_request
from app.profile.schemas import Profile
from app.ticket import Resolution, Ticket

WITH_AMOUNT = ("refund", "partial_refund", "voucher", "discount")
WITH_DATE = ("replacement", "reshipment", "repair")
WITH_RETURN = ("refund", "replacement", "return")
_COMMA = re.compile(r"^(\d+),(\d{1,2})$")
_OFFER_FIELDS = {"amount": "amount", "arrives_by": "by", "return": "return"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of what may be offered."""

    type: str
    chosen: bool = False
    amount: str = ""
    currency: str = "EUR"
    by: str = ""
    return_: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the form shows."""

    offers: tuple[Offer, ...]
    kind: str = "reply"
    register: str = ""
    instruction: str = ""
    agent: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def options_of(request: DraftRequest | None, profile: Profile, ticket: Ticket, types: Iterable[str]) -> Options:
    """The form as the last draft of the ticket had it; at first as the shop's profile says."""
    chosen = request.resolutions if request and request.resolutions is not None else profile.default_resolutions
    known = {resolution.type: resolution for resolution in chosen}
    price, currency = _price(ticket)
    offers = tuple(_offer(kind, known.get(kind), price, currency) for kind in types)  # type: ignore[call-overload]
    if request is None:
        return Options(offers)
    return Options(offers, request.kind, request.register_ or "", request.instruction or "", request.agent.name or "")


def request_of(form: Form, ticket: Ticket) -> DraftRequest:
    """What the form asks for. Raises InvalidRequest whose pointers are the names of the form's fields."""
    types = form.all("offer")
    raw: dict[str, Any] = {
        "ticket": ticket.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "kind": form.get("kind", "reply") or "reply", "register": form.get("register") or None,
        "instruction": form.get("instruction") or None, "agent": {"name": form.get("agent") or None},
        "resolutions": [_resolution(kind, form) for kind in types],
    }  # fmt: skip
    try:
        return DraftRequest.model_validate(raw)
    except ValidationError as error:
        problem = invalid_request(error.errors())
        told = tuple(FieldError(_field(e.pointer, types), e.detail) for e in problem.errors)
        raise InvalidRequest(problem.detail, errors=told) from error


def typed(form: Form, types: Iterable[str], errors: Mapping[str, str]) -> Options:
    """The form as it was sent, with its mistakes."""
    chosen = form.all("offer")
    offers = tuple(
        Offer(kind, kind in chosen, form.get(f"amount-{kind}"), form.get(f"currency-{kind}", "EUR"),
              form.get(f"by-{kind}"), form.get(f"return-{kind}"))
        for kind in types
    )  # fmt: skip
    return Options(offers, form.get("kind", "reply"), form.get("register"), form.get("instruction"),
                   form.get("agent"), errors)  # fmt: skip


def _resolution(kind: str, form: Form) -> dict[str, Any]:
    raw: dict[str, Any] = {"type": kind}
    if amount := form.get(f"amount-{kind}"):
        raw["amount"] = {"amount": _COMMA.sub(r"\1.\2", amount), "currency": form.get(f"currency-{kind}") or "EUR"}
    if by := form.get(f"by-{kind}"):
        raw["arrives_by"] = by
    if terms := form.get(f"return-{kind}"):
        raw["return"] = terms
    return raw


def _field(pointer: str, types: list[str]) -> str:
    parts = pointer.strip("/").split("/")
    match parts:
        case ["resolutions", index, name, *_] if index.isdigit() and int(index) < len(types):
            return f"{_OFFER_FIELDS.get(name, 'offer')}-{types[int(index)]}"
        case ["agent", *_]:
            return "agent"
        case [name, *_]:
            return name
    return "offer"


def _offer(kind: str, known: Resolution | None, price: str, currency: str) -> Offer:
    amount = price if kind == "refund" else ""
    if known is None:
        return Offer(kind, amount=amount, currency=currency)
    money = known.amount
    return Offer(
        kind, chosen=True, amount=str(money.amount) if money else "", currency=money.currency if money else currency,
        by=known.arrives_by.isoformat() if known.arrives_by else "", return_=known.return_ or "",
    )  # fmt: skip


def _price(ticket: Ticket) -> tuple[str, str]:
    prices = [(i.price, i.quantity) for i in (ticket.order.items if ticket.order else ()) if i.price]
    if not prices or len({price.currency for price, _ in prices}) > 1:
        return "", "EUR"
    return str(sum(price.amount * quantity for price, quantity in prices)), prices[0][0].currency

"""From a case to the circumstances review judges it in: the one place where both vocabularies meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from app.drafts.model import Case
from app.profile.schemas import Profile
from app.ticket import Kind, Order, Register, Resolution, Ticket
from app.triage.model import Triage
from reply_guards.model import CaseFacts, Context, Offer, Shop, StepSpan
from reply_guards.values import money_in


def case_context(case: Case, steps: Sequence[StepSpan] | None, *, more_facts: Iterable[str] = ()) -> Context:
    """The context of a draft; `more_facts` are values an agent filled in."""
    more = tuple(more_facts)
    context = _of_case(case, more) if more else case.once(_of_case)
    return context if steps is None else replace(context, steps=tuple(steps))


def _of_case(case: Case, more: tuple[str, ...] = ()) -> Context:
    return ticket_context(
        case.ticket, case.triage, case.profile, kind=case.kind, language=case.language, register=case.register,
        resolutions=case.resolutions, actions_done=case.actions_done, review_consent=case.review_consent,
        more_facts=(*more, case.agent_name or ""),
    )  # fmt: skip


def ticket_context(
    ticket: Ticket, triage: Triage | None, profile: Profile, *, kind: Kind, language: str | None,
    register: Register | None, resolutions: Sequence[Resolution] | None, actions_done: Sequence[str] | None,
    review_consent: bool = False, more_facts: Iterable[str] = (),
) -> Context:  # fmt: skip
    """The context of any text that answers this ticket."""
    return Context(
        channel=ticket.channel,
        marketplace=ticket.marketplace,
        language=language,
        kind=kind,
        register=register if language == "de" else None,
        facts=case_facts(ticket, triage, resolutions or (), profile, more_facts),
        offers=None if resolutions is None else offers(resolutions),
        actions_done=None if actions_done is None else tuple(actions_done),
        shop=shop(profile),
        review_consent=review_consent,
        agent_language=language if language in {"de", "en"} else "en",
    )


def offers(resolutions: Iterable[Resolution]) -> tuple[Offer, ...]:
    """The allowed resolutions in review's words."""
    return tuple(
        Offer(
            type=r.type,
            amount=r.amount.amount if r.amount else None,
            currency=r.amount.currency if r.amount else None,
            date=_iso(r.arrives_by or r.by),
            return_=r.return_,
        )
        for r in resolutions
    )


def shop(profile: Profile) -> Shop:
    """What may be named as the shop's own."""
    return Shop(profile.name, profile.domains, profile.email, profile.phone, profile.carriers,
                profile.voice.forbidden_words)  # fmt: skip


def case_facts(
    ticket: Ticket, triage: Triage | None, resolutions: Iterable[Resolution], profile: Profile, more: Iterable[str]
) -> CaseFacts:
    """Every fact a reply may repeat."""
    order = ticket.order or Order()
    tracking = order.tracking
    filled = tuple(more)
    known = [ticket.subject, order.notes, *(m.text for m in ticket.messages if m.author != "customer"),
             *(h.summary for h in ticket.history), profile.return_address, profile.name,
             *profile.signatures.values(), *filled]  # fmt: skip
    return CaseFacts(
        order_id=order.id,
        tracking_number=order.tracking_number,
        tracking_url=order.tracking_url,
        carrier=order.carrier,
        customer_name=ticket.customer.name,
        products=tuple(item.title for item in order.items),
        amounts=(*_amounts(order, resolutions), *(money.amount for value in filled for money in money_in(value))),
        dates=_dates(ticket, order, triage, resolutions),
        status=order.status,
        refund_state=order.refund.state if order.refund else None,
        tracking_status=tracking.status if tracking else None,
        location=tracking.location if tracking else None,
        customer_text="\n".join(m.text for m in ticket.customer_messages),
        known_text="\n".join(filter(None, known)),
        cause=triage.cause if triage else None,
    )


def _amounts(order: Order, resolutions: Iterable[Resolution]) -> tuple[Decimal, ...]:
    prices = [(item.price.amount, item.quantity) for item in order.items if item.price]
    found = [price for price, _ in prices] + [price * quantity for price, quantity in prices]
    found.append(sum((price * quantity for price, quantity in prices), Decimal(0)))
    if order.refund and order.refund.amount:
        found.append(order.refund.amount.amount)
    found.extend(r.amount.amount for r in resolutions if r.amount)
    return tuple(dict.fromkeys(a for a in found if a))


def _dates(ticket: Ticket, order: Order, triage: Triage | None, resolutions: Iterable[Resolution]) -> tuple[str, ...]:
    tracking = order.tracking
    found = [order.placed_at, order.promised_by, order.refund.at if order.refund else None]
    found += [tracking.eta, tracking.updated_at] if tracking else []
    found += [m.sent_at for m in ticket.messages] + [h.at for h in ticket.history]
    found += [triage.reply_due_at, triage.reply_target_at] if triage else []
    found += [d for r in resolutions for d in (r.arrives_by, r.by)]
    return tuple(dict.fromkeys(_iso(d) or "" for d in found if d))


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat()[:10] if value else None

"""`promise.*` and `grounding.*`: nothing is promised that may not be, nothing claimed that is not known.

With `offers` (the request's resolutions) every promise is held against them; with `facts` every amount, date and number;
with `actions_done` every claim of something already done. What is not known is not judged, except that a promise in
free text is always pointed out (`promise.unverified`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reply_guards.checks.claims import Claim, matches_action, performed, promised
from reply_guards.checks.hit import Hit
from reply_guards.model import CaseFacts, Context, Offer
from reply_guards.numbers import digits_of
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.values import days_in, is_known, known_days, money_in

_COVERS = {  # an offer of the key also allows these words
    "refund": {"refund", "return"},
    "partial_refund": {"partial_refund", "refund", "discount"},
    "discount": {"discount", "partial_refund"},
    "replacement": {"replacement", "reshipment", "return"},
    "reshipment": {"replacement", "reshipment"},
    "return": {"return", "refund"},
    "repair": {"repair", "return"},
    "cancellation": {"cancellation", "refund"},
    "voucher": {"voucher"},
    "invoice": {"invoice"},
    "correction": {"invoice", "replacement", "reshipment"},
}
_GOODWILL = {"voucher", "discount"}
_FREE = {
    "invoice",
    "return",
}  # a document or a label is service, not a concession: pointed out only against known offers
_ORDER = re.compile(r"(?<![\w-])(?:\d{3}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5})(?![\w-])")
_NUMBERED = re.compile(
    r"(?P<kind>bestell\w{0,12}|auftrags?\w{0,10}|order|sendungs?\w{0,12}|tracking|paket\w{0,8}|trackingnr|parcel|shipment)[\s-]{0,2}(?:number|nummer|nr|no|id|code|#)?[\s.:#(\"']{1,5}"
    r"(?:(?:ist|is|lautet|mit der|with the|nummer|number|nr|id)[\s.:#\"']{1,3}){0,2}(?P<number>#?[a-z]{0,4}\d[\da-z -]{4,34}\d)(?![\w])",
)


def check(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """Promises against offers; amounts, dates, numbers and finished actions against what is known."""
    yield from _promises(reply, context, policy)
    if context.facts is not None:
        yield from _amounts(reply, context, context.facts)
        yield from _dates(reply, context, context.facts)
        yield from _numbers(reply, context.facts)
    if context.actions_done is not None:
        yield from _actions(reply, context, context.actions_done)


def _promises(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    for claim in promised(reply):
        span = reply.span(claim.start, claim.end)
        if reply.quoted(*span):
            continue
        if context.offers is None:
            if claim.what not in _FREE:
                yield Hit("promise.unverified", *span, {"what": claim.what})
            continue
        allowed = set().union(*(_COVERS.get(o.type, {o.type}) for o in context.offers)) if context.offers else set()
        if claim.what not in allowed:
            yield Hit("promise.unauthorised", *span, {"what": claim.what})
        elif (
            claim.what in _GOODWILL and not policy.settings.goodwill and not _is_resolution(claim.what, context.offers)
        ):
            yield Hit("promise.goodwill", *span, {"what": claim.what})
        else:
            yield from _wrong_terms(reply, context, claim)


def _is_resolution(what: str, offers: tuple[Offer, ...]) -> bool:
    return what == "discount" and any(o.type == "partial_refund" for o in offers)


def _wrong_terms(reply: Reply, context: Context, claim: Claim) -> Iterator[Hit]:
    """The amount in a promise is the amount that was allowed."""
    offers = [o for o in context.offers or () if claim.what in _COVERS.get(o.type, {o.type}) and o.amount is not None]
    plain_start, plain_end = reply.to_plain(claim.sentence.start), reply.to_plain(claim.sentence.end)
    for money in money_in(reply.plain[plain_start:plain_end]):
        allowed = {o.amount for o in context.offers or () if o.amount is not None} | set(
            context.facts.amounts if context.facts else ()
        )
        if offers and money.amount not in allowed:
            yield Hit(
                "promise.amount",
                *reply.plain_span(plain_start + money.start, plain_start + money.end),
                {"what": claim.what},
            )


def _amounts(reply: Reply, context: Context, facts: CaseFacts) -> Iterator[Hit]:
    known = {*facts.amounts, *(o.amount for o in context.offers or () if o.amount is not None)}
    for text in (facts.customer_text, facts.known_text, *facts.products):
        known |= {m.amount for m in money_in(text)}
    for money in money_in(reply.plain):
        if money.amount not in known and money.amount != Decimal(0) and not _is_sum(money.amount, known):
            yield Hit("grounding.amount", *reply.plain_span(money.start, money.end))


def _is_sum(amount: Decimal, known: set[Decimal]) -> bool:
    """Two known amounts together, or the difference between them, are known too."""
    values = list(known)[:40]
    return any(amount in (a + b, abs(a - b)) for a in values for b in values if a != b) or sum(values) == amount


def _dates(reply: Reply, context: Context, facts: CaseFacts) -> Iterator[Hit]:
    offered = tuple(o.date for o in context.offers or () if o.date)
    known = None
    for day in days_in(reply.plain):
        if known is None:
            known = known_days((*facts.dates, *offered), facts.customer_text, facts.known_text)
        if not is_known(day, known):
            yield Hit("grounding.date", *reply.plain_span(day.start, day.end))


def _numbers(reply: Reply, facts: CaseFacts) -> Iterator[Hit]:
    texts = f"{facts.order_id or ''} {facts.tracking_number or ''} {facts.known_text} {facts.customer_text} {facts.tracking_url or ''}"
    known = "".join(texts.split()).lower()
    seen: list[tuple[int, int]] = []
    for match in _ORDER.finditer(reply.plain):
        seen.append(match.span())
        if match.group() not in known:
            yield Hit("grounding.order_number", *reply.plain_span(*match.span()))
    for match in _NUMBERED.finditer(reply.folded):
        start, end = match.span("number")
        number = re.sub(r"[\s#]", "", match.group("number"))
        span = reply.to_plain(start), reply.to_plain(end - 1) + 1
        if any(a <= span[0] < b for a, b in seen) or not _is_identifier(number) or number in known:
            continue
        kind = "order_number" if match.group("kind").startswith(("bestell", "auftrag", "order")) else "tracking_number"
        yield Hit(f"grounding.{kind}", *reply.plain_span(*span))


def _is_identifier(number: str) -> bool:
    """Long enough to be an id and no date, price or count."""
    return len(digits_of(number)) >= 6 and not re.fullmatch(r"\d{1,2}[.-]\d{1,2}[.-]\d{2,4}|\d{4}-\d{2}-\d{2}", number)  # noqa: PLR2004


def _actions(reply: Reply, context: Context, actions: tuple[str, ...]) -> Iterator[Hit]:
    for claim in performed(reply):
        span = reply.span(claim.start, claim.end)
        if not matches_action(claim.what, actions) and not _is_fact(claim, context) and not reply.quoted(*span):
            yield Hit("grounding.unperformed_action", *span, {"what": claim.what})


def _is_fact(claim: Claim, context: Context) -> bool:
    """What the order itself says was done is no invention."""
    facts = context.facts
    if facts is None:
        return False
    if claim.what == "refunded":
        return facts.refund_state == "issued" or (facts.status or "").lower() in {"refunded", "returned"}
    if claim.what == "cancelled":
        return (facts.status or "").lower().startswith(("cancel", "storn"))
    return claim.what == "checked_tracking" and bool(facts.tracking_status)

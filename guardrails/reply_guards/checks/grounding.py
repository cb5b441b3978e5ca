"""`grounding.*`: nothing is claimed that is not known.

With `facts` every amount, date and number is held against the ticket; with `actions_done` every claim of something
already done. What is not known is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from reply_guards.checks.claims import Claim, matches_action, performed
from reply_guards.checks.hit import Hit
from reply_guards.model import CaseFacts, Context
from reply_guards.numbers import digits_of
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.unfold import FOLD_TABLE
from reply_guards.values import days_in, is_known, known_days, money_in

_MOST_AMOUNTS = 40  # of a ticket, whose sums and differences count as known
_POUNDS = re.compile(r"(?i:pounds?)$")
_ORDER = re.compile(r"\d(?<![\w-]\d)(?:\d{2}-\d{7}-\d{7}|\d-\d{5}-\d{5})(?![\w-])")
_LONG_NUMBER = re.compile(r"\d[\dA-Za-z -]{3,}\d")
_NUMBERED = re.compile(
    r"(?P<kind>bestell\w{0,12}|auftrags?\w{0,10}|order|sendungs?\w{0,12}|tracking|paket\w{0,8}|trackingnr|parcel|shipment)[\s-]{0,2}(?:number|nummer|nr|no|id|code|#)?[\s.:#(\"']{1,5}"
    r"(?:(?:ist|is|lautet|mit der|with the|nummer|number|nr|"
    r"id)[\s.:#\"']{1,3}){0,2}(?P<number>#?[a-z]{0,4}\d[\da-z -]{4,34}\d)(?![\w])",
)
_WORD_BEHIND = re.compile(r" [a-z]{2,} ")  # of the sentence, not of the number: "20418 vom 9. November"


def check(reply: Reply, context: Context, _policy: Policy) -> Iterator[Hit]:
    """Amounts, dates, numbers and finished actions against what is known."""
    if context.facts is not None:
        yield from _amounts(reply, context, context.facts)
        yield from _dates(reply, context, context.facts)
        yield from _numbers(reply, context.facts)
    if context.actions_done is not None:
        yield from _actions(reply, context, context.actions_done)


def _amounts(reply: Reply, context: Context, facts: CaseFacts) -> Iterator[Hit]:
    named = list(money_in(reply.plain))
    if not named:
        return
    known = {*facts.amounts, *(o.amount for o in context.offers or () if o.amount is not None)}
    for text in (facts.customer_text, facts.known_text, *facts.products):
        known |= {m.amount for m in money_in(text)} | _bare_numbers(text)
    combined = known | _sums_of(known) | {Decimal(0)}
    for money in named:
        if money.amount not in combined and not _is_weight(reply.plain[money.start : money.end], context):
            yield Hit("grounding.amount", *reply.plain_span(money.start, money.end))


def _is_weight(written: str, context: Context) -> bool:
    """Whether "nine pounds" are a weight: what was bought was not paid for in sterling."""
    if not _POUNDS.search(written):
        return False
    paid = {offer.currency for offer in context.offers or () if offer.currency}
    place = (context.marketplace or "").lower()
    return "GBP" not in paid if paid else place.endswith((".com", ".ca", ".com.au", ".de"))


def _bare_numbers(text: str) -> set[Decimal]:
    """Numbers a text names without a currency ("I want 40 quid back", "hab 35 bezahlt")."""
    found = (re.sub(",", ".", m.group()) for m in re.finditer(r"(?<![\d.,])\d{1,6}(?:[.,]\d{1,2})?(?![\d.,]\d)", text))
    return {Decimal(f) for f in found}


def _sums_of(known: set[Decimal]) -> set[Decimal]:
    """Two known amounts together, or the difference between them, are known too; so are all of them together."""
    values = sorted(known)[:_MOST_AMOUNTS]
    pairs = list(combinations(values, 2))
    return {a + b for a, b in pairs} | {b - a for a, b in pairs} | {sum(values, Decimal(0))}


def _dates(reply: Reply, context: Context, facts: CaseFacts) -> Iterator[Hit]:
    offered = tuple(o.date for o in context.offers or () if o.date)
    known = None
    for day in days_in(reply.plain):
        if known is None:
            known = known_days((*facts.dates, *offered), facts.customer_text, facts.known_text)
        if not is_known(day, known):
            yield Hit("grounding.date", *reply.plain_span(day.start, day.end))


# Shapes that are tracking numbers whatever stands beside them: USPS, UPS, DHL, the post offices' common form.
_TRACKED = re.compile(
    r"[109JCELRUV](?<![\w-].)(?:(?<=9)[1-5]\d{20}|(?<=1)Z[0-9A-Z]{16}|"
    r"(?<=0)0340\d{15}|(?<=J)JD\d{12,24}|(?<=[CELRUV])[A-Z]\d{9}[A-Z]{2})"
    r"(?![\w-])"
)


def _numbers(reply: Reply, facts: CaseFacts) -> Iterator[Hit]:
    if not _LONG_NUMBER.search(reply.plain):
        return
    own = (facts.order_id, facts.tracking_number, facts.tracking_url, facts.known_text, facts.customer_text)
    known = "".join("".join(text.split()) + " " for text in own if text).lower()
    seen: set[int] = set()  # places
    for match in _ORDER.finditer(reply.plain):
        seen.update(range(*match.span()))
        if match.group() not in known:
            yield Hit("grounding.order_number", *reply.plain_span(*match.span()))
    for match in _NUMBERED.finditer(reply.folded):
        start, end = match.span("number")
        if sentence_goes_on := _WORD_BEHIND.search(match["number"]):
            end = start + sentence_goes_on.start()
        number = re.sub(r"[\s#]", "", match["number"][: end - start])
        span = reply.to_plain(start), reply.to_plain(end - 1) + 1
        if span[0] in seen or not _is_identifier(number) or number in known:
            continue
        kind = "order_number" if match.group("kind").startswith(("bestell", "auftrag", "order")) else "tracking_number"
        seen.update(range(*span))
        yield Hit(f"grounding.{kind}", *reply.plain_span(*span))
    for match in _TRACKED.finditer(reply.plain):
        if match.start() not in seen and match.group().lower() not in known:
            yield Hit("grounding.tracking_number", *reply.plain_span(*match.span()))


def _is_identifier(number: str) -> bool:
    """Long enough to be an id and no date, price or count."""
    return len(digits_of(number)) >= 6 and not re.fullmatch(r"\d{1,2}[.-]\d{1,2}[.-]\d{2,4}|\d{4}-\d{2}-\d{2}", number)  # noqa: PLR2004


def _actions(reply: Reply, context: Context, actions: tuple[str, ...]) -> Iterator[Hit]:
    for claim in performed(reply):
        span = reply.span(claim.start, claim.end)
        if not matches_action(claim, actions) and not _is_fact(claim, context) and not reply.quoted(*span):
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
    if claim.what == "return_received":
        return _is_back(claim, facts)
    if claim.what == "located" and _is_told(claim, facts):
        return True
    return claim.what in {"checked_tracking", "located"} and bool(facts.tracking_status or facts.location)


def _is_back(claim: Claim, facts: CaseFacts) -> bool:
    """Whether the order is told to be back, the day it came is known, or the customer says that it came."""
    known = known_days(tuple(facts.dates))
    return (
        (facts.status or "").lower() in {"refunded", "returned"}
        or any(is_known(day, known) for day in days_in(claim.clause))
        or _is_told(claim, facts)
    )


def _is_told(claim: Claim, facts: CaseFacts) -> bool:
    """Whether the ticket says itself what a clause says: most of its longer words stand there."""
    words = re.findall(r"[a-z]{5,}", claim.clause)
    told = f"{facts.customer_text} {facts.known_text} {facts.status}".lower().translate(FOLD_TABLE)
    return bool(words) and sum(word[:6] in told for word in words) * 2 >= len(words)

"""`promise.*`: nothing is promised that may not be.

With `offers` (the request's resolutions) every promise is held against them; without, a promise in free text is only
pointed out (`promise.unverified`). Times of arrival are held against what the ticket and the offers name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations

from reply_guards.checks.arrivals import arrivals
from reply_guards.checks.claims import (
    Claim,
    hands_money,
    multiplied,
    other_offers,
    promised,
    shared,
)
from reply_guards.checks.hit import Hit
from reply_guards.checks.roles import gives, stands_denied
from reply_guards.checks.terms import GOODWILL, is_way_back, without_type
from reply_guards.model import Context, Offer
from reply_guards.policy import Policy
from reply_guards.text import Reply, Sentence
from reply_guards.unfold import FOLD_TABLE
from reply_guards.values import Money, bare_sums, days_in, is_known, known_days, money_in

_BEFORE = re.compile(r"(?:before|vor|in time for|rechtzeitig) ")
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
    # Names other desks give them.
    "return_label": {"return"},
    "collection": {"return"},
    "exchange": {"replacement", "reshipment", "return"},
    "redelivery": {"replacement", "reshipment"},
    "store_credit": {"voucher"},
}
_HANDS_MONEY = re.compile(
    r"(?<!\w)(?:erstatt\w*|rueckerstatt\w*|zurueck|gutschr\w*|bekommen|bekommst|erhalten|erhaeltst|"
    r"kriegen|geben|gebe|ueberweis\w*|zahle|zahlen|nachlass|rabatt|nehmen sie|machen wir|lege|drauf|"
    r"obendrauf|dazu|schenke\w?"
    r"|refund\w*|back|give|giving|credit\w*|get|receive|throw in|send|sent|pay|offer|compensat\w*|"
    r"knock|discount|off|reimburs\w*)(?!\w)"
)
_GERMAN_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# "Wir tauschen die Tür aus", "we'll replace the hinge": what is exchanged.
_EXCHANGED = re.compile(
    r"(?<!\w)(?:tausch\w{0,3}|ersetz\w{0,3})(?: wir| ich)?(?: ihnen| dir)? (?:die|den|das|ihre\w?|deine\w?)"
    r" (?:\w+e[nr]? )?([a-z]{3,30})"
    r"|(?<!\w)(?:replac\w{1,3}|exchang\w{1,3}|swap) (?:out )?(?:the|your|its) (?:\w+ )?([a-z]{3,30})"
)
_WHOLE = {
    "geraet", "artikel", "exemplar", "produkt", "ware", "teil", "ganze", "alles", "maschine", "modell", "sendung",
    "bestellung", "item", "unit", "device", "product", "appliance", "machine", "model", "thing", "one", "order",
    "whole", "set",
}  # fmt: skip
_MONEY = {"refund", "partial_refund", "discount", "return", "cancellation"}
_TWICE = re.compile(r"(?<!\w)(?:zwei ?mal|doppelt\w*|twice|two times|double\w*|2 ?x|beide\w?|both)(?!\w)")
_FREE = {
    "invoice",
    "return",
}  # a document or a label is service, not a concession: pointed out only against known offers


def check(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """Promises, sums and times against what was approved."""
    yield from _promises(reply, context, policy)
    yield from _sums(reply, context)
    if context.offers is not None:
        yield from _others(reply, context.offers)
        yield from _multiplied(reply, context)
        yield from _shares(reply, context, context.offers)
        yield from without_type(reply, context, context.offers)
    if context.offers is not None or context.facts is not None:
        yield from _arrivals(reply, context)


def _promises(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    judged: set[tuple[int, str]] = set()  # amounts of a sentence, once however often it promises the same
    for claim in promised(reply):
        span = reply.span(claim.start, claim.end)
        if reply.quoted(*span):
            continue
        if context.offers is None:
            if claim.what not in _FREE:
                yield Hit("promise.unverified", *span, {"what": claim.what})
            continue
        allowed = set().union(*(_COVERS.get(o.type, {o.type}) for o in context.offers)) if context.offers else set()
        if claim.is_guessed and is_way_back(claim.clause, context.offers):
            continue
        if not allowed & {claim.what, *claim.also} and not _mends(claim, context):
            yield Hit("promise.unauthorised", *span, {"what": claim.what})
        elif claim.what in GOODWILL and not policy.settings.goodwill and not _is_resolution(claim.what, context.offers):
            yield Hit("promise.goodwill", *span, {"what": claim.what})
        elif (claim.sentence.index, claim.what) not in judged:
            judged.add((claim.sentence.index, claim.what))
            yield from _wrong_terms(reply, context, claim)


def _others(reply: Reply, offers: tuple[Offer, ...]) -> Iterator[Hit]:
    """Something offered that is of no kind we know, and of none that was approved."""
    covered = frozenset().union(*(_COVERS.get(o.type, {o.type}) for o in offers)) if offers else frozenset()
    for claim in other_offers(reply, covered):
        span = reply.span(claim.start, claim.end)
        if not reply.quoted(*span) and not is_way_back(claim.clause, offers):
            yield Hit("promise.unauthorised", *span, {"what": claim.what})


def _mends(claim: Claim, context: Context) -> bool:
    """Whether a new part is promised where a repair is allowed: a part is named, and is not the product itself."""
    match = _EXCHANGED.search(claim.sentence.text) if claim.what == "replacement" else None
    if match is None or not any(o.type == "repair" for o in context.offers or ()):
        return False
    part = next(p for p in match.groups() if p)
    products = " ".join(context.facts.products if context.facts else ()).lower().translate(FOLD_TABLE)
    return part not in _WHOLE and not any(part.endswith(word) or word.endswith(part) for word in products.split())


def _is_resolution(what: str, offers: tuple[Offer, ...]) -> bool:
    return what == "discount" and any(o.type == "partial_refund" for o in offers)


def _wrong_terms(reply: Reply, context: Context, claim: Claim) -> Iterator[Hit]:
    """The amount in a promise is the amount that was allowed."""
    offers = [o for o in context.offers or () if claim.what in _COVERS.get(o.type, {o.type}) and o.amount is not None]
    if not offers:
        return
    allowed = {o.amount for o in context.offers or () if o.amount is not None} | set(
        context.facts.amounts if context.facts else ()
    )
    begin = reply.to_plain(claim.sentence.start)
    approved = {o.amount for o in offers if o.amount is not None}
    for money in _money_of(reply, claim.sentence):
        if money.amount not in allowed and money.amount not in _reckoned(reply, claim.sentence, approved):
            span = reply.plain_span(begin + money.start, begin + money.end)
            yield Hit("promise.amount", *span, {"what": claim.what})


def _reckoned(reply: Reply, sentence: Sentence, approved: set[Decimal]) -> set[Decimal]:
    """Amounts of which an approved one is made before the customer's eyes: "the gap between $249 and $199"."""
    pairs = combinations({money.amount for money in _money_of(reply, sentence)}, 2)
    return {amount for pair in pairs if {abs(pair[0] - pair[1]), sum(pair)} & approved for amount in pair}


def _money_of(reply: Reply, sentence: Sentence) -> Iterator[Money]:
    """The amounts a sentence names; their places are counted from its beginning in the plain view."""
    return money_in(reply.plain[reply.to_plain(sentence.start) : reply.to_plain(sentence.end)])


def _sums(reply: Reply, context: Context) -> Iterator[Hit]:
    """An amount handed to the customer that was not approved, or of which it is unknown whether it may be."""
    allowed = {o.amount for o in context.offers or () if o.amount is not None}
    written = [*money_in(reply.plain)]
    told = {money.amount for money in written} | allowed | set(context.facts.amounts if context.facts else ())
    bare = [money for money in bare_sums(reply.plain) if money.amount not in told] if allowed else []
    for money in (*written, *bare):
        sentence = reply.sentence_at(_folded_at(reply, money.start))
        if not _is_handed(reply, sentence):
            continue
        span = reply.plain_span(money.start, money.end)
        if context.offers is None:
            yield Hit("promise.unverified", *span, {"what": "refund"})
        elif money.amount not in allowed and money.amount not in _reckoned(reply, sentence, allowed):
            # An offer without an amount leaves it to the agent: what the agent filled in stands among the facts.
            known = context.facts is not None and money.amount in context.facts.amounts
            if not (known and any(o.type in {"refund", "return"} or o.amount is None for o in context.offers)):
                yield Hit("promise.amount", *span, {"what": "amount"})


def _multiplied(reply: Reply, context: Context) -> Iterator[Hit]:
    """More than was paid, promised in words; who was charged twice gets twice the sum back."""
    for sentence in reply.sentences:
        for place in multiplied(sentence):
            if _was_charged_twice(context):
                return
            if _is_handed(reply, sentence) and not reply.quoted(*reply.span(*place)):
                yield Hit("promise.amount", *reply.span(*place), {"what": "amount"})


def _was_charged_twice(context: Context) -> bool:
    """Whether the customer speaks of two payments."""
    facts = context.facts
    return facts is not None and _TWICE.search(facts.customer_text.lower().translate(FOLD_TABLE)) is not None


def _shares(reply: Reply, context: Context, offers: tuple[Offer, ...]) -> Iterator[Hit]:
    """Half or all of what was paid, promised in words, where another amount was approved."""
    money = [o.amount for o in offers if o.amount is not None or o.type in _MONEY]
    approved = {amount for amount in money if amount is not None}
    paid = context.facts.amounts if context.facts else ()
    if not approved or None in money:
        return
    shares = [] if any(2 * a in paid for a in approved) else ["halved"]
    shares += ["whole"] if max(approved) < max(paid, default=Decimal(0)) else []
    for sentence in reply.sentences if shares else ():
        for share in () if sentence.question else shares:
            for place in shared(sentence, share):
                handed = share != "whole" or _is_handed(reply, sentence)
                named = any(money.amount in approved for money in _money_of(reply, sentence))  # "half, $24.50"
                if handed and not named and not reply.quoted(*reply.span(*place)):
                    yield Hit("promise.amount", *reply.span(*place), {"what": "amount"})


def _is_handed(reply: Reply, sentence: Sentence) -> bool:
    """Whether a sentence hands its amount to the customer: by the network where it is sure, by the words where not."""
    known: dict[int, bool] = reply.remembered("handed", lambda _: {})
    if sentence.index not in known:
        told = hands_money(reply, sentence)
        known[sentence.index] = _reads_handed(sentence) if told is None else told
    return known[sentence.index]


def _reads_handed(sentence: Sentence) -> bool:
    if sentence.question or stands_denied(sentence.text, sentence) or not gives(sentence):
        return False
    return _HANDS_MONEY.search(sentence.text) is not None


def _folded_at(reply: Reply, plain_position: int) -> int:
    """A folded index near a plain index: enough to find the sentence."""
    low, high = 0, len(reply.folded)
    while low < high:
        middle = (low + high) // 2
        if reply.to_plain(middle) < plain_position:
            low = middle + 1
        else:
            high = middle
    return low


def _arrivals(reply: Reply, context: Context) -> Iterator[Hit]:
    """A time of arrival that neither the ticket nor an offer names."""
    facts = context.facts
    dates = [*(facts.dates if facts else ()), *(o.date for o in context.offers or () if o.date)]
    days = {weekday for d in dates for weekday in _weekdays(d)}
    told = f"{facts.known_text} {facts.tracking_status or ''}".lower() if facts else ""
    for claim in arrivals(reply):
        words = claim.what.split()
        if words[-1] in days or claim.what in told or is_known_day(claim.clause, dates):
            continue
        if _BEFORE.match(claim.what) and is_known_day(claim.sentence.text, dates):
            continue  # "on 25 November, that is before Thanksgiving"
        span = reply.span(claim.start, claim.end)
        if not reply.quoted(*span):
            yield Hit("promise.date", *span, {"what": claim.what})


def is_known_day(clause: str, dates: list[str]) -> bool:
    """Whether a clause names one of the known dates beside its weekday or "bis"."""
    known = known_days(tuple(dates))
    return any(is_known(day, known) for day in days_in(clause)) or any(
        re.search(rf"\bthe {d}(?:st|nd|rd|th)\b", clause) for _, _, d in known
    )


def _weekdays(iso: str) -> tuple[str, ...]:
    try:
        index = date.fromisoformat(iso[:10]).weekday()
    except ValueError:
        return ()
    return _GERMAN_DAYS[index], _ENGLISH_DAYS[index]

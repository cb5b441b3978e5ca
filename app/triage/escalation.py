"""Why a ticket needs a person with more authority: the ids of the rules of `escalation.yaml` that hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.ticket import Cause, Ticket
from app.triage.context import REACH, THREAT_REACH, negated, quoted, supposed
from app.triage.lexicon import Hit, Scan
from app.triage.model import Sentiment
from app.triage.rules import Rule, rules

# Nothing went wrong yet: the size of the order is no reason to escalate.
_NO_TROUBLE = frozenset({"other", "product_question", "invoice", "address_change", "return_request", "cancellation"})

_SAID_AT_LENGTH = frozenset({"threats", "wishes"})  # "I do not want to have to speak to a manager"
_CARE = "care"  # a doctor is mentioned: an incident where a symptom is named beside, else the customer's own affair
_BESIDE = 1  # sentences


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a ticket beside the words of its newest message; `contacts`: how often the customer wrote."""

    contacts: int
    sentiment: Sentiment
    abusive: bool
    vip: bool
    amount: Decimal
    cause: Cause


def standing(ticket: Ticket, *, contacts: int, sentiment: Sentiment, abusive: bool, cause: Cause) -> Standing:
    """What the ticket says about itself, with what was read out of it."""
    known = max(contacts, ticket.customer.contacts_last_90_days or 0)
    items = ticket.order.items if ticket.order else ()
    amount = sum((item.price.amount * item.quantity for item in items if item.price), Decimal(0))
    return Standing(known, sentiment, abusive, ticket.customer.vip, amount, cause)


def reasons(scan: Scan, facts: Standing, earlier: Iterable[Scan] = ()) -> tuple[str, ...]:
    """The ids of all rules that hold, most serious first; `earlier`: what the customer wrote before."""
    before = () if facts.sentiment == "grateful" else tuple(earlier)
    return tuple(
        rule.id
        for rule in rules()
        if _holds(rule, scan, facts) or (rule.stays and any(_said(rule, older) for older in before))
    )


def announced(scan: Scan) -> list[Hit]:
    """The threats that are meant: not negated, not quoted, not told of others."""
    hits = _meant(scan, scan.of("threats"), reach=THREAT_REACH)
    if not scan.of("escalation"):
        return hits
    spared = {key: _spared(scan, rule) for rule in rules() if rule.when.lexicon == "threats" for key in rule.when.keys}
    return [h for h in hits if _place(scan, h) not in spared.get(h.key, ())]


def _holds(rule: Rule, scan: Scan, facts: Standing) -> bool:
    when, pleased = rule.when, facts.sentiment == "grateful"
    if (when.abusive and facts.abusive) or (when.vip and facts.vip and not pleased):
        return True
    if when.contacts_at_least is not None and facts.contacts >= when.contacts_at_least and not pleased:
        return True
    if when.amount_at_least is not None and facts.amount >= when.amount_at_least and facts.cause not in _NO_TROUBLE:
        return not pleased
    return _said(rule, scan)


def _said(rule: Rule, scan: Scan) -> bool:
    """Whether a phrase of the rule stands in the text and is meant."""
    when = rule.when
    hits = [h for h in scan.of("escalation") if h.key == rule.id]
    if when.lexicon:
        hits += [h for h in scan.of(when.lexicon) if (h.key in when.keys if when.keys else h.key not in when.without)]
    if when.lexicon == "incidents":
        hits = [*(h for h in hits if not _asked(scan, h)), *_treated(scan)]
    if not hits:
        return False
    spared = _spared(scan, rule)
    meant = _meant(scan, hits, reach=THREAT_REACH if when.lexicon in _SAID_AT_LENGTH else REACH)
    return any(_place(scan, h) not in spared and not (when.told and supposed(scan, h)) for h in meant)


def _asked(scan: Scan, hit: Hit) -> bool:
    """Whether a danger is only asked after ("Is the paint toxic?")."""
    return hit.key == "danger" and scan.sentences[hit.sentence].text.endswith("?")


def _treated(scan: Scan) -> list[Hit]:
    """The mentions of a doctor with a symptom in the same or a neighbouring sentence."""
    ill = {h.sentence for h in scan.of("signals") if h.key == "symptom" and not negated(scan, h)}
    near = {number + step for number in ill for step in range(-_BESIDE, _BESIDE + 1)}
    return [h for h in scan.of("incidents") if h.key == _CARE and h.sentence in near]


def _meant(scan: Scan, hits: Iterable[Hit], *, reach: int) -> list[Hit]:
    return [h for h in hits if not negated(scan, h, reach=reach) and not quoted(scan, h)]


def _spared(scan: Scan, rule: Rule) -> set[tuple[int, int]]:
    """The clauses (sentence, number) in which a phrase of `unless` stands."""
    found = [h for h in scan.of("escalation") if h.key == f"{rule.id}.unless"]
    return {(h.sentence, scan.sentences[h.sentence].clauses[i]) for h in found for i in range(h.first, h.last + 1)}


def _place(scan: Scan, hit: Hit) -> tuple[int, int]:
    return hit.sentence, scan.sentences[hit.sentence].clauses[hit.first]

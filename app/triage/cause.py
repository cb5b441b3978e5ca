"""Why the customer writes: one cause tag, from what the text says and what the order shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from app.ticket import Cause, Order
from app.triage.classifier import defect_families, opinion
from app.triage.context import negated, signs, supposed
from app.triage.lexicon import Hit, Scan, load
from app.triage.words import fold

# How much the subject and the earlier messages (each further back less) count beside the newest one.
_SUBJECT = 0.35
_EARLIER = 0.45
_LONG_AGO = 3
_SURE = 0.3  # an attack with a claim as sure as this is a claim
_SURELY_NONE = 0.5  # "other" holds what nobody foresaw, and is believed of a bare attack, too

# What a family of defects says about the cause.
_FAMILIES: Mapping[str, Mapping[str, float]] = {
    "malfunction": {"product_defect": 2.5},
    "safety": {"product_defect": 3.0},
    "surface": {"damaged_in_transit": 2.0, "product_dissatisfaction": 0.5},
    "fit": {"product_dissatisfaction": 1.5, "return_request": 0.5},
    "quality": {"product_dissatisfaction": 2.0},
    "wrong": {"wrong_item": 2.5},
    "missing": {"missing_item": 2.5},
    "hygiene": {"product_defect": 2.0, "product_dissatisfaction": 0.5},
    "used": {"product_dissatisfaction": 2.0},
}
# "If I don't get my money back …" says what a customer wants, and not that a refund is late.
_THREATENED_FOR = frozenset({"refund_delayed", "refund_denied"})
_AT_ARRIVAL = frozenset(
    {"shattered", "chipped", "dented", "crushed", "package_damaged", "wet", "spilled", "cracked", "damaged"}
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The texts of a thread, scanned: the newest, the subject, earlier ones (newest first), an agent's last answer."""

    newest: Scan
    subject: Scan | None = None
    earlier: tuple[Scan, ...] = ()
    agent: Scan | None = None


def find_cause(evidence: Evidence, order: Order | None, today: date, *, abusive: bool) -> tuple[Cause, float]:
    """The best cause and its share of belief, 0 to 1 (`Triage.cause_confidence`).

    `abuse` only where an attack is nearly all there is, `other` where nothing is said.
    """
    shares = _believe(evidence.newest)
    if abusive and not any(share >= (_SURELY_NONE if c == "other" else _SURE) for c, share in shares.items()):
        return "abuse", 1.0
    if evidence.subject:
        _add(shares, _believe(evidence.subject), _SUBJECT)
    for back, scan in enumerate(evidence.earlier[:_LONG_AGO]):
        _add(shares, _believe(scan), _EARLIER * 0.7**back)
    for odds in (*_agent_said(evidence.agent), *_order_shows(order, today)):
        for cause, factor in odds.items():
            shares[cause] *= factor
    best = max(shares, key=lambda c: shares[c])
    return cast("Cause", best), shares[best] / sum(shares.values())


def _believe(scan: Scan) -> dict[str, float]:
    return opinion(scan, weigh(scan))


def _agent_said(agent: Scan | None) -> Iterator[Mapping[str, float]]:
    """Odds from what an agent promised or refused before: what the customer comes back for."""
    said = {h.key for h in agent.of("agent")} if agent else set()
    for key, odds in load("states")["agent"].items():
        if key in said:
            yield odds
            return


def _order_shows(order: Order | None, today: date) -> Iterator[Mapping[str, float]]:
    """Odds from where the parcel is, whether its day has passed, and how the refund stands."""
    if not order:
        return
    states = load("states")
    said = fold_words(order.tracking.status if order.tracking else None) | fold_words(order.status)
    found = next((rule for rule in states["parcel"].values() if said & set(rule["words"].split())), None)
    if found:
        yield found["odds"]
    if order.promised_by is not None and order.promised_by < today:
        yield states["late"]
    if order.refund and order.refund.state != "none":
        yield states["refund"][order.refund.state]


def weigh(scan: Scan) -> dict[str, float]:
    """Evidence for each cause in one text."""
    found: dict[str, list[float]] = defaultdict(list)
    for hit in _strongest(scan.of("causes")):
        weight = hit.weight * (0.1 if negated(scan, hit) else 1.0)
        if hit.key != "product_question" and supposed(scan, hit):
            weight *= 0.1 if hit.key in _THREATENED_FOR else 0.4
        found[hit.key].append(weight)
    scores = {cause: _sum(weights) for cause, weights in found.items()}
    _add(scores, _from_defects(scan), 1.0)
    return scores


def _strongest(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits of one cause only the heaviest; and nothing that lies within a longer one of any cause."""
    kept: list[Hit] = []
    over: dict[tuple[int, int], list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda h: (-h.weight, h.first - h.last)):
        rivals = over[hit.sentence, hit.first] + over[hit.sentence, hit.last]
        if any(
            k.key == hit.key
            or (k.first <= hit.first and hit.last <= k.last and k.last - k.first > hit.last - hit.first)
            for k in rivals
        ):
            continue
        kept.append(hit)
        for word in range(hit.first, hit.last + 1):
            over[hit.sentence, word].append(hit)
    return kept


def _sum(weights: list[float]) -> float:
    """Each further sign of the same cause counts half of the one before."""
    return sum(w * 0.5**i for i, w in enumerate(sorted(weights, reverse=True)))


def _from_defects(scan: Scan) -> dict[str, float]:
    scores: dict[str, float] = {}
    families = defect_families()
    keys = {h.key for h in scan.of("defects") if not negated(scan, h) and not supposed(scan, h)}
    for key in keys:
        shares = _breakage(scan, key) if families[key] == "breakage" else _FAMILIES[families[key]]
        for cause, weight in shares.items():
            scores[cause] = max(scores.get(cause, 0.0), weight)
    return scores


def _breakage(scan: Scan, key: str) -> Mapping[str, float]:
    """Broken on the way or broken in use: what is said about time decides."""
    if signs(scan, "in_use"):
        return {"product_defect": 2.5, "damaged_in_transit": 0.8}
    if key in _AT_ARRIVAL:
        return {"damaged_in_transit": 3.0}
    if signs(scan, "arrival"):
        return {"damaged_in_transit": 2.5}
    return {"damaged_in_transit": 1.6, "product_defect": 1.4}


def _add(scores: dict[str, float], more: Mapping[str, float], factor: float) -> None:
    for cause, weight in more.items():
        scores[cause] = scores.get(cause, 0.0) + weight * factor


def fold_words(text: str | None) -> set[str]:
    """The folded words of a status line; "in_transit" gives {"in", "transit"} and itself."""
    if not text:
        return set()
    plain = text.replace("_", " ").replace("-", " ")
    return {fold(w) for w in plain.split()} | {fold(text.strip()[:40].replace(" ", "_"))}

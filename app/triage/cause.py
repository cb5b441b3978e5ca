"""Why the customer writes: one cause tag, from what the text says and what the order shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import cast

from app.ticket import Cause, Order
from app.triage.context import negated, signs, supposed
from app.triage.lexicon import Hit, Scan, load
from app.triage.words import fold

LEAST = 1.5  # below this sum nothing has been said
_SUBJECT = 0.6
_EARLIER = 0.7
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
_AT_ARRIVAL = frozenset(
    {"shattered", "chipped", "dented", "crushed", "package_damaged", "wet", "spilled", "cracked", "damaged"}
)
_DELIVERY: tuple[Cause, ...] = ("carrier_delay", "warehouse_delay", "lost_parcel")
# A wish or a side trouble yields to the reason behind it.
_YIELDS: Mapping[str, float] = {"no_response": 0.45, "return_request": 0.45, "product_question": 0.5, "invoice": 0.8}
_TROUBLES = ("damaged_in_transit", "product_defect", "wrong_item", "missing_item", "carrier_delay", "warehouse_delay",
             "lost_parcel", "refund_delayed", "refund_denied", "cancellation", "payment_failed")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """The texts of a thread, scanned: the newest, the subject, earlier ones (newest first)."""

    newest: Scan
    subject: Scan | None = None
    earlier: tuple[Scan, ...] = ()


def find_cause(evidence: Evidence, order: Order | None, today: date, *, abusive: bool) -> Cause:
    """The best cause; `abuse` only where an attack is all there is, `other` where nothing is said."""
    scores = weigh(evidence.newest)
    if evidence.subject:
        _add(scores, weigh(evidence.subject), _SUBJECT)
    if max(scores.values(), default=0.0) < 2 * LEAST:
        for scan in evidence.earlier:
            _add(scores, weigh(scan), _EARLIER)
    if order:
        _order_state(scores, order, today)
    _settle(scores)
    best = max(scores, key=lambda c: scores[c], default="other")
    if scores.get(best, 0.0) < LEAST:
        return "abuse" if abusive else "other"
    return cast("Cause", best)


def weigh(scan: Scan) -> dict[str, float]:
    """Evidence for each cause in one text."""
    found: dict[str, list[float]] = defaultdict(list)
    for hit in _strongest(scan.of("causes")):
        weight = hit.weight * (0.1 if negated(scan, hit) else 1.0)
        if hit.key != "product_question" and supposed(scan, hit):
            weight *= 0.4
        found[hit.key].append(weight)
    scores = {cause: _sum(weights) for cause, weights in found.items()}
    _add(scores, _from_defects(scan), 1.0)
    return scores


def _strongest(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits of one cause only the heaviest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: -h.weight):
        if not any(
            k.key == hit.key and k.sentence == hit.sentence and k.first <= hit.last and hit.first <= k.last
            for k in kept[-60:]
        ):
            kept.append(hit)
    return kept


def _sum(weights: list[float]) -> float:
    """Each further sign of the same cause counts half of the one before."""
    return sum(w * 0.5**i for i, w in enumerate(sorted(weights, reverse=True)))


def _from_defects(scan: Scan) -> dict[str, float]:
    scores: dict[str, float] = {}
    families = _families()
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


@cache
def _families() -> Mapping[str, str]:
    return {key: entry["family"] for key, entry in load("defects").items()}


def _add(scores: dict[str, float], more: Mapping[str, float], factor: float) -> None:
    for cause, weight in more.items():
        scores[cause] = scores.get(cause, 0.0) + weight * factor


def _order_state(scores: dict[str, float], order: Order, today: date) -> None:
    """What the order shows moves the weight between causes the text leaves open."""
    about_delivery = max((scores.get(c, 0.0) for c in _DELIVERY), default=0.0)
    nothing_said = max(scores.values(), default=0.0) < LEAST
    late = order.promised_by is not None and order.promised_by < today
    if about_delivery >= LEAST or (nothing_said and late):
        state = _parcel_state(order)
        if state:
            scores[state] = max(scores.get(state, 0.0), about_delivery) + 2.0
    refund = order.refund.state if order.refund else "none"
    if refund == "denied" and max(scores.get("refund_delayed", 0.0), scores.get("refund_denied", 0.0)) >= 1:
        scores["refund_denied"] = max(scores.get("refund_denied", 0.0), scores.get("refund_delayed", 0.0)) + 1.0
    if refund in {"requested", "issued"} and scores.get("refund_delayed", 0.0) >= 1:
        scores["refund_delayed"] += 1.5


def _parcel_state(order: Order) -> str | None:
    """Where the parcel is, as far as the order tells."""
    words = load("states")
    said = fold_words(order.tracking.status if order.tracking else None) | fold_words(order.status)
    for state in ("lost", "delivered", "moving", "waiting"):
        if said & set(words[state]["words"].split()):
            return str(words[state]["cause"])
    return "carrier_delay" if order.tracking_number or order.tracking else None


def fold_words(text: str | None) -> set[str]:
    """The folded words of a status line; "in_transit" gives {"in", "transit"} and itself."""
    if not text:
        return set()
    plain = text.replace("_", " ").replace("-", " ")
    return {fold(w) for w in plain.split()} | {fold(text.strip()[:40].replace(" ", "_"))}


def _settle(scores: dict[str, float]) -> None:
    """Let side troubles yield to the reason behind them, where there is one."""
    behind = max((scores.get(c, 0.0) for c in _TROUBLES), default=0.0)
    if behind >= 2 * LEAST:
        for cause, factor in _YIELDS.items():
            if cause in scores:
                scores[cause] *= factor

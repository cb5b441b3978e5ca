"""What belongs together and what is a choice: a cancellation with its refund, a document beside whatever is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.drafts.composer.bank import load
from app.drafts.composer.offered import Offer, resolution_values, sent_again
from app.drafts.composer.pen import join_list
from app.drafts.composer.scene import Scene

_UNDONE = ("cancellation", "return", "refund")  # together they take a purchase back
_LEAST = 2
# A correction of the order is no correction of one that ends, and a new address no help to who gets the money back.
_ENDS = frozenset({"cancellation", "return"})


def joined(scene: Scene, offers: Sequence[Offer]) -> tuple[list[Offer], list[Offer]]:
    """Return what the customer chooses from, and what is done whatever the choice."""
    choices = _one_invoice(scene, _taken_back(scene, _one_way_again(scene, _kept(offers))))
    beside = [offer for offer in choices if _is_beside(scene, offer, choices)]
    choices = [offer for offer in choices if offer not in beside]
    if len(choices) > 1 or not beside:
        return choices, beside
    ordered = sorted([*choices, *beside], key=lambda offer: (offer.type == "invoice", offer.type != "correction"))
    return [_together(scene, ordered, choices[0] if choices else ordered[0])], []


def _kept(offers: Sequence[Offer]) -> list[Offer]:
    """A return of what may be kept is no way to choose, but what holds for the others: nothing is sent back."""
    kept = next((offer for offer in offers if offer.type == "return" and offer.resolution.return_ == "keep"), None)
    if kept is None or len(offers) < _LEAST:
        return list(offers)
    return [_with_return(offer, kept) for offer in offers if offer is not kept]


def _with_return(offer: Offer, kept: Offer) -> Offer:
    terms = offer.resolution.model_copy(update={"return_": offer.resolution.return_ or "keep"})
    return replace(offer, resolution=terms, also=offer.also | kept.types)


def _one_way_again(scene: Scene, offers: list[Offer]) -> list[Offer]:
    """Two ways of sending again are one thing to the customer."""
    again = [offer for offer in offers if offer.type in sent_again(scene)]
    if len(again) < _LEAST:
        return offers
    terms = next((offer.resolution.return_ for offer in again if offer.resolution.return_), None)
    one = next((offer for offer in again if offer.then), again[0])  # the one whose day is known
    one = replace(
        one,
        resolution=one.resolution.model_copy(update={"return_": terms}),
        also=frozenset().union(*(offer.types for offer in again)),
    )
    return [one if offer is again[0] else offer for offer in offers if offer not in again[1:]]


def _taken_back(scene: Scene, offers: list[Offer]) -> list[Offer]:
    """A cancellation, a return and the refund that follows are one way, not several."""
    by_type = {offer.type: offer for offer in offers}
    refund = by_type.get("refund")
    if refund and refund.resolution.return_ == "keep" and "return" in by_type:  # why send back what may be kept
        gone = by_type.pop("return")
        refund = by_type["refund"] = replace(refund, also=refund.also | gone.types)
        offers = [refund if offer.type == "refund" else offer for offer in offers if offer is not gone]
    parts = [by_type[kind] for kind in _UNDONE if kind in by_type]
    if len(parts) < _LEAST:
        return offers
    at = min(offers.index(part) for part in parts)
    one = _together(scene, parts, parts[0])
    if refund and len(parts) == _LEAST:
        one = replace(one, parts=1)  # who has a purchase taken back is asked for that, the money follows
    return [*offers[:at], one, *(offer for offer in offers[at:] if offer not in parts)]


def _one_invoice(scene: Scene, offers: list[Offer]) -> list[Offer]:
    """A corrected invoice is one thing, not an invoice or a correction."""
    by_type = {offer.type: offer for offer in offers}
    if scene.case.triage.cause != "invoice" or not {"invoice", "correction"} <= by_type.keys():
        return offers
    invoice = by_type["invoice"]
    tiers = scene.phrases("options")["invoice"]["do_wrong_invoice"]
    do = scene.say("do/corrected", [*tiers, invoice.do], resolution_values(scene, invoice.resolution)) or invoice.do
    one = replace(invoice, do=do, also=frozenset({"correction"}))
    return [one, *(offer for offer in offers if offer.type not in ("invoice", "correction"))]


def _is_beside(scene: Scene, offer: Offer, offers: Sequence[Offer]) -> bool:
    """Whether something is done beside the rest, and not instead of it."""
    others = frozenset().union(*(other.types for other in offers if other is not offer))
    if offer.type == "invoice":
        return bool(others)
    if offer.type != "correction" or not others or "correction" in sent_again(scene):
        return False
    return not others & _ENDS and not (scene.case.triage.cause == "address_change" and "refund" in others)


def _together(scene: Scene, parts: Sequence[Offer], main: Offer) -> Offer:
    """Several things done together, named and asked about as one."""
    dative = f"{'Ihnen' if scene.pen.register == 'sie' else 'dir'} "
    does: list[str] = []
    for part in parts:
        do = _beside_others(scene, part)
        does.append(do.removeprefix(dative) if any(said.startswith(dative) for said in does) else do)
    terms = next((part.resolution.return_ for part in parts if part.resolution.return_), None)
    return Offer(
        main.resolution.model_copy(update={"return_": terms}),
        join_list(does, load("options")["words"][scene.language]["and"]),
        main.name,
        next((part.then for part in parts if part.then), None),
        next((part.then for part in parts if part.then), None),  # "it" would not tell which
        frozenset().union(*(part.types for part in parts)),
        parts=sum(part.parts for part in parts),
    )


def _beside_others(scene: Scene, part: Offer) -> str:
    tiers = scene.narrowest(scene.phrases("options")[part.type], "joined_")
    said = scene.say(f"joined/{part.type}", tiers, resolution_values(scene, part.resolution)) if tiers else None
    return said or part.do

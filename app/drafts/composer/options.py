"""What the agent may offer, in words; what the customer refused is not offered again, what was wished comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.joining import joined
from app.drafts.composer.offered import Offer, make_offer, resolution_values
from app.drafts.composer.pen import join_list, sentence
from app.drafts.composer.scene import Scene
from app.drafts.composer.settled import (
    Settled,
    deeds,
    followed,
    settled,
    stands_instead,
    still_open,
    takes_its_course,
    told,
)
from app.ticket import Resolution, ReturnTerms
from reply_guards.values import money_in

__all__ = ["Offer", "Offers", "offers", "propose"]

_MOST_OFFERS = 5  # more than these nobody weighs
_AWAITED = frozenset({"refund_delayed", "payment_failed"})
_ON_ITS_WAY = frozenset({"delivery", "warehouse", "misled"})
_GOODWILL = frozenset({"voucher", "discount"})
_COMMITMENTS = frozenset({"investigation", "information"})
# What a wish or a refusal covers beyond its own name.
_COVERS: dict[str, frozenset[str]] = {
    "replacement": frozenset({"replacement", "reshipment", "correction"}),
    "reshipment": frozenset({"replacement", "reshipment", "correction"}),
    "voucher": _GOODWILL,
    "discount": _GOODWILL | {"partial_refund"},
    "partial_refund": frozenset({"partial_refund", "discount"}),
    "return": frozenset({"return"}),
    "delivery_date": frozenset({"information", "investigation"}),
}
_NAMED_WISHES = (
    "refund",
    "replacement",
    "reshipment",
    "cancellation",
    "repair",
    "partial_refund",
    "discount",
    "voucher",
    "pickup",
)


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered: choices of the customer, and what we do anyway."""

    choices: tuple[Offer, ...]
    commitments: tuple[str, ...]
    wished: bool  # whether the first choice, or what was done, is what the customer asked for
    beside: tuple[Offer, ...] = ()  # what is done whatever is chosen
    settled: tuple[Settled, ...] = ()  # what is done already


def offers(scene: Scene) -> Offers:
    """Return the allowed resolutions in the order they are named: wished ones first, refused ones left out."""
    approved = [r for r in _unique(scene.case.resolutions) if not _is_barred(scene, r)]
    done = settled(scene, approved)
    allowed = [r for r in still_open(approved, done) if not _is_refused(scene, r)]
    wanted = [r for r in allowed if _is_wanted(scene, r)]
    ordered = _as_told(scene, wanted + [r for r in allowed if r not in wanted])
    choices, beside = joined(scene, [o for r in ordered if r.type not in _COMMITMENTS and (o := make_offer(scene, r))])
    wished = any(_is_wanted(scene, one.resolution) for one in done)
    return Offers(
        tuple(choices[:_MOST_OFFERS]),
        tuple(_commitments(scene, [r for r in ordered if r.type in _COMMITMENTS])),
        wished or (bool(choices) and choices[0].resolution in wanted),
        tuple(beside),
        done,
    )


def _as_told(scene: Scene, ordered: list[Resolution]) -> list[Resolution]:
    """The instruction chooses among what is allowed: what to name alone, or first."""
    told = scene.guidance
    kept = [r for r in ordered if r.type in told.only or r.type in _COMMITMENTS] if told.only else ordered
    first = [r for kind in told.first for r in kept if r.type == kind]
    return first + [r for r in kept if r not in first]


def _unique(resolutions: tuple[Resolution, ...]) -> list[Resolution]:
    by_type: dict[str, Resolution] = {}
    for resolution in resolutions:
        by_type.setdefault(resolution.type, resolution)
    return list(by_type.values())


def _is_refused(scene: Scene, resolution: Resolution) -> bool:
    return any(
        resolution.type in _COVERS.get(wish, {wish}) for wish in scene.reading.refuses if wish != "partial_refund"
    ) or (resolution.type == "partial_refund" and "partial_refund" in scene.reading.refuses)


def _is_barred(scene: Scene, resolution: Resolution) -> bool:
    """Goodwill belongs to the shop's own channels; marketplaces treat it as promotion."""
    return resolution.type in _GOODWILL and not scene.own_shop


def _is_wanted(scene: Scene, resolution: Resolution) -> bool:
    if resolution.type in scene.reading.wants:
        return True
    return any(resolution.type in _COVERS.get(wish, ()) for wish in scene.reading.wants)


def _commitments(scene: Scene, given: list[Resolution]) -> list[str]:
    """Say what is done anyway; who reports on an inquiry answers too, so that the two share one day."""
    if not given:
        return []
    by = next((r.arrives_by or r.by for r in given if r.arrives_by or r.by), None)
    more = next((r for r in given if r.type == "investigation"), given[0])
    text = _commitment(scene, more.model_copy(update={"arrives_by": by}))
    return [text] if text else []


def _commitment(scene: Scene, resolution: Resolution) -> str | None:
    entry: dict[str, Any] = scene.phrases("options")[resolution.type]
    key = "commit_delivery" if scene.group in _ON_ITS_WAY else "commit"
    if "investigation_opened" in deeds(scene) and "commit_opened" in entry:
        key = "commit_opened"
    return scene.say(f"{key}/{resolution.type}", entry.get(key, entry["commit"]), resolution_values(scene, resolution))


def propose(scene: Scene, found: Offers) -> str:
    """Return the sentences that answer the wish, tell what comes of what was done, and name what is possible."""
    words = load("options")["words"][scene.language]
    parts = [refusal(scene, found, words), unmet_wish(scene, found, words), *_of_the_done(scene, found, words)]
    if found.choices:
        alone = len(found.choices) == 1
        parts.append(_beside_the_done(scene, found, words) if found.settled else _named(scene, found, words))
        parts += [offer.alone if alone else offer.then for offer in found.choices]
        parts.append(_return_terms(scene, found.choices, words))
    parts += [scene.say("also", [words["also"]], {"a": offer.do}) for offer in found.beside]
    parts.extend(found.commitments)
    if not found.choices and not found.commitments and not found.settled:
        parts.append(scene.say(f"plan/{scene.group}", [scene.phrases("commit")[scene.group]["plan"]]))
    return " ".join(sentence(part) for part in parts if part)


def _of_the_done(scene: Scene, found: Offers, words: dict[str, Any]) -> list[str | None]:
    """What comes of the deeds; what to count on only where nothing else is left to say."""
    if not found.settled:
        return []
    terms = {one.resolution.return_ for one in found.settled if one.resolution.return_}
    said: list[str | None] = [*told(scene, found.settled)]
    if not found.choices and not found.commitments:
        said.append(followed(scene, found.settled))
    if len(terms) == 1 and not any(offer.resolution.return_ for offer in found.choices):
        said.append(_one_term(scene, terms.pop(), words))
    return said


def _beside_the_done(scene: Scene, found: Offers, words: dict[str, Any]) -> str | None:
    """Name what is still possible: on top of what was done, or instead of it."""
    does = [offer.do for offer in found.choices]
    if takes_its_course(found.settled, found.choices):
        return _named(scene, found, words)
    if stands_instead(found.settled, found.choices) is None:
        return scene.say("also", [words["also"]], {"a": join_list(does, words["or"])})
    short = _without_dative(scene, does)
    key = "instead_dative" if short else "instead"
    return scene.say("instead", [words[key]], {"a": join_list(short or does, words["or"])})


def _named(scene: Scene, found: Offers, words: dict[str, Any]) -> str | None:
    does = [offer.do for offer in found.choices]
    if len(does) == 1:
        return scene.say("one", [words["one_of_several" if found.choices[0].parts > 1 else "one"]], {"a": does[0]})
    if len(does) == 2:  # noqa: PLR2004 - two have a sentence of their own
        if short := _without_dative(scene, does):
            return scene.say("two", [words["two_dative"]], {"a": short[0], "b": short[1]})
        return scene.say("two", [words["two"]], {"a": does[0], "b": does[1]})
    return scene.say("many", [words["many"]], {"a": join_list(does, words["or"])})


def _without_dative(scene: Scene, does: list[str]) -> list[str] | None:
    """The infinitives without the "Ihnen" they all begin with; None where they do not."""
    dative = f"{'Ihnen' if scene.pen.register == 'sie' else 'dir'} "
    if scene.language != "de" or not all(do.startswith(dative) for do in does):
        return None
    return [do.removeprefix(dative) for do in does]


def refusal(scene: Scene, found: Offers, words: dict[str, Any]) -> str | None:
    """Say that a refused resolution is respected; not of one that was carried out."""
    nouns = load("options")["wishes"][scene.language]
    done = frozenset().union(*(one.covers for one in found.settled))
    wish = next((w for w in scene.reading.refuses if w in nouns and w not in done), None)
    if wish is None:
        return None
    return scene.say(
        "refused", [words["refused"]], {"no_wish": nouns[wish]["none"], "no_wish_acc": nouns[wish].get("none_acc")}
    )


def unmet_wish(scene: Scene, found: Offers, words: dict[str, Any]) -> str | None:
    """Say honestly that a wish cannot be granted now, without promising and without a reason that is not known."""
    if found.wished:
        return None
    nouns = load("options")["wishes"][scene.language]
    met = frozenset().union(*(o.types for o in (*found.choices, *found.beside)), *(s.covers for s in found.settled))
    open_wishes = [w for w in scene.reading.wants if w not in scene.reading.refuses]
    wish = next((w for w in _NAMED_WISHES if w in open_wishes and not _COVERS.get(w, frozenset({w})) & met), None)
    if wish is None or (wish in _GOODWILL and wish != open_wishes[0]):
        return None
    if wish == "refund" and (_is_what_was_named(scene, found) or _is_awaited(scene, found)):
        return None
    # Beside a part of the money, "no refund" would contradict itself.
    named = "full_refund" if wish == "refund" and "partial_refund" in met else wish
    noun = nouns[named]["acc"]
    extra = {"wish": noun, "Wish": noun[0].upper() + noun[1:], "wish_dat": nouns[named].get("dat")}
    return scene.say("wished", [words["wished_but" if found.choices and not found.settled else "wished"]], extra)


def _is_awaited(scene: Scene, found: Offers) -> bool:
    """Whether a refund is waited for, not wished for."""
    return not found.choices and (scene.case.triage.cause in _AWAITED or scene.group == "charge")


def _is_what_was_named(scene: Scene, found: Offers) -> bool:
    """Whether just the amount the customer names is offered: customs or a difference, of which it is the whole."""
    offered = {(amount.amount, amount.currency) for one in found.choices if (amount := one.resolution.amount)}
    told = (money for message in scene.case.ticket.customer_messages for money in money_in(message.text))
    return any((money.amount, money.currency) in offered for money in told)


def _return_terms(scene: Scene, choices: tuple[Offer, ...], words: dict[str, Any]) -> str | None:
    terms = {offer.resolution.return_ for offer in choices if offer.resolution.return_}
    if not terms:
        return None
    if len(terms) == 1 and all(offer.resolution.return_ for offer in choices):
        return _one_term(scene, terms.pop(), words)
    return _terms_apart(scene, choices, words)


def _one_term(scene: Scene, term: ReturnTerms, words: dict[str, Any]) -> str | None:
    key: str = term
    if term != "keep" and "return_received" in deeds(scene):
        return None  # it is with us: nothing is left to send
    if term == "send_back_free" and any("return_label" in done for done in scene.case.actions_done):
        key = "send_back_free_label"
    return scene.say(f"return/{key}", [words[key]], _product_words(scene))


def _terms_apart(scene: Scene, choices: tuple[Offer, ...], words: dict[str, Any]) -> str | None:
    """Name the return terms of each choice that has some."""
    entries = scene.phrases("options")
    places: dict[str, list[str]] = {}
    for offer in choices:
        term, at = offer.resolution.return_, entries[offer.type].get("at")
        if term and at:
            places.setdefault(term, []).append(at)
    said = (
        scene.pen.render(words[f"at_{term}"], {**_product_words(scene), "at": join_list(ats, words["and"])})
        for term, ats in places.items()
    )
    return "; ".join(text for text in said if text) or None


def _product_words(scene: Scene) -> dict[str, str | None]:
    product = scene.naming.product
    if kept := _kept(scene):
        return {"the_product": kept, "The_product": kept[0].upper() + kept[1:]}
    if scene.language == "en":
        the = product.the_acc if product else "the item"
        return {"the_product": the, "The_product": the[0].upper() + the[1:]}
    acc = product.the_acc if product and product.noun else "den Artikel"
    return {"the_product": acc, "The_product": acc[0].upper() + acc[1:]}


def _kept(scene: Scene) -> str | None:
    """What is kept or sent back where it is not the thing ordered: the wrong one, or a parcel that is not there yet."""
    waits = scene.group in _ON_ITS_WAY and not scene.facts.delivered
    kept: dict[str, str] = load("options")["kept"][scene.language]
    return kept.get("waiting" if waits else scene.matter)

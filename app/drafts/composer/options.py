"""What the agent may offer, in words; what the customer refused is not offered again, what was wished comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.formats import day_or_none, money
from app.drafts.composer.pen import join_list, sentence
from app.drafts.composer.scene import Scene, group_of
from app.drafts.composer.trouble import came_late
from app.ticket import Resolution, ReturnTerms

_MOST_OFFERS = 3
_AWAITED = frozenset({"refund_delayed", "payment_failed"})  # where the refund is waited for, not wished for
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
# A part of the money without its amount is no offer one can decide on: the amount stays a placeholder to be filled.
_OPEN = {
    "open_partial_refund": "{partial_amount}",
    "open_voucher": "{voucher_amount}",
    "open_discount": "{discount_amount}",
}
_SENT_AGAIN = frozenset({"replacement", "reshipment", "correction"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One resolution the customer can choose, with its phrases."""

    resolution: Resolution
    do: str  # after "ich kann" / "I can"
    name: str  # "die Erstattung" / "the refund"
    also: str | None = None  # the type of a resolution joined to it

    @property
    def type(self) -> str:
        """The resolution's type."""
        return self.resolution.type

    @property
    def types(self) -> frozenset[str]:
        """The types of resolution it holds."""
        return frozenset(filter(None, (self.resolution.type, self.also)))


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered: choices of the customer, and what we do anyway."""

    choices: tuple[Offer, ...]
    commitments: tuple[str, ...]
    wished: bool  # whether the first choice is what the customer asked for


def offers(scene: Scene) -> Offers:
    """Return the allowed resolutions in the order they are named: wished ones first, refused ones left out."""
    allowed = [r for r in _unique(scene.case.resolutions) if not _is_refused(scene, r) and not _is_barred(scene, r)]
    wanted = [r for r in allowed if _is_wanted(scene, r)]
    ordered = _as_told(scene, wanted + [r for r in allowed if r not in wanted])
    choices = _joined(scene, [offer for r in ordered if r.type not in _COMMITMENTS and (offer := _offer(scene, r))])
    commitments = [text for r in ordered if r.type in _COMMITMENTS and (text := _commitment(scene, r))]
    return Offers(
        tuple(choices[:_MOST_OFFERS]), tuple(commitments[:1]), bool(choices) and choices[0].resolution in wanted
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


def _offer(scene: Scene, resolution: Resolution) -> Offer | None:
    entry: dict[str, Any] = scene.phrases("options")[resolution.type]
    tiers = entry.get(f"do_{scene.case.triage.cause}", entry["do"])
    values = {**_OPEN, **resolution_values(scene, resolution)}
    if _several_parts(scene):
        values |= {"part": None, "part_acc": None}  # "the missing", not one of them
    do = scene.say(f"do/{resolution.type}", tiers, values)
    name = entry.get(f"name_{scene.case.triage.cause}", entry["name"])
    return Offer(resolution, _dated(do, values["by"], scene), name) if do else None


def _dated(do: str, by: str | None, scene: Scene) -> str:
    """A day that was given is said, whatever the resolution."""
    if by is None or by in do:
        return do
    return f"{do} {scene.pen.render(load('options')['words'][scene.language]['dated'], {'by': by})}"


def _several_parts(scene: Scene) -> bool:
    """Whether the part stands in a list of missing things."""
    part = scene.naming.part
    if part is None:
        return False
    word, joins = re.escape(part.bare), load("small_words")["joins"][scene.language]
    text = " ".join(scene.reading.sentences)
    return re.search(rf"\b{word}\s*(?:,|{joins})\s|(?:{joins})\s(?:[\w-]+\s)?{word}\b", text, re.IGNORECASE) is not None


def resolution_values(scene: Scene, resolution: Resolution) -> dict[str, str | None]:
    """Return amount and dates of a resolution as the reply writes them."""
    amount = money(resolution.amount, scene.language) if resolution.amount else None
    by = resolution.arrives_by or resolution.by
    return {
        "amount": amount,
        "full_amount": amount if resolution.amount == scene.facts.price else None,
        "by": day_or_none(by, scene.language, scene.facts.today),
    }


def _joined(scene: Scene, choices: list[Offer]) -> list[Offer]:
    """Join what is one thing to the customer: a cancellation or return with its refund; two ways of sending again."""
    by_type = {offer.type: offer for offer in choices}
    refund = by_type.get("refund")
    for kind in ("cancellation", "return"):
        first = by_type.get(kind)
        if not first or not refund:
            continue
        if refund.resolution.return_ == "keep":
            choices = [offer for offer in choices if offer is not first]  # why send back what may be kept
            continue
        words = scene.phrases("options")[kind]
        do = f"{first.do} {load('options')['words'][scene.language]['and']} {refund.do}"
        terms = first.resolution if first.resolution.return_ else refund.resolution
        one = Offer(terms.model_copy(update={"type": kind}), do, words["name"], also="refund")
        at = min(choices.index(first), choices.index(refund))
        choices = [*choices[:at], one, *(offer for offer in choices[at:] if offer not in (first, refund))]
    again = [offer for offer in choices if offer.type in _SENT_AGAIN]
    return _one_invoice(scene, [offer for offer in choices if offer not in again[1:]])


def _one_invoice(scene: Scene, choices: list[Offer]) -> list[Offer]:
    """A corrected invoice is one thing, not an invoice or a correction."""
    by_type = {offer.type: offer for offer in choices}
    if scene.case.triage.cause != "invoice" or not {"invoice", "correction"} <= by_type.keys():
        return choices
    do = scene.pen.render(scene.phrases("options")["invoice"]["corrected"]) or by_type["invoice"].do
    one = replace(by_type["invoice"], do=do, also="correction")
    return [one, *(offer for offer in choices if offer.type not in ("invoice", "correction"))]


def _commitment(scene: Scene, resolution: Resolution) -> str | None:
    entry: dict[str, Any] = scene.phrases("options")[resolution.type]
    key = "commit_delivery" if group_of(scene.case.triage.cause) in ("delivery", "warehouse") else "commit"
    return scene.say(f"{key}/{resolution.type}", entry.get(key, entry["commit"]), resolution_values(scene, resolution))


def propose(scene: Scene, found: Offers) -> str:
    """Return the sentences that answer the wish and name what is possible."""
    words = load("options")["words"][scene.language]
    parts = [refusal(scene, words), unmet_wish(scene, found, words), _named(scene, found, words)]
    if found.choices:
        parts.append(_return_terms(scene, found.choices, words))
    parts.extend(found.commitments)
    if not found.choices and not found.commitments:
        group = group_of(scene.case.triage.cause)
        parts.append(scene.say(f"plan/{group}", [scene.phrases("commit")[group]["plan"]]))
    return " ".join(sentence(part) for part in parts if part)


def _named(scene: Scene, found: Offers, words: dict[str, Any]) -> str | None:
    does = [offer.do for offer in found.choices]
    if not does:
        return None
    if len(does) == 1:
        return scene.say("one", [words["one"]], {"a": does[0]})
    if len(does) == 2:  # noqa: PLR2004 - two have a sentence of their own
        dative = f"{'Ihnen' if scene.pen.register == 'sie' else 'dir'} "
        if scene.language == "de" and all(do.startswith(dative) for do in does):
            short = [do.removeprefix(dative) for do in does]
            return scene.say("two", [words["two_dative"]], {"a": short[0], "b": short[1]})
        return scene.say("two", [words["two"]], {"a": does[0], "b": does[1]})
    return scene.say("many", [words["many"]], {"a": join_list(does, words["or"])})


def refusal(scene: Scene, words: dict[str, Any]) -> str | None:
    """Say that a refused resolution is respected."""
    nouns = load("options")["wishes"][scene.language]
    wish = next((w for w in scene.reading.refuses if w in nouns), None)
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
    met = frozenset().union(*(offer.types for offer in found.choices))
    open_wishes = [w for w in scene.reading.wants if w not in scene.reading.refuses]
    wish = next((w for w in _NAMED_WISHES if w in open_wishes and not _COVERS.get(w, frozenset({w})) & met), None)
    awaited = wish == "refund" and scene.case.triage.cause in _AWAITED and not found.choices
    if wish is None or awaited or (wish in _GOODWILL and wish != open_wishes[0]):
        return None
    # Beside a part of the money, "no refund" would contradict itself.
    named = "full_refund" if wish == "refund" and "partial_refund" in met else wish
    noun = nouns[named]["acc"]
    extra = {"wish": noun, "Wish": noun[0].upper() + noun[1:], "wish_dat": nouns[named].get("dat")}
    return scene.say("wished", [words["wished_but" if found.choices else "wished"]], extra)


def _return_terms(scene: Scene, choices: tuple[Offer, ...], words: dict[str, Any]) -> str | None:
    terms = {offer.resolution.return_ for offer in choices if offer.resolution.return_}
    if not terms:
        return None
    if len(terms) == 1 and all(offer.resolution.return_ for offer in choices):
        return _one_term(scene, terms.pop(), words)
    return _terms_apart(scene, choices, words)


def _one_term(scene: Scene, term: ReturnTerms, words: dict[str, Any]) -> str | None:
    key: str = term
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
    cause = scene.case.triage.cause
    group = "waiting" if group_of(cause) in ("delivery", "warehouse") and not scene.facts.delivered else cause
    return None if came_late(scene) else load("options")["kept"][scene.language].get(group)

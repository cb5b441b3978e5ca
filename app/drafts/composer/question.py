"""The one question at the end: a decision where there is something to decide, else what is still needed."""

from __future__ import annotations

import re
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.offered import Offer
from app.drafts.composer.options import Offers
from app.drafts.composer.pen import join_list
from app.drafts.composer.scene import Scene
from app.drafts.composer.settled import asked, stands_instead, stay_or

_PHOTO = re.compile(r"\b(?:foto|bild|anhang|photo|picture|image|attach|angehängt)", re.IGNORECASE)
_POSTCODE = re.compile(r"\b\d{4,5}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}\b")
_WAITING = frozenset({"carrier_delay", "warehouse_delay"})
# Questions that ask for a photo or a number do not help where the reply can go on without.
_NEEDS_ORDER = frozenset({"delivery", "warehouse", "money", "charge", "demand", "order", "address", "invoice"})
# Where nothing more is needed to report on: the question is how often to hear from us.
_REPORTED_ON = frozenset({"delivery", "warehouse", "money", "order"})


def question(scene: Scene, found: Offers) -> str:
    """Return the closing question, with what may lead to it."""
    words = load("options")["words"][scene.language]
    choices = found.choices
    if not choices:
        return asked(scene, found.settled) if found.settled else _needed(scene, found)
    if done := stands_instead(found.settled, choices):
        return stay_or(scene, done, choices, words)
    if len(choices) == 1:
        return _single(scene, choices[0], found, words)
    if len(choices) == 2:  # noqa: PLR2004 - two have questions of their own
        names = {"a": choices[0].name, "b": choices[1].name}
        return scene.say("choice_two", [words["choice_two"]], names) or ""
    listed = join_list([offer.name for offer in choices], words["or"])
    return scene.say("choice_many", [words["choice_many"]], {"a": listed}) or ""


def _single(scene: Scene, offer: Offer, found: Offers, words: dict[str, Any]) -> str:
    if (
        scene.matter in _WAITING
        and not found.settled
        and offer.type in ("refund", "cancellation")
        and not offer.types & set(scene.reading.wants)
    ):
        return scene.say("wait_or", [words["wait_or"]], {"a": offer.name}) or ""
    if scene.group == "address" and offer.type == "correction" and not _address_given(scene):
        return _need(scene, scene.group)
    if offer.parts > 1:
        key = "soll_both" if offer.parts == 2 else "soll_all"  # noqa: PLR2004 - two have a word of their own
        return scene.say(key, [words[key]]) or ""
    entry = scene.phrases("options")[offer.type]
    return scene.say(f"soll/{offer.type}", [scene.narrowest(entry, "soll_") or entry["soll"]]) or ""


def _needed(scene: Scene, found: Offers) -> str:
    group = scene.group
    if group in _NEEDS_ORDER and not _order_known(scene):
        return scene.say("order_number", [scene.phrases("commit")["order_number"]]) or ""
    if group == "address" and _address_given(scene):
        return scene.say("need/address_given", [scene.phrases("commit")[group]["need_address_given"]]) or ""
    if found.commitments and group in ("service", "open", "question") and scene.case.triage.cause != "abuse":
        return scene.say("else", [scene.phrases("commit")["anything_else"]]) or ""
    if found.commitments and group in _REPORTED_ON:
        kind = next(r.type for r in scene.case.resolutions if r.type in ("investigation", "information"))
        return scene.say(f"soll/{kind}", [scene.phrases("options")[kind]["soll"]]) or ""
    return _need(scene, group)


def _need(scene: Scene, group: str) -> str:
    entry = scene.phrases("commit")[group]
    undecided = scene.case.triage.cause == "product_defect" and not scene.reading.wants
    settled = undecided or _photo_there(scene)  # a photo shows damage, but seldom why something does not work
    tiers = entry["need_photo_there"] if "need_photo_there" in entry and settled else entry["need"]
    return scene.say(f"need/{group}", [tiers]) or ""


def _photo_there(scene: Scene) -> bool:
    if any("photo" in key for key in scene.case.actions_done):
        return True
    return any(_PHOTO.search(m.text) for m in scene.case.ticket.customer_messages)


def _address_given(scene: Scene) -> bool:
    return bool(_POSTCODE.search(scene.case.ticket.customer_messages[-1].text))


def _order_known(scene: Scene) -> bool:
    """Whether the order is known, or the channel's thread hangs on it anyway."""
    return scene.facts.order.id is not None or not scene.own_shop

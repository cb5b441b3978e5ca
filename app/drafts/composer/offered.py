"""One resolution in words: what can be done, until when, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.formats import day_or_none, money
from app.drafts.composer.scene import Scene
from app.ticket import Resolution

# A part of the money without its amount is no offer one can decide on: the amount stays a placeholder to be filled.
_OPEN = {
    "open_partial_refund": "{partial_amount}",
    "open_voucher": "{voucher_amount}",
    "open_discount": "{discount_amount}",
}
_AS_SENT_AGAIN = frozenset({"wrong_item", "missing_item"})  # where a correction is the right thing sent after


@dataclass(frozen=True, slots=True)
class Offer:
    """One resolution the customer can choose, with its phrases."""

    resolution: Resolution
    do: str  # after "ich kann" / "I can"
    name: str  # "die Erstattung" / "the refund"
    then: str | None = None  # the sentence that tells the day, where `do` does not
    alone: str | None = None  # the same where nothing else is offered
    also: frozenset[str] = frozenset()  # the types of resolution joined to it
    parts: int = 1  # how many things it is that are asked about together

    @property
    def type(self) -> str:
        """The resolution's type."""
        return self.resolution.type

    @property
    def types(self) -> frozenset[str]:
        """The types of resolution it holds."""
        return self.also | {self.resolution.type}


def make_offer(scene: Scene, resolution: Resolution) -> Offer | None:
    """Return a resolution as an offer; None where no phrase can be said."""
    entry = scene.phrases("options")[resolution.type]
    values = {**_OPEN, **resolution_values(scene, resolution)}
    if _several_parts(scene):
        values |= {"part": None, "part_acc": None}  # "the missing", not one of them
    do = scene.say(f"do/{resolution.type}", scene.narrowest(entry, "do_") or entry["do"], values)
    if not do:
        return None
    then, alone = (_arrival(scene, resolution, key) for key in ("then", "then_alone"))
    do = do if then else _dated(do, values["by"], scene)
    return Offer(resolution, do, name_of(scene, resolution.type), then, alone or then)


def name_of(scene: Scene, kind: str) -> str:
    """What a resolution is called for this cause: "die Erstattung", "die Nachlieferung"."""
    entry = scene.phrases("options")[kind]
    return str(scene.narrowest(entry, "name_") or entry["name"])


def _arrival(scene: Scene, resolution: Resolution, key: str) -> str | None:
    """Return the sentence on the day a thing arrives or is done, where one is known."""
    entry: dict[str, Any] = scene.phrases("options")[resolution.type]
    tiers, values = scene.narrowest(entry, f"{key}_") or entry.get(key), resolution_values(scene, resolution)
    return scene.say(f"{key}/{resolution.type}", tiers, values) if tiers and values["by"] else None


def resolution_values(scene: Scene, resolution: Resolution) -> dict[str, str | None]:
    """Return amount and dates of a resolution as the reply writes them."""
    amount = money(resolution.amount, scene.language) if resolution.amount else None
    by = resolution.arrives_by or resolution.by
    return {
        "amount": amount,
        "full_amount": amount if resolution.amount == scene.facts.price else None,
        "by": day_or_none(by, scene.language, scene.facts.today),
        "Name": _capital(name_of(scene, resolution.type)),
    }


def sent_again(scene: Scene) -> frozenset[str]:
    """The types that send something once more; a correction only where the thing itself was wrong or missing."""
    types = frozenset({"replacement", "reshipment"})
    return types | {"correction"} if scene.case.triage.cause in _AS_SENT_AGAIN else types


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _dated(do: str, by: str | None, scene: Scene) -> str:
    """A day that was given is said, whatever the resolution."""
    if by is None or by in do:
        return do
    return f"{do}{scene.pen.render(load('options')['words'][scene.language]['dated'], {'by': by})}"


def _several_parts(scene: Scene) -> bool:
    """Whether the part stands in a list of missing things."""
    part = scene.naming.part
    if part is None:
        return False
    word, joins = re.escape(part.bare), load("small_words")["joins"][scene.language]
    text = " ".join(scene.reading.sentences)
    return re.search(rf"\b{word}\s*(?:,|{joins})\s|(?:{joins})\s(?:[\w-]+\s)?{word}\b", text, re.IGNORECASE) is not None

"""A wrong size or colour: which one was ordered and which one came, from the message and the ordered item's title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from app.drafts.composer.bank import phrases
from app.drafts.composer.scene import Scene

_LONGEST = 2000


@dataclass(slots=True)
class Variant:
    """One side of the mix-up."""

    size: str | None = None
    colour: str | None = None

    def words(self, scene: Scene) -> str | None:
        """Return "Größe 42 in Schwarz", "size 9 in black"; None where nothing is known."""
        data = scene.phrases("variants")
        size = f"{data['size_word']} {self.size}" if self.size else None
        colour = self.colour.capitalize() if self.colour and scene.language == "de" else self.colour
        return f" {data['joined']} ".join(part for part in (size, colour) if part) or None


@dataclass(slots=True)
class Mixup:
    """What was ordered and what came."""

    wanted: Variant = field(default_factory=Variant)
    received: Variant = field(default_factory=Variant)


def mixup(scene: Scene) -> Mixup | None:
    """Return what the ticket tells of a wrong size or colour; None where it tells of none that came."""
    if scene.case.triage.cause != "wrong_item" or not scene.speaks:
        return None
    found = Mixup()
    text = " ".join(scene.case.ticket.customer_messages[-1].text[:_LONGEST].lower().split())
    for clause in re.split(_find(scene.language, "cut"), text):
        _read_clause(clause, found, scene.language)
    if not (found.received.size or found.received.colour):
        return None
    _complete_from_title(found, scene)
    same = found.wanted == found.received
    return None if same or not (found.wanted.size or found.wanted.colour) else found


def mixup_sentence(scene: Scene, told: str) -> str | None:
    """Say ordered and received, unless `told` names both already."""
    found = mixup(scene)
    if found is None:
        return None
    sides = (found.wanted, found.received)
    values = [v.lower() for side in sides for v in (side.size, side.colour) if v]
    if all(re.search(rf"\b{re.escape(value)}", told.lower()) for value in values):
        return None
    wanted, received = (side.words(scene) for side in sides)
    return scene.say("variants", [scene.phrases("variants")["stated"]], {"wanted": wanted, "received": received})


def _read_clause(clause: str, found: Mixup, language: str) -> None:
    """Give each size and colour of a clause to the side its words speak of."""
    instead = _find(language, "instead").search(clause)
    ordered, came = (_find(language, name).search(clause) for name in ("ordered", "came"))
    taken = False
    for at, kind, value in _named(clause, language, bare=bool(instead or ordered or came)):
        if instead:
            after = at > instead.end() and not (taken and came)
            taken = taken or after
            side = found.wanted if after else found.received
        elif ordered or came:
            side = found.wanted if ordered and not came else found.received
        else:
            continue
        if getattr(side, kind) is None:
            setattr(side, kind, value)


def _named(clause: str, language: str, *, bare: bool) -> list[tuple[int, str, str]]:
    """Return (place, "size" or "colour", value) of a clause, in order."""
    sizes = [
        (m.start(), "size", (next(g for g in m.groups() if g)).upper())
        for m in _find(language, "size").finditer(clause)
    ]
    if bare and not sizes:
        sizes = [(m.start(), "size", m["a"].upper()) for m in _find(language, "bare_size").finditer(clause)]
    colours = [(m.start(), "colour", m["c"]) for m in _colours(language).finditer(clause)]
    return sorted(sizes + colours)


def _complete_from_title(found: Mixup, scene: Scene) -> None:
    """What was ordered stands in the order too."""
    order = scene.case.ticket.order
    if order is None or len(order.items) != 1:
        return
    for _, kind, value in _named(order.items[0].title.lower(), scene.language, bare=False):
        if getattr(found.wanted, kind) is None and getattr(found.received, kind) not in (None, value):
            setattr(found.wanted, kind, value)


@cache
def _find(language: str, name: str) -> re.Pattern[str]:
    return re.compile(str(phrases("variants", language)[name]))


@cache
def _colours(language: str) -> re.Pattern[str]:
    data = phrases("variants", language)
    names = "|".join(sorted(data["colours"], key=len, reverse=True))
    return re.compile(rf"\b(?P<c>{names}){data['endings']}\b")

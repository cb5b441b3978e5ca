"""What of the approved is done already: told with its amount and day, and never offered again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.offered import Offer, name_of, resolution_values, sent_again
from app.drafts.composer.pen import join_list
from app.drafts.composer.scene import Scene
from app.ticket import Resolution

# What takes the place of each other: who has one of them can have another only instead.
_WHOLE = frozenset({"refund", "replacement", "reshipment", "repair", "cancellation"})
_PART = frozenset({"partial_refund", "discount"})
_UNDOING = frozenset({"cancellation", "return"})


@dataclass(frozen=True, slots=True)
class Settled:
    """An approved resolution that was carried out; `covers`: the types there is nothing left to offer of."""

    resolution: Resolution
    covers: frozenset[str]

    @property
    def type(self) -> str:
        """The resolution's type."""
        return self.resolution.type


def deeds(scene: Scene) -> list[str]:
    """Return the completed actions by the names we know them by, each once."""
    same: dict[str, str] = load("actions")["same"]
    return list(dict.fromkeys(same.get(key, key) for key in (raw.strip().lower() for raw in scene.case.actions_done)))


def settles(deed: str) -> bool:
    """Whether an action carries out a resolution, and is no mere look at something."""
    return deed in load("settled")["by_action"]


def settled(scene: Scene, approved: list[Resolution]) -> tuple[Settled, ...]:
    """Return what of the approved was carried out, in the order it was done."""
    found: list[Settled] = []
    for deed in deeds(scene):
        kinds = [kind for kind in load("settled")["by_action"].get(deed, ()) if _is_meant(scene, kind, deed)]
        done = [r for kind in kinds for r in approved if r.type == kind and not _is_covered(r, found)]
        if done:
            found.append(Settled(done[0], frozenset(kinds)))
    return tuple(found)


def still_open(approved: list[Resolution], done: tuple[Settled, ...]) -> list[Resolution]:
    """Return the approved of which nothing was carried out; terms of a return go on to the money for it."""
    terms = next((one.resolution.return_ for one in done if one.type == "return"), None)
    left = [r for r in approved if not _is_covered(r, list(done))]
    return [r.model_copy(update={"return_": terms}) if terms and _lacks_terms(r) else r for r in left]


def stands_instead(done: tuple[Settled, ...], choices: tuple[Offer, ...]) -> Settled | None:
    """Return what was done and would be undone by every choice; None where a choice comes on top of it."""
    for one in done:
        others = _others_of(one.type)
        if choices and all(choice.type in others for choice in choices):
            return one
    return None


def takes_its_course(done: tuple[Settled, ...], choices: tuple[Offer, ...]) -> bool:
    """Whether what is left is the money that follows what was done."""
    return bool(_UNDOING & {one.type for one in done}) and all(choice.type == "refund" for choice in choices)


def _others_of(kind: str) -> frozenset[str]:
    """The types that take the place of one."""
    if kind in _PART:
        return frozenset({"refund"})
    if kind == "return":
        return _PART | {"replacement", "reshipment", "repair"}
    if kind == "cancellation":
        return frozenset({"replacement", "reshipment", "repair"})
    return _WHOLE - {kind} - ({"cancellation"} if kind == "refund" else set()) if kind in _WHOLE else frozenset()


def _is_meant(scene: Scene, kind: str, deed: str) -> bool:
    """Whether an action carries out a type here: a correction is more than the thing sent again, or just that."""
    if kind != "correction" or deed in ("order_corrected", "address_changed", "invoice_corrected"):
        return True
    return kind in sent_again(scene)


def _is_covered(resolution: Resolution, done: list[Settled]) -> bool:
    return any(resolution.type in one.covers for one in done)


def _lacks_terms(resolution: Resolution) -> bool:
    return resolution.type == "refund" and resolution.return_ is None


def told(scene: Scene, done: tuple[Settled, ...]) -> list[str]:
    """Return what comes of the deeds: amount and day of each."""
    said = (
        _say(scene, one, "told") for one in done if not (one.type == "return" and "return_received" in deeds(scene))
    )
    return [text for text in said if text]


def followed(scene: Scene, done: tuple[Settled, ...]) -> str | None:
    """Return what the customer can count on should a deed not come to its end."""
    one = next((one for one in reversed(done) if one.type != "return"), done[-1])
    undated = resolution_values(scene, one.resolution)["by"] is None and "follow_undated" in _entry(scene, one)
    return _say(scene, one, "follow_undated" if undated else "follow")


def asked(scene: Scene, done: tuple[Settled, ...]) -> str:
    """Return the question where all is done: whether it suits, or whether anything else is open."""
    for one in done:
        label = one.type == "return" and "return_label_sent" in deeds(scene)
        if question := _say(scene, one, "ask_label" if label else "ask", whole=True):
            return question
    return scene.say("else", [scene.phrases("commit")["anything_else"]]) or ""


def stay_or(scene: Scene, one: Settled, choices: tuple[Offer, ...], words: dict[str, Any]) -> str:
    """Return the question whether it is to stay with what was done."""
    values = {
        "at": str(scene.phrases("options")[one.type]["at"]),
        "a": name_of(scene, one.type),
        "b": join_list([choice.name for choice in choices], words["or"]),
    }
    return scene.say("keep_wish", [words["keep_wish"]], values) or ""


def _entry(scene: Scene, one: Settled) -> dict[str, Any]:
    found: dict[str, Any] = scene.phrases("settled").get(one.type, {})
    return found


def _say(scene: Scene, one: Settled, key: str, *, whole: bool = False) -> str | None:
    """Write a phrase on a deed; its tiers are tried in order, `whole` ones are equal in worth."""
    tiers = _entry(scene, one).get(key)
    if not tiers:
        return None
    return scene.say(f"settled/{key}/{one.type}", [tiers] if whole else tiers, resolution_values(scene, one.resolution))

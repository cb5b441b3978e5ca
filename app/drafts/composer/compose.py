"""Composes the four steps of a reply from the case alone: no model, no network, the same words for the same ticket."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from app.drafts.composer.bank import load
from app.drafts.composer.burden import burden
from app.drafts.composer.complaint import complaint, topic
from app.drafts.composer.done import actions, done
from app.drafts.composer.feelings import feeling
from app.drafts.composer.frames import choose, complete
from app.drafts.composer.notes import added, is_blocked, not_followed
from app.drafts.composer.options import offers, propose
from app.drafts.composer.people import greeting, signature
from app.drafts.composer.question import question
from app.drafts.composer.scene import Scene, set_scene
from app.drafts.model import Case, Steps

_SPACES = re.compile(r"[ \t\n]+")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_SLOT = re.compile(r"\{(\w{1,30})\}")


def compose(case: Case) -> Steps:
    """Return the four steps of a reply to the case, with fact slots still to be filled.

    Writes German and English; any other language gets English. The greeting stands in `acknowledge`, the signature in
    `ask`. Pure and deterministic.
    """
    scene = set_scene(case)
    steps = complete(choose(scene)).steps
    said = _Said(scene, steps)
    ask = said.into(steps.ask)
    return Steps(
        acknowledge=f"{greeting(scene)}\n\n{_after_greeting(said.into(steps.acknowledge), scene)}",
        own=said.into(steps.own),
        propose=said.into(steps.propose),
        ask=f"{ask}\n\n{signature(scene)}".strip(),
    )


def macro_in_use(case: Case) -> str | None:
    """Return the id of the approved macro whose wording `compose` takes, or None where it takes the bank's."""
    frame = choose(set_scene(case))
    return frame.id if any(frame.id == own.id for own in case.frames) else None


def left_undone(case: Case) -> tuple[str, ...]:
    """Return the parts of the request's instruction that `compose` does not follow."""
    return not_followed(set_scene(case)) if case.instruction else ()


class _Said:
    """The composer's own slots in words, each written when a frame asks for it."""

    def __init__(self, scene: Scene, frame: Steps) -> None:
        self._scene = scene
        self._around = _SLOT.sub(" ", frame.acknowledge)
        self._offers = offers(scene)
        self._complaint = _tellable(scene)

    def into(self, text: str) -> str:
        """Put the composer's words into a frame's step; fact slots stay."""
        return _SPACES.sub(" ", _SLOT.sub(lambda m: self._word(m[1], m[0]), text)).strip()

    def _word(self, name: str, otherwise: str) -> str:
        scene = self._scene
        if name == "complaint":
            return self._complaint
        if name == "burden":
            return burden(scene, self._complaint, around=self._around)
        if name in _WRITERS:
            return _WRITERS[name](scene)
        if name == "options":
            return " ".join([propose(scene, self._offers), *added(scene, self._offers)])
        return question(scene, self._offers) if name == "question" else otherwise


def _tellable(scene: Scene) -> str:
    """State the case; where the customer's own words would block the reply, in ours alone."""
    told = complaint(scene)
    return complaint(replace(scene, speaks=False)) if is_blocked(scene, told) else told


_WRITERS: dict[str, Callable[[Scene], str]] = {
    "topic": topic, "feeling": feeling, "done": done,
    "actions": lambda scene: " ".join(actions(scene)),
}  # fmt: skip


def _after_greeting(text: str, scene: Scene) -> str:
    """In German, a sentence after a greeting that ends in a comma begins small, unless its first word is a noun."""
    if scene.language != "de":
        return text
    first = _FIRST_WORD.match(text)
    if first and first[0].lower() in load("people")["small_after_greeting"] and not _is_formal(first[0], scene):
        return text[0].lower() + text[1:]
    return text


def _is_formal(word: str, scene: Scene) -> bool:
    return scene.pen.register == "sie" and word in ("Sie", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "Ihnen")

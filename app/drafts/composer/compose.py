"""Composes the four steps of a reply from the case alone: no model, no network, the same words for the same ticket."""

from __future__ import annotations

import re

from app.drafts.composer.bank import load
from app.drafts.composer.complaint import complaint, topic
from app.drafts.composer.done import done
from app.drafts.composer.frames import choose, complete
from app.drafts.composer.options import offers, propose
from app.drafts.composer.people import greeting, signature
from app.drafts.composer.question import question
from app.drafts.composer.scene import Scene, set_scene
from app.drafts.composer.trouble import is_dangerous
from app.drafts.composer.values import slot_values
from app.drafts.model import Case, Steps

_SPACES = re.compile(r"[ \t\n]+")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_SLOT = re.compile(r"\{(\w{1,30})\}")


def compose(case: Case) -> Steps:
    """Return the four steps of a reply to the case, with fact slots still to be filled.

    Writes German and English; any other language gets English. The greeting stands in `acknowledge`, the signature in
    `ask`. Pure and deterministic.
    """
    scene = set_scene(case, frozenset(slot_values(case)))
    frame = complete(choose(scene))
    said = _written(scene)
    texts = {step: _filled(getattr(frame.steps, step), said) for step in ("acknowledge", "own", "propose", "ask")}
    opening = _after_greeting(texts["acknowledge"], scene)
    return Steps(
        acknowledge=f"{greeting(scene)}\n\n{opening}",
        own=texts["own"],
        propose=texts["propose"],
        ask=f"{texts['ask']}\n\n{signature(scene)}".strip(),
    )


def macro_in_use(case: Case) -> str | None:
    """Return the id of the approved macro whose wording `compose` takes, or None where it takes the bank's."""
    frame = choose(set_scene(case, frozenset()))
    return frame.id if frame in case.frames else None


def _written(scene: Scene) -> dict[str, str]:
    """The composer's own slots in words."""
    found = offers(scene)
    return {
        "complaint": complaint(scene),
        "done": done(scene),
        "options": propose(scene, found),
        "question": question(scene, found),
        "topic": topic(scene),
        "feeling": _feeling(scene),
    }


def _feeling(scene: Scene) -> str:
    """Name the feeling; where somebody could have been hurt, a calm message is worried too."""
    sentiment = scene.case.triage.sentiment
    if sentiment == "calm" and is_dangerous(scene):
        sentiment = "worried"
    return scene.say("feeling", [scene.phrases("feelings")[sentiment]]) or ""


def _filled(text: str, said: dict[str, str]) -> str:
    """Put the composer's words into a frame's step; fact slots stay."""
    return _SPACES.sub(" ", _SLOT.sub(lambda m: said.get(m[1], m[0]), text)).strip()


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

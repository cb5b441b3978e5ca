"""Words from outside that may stand in the reply: notes on resolutions and what an instruction asks to mention.

Each is reviewed by itself before it is used, and again with the whole text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.options import Offer, Offers
from app.drafts.composer.scene import Scene
from app.drafts.context import case_context
from app.ticket import Resolution
from reply_guards.model import Part
from reply_guards.review import review

_STIFF = "tone.bureaucratic"
_PARTS: tuple[Part, ...] = ("compliance", "tone", "language", "grounding")
_MARKS = re.compile(r"[{}\[\]<>|\n\r]")
_LEAST, _MOST = 4, 30  # words of a note


def added(scene: Scene, found: Offers) -> list[str]:
    """Return the sentences to stand after the options: usable notes, each at its offer, and what is to be mentioned."""
    types = [offer.types for offer in found.choices]
    several = len(found.choices) > 1
    out: list[str] = []
    for resolution in scene.case.resolutions:
        offer = next((o for o in found.choices if resolution.type in o.types), None)
        text = note(scene, resolution) if offer or not types else None
        if text:
            out.append(_at(scene, offer, text) if several and offer else text)
    return [*dict.fromkeys(out), *mentioned(scene)]


def note(scene: Scene, resolution: Resolution) -> str | None:
    """Return a resolution's note as a sentence, if it is one that the customer may read."""
    text = " ".join((resolution.note or "").split())
    if not _LEAST <= len(text.split()) <= _MOST or re.search(load("guidance")["internal"], text, re.IGNORECASE):
        return None
    text = f"{text[0].upper()}{text[1:]}" if text[-1] in ".!" else f"{text[0].upper()}{text[1:]}."
    return text if is_safe(scene, text) else None


def mentioned(scene: Scene) -> list[str]:
    """Return what the instruction asks to mention, in a sentence."""
    return [text for that in scene.guidance.mentions if (text := _mention(scene, that))]


def not_followed(scene: Scene) -> tuple[str, ...]:
    """Return the parts of the instruction, and the notes, that the reply does not carry."""
    unsaid = [that for that in scene.guidance.mentions if _mention(scene, that) is None]
    return (*scene.guidance.unknown, *unsaid)


def is_safe(scene: Scene, text: str) -> bool:
    """Whether review finds nothing in the sentence that blocks or warns, nor a question, nor a slot.

    Stiff it may be: it is the agent's own note, and a fact told stiffly is better than one that is not told.
    """
    if _MARKS.search(text) or "?" in text:
        return False
    return not _severities(scene, text) & {"block", "warn"}


def is_blocked(scene: Scene, text: str) -> bool:
    """Whether a piece of the reply would block it."""
    return "block" in _severities(scene, text)


def _severities(scene: Scene, text: str) -> set[str]:
    case = replace(scene.case, language=scene.language)
    found = review(text, case_context(case, None), parts=_PARTS, policy=case.policy).findings
    return {finding.severity for finding in found if finding.rule != _STIFF}


def _mention(scene: Scene, that: str) -> str | None:
    text = scene.pen.render(load("guidance")["said"][scene.language], {"that": that})
    return text if text and is_safe(scene, text) else None


def _at(scene: Scene, offer: Offer, text: str) -> str:
    entry: dict[str, Any] = scene.phrases("options")[offer.type]
    at = str(entry["at"])
    values = {"At": at[0].upper() + at[1:], "note": text}
    return scene.pen.render(load("guidance")["note"][scene.language], values) or text

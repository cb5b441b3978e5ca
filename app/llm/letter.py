"""From a model's four texts to a letter with the house's own greeting and signature."""

from __future__ import annotations

import re

from app.drafts.composer.bank import load
from app.drafts.composer.people import greeting, signature
from app.drafts.composer.scene import set_scene
from app.drafts.model import Case, Steps

_GREETING = re.compile(
    r"(?:sehr geehrte[rs]?|guten (?:tag|morgen|abend)|hallo|liebe[rs]?|moin|servus|grüß (?:gott|dich)|grüezi"
    r"|dear|hello|hi|hey|good (?:morning|afternoon|evening|day))\b[^.!?,\n]{0,60}[,!.:\n]\s{0,10}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\n\s{0,10}(?:(?:mit )?(?:freundliche|herzliche|beste|viele|liebe|schöne)[nr]? gr(?:ü|ue)(?:ß|ss)en?"
    r"|(?:kind|best|warm|warmest|kindest) (?:regards|wishes)|(?:yours )?sincerely|regards|all the best|cheers)\b"
    r"[^?]{0,200}$",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def as_letter(steps: Steps, case: Case) -> Steps:
    """Put the greeting before `acknowledge` and the signature after `ask`, as the composer writes them."""
    scene = set_scene(case)
    opening = _without(_GREETING.match(steps.acknowledge), steps.acknowledge)
    question = _without(_CLOSING.search(steps.ask), steps.ask)
    begin = _small(opening, formal=case.register == "sie") if scene.language == "de" else _capital(opening)
    return Steps(
        acknowledge=f"{greeting(scene)}\n\n{begin}",
        own=steps.own,
        propose=steps.propose,
        ask=f"{question}\n\n{signature(scene)}",
    )


def _without(found: re.Match[str] | None, text: str) -> str:
    """The text without the match, unless nothing would be left."""
    return ((text[: found.start()] + text[found.end() :]).strip() or text) if found else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str, *, formal: bool) -> str:
    """German goes on small after a greeting that ends in a comma, unless the word is a noun or a formal address."""
    first = _FIRST_WORD.match(text)
    if first is None or first[0].lower() not in load("people")["small_after_greeting"]:
        return text
    is_address = formal and first[0] in ("Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer")
    return text if is_address else text[0].lower() + text[1:]

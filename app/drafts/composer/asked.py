"""The customer's question, told back as an indirect one: "wann Ihr Paket kommt", "whether the clock is silent"."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer import question_de, question_en
from app.drafts.composer.bank import phrases
from app.drafts.composer.calm import calmed
from app.drafts.composer.harmless import may_ask
from app.drafts.composer.scene import Scene


def asked(scene: Scene) -> str | None:
    """Return the first question of the customer that can be told back after "Sie möchten wissen,"."""
    if not scene.speaks:
        return None
    questions = [(text, False) for text in scene.reading.questions] + [(text, True) for text in _embedded(scene)]
    for raw, dependent in questions:
        text = calmed(raw, scene.language).rstrip(" ?!.").replace('"', "")
        if may_ask(text, scene.language) and (told := _told(text, scene, dependent=dependent)):
            return told
    return None


def _told(text: str, scene: Scene, *, dependent: bool) -> str | None:
    if scene.language == "de":
        tell = question_de.dependent if dependent else question_de.indirect
        return tell(text, scene.pen.register)
    return question_en.dependent(text) if dependent else question_en.indirect(text)


@cache
def _wondering(language: str) -> re.Pattern[str]:
    """Words of wanting to know, before a word that asks."""
    data = phrases("harmless", language)
    return re.compile(rf"\b(?:{'|'.join(data['wondering'])}),?\s+(?=(?:{'|'.join(data['asking'])})\b)", re.IGNORECASE)


def _embedded(scene: Scene) -> list[str]:
    """Return what follows "I want to know …" up to the clause's end."""
    cuts = [_wondering(scene.language).split(text, maxsplit=1) for text in scene.reading.sentences]
    found = [cut[1] for cut in cuts if len(cut) > 1]
    return [re.split(r"[,;.!?]|\s(?:und|and)\s", rest)[0].strip() for rest in found]

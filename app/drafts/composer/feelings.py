"""Names the feeling: fitting the mood triage heard, what the case is about, and an occasion that was missed."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import phrases
from app.drafts.composer.occasion import occasion
from app.drafts.composer.scene import Scene, group_of
from app.drafts.composer.trouble import is_borne_out, is_dangerous, is_incident

_UPSET = frozenset({"annoyed", "angry", "furious", "worried"})


def feeling(scene: Scene) -> str:
    """Return a sentence on the feeling; where somebody could have been hurt, a calm message is worried too."""
    sentiment = scene.case.triage.sentiment
    if sentiment == "calm" and is_dangerous(scene):
        sentiment = "worried"
    bank = scene.phrases("feelings")
    if is_incident(scene):
        return scene.say("feeling", [bank["incident"]]) or ""
    words = bank[sentiment]
    if sentiment in _UPSET and _has_occasion(scene):
        key = "occasion_worried" if sentiment == "worried" else "occasion"
        return scene.say("feeling", [bank[key]]) or ""
    if sentiment in ("annoyed", "calm") and _is_disappointed(scene):
        return scene.say("feeling", [bank["disappointed"]]) or ""
    cause = scene.case.triage.cause
    kept = words.get(cause) or words.get(group_of(cause)) if is_borne_out(scene) else None
    return scene.say("feeling", [kept or words["default"], words["default"]]) or ""


def is_feeling(text: str, language: str) -> bool:
    """Whether a clause only tells a feeling, which is named in our own words."""
    return _named(language).search(text) is not None


def _has_occasion(scene: Scene) -> bool:
    return scene.speaks and occasion(scene.reading, scene.language, scene.pen.register) is not None


def _is_disappointed(scene: Scene) -> bool:
    if not scene.speaks:
        return False
    text = " ".join(m.text for m in scene.case.ticket.customer_messages).lower()
    return re.search(scene.phrases("told_moods")["disappointed"], text) is not None


@cache
def _named(language: str) -> re.Pattern[str]:
    return re.compile(phrases("told_moods", language)["told"], re.IGNORECASE)

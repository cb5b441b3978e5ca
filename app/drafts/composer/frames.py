"""Frames: the wording around the facts, from an approved macro that fits or from the bank; both go one path."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from app.drafts.composer.bank import phrases
from app.drafts.composer.burden import burden
from app.drafts.composer.feelings import weighs_more
from app.drafts.composer.matters import matter_of
from app.drafts.composer.scene import Scene
from app.drafts.composer.trouble import is_incident
from app.drafts.model import Frame, Steps

COMPOSER_SLOTS: tuple[str, ...] = ("complaint", "done", "options", "question")
# Where a slot goes that a frame does not hold.
_HOME: dict[str, str] = {"complaint": "acknowledge", "done": "own", "options": "propose", "question": "ask"}
_KEPT = {name: "{" + name + "}" for name in (*COMPOSER_SLOTS, "feeling", "topic", "actions", "reply_time", "burden")}
_FOUR_STEPS = ("reply", "boundary")  # kinds that state the case, offer and ask; the others have a shape of their own
_STEPS = ("acknowledge", "own", "propose", "ask")

_FEELING_FIRST = "{feeling} {complaint} {burden}"  # where all wordings of the bank begin with the case
_SENTENCE = re.compile(r"[^.?!]*(?:[.?!]+[“”\"]?|$)\s*")


def bank_frame(scene: Scene) -> Frame:
    """Return the bank's own frame for the scene's cause and kind; the ticket decides between wordings."""
    kind, cause = scene.case.kind, scene.case.triage.cause
    bank = phrases(f"frames_{scene.language}", kind)
    default: dict[str, Any] = bank.get("default", {})
    entry: dict[str, Any] = scene.narrowest(bank) or default
    if is_thanks(scene):
        entry = bank["grateful"]
    if is_incident(scene) and "incident" in bank:
        entry = bank["incident"]  # whatever the cause: first comes whoever was hurt
    if kind == "reply" and entry not in (bank["grateful"], bank["incident"]) and burden(scene):
        entry = {**entry, "acknowledge": bank["burdened"]["acknowledge"]}
    if weighs_more(scene) and (openings := entry.get("acknowledge") or default.get("acknowledge")):
        first = [text for text in openings if text.startswith("{feeling}")]
        entry = {**entry, "acknowledge": first or [_FEELING_FIRST]}
    steps = [scene.say(f"frame/{step}", [entry.get(step) or default.get(step) or [""]], _KEPT) or "" for step in _STEPS]
    name = "grateful" if is_thanks(scene) else cause
    return Frame(f"bank/{scene.language}/{kind}/{name}", cause, scene.language, cause, kind, Steps(*steps))


def is_thanks(scene: Scene) -> bool:
    """Whether the customer only says thank you: nothing to apologise for, nothing to offer."""
    if scene.case.kind != "reply" or scene.reading.wants:
        return False
    return scene.case.triage.sentiment == "grateful" or _is_praise(scene)


def _is_praise(scene: Scene) -> bool:
    """Whether a calm message of no cause thanks and praises, and takes nothing of it back."""
    triage = scene.case.triage
    if not scene.speaks or triage.cause != "other" or triage.sentiment != "calm" or scene.reading.defects:
        return False
    text = scene.case.ticket.customer_messages[-1].text.lower()
    found = scene.phrases("told_moods")
    return all(re.search(found[name], text) for name in ("thanks", "praise")) and not re.search(found["but"], text)


def choose(scene: Scene) -> Frame:
    """Return the first approved frame that fits the case, else the bank's; the bank's where no macro finds the tone."""
    own = is_thanks(scene) or is_incident(scene) or weighs_more(scene)
    for frame in () if own else scene.case.frames:
        if fits(frame, scene):
            return _filled_up(frame, scene)
    return bank_frame(scene)


def _filled_up(frame: Frame, scene: Scene) -> Frame:
    """A macro that words only some of the steps, with the bank's words for the others."""
    own = {step: text for step in _STEPS if (text := getattr(frame.steps, step).strip())}
    return frame if len(own) == len(_STEPS) else replace(frame, steps=replace(bank_frame(scene).steps, **own))


def fits(frame: Frame, scene: Scene) -> bool:
    """Whether a frame may carry this case: language, kind, cause, matter, register, no claim of its own."""
    case = scene.case
    if frame.language != scene.language or frame.kind != case.kind:
        return False
    if frame.cause != case.triage.cause and (frame.cause is not None or case.kind == "reply"):
        return False
    if scene.language == "de" and frame.register not in (None, scene.pen.register):
        return False
    text = " ".join(getattr(frame.steps, step) for step in _STEPS)
    return _knows_matter(frame, text, scene) and not _speaks_otherwise(text, scene) and not _oversteps(text, scene)


def _knows_matter(frame: Frame, text: str, scene: Scene) -> bool:
    """Whether a macro is about what the cause was narrowed to: one for payments knows no demand for a paid one."""
    if frame.cause is None or scene.matter == frame.cause:
        return True
    return matter_of(frame.cause, f"{frame.title} {text}".lower(), frame.language) == scene.matter


def _speaks_otherwise(text: str, scene: Scene) -> bool:
    if scene.language != "de":
        return False
    return bool(_registers()["sie" if scene.pen.register == "du" else "du"].search(text))


@cache
def _registers() -> dict[str, re.Pattern[str]]:
    return {
        "sie": re.compile(r"(?<![.!?:] )(?<!^)\b(?:Sie|Ihnen|Ihr|Ihre[mnrs]?)\b"),
        "du": re.compile(r"\b(?:du|dir|dich|dein(?:e[mnrs]?)?)\b", re.IGNORECASE),
    }


@cache
def _limits(language: str) -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    """Words of each resolution type, and the look of a claimed action."""
    data = phrases("limits", language)
    offers = {kind: re.compile(rf"\b(?:{'|'.join(words)})", re.IGNORECASE) for kind, words in data["offers"].items()}
    return offers, re.compile("|".join(data["claims"]), re.IGNORECASE)


def _oversteps(text: str, scene: Scene) -> bool:
    """Whether a frame's own words offer what may not be offered, or claim an action that was not done."""
    offers, claims = _limits(scene.language)
    allowed = {r.type for r in scene.case.resolutions}
    if any(kind not in allowed and words.search(text) for kind, words in offers.items()):
        return True
    return bool(claims.search(text)) and not scene.case.actions_done


@cache
def _edges(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a greeting at the start and a signature at the end of a macro look like."""
    data = phrases("limits", language)
    greetings, closings = "|".join(data["greetings"]), "|".join(data["closings"])
    begin = re.compile(rf"^\s*(?:{greetings})\b[^.!?\n]{{0,60}}[,!]\s*", re.IGNORECASE)
    return begin, re.compile(rf"\s*\b(?:{closings})\b.{{0,200}}$", re.IGNORECASE | re.DOTALL)


def complete(frame: Frame) -> Frame:
    """Return the frame without greeting, signature and questions of its own, and with every slot of the composer."""
    asked_for = frame.kind in _FOUR_STEPS and not frame.id.endswith("/grateful")
    texts = {step: getattr(frame.steps, step).strip() for step in _STEPS}
    if asked_for:
        texts = {step: _own_words(text) for step, text in texts.items()}
    texts["acknowledge"] = _edges(frame.language)[0].sub("", texts["acknowledge"], count=1)
    texts["ask"] = _edges(frame.language)[1].sub("", texts["ask"], count=1).strip()
    whole = " ".join(texts.values())
    if asked_for:
        texts["acknowledge"] = _weighed(texts["acknowledge"])
        for slot, step in _HOME.items():
            if "{" + slot + "}" not in whole:
                texts[step] = f"{texts[step]} {{{slot}}}".strip()
    return replace(frame, steps=Steps(**texts))


def _weighed(text: str) -> str:
    """A macro knows nothing of earlier messages: what weighs on top is said right after the case."""
    return text if "{burden}" in text else text.replace("{complaint}", "{complaint} {burden}", 1)


def _own_words(text: str) -> str:
    """Drop a macro's own question: which question is asked follows from the case."""
    if "?" not in text:
        return text
    return "".join(s for s in _SENTENCE.findall(text) if "?" not in s or "{" in s).strip()

"""What weighs on top of the case: messages without an answer, how often and how long, or a mistake made again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.drafts.composer.bank import load, phrases
from app.drafts.composer.formats import ordinal
from app.drafts.composer.scene import Scene

_GAP = r"(?:\s(?!\w*mal\b|twice\b)[\w-]{1,20}){0,4}?"
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 4000
_BARE = 10  # words of a sentence that only counts messages
_AGAIN = {"zweiten": 2, "dritten": 3, "vierten": 4, "second": 2, "third": 3, "fourth": 4}
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class Contacts:
    """How often and how long the customer has tried to reach us, in words; None where the message does not say."""

    called: str | None
    wrote: str | None
    nth: int | None  # "third time" → 3, counting this message
    wait: str | None
    silent: bool


def burden(scene: Scene, told: str = "", *, around: str = "") -> str:
    """Name and apologise for the silence or the repetition; empty where nothing weighs.

    `told`: what the reply says before it; `around`: the frame's own words, which may apologise already.
    """
    if not scene.speaks or scene.case.triage.sentiment == "grateful":
        return ""
    apologised = _find(scene.language, "apology").search(around.lower()) is not None
    words = scene.phrases("burden")
    words = words["plain"] if apologised else words
    return _silence(scene, words) or _again(scene, words, told) or ""


def contacts(scene: Scene) -> Contacts:
    """Read the newest message for calls, messages, silence and waiting."""
    lines = _lines(scene)
    silent = [line for line in lines if _is_silence(line, scene.language)]
    called, wrote = (_times(lines, name, scene.language) for name in ("called", "wrote"))
    count = scene.reading.contact_count or 0
    return Contacts(
        called=called,
        wrote=wrote,
        nth=count if count > 1 and not wrote and not called else None,
        wait=_wait(silent, scene),
        silent=bool(silent) and not _was_answered(scene),
    )


def is_about_contacts(text: str, language: str) -> bool:
    """Whether a sentence says no more than that was written, called or not answered."""
    low = text.lower()
    if _is_silence(low, language):
        return True
    if len(low.split()) <= _BARE and _find(language, "writing").search(low) and _find(language, "again").search(low):
        return True  # "I am writing for the third time"
    return any(_find(language, name).search(low) for name in ("called", "wrote"))


def _silence(scene: Scene, words: Mapping[str, Any]) -> str | None:
    found = contacts(scene)
    nth = ordinal(found.nth, scene.language) if found.nth else None
    values = {
        "called": found.called, "wrote": found.wrote, "wait": found.wait, "nth": nth,
        "nth_f": nth.removesuffix("n") if nth else None,
    }  # fmt: skip
    for key in _keys(found):
        return scene.say(f"burden/{key}", [words[key]], values)
    return None


def _keys(found: Contacts) -> list[str]:
    """The sentences that fit, fullest first."""
    ways = [
        ("called_wrote", found.called and found.wrote and found.silent),
        ("called", found.called),
        ("wrote_silent", found.wrote and found.silent),
        ("wrote", found.wrote),
        ("nth_wait", found.nth and found.wait and found.silent),
        ("nth_silent", found.nth and found.silent),
        ("wait", found.wait and found.silent),
        ("silent", found.silent),
        ("nth", found.nth),
    ]
    return [key for key, holds in ways if holds]


def _again(scene: Scene, words: Mapping[str, Any], told: str) -> str | None:
    """The same mistake once more, which is said in other words where the customer's own have said it."""
    if scene.case.triage.cause not in load("burden")["repeatable"]:
        return None
    writing, again = _find(scene.language, "writing"), _find(scene.language, "again")
    found = next((hit for line in _lines(scene) if not writing.search(line) and (hit := again.search(line))), None)
    if found is None:
        return None
    if again.search(told.lower()):
        return scene.say("burden/again_said", [words["again_said"]])
    nth = ordinal(_AGAIN.get(found["o"] or "", 0), scene.language)
    return scene.say("burden/again", [words["again_nth"], words["again"]], {"nth": nth})


def _lines(scene: Scene) -> list[str]:
    reading = scene.reading
    text = scene.case.ticket.customer_messages[-1].text[:_LONGEST]
    if reading.addresses_assistant:
        text = "\n".join(reading.sentences)  # without what speaks to a machine
    return [line.lower() for line in _ENDS.split(" ".join(text.split(" "))) if line.strip()]


def _is_silence(line: str, language: str) -> bool:
    if _find(language, "others").search(line) or _find(language, "condition").search(line):
        return False
    return _find(language, "silent").search(line) is not None


def _was_answered(scene: Scene) -> bool:
    """Whether somebody of ours has written in this thread."""
    return any(message.author == "agent" for message in scene.case.ticket.messages)


def _wait(silent: list[str], scene: Scene) -> str | None:
    """The span of the reading, if it stands in a sentence on the silence and is not that of the trouble."""
    since = scene.values["since"]
    if not since or scene.reading.since_kind == "point":
        return None
    stems = [word[:4].lower() for word in _WORD.findall(since)][1:]
    thing = _find(scene.language, "thing")  # who waits for the parcel does not wait that long for an answer
    waited = any(stems and all(stem in line for stem in stems) and not thing.search(line) for line in silent)
    return since if waited else None


def _times(lines: list[str], name: str, language: str) -> str | None:
    data = phrases("burden", language)
    for line in lines:
        if _find(language, "others").search(line) or not (found := _find(language, name).search(line)):
            continue
        groups = found.groupdict()
        return str(data["times"].get(groups.get("n") or "") or data["notes"].get(groups.get("m") or "") or "") or None
    return None


@cache
def _find(language: str, name: str) -> re.Pattern[str]:
    data = phrases("burden", language)
    counts = "|".join(sorted(map(re.escape, data["times"]), key=len, reverse=True))
    return re.compile(str(data["find"][name]).strip().replace("TIMES", counts).replace("GAP", _GAP))

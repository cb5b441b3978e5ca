"""How the customer feels, and how strongly: a ladder from calm to furious, with worry and gratitude beside it.

Few customers name their anger. So it is summed up from what they do: insist, repeat, quote promises back, ask questions
that are none, threaten, shout; and taken down by courtesy. The weights are sums of small signs, each kind with a limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.triage.context import happened, negated, signs
from app.triage.escalation import announced
from app.triage.language import is_common
from app.triage.lexicon import Hit, Scan
from app.triage.model import Sentiment
from app.triage.phrases import says
from app.triage.words import fold

_STEPS: tuple[tuple[float, Sentiment], ...] = ((0.85, "furious"), (0.45, "angry"), (0.17, "annoyed"))
BANDS: Mapping[Sentiment, tuple[float, float]] = {
    "calm": (0.0, 0.16), "annoyed": (0.17, 0.44), "angry": (0.45, 0.84), "furious": (0.85, 1.0),
}  # fmt: skip
# What one sign adds, and what all signs of its kind add at most.
_SIGNS: Mapping[str, tuple[float, float]] = {
    "annoyed": (0.12, 0.36),
    "angry": (0.2, 0.8),
    "furious": (0.4, 1.0),
    "let_down": (0.06, 0.22),
    "demand": (0.07, 0.18),
    "sarcasm": (0.2, 0.3),
    "courtesy": (-0.035, -0.1),
    "soft": (-0.06, -0.16),
}
_COUNTED = {"grateful": 0.1, "worried": 0.1, "need": 0.1}  # other moods, per point of weight
_THREATS = {"lawyer": 0.3, "police": 0.3, "press": 0.25, "social": 0.25, "marketplace_claim": 0.28, "chargeback": 0.28,
            "bad_review": 0.18, "leaving": 0.12}  # fmt: skip
_TROUBLED = 0.1
_ATTACK = 0.45
_INCIDENT = 0.2
_ACRONYM = 4  # capitals up to this length may be a name (DHL, UPS, USB), unless the word is a common one
_RAGE = re.compile(r"[😠😡🤬👿💢🖕]")
_JOY = re.compile(r"[😊😀😃😄🙏❤💕👍🥰]|[:;]-?\)")
_CAPITALS = re.compile(r"\b[A-ZÄÖÜ]{2,40}\b")
_SHOUT = re.compile(r"[!?]{2,}")
_QUOTED = re.compile(r"[\"“„»][^\"“”„«»\n]{2,80}[\"”“«]")


@dataclass(frozen=True, slots=True)
class Mood:
    """A sentiment with its intensity, 0 (none) to 1 (as strong as words get)."""

    sentiment: Sentiment
    intensity: float


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known around the words: a problem is reported, the reader attacked, how often and how long it goes on."""

    trouble: bool
    abusive: bool = False
    contacts: int = 1
    waiting: bool = False


def mood(scan: Scan, text: str, situation: Situation) -> Mood:
    """Judge a message in its situation; praise is doubted where a problem is reported."""
    sums = _sums(scan)
    anger = _anger(scan, text, sums, situation)
    worry = sums["worried"] + (sums["need"] if situation.trouble else 0.0)
    for least, name in _STEPS:
        if anger >= least and not (name == "annoyed" and worry > anger + 0.05):
            return Mood(name, round(min(1.0, anger), 2))
    thanks = sums["grateful"] + (0.1 if _JOY.search(text) else 0.0)
    if thanks >= 0.3 and (not situation.trouble or signs(scan, "solved")):  # noqa: PLR2004 - more than one "thanks"
        return Mood("grateful", round(min(1.0, thanks), 2))
    if worry >= 0.2:  # noqa: PLR2004 - a clear word of worry
        return Mood("worried", round(min(1.0, 0.2 + worry / 2), 2))
    return Mood("calm", round(max(0.0, anger), 2))


def _sums(scan: Scan) -> dict[str, float]:
    """Points per mood, each place counted once; negated words are out ("not happy" is a phrase of its own)."""
    sums = dict.fromkeys((*_SIGNS, *_COUNTED), 0.0)
    polite = [h for h in scan.of("moods") if h.key == "advance_thanks"]
    seen: set[tuple[str, int, int]] = set()
    for hit in sorted(scan.of("moods"), key=lambda h: -h.weight):
        place = (hit.key, hit.sentence, hit.last)
        if place in seen or hit.key == "advance_thanks" or negated(scan, hit):
            continue
        if hit.key == "grateful" and any(_overlap(hit, p) for p in polite):
            continue
        seen.add(place)
        sums[hit.key] = sums.get(hit.key, 0.0) + (_COUNTED[hit.key] * hit.weight if hit.key in _COUNTED else 1.0)
    return sums


def _overlap(one: Hit, other: Hit) -> bool:
    return one.sentence == other.sentence and one.first <= other.last and other.first <= one.last


def _anger(scan: Scan, text: str, sums: Mapping[str, float], situation: Situation) -> float:
    strong = sum(_limited(kind, sums[kind]) for kind in ("annoyed", "angry", "furious"))
    strong += max((_THREATS.get(h.key, 0.0) for h in announced(scan)), default=0.0)
    strong += (0.25 if _RAGE.search(text) else 0.0) + (_ATTACK if situation.abusive else 0.0)
    if not situation.trouble and not strong:
        return 0.0
    anger = strong + _loudness(scan, text) + _limited("sarcasm", sums["sarcasm"])
    if situation.trouble:
        anger += _TROUBLED + _limited("let_down", sums["let_down"]) + _history(situation) + _pointed(scan, text)
        anger += _limited("demand", sums["demand"]) + (
            _INCIDENT if any(h.key != "care" for h in happened(scan, "incidents")) else 0.0
        )
    return anger + _limited("courtesy", sums["courtesy"]) + _limited("soft", sums["soft"])


def _limited(kind: str, count: float) -> float:
    each, limit = _SIGNS[kind]
    total = each * count
    return max(total, limit) if each < 0 else min(total, limit)


def _history(situation: Situation) -> float:
    """Writing again and waiting long wear patience out."""
    return min(0.2, 0.09 * (situation.contacts - 1)) + (0.08 if situation.waiting else 0.0)


def _pointed(scan: Scan, text: str) -> float:
    """Questions that are none, and promises quoted back."""
    questions = sum(says(s.text, "rhetorical") for s in scan.sentences if s.text.endswith("?"))
    return min(0.24, 0.12 * questions) + min(0.12, 0.06 * len(_QUOTED.findall(text[:5000])))


def _loudness(scan: Scan, text: str) -> float:
    """Capitals and runs of exclamation marks."""
    marks = min(0.2, 0.07 * len(_SHOUT.findall(text)) + 0.03 * text.count("!"))
    loud = sum(1 for raw in _CAPITALS.findall(text[:20_000]) if len(raw) > _ACRONYM or is_common(fold(raw)))
    if loud > 3 and loud > sum(len(s.words) for s in scan.sentences) // 2:  # noqa: PLR2004 - a message written in capitals
        return marks + 0.4
    return marks + min(0.24, 0.09 * loud)

"""How the customer feels, and how strongly: a ladder from calm to furious, with worry and gratitude beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.triage.context import negated, signs
from app.triage.lexicon import Hit, Scan
from app.triage.model import Sentiment

_STEPS: tuple[tuple[float, Sentiment], ...] = ((0.8, "furious"), (0.42, "angry"), (0.16, "annoyed"))
_PER = {"annoyed": 0.13, "angry": 0.21, "furious": 0.4}
_CAPS = {"annoyed": 0.36}  # many small signs never make more than this
_THREATS = {"lawyer": 0.25, "police": 0.25, "press": 0.2, "social": 0.2, "marketplace_claim": 0.2, "chargeback": 0.2,
            "bad_review": 0.15, "leaving": 0.12}  # fmt: skip
_ACRONYM = 4  # capitals up to this length may be a name (DHL, UPS, USB)
_RAGE = re.compile(r"[😠😡🤬👿💢🖕]")
_JOY = re.compile(r"[😊😀😃😄🙏❤💕👍🥰]")
_SHOUT = re.compile(r"[!?]{2,}")


@dataclass(frozen=True, slots=True)
class Mood:
    """A sentiment with its intensity, 0 (none) to 1 (as strong as words get)."""

    sentiment: Sentiment
    intensity: float


def mood(scan: Scan, text: str, *, trouble: bool, abusive: bool) -> Mood:
    """Judge a message; `trouble` says that it reports a problem (praise is then doubted), `abusive` that it attacks."""
    sums = _sums(scan)
    anger = _anger(scan, text, sums, trouble=trouble) + (0.45 if abusive else 0.0)
    for least, name in _STEPS:
        if anger >= least:
            if name == "annoyed" and sums["worried"] > anger:
                break
            return Mood(name, round(min(1.0, anger), 2))
    thanks = sums["grateful"] + (0.2 if _JOY.search(text) else 0.0)
    if thanks >= 0.3 and anger < 0.1 and (not trouble or signs(scan, "solved")):  # noqa: PLR2004 - more than one "thanks"
        return Mood("grateful", round(min(1.0, thanks), 2))
    if sums["worried"] >= 0.2:  # noqa: PLR2004 - one clear word of worry
        return Mood("worried", round(min(1.0, 0.2 + sums["worried"] / 2), 2))
    return Mood("calm", round(min(0.15, anger), 2))


def _sums(scan: Scan) -> dict[str, float]:
    """Weight per mood, each place counted once and negations ("not happy" is a phrase of its own) taken out."""
    sums = dict.fromkeys(("annoyed", "angry", "furious", "worried", "grateful", "sarcasm", "hurry"), 0.0)
    polite = [(h.sentence, h.first, h.last) for h in scan.of("moods") if h.key == "advance_thanks"]
    seen: dict[tuple[int, int], Hit] = {}
    for hit in scan.of("moods"):
        if hit.key == "advance_thanks" or (hit.key == "grateful" and _inside(hit, polite)) or negated(scan, hit):
            continue
        if hit.key in {"sarcasm", "grateful", "worried", "hurry"}:
            sums[hit.key] += 0.1 * hit.weight
            continue
        place = (hit.sentence, hit.last)
        if place not in seen or seen[place].weight < hit.weight:
            seen[place] = hit
    for hit in seen.values():
        sums[hit.key] += _PER[hit.key]
    return sums


def _inside(hit: Hit, spans: list[tuple[int, int, int]]) -> bool:
    return any(s == hit.sentence and first <= hit.last and hit.first <= last for s, first, last in spans)


def _anger(scan: Scan, text: str, sums: dict[str, float], *, trouble: bool) -> float:
    anger = min(_CAPS["annoyed"], sums["annoyed"]) + sums["angry"] + sums["furious"]
    if trouble or anger:
        anger += 1.2 * sums["sarcasm"]
    anger += max((_THREATS.get(h.key, 0.0) for h in scan.of("threats") if not negated(scan, h)), default=0.0)
    if anger or trouble:
        anger += _loudness(scan, text) + (0.05 if sums["hurry"] else 0.0)
    return anger + (0.25 if _RAGE.search(text) else 0.0)


def _loudness(scan: Scan, text: str) -> float:
    """Capitals and runs of exclamation marks."""
    marks = min(0.2, 0.06 * len(_SHOUT.findall(text)) + 0.02 * text.count("!"))
    words = [s.raw(i) for s in scan.sentences for i in range(len(s.words))]
    long = [w for w in words if len(w) > _ACRONYM and w.isalpha()]
    loud = sum(w.isupper() for w in long)
    share = loud / len(long) if long else 0.0
    if share > 0.5 and loud > 2:  # noqa: PLR2004 - a message written in capitals
        return marks + 0.3
    return marks + min(0.2, 0.08 * loud)

"""The scorecard a support team's quality reviewers use, computed: parts and weights are in `scorecard.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

import yaml

from eval.metrics.base import Measured, Scene, Sort

_GREETING = re.compile(
    r"\W{0,3}(?:guten|hallo|hi\b|liebe|lieber|sehr geehrt|moin|hello|dear|good (?:morning|day))", re.IGNORECASE
)
_DOUBLED = re.compile(r"\b([^\W\d_]{3,}) \1\b")
_SLIPS = (
    re.compile(r"[^\W\d_] [,;!?](?=\s|$)"),  # a space before a mark
    re.compile(r"[a-zäöüß][.!?] [a-zäöüß]"),  # a sentence that begins small
    re.compile(r",[^\s\d\"'”“)]"),  # none after a comma
    re.compile(r"[^\S\n]{2,}(?=\S)"),
)
_FULL = 50.0
_TITLES = frozenset({"Frau", "Herr", "Dr.", "Prof.", "Mr", "Mrs", "Ms", "Mr.", "Mrs.", "Ms."})
_OFFERS = {
    "refund": r"erstatt|zurückzahl|geld zurück|refund|money back|reimburs",
    "partial_refund": r"erstatt|teilbetrag|refund|part of the",
    "replacement": r"ersatz|neue[nrs]?\b|austausch|umtausch|replac|new one|exchange",
    "repair": r"reparatur|reparier|repair",
    "return": r"rücksend|retour|zurückschick|zurücksend|return|send (?:it|them) back",
    "reshipment": r"erneut|noch einmal|neu(?:es)? (?:paket|versand)|nochmals?|ersatz|resend|again|new parcel|replac",
    "cancellation": r"storn|cancel",
    "correction": r"korrig|berichtig|änder|richtigstell|correct|chang|amend",
    "voucher": r"gutschein|voucher|credit",
    "discount": r"rabatt|nachlass|preis|discount|off the price",
    "invoice": r"rechnung|invoice",
    "investigation": r"nachforsch|prüf|klär|kläre|suchauftrag|investigat|look into|trace|check",
    "information": r"",
}
_VOWELS = re.compile(r"[aeiouyäöü]+", re.IGNORECASE)


class Scorecard:
    """Weighted marks for what a quality reviewer looks at, 0 to 100."""

    name, title = "quality.scorecard", "QA scorecard"
    sort: ClassVar[Sort] = "number"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """The reason lists the parts."""
        if not scene.text:
            return Measured(0.0, "no text")
        marks = {name: mark for name, part in _PARTS.items() if (mark := part(scene)) is not None}
        weights = _weights()
        total = sum(weights[name] for name in marks)
        value = sum(weights[name] * mark for name, mark in marks.items()) / total if total else 0.0
        return Measured(float(value), ", ".join(f"{name} {mark:.0f}" for name, mark in marks.items()))


@cache
def _weights() -> dict[str, float]:
    told = yaml.safe_load((Path(__file__).parent / "scorecard.yaml").read_text(encoding="utf-8"))
    return {name: float(weight) for name, weight in told.items()}


def _solution(scene: Scene) -> float | None:
    """Any one of the offers named; None where nothing may be offered."""
    offered = [r.type for r in scene.request.resolutions or () if _OFFERS[r.type]]
    if not offered or scene.request.kind != "reply":
        return None
    named = [o for o in offered if re.search(_OFFERS[o], scene.text, re.IGNORECASE)]
    return 100.0 * len(named) / len(offered)


def _empathy(scene: Scene) -> float | None:
    return float(scene.draft["score"]["empathy"])


def _greeting(scene: Scene) -> float | None:
    first = scene.text.lstrip().split("\n", 1)[0]
    name = scene.request.ticket.customer.name
    named = not name or any(part in first for part in name.split() if part not in _TITLES)
    return 50.0 * bool(_GREETING.match(first)) + 50.0 * named


def _closing(scene: Scene) -> float | None:
    """One question; the agent's name at the end where it is known."""
    agent = scene.request.agent.name
    signed = not agent or agent in scene.text[-80:]
    asked = scene.text.count("?") == 1 if scene.request.kind == "reply" else True
    return 50.0 * asked + 50.0 * signed


def _spelling(scene: Scene) -> float | None:
    slips = len(_DOUBLED.findall(scene.text)) + sum(len(p.findall(scene.text)) for p in _SLIPS)
    return max(0.0, 100.0 - 25.0 * slips)


def _readability(scene: Scene) -> float | None:
    return min(100.0, 100.0 * max(0.0, reading_ease(scene.text, scene.draft["language"])) / _FULL)


def reading_ease(text: str, language: str) -> float:
    """Flesch's reading ease, for German with Amstad's constants; syllables are counted as groups of vowels."""
    words = re.findall(r"[^\W\d_]+", text)
    sentences = max(1, len(re.findall(r"[.!?:]+(?=\s|$)", text)))
    if not words:
        return 0.0
    length = len(words) / sentences
    syllables = sum(max(1, len(_VOWELS.findall(w))) for w in words) / len(words)
    return 180 - length - 58.5 * syllables if language == "de" else 206.835 - 1.015 * length - 84.6 * syllables


_PARTS: dict[str, Callable[[Scene], float | None]] = {
    "solution": _solution, "empathy": _empathy, "greeting": _greeting, "closing": _closing, "spelling": _spelling,
    "readability": _readability,
}  # fmt: skip

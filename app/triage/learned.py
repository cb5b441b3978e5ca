"""What a learned opinion adds to the rules of mood: people are rarely annoyed in the words lists know.

A linear model over words, their pieces, and what the rules found (`training/moods.py` learns it). Anger that the rules
measured is not talked down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import get_args

from app.ticket import Cause
from app.triage.classifier import FOLDER, Model, read_model
from app.triage.lexicon import Scan
from app.triage.model import Sentiment, Wish
from app.triage.sentiment import BANDS, Mood

MODEL = FOLDER / "moods.npz"
MOODS: tuple[Sentiment, ...] = get_args(Sentiment)
_LADDER: tuple[Sentiment, ...] = ("calm", "annoyed", "angry", "furious")
_UNDECIDED: frozenset[Sentiment] = frozenset({"calm", "worried"})


def signs(
    scan: Scan, cause: Cause, feeling: Mood, wanted: Iterable[Wish], more: Mapping[str, float]
) -> dict[str, float]:
    """What the rules found, as features; `more` holds further ones by name."""
    found = {f"C:{cause}": 1.0, f"M:{feeling.sentiment}": 1.0, "A": 2 * feeling.intensity, **more}
    found |= {f"V:{wish}": 1.0 for wish in wanted}
    found |= {f"W:{h.key}": 1.0 for lexicon in ("wishes", "asks") for h in scan.of(lexicon)}
    found |= {f"K:{h.key}": 1.0 for h in scan.of("moods")}
    text = " ".join(s.text for s in scan.sentences)
    found["!"] = min(2.0, text.count("!") / 2)
    found["?"] = min(2.0, text.count("?") / 2)
    return found


def feels(odds: Mapping[str, float], feeling: Mood) -> Mood:
    """The likeliest mood, with the rules' intensity moved into its band; their anger is not talked down."""
    best = max(MOODS, key=lambda mood: odds[mood])
    if best in _UNDECIDED - {feeling.sentiment} and feeling.sentiment in {"calm", "worried"}:
        return _moved(feeling, best)
    if best in _LADDER and feeling.sentiment in _LADDER and _LADDER.index(best) > _LADDER.index(feeling.sentiment):
        return _moved(feeling, best)
    return feeling


def _moved(feeling: Mood, mood: Sentiment) -> Mood:
    low, high = BANDS.get(mood, (0.2, 1.0))
    return Mood(mood, round(min(high, max(low, feeling.intensity)), 2))


def opinion(scan: Scan, found: Mapping[str, float]) -> dict[str, float]:
    """Points of each mood; the highest is the likeliest."""
    model = _model()
    return dict(zip(model.labels, model.total(scan.sentences, found).tolist(), strict=True))


@cache
def _model() -> Model:
    return read_model(MODEL)

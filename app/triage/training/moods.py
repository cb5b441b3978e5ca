"""Learns moods from the labelled lines, with what the rules find in them as signs; called by `train.py`.

Where a line names two moods, each is half right. The cause model must have been written before.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from app.ticket import Ticket
from app.triage import learned, service
from app.triage.training.train import LANGUAGES, Course, Labelled, counts, labelled_examples
from app.triage.training.train import learned as model_of

LABELS: list[str] = list(learned.MOODS)
_NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def train(lines: list[tuple[Labelled, str]]) -> dict[str, Any]:
    """The model file's content, from (line, its language)."""
    import numpy as np

    truth = np.zeros((len(lines), len(LABELS)), np.float32)
    for row, (line, _) in enumerate(lines):
        for mood in line.moods:
            truth[row, LABELS.index(mood)] = 1 / len(line.moods)
    features = [_features(line.text, language) for line, language in lines]
    return model_of(features, truth, LABELS, Course(steps=220, decay=1e-4))


def write() -> None:
    """Train on all lines and write the file."""
    import numpy as np

    lines = [(line, language) for language in LANGUAGES for line in labelled_examples(language)]
    np.savez_compressed(learned.MODEL, **train(lines))


def _features(text: str, language: str) -> dict[str, float]:
    """What triage would show the model: overheard where it asks for its opinion."""
    heard: dict[str, float] = {}

    def listen(scan: Any, found: dict[str, float]) -> dict[str, float]:  # noqa: ANN401 - a scan
        heard.update(counts(scan) | found)
        return dict.fromkeys(LABELS, 0.0)

    message = {"author": "customer", "text": text}
    ticket = Ticket.model_validate({"channel": "chat", "language": language, "messages": [message]})
    with patch.object(learned, "opinion", listen):
        service.triage(ticket, now=_NOW)
    return heard

"""When an answer is due on a channel, and when it should be out."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.triage.model import Sentiment

# Hours a channel gives a seller, counted from the customer's newest message.
_LIMITS = {"kaufland": 48, "walmart": 48}
_DEFAULT = 24
_AIMS: dict[Sentiment, int] = {"furious": 3, "angry": 3, "annoyed": 6, "worried": 6, "calm": 12, "grateful": 24}


def due(channel: str, sentiment: Sentiment, start: datetime) -> tuple[datetime, datetime]:
    """(the channel's limit, the earlier aim), both counted from `start`."""
    limit = start + timedelta(hours=_LIMITS.get(channel.lower(), _DEFAULT))
    return limit, min(limit, start + timedelta(hours=_AIMS[sentiment]))

"""What a review tells of a text, for tests that ask only which rules it breaks."""

from __future__ import annotations

from reply_guards.model import Context
from reply_guards.review import review


def rules_of(text: str, channel: str = "amazon", **context: object) -> set[str]:
    """The rules a text breaks, hints left out."""
    return {f.rule for f in review(text, Context(channel=channel, **context)).findings if f.severity != "info"}  # type: ignore[arg-type]

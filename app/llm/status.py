"""What a provider's status and headers mean, whichever client heard them."""

from __future__ import annotations

from collections.abc import Sequence

from app.llm.client import FinishReason, ModelRefused, default_reason

TIMEOUTS = frozenset({408, 504})
TOO_MANY, SERVER_ERRORS = 429, 500
NO_KEY = "not-needed"  # OpenAI-compatible servers at home ask for no key, but a header has to say something
_FINISH: dict[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "filtered"}


def finish_reason(said: str | None) -> FinishReason:
    """Why an answer ended, in our words."""
    return _FINISH.get(said or "", "other")


def seconds(header: object) -> float | None:
    """A `Retry-After` in seconds; None where it is missing or no number."""
    try:
        return max(0.0, float(str(header)))
    except ValueError:
        return None


def refused(missing: Sequence[str], *, status: int | None, detail: str) -> ModelRefused:
    """A refusal that names the variables that are not set."""
    hint = f" Not set: {', '.join(missing)}." if missing else ""
    return ModelRefused(default_reason(ModelRefused) + hint, status=status, detail=detail)

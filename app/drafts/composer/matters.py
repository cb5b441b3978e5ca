"""What narrows a cause down: a late parcel may be there by now, a failed payment be a demand for one long made."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import load


def matter_of(cause: str, told: str, language: str) -> str:
    """Return the matter of a cause that a message in small letters shows; the cause itself where it shows none."""
    return next((name for name, shown in _matters(cause, language) if shown.search(told)), cause)


@cache
def _matters(cause: str, language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    known = load("matters").items()
    return tuple((name, re.compile("".join(it[language].split()))) for name, it in known if cause in it["of"])

"""Small text helpers every room may use."""

from __future__ import annotations

import re

# PostgreSQL stores no NUL, UTF-8 no lone surrogate; other C0/C1 controls have no place in a message either.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def reject_unstorable(text: str) -> str:
    """Return the text unchanged, or raise ValueError naming the first control character or lone surrogate in it."""
    if bad := _UNSTORABLE.search(text):
        msg = f"holds the character U+{ord(bad.group()):04X} at position {bad.start()}; remove control characters"
        raise ValueError(msg)
    return text

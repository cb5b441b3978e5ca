"""Whose words stand in quotation marks: „…“, schreiben Sie."""

from __future__ import annotations

import re

from reply_guards.text import Reply

_NEAR = 40  # characters between who says it and the quotation
_MOST = 0.3  # share of a sentence from which on it is the customer who speaks
_SAID_AFTER = re.compile(
    r"[\s,.:–-]{0,4}(?:(?:so )?(?:schreib|schrieb|sag|frag|mein)\w* (?:sie|du)"
    r"|(?:is what )?you (?:write|wrote|say|said|ask|asked))\b",
    re.IGNORECASE,
)
_SAID_BEFORE = re.compile(
    r"\b(?:(?:sie|du) (?:schreib|schrieb|sag|frag|mein)\w*|(?:ihr|dein)\w{0,2} (?:satz|frage|worte?|zeile|nachricht)"
    r"|you (?:write|wrote|say|said|ask|asked)|your (?:words?|question|line|message|sentence))[^.!?]{0,12}$",
    re.IGNORECASE,
)


def is_the_customers(reply: Reply, start: int, end: int) -> bool:
    """Whether a large part of an original span is a quotation that is said to be the customer's."""
    told = (
        min(closed, end) - max(opened, start)
        for opened, closed in reply.quoting(start, end)
        if _SAID_BEFORE.search(reply.original, max(0, opened - _NEAR), opened)
        or _SAID_AFTER.match(reply.original, closed)
    )
    return sum(told) > (end - start) * _MOST

"""Whose words stand in quotation marks: „…“, schreiben Sie."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reply_guards.text import Reply

_NEAR = 40  # characters between who says it and the quotation
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
    """Whether an original span lies in a quotation that is said to be the customer's."""
    return any(opened <= start and end <= closed for opened, closed in _customers(reply, start, end))


def without_the_customers(reply: Reply, start: int, end: int) -> str | None:
    """An original span without the quotations that are said to be the customer's; None where there is none."""
    quotations = sorted(_customers(reply, start, end))
    if not quotations:
        return None
    edges = [start, *(min(max(place, start), end) for quotation in quotations for place in quotation), end]
    return " ".join(reply.original[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def _customers(reply: Reply, start: int, end: int) -> Iterator[tuple[int, int]]:
    for opened, closed in reply.quoting(start, end):
        before = _SAID_BEFORE.search(reply.original, max(0, opened - _NEAR), opened)
        if before or _SAID_AFTER.match(reply.original, closed):
            yield opened, closed

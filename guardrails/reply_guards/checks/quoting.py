"""Whose words are told back: „…“, schreiben Sie; "you mentioned that …"."""

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


# "You mentioned you'd be leaving one star": told back, unless something is wished for in the same breath.
_RETOLD = re.compile(
    r"(?:(?:hello|hi|dear|hallo)[^,]{0,30}, )?(?:"
    r"you (?:also )?(?:mentioned|said|wrote|told|say|write|asked|offered|suggested|proposed|wondered|were asking)(?!\w)"
    r"|(?:sie|du) (?:schreib\w{1,3}|schrieb\w{0,3}|erwaehn\w{1,4}|frag\w{1,4}|bieten|boten|schlagen|schlugen)(?!\w)"
    r"|(?:sie haben|du hast) (?:[^,.]{1,40} )?"
    r"(?:geschrieben|erwaehnt|angekuendigt|gefragt|angeboten|vorgeschlagen|gebeten)(?!\w))"
)
_WISHED = re.compile(
    r"(?<!\w)(?:please|kindly|could|would (?:you|be|love|mean|help|like)|can you|will you|let's|hope\w*|happy|glad|love"
    r"|reconsider|perhaps|maybe|so|then|fine|works|okay|ok|deal|agreed|here"
    r"|bitte|koenn\w+|kann\w*|wuerd\w+|waere\w*|duerf\w+|hoff\w+|freu\w*|gern\w*|ueberdenk\w*|vielleicht|dann|geht"
    r"|ordnung|einverstanden|hier)(?!\w)"
)


def is_told_back(text: str) -> bool:
    """Whether a folded sentence tells the customer's own plan or wish, and wishes for nothing itself."""
    return _RETOLD.match(text) is not None and _WISHED.search(text) is None


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

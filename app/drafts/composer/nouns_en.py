"""English nouns: how a product is called by its title, and which nouns are plural."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import load

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")


@cache
def _heads() -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    data = load("nouns_en")
    longest_first = tuple(sorted(data["products"], key=lambda name: (-name.count(" "), -len(name))))
    return longest_first, frozenset(data["plurals"]), frozenset(data["singulars"])


def known_head(text: str) -> str | None:
    """Return the longest product noun we know in a text, lower case."""
    padded = f" {' '.join(word.lower() for word in _WORD.findall(text))} "
    return next((name for name in _heads()[0] if f" {name} " in padded), None)


def named_in_title(title: str, words: str | None) -> str | None:
    """Return what an item is called: the customer's noun, completed to the right by the title ("ankle boots").

    Where the title does not hold that noun but one we know, the title's own is taken.
    """
    tokens = _WORD.findall(title)
    lows = [token.lower() for token in tokens]
    head = known_head(title)
    wanted = (without_adjectives(words) or "").lower().split() if words else []
    places = [at for at in range(len(lows)) if lows[at : at + len(wanted)] == wanted] if wanted else []
    if not places:
        return head
    start = places[0]
    if head and head in " ".join(wanted):
        return " ".join(wanted)
    length = len(head.split()) if head else 0
    ends = [at + length for at in range(start, start + _LONGEST + 1) if " ".join(lows[at : at + length]) == head]
    if ends:
        return " ".join(lows[start : ends[0]])
    end = start + len(wanted)
    while (
        end < len(tokens)
        and tokens[end].islower()
        and len(tokens[end]) > _SHORT
        and lows[end] not in load("nouns_en")["stops"]
        and end - start < _LONGEST
    ):
        end += 1
    return " ".join(lows[start:end])


_LONGEST = 3
_SHORT = 2


def stands_as_noun(words: str, spoken: str) -> bool:
    """Whether a word that may be a verb too ("saw", "drive") stands after an article or the like in the message."""
    if words.lower() not in load("nouns_en")["also_verbs"]:
        return True
    before = r"\b(?:the|a|an|my|our|this|that|these|those|your|of|new|with|his|her)\s+(?:[\w-]+\s+)?"
    return bool(re.search(rf"{before}{re.escape(words)}\b", spoken, re.IGNORECASE))


def without_adjectives(words: str) -> str | None:
    """Return the customer's noun without what does not belong to its name, in small letters unless it is a name."""
    kept = words.split()
    while len(kept) > 1 and kept[0].lower() in load("nouns_en")["lead"]:
        kept = kept[1:]
    text = " ".join(
        word.lower() if word.istitle() or (word.isupper() and len(word) > _ACRONYM) else word for word in kept
    )
    return text or None


_ACRONYM = 3


def is_plural(words: str) -> bool:
    """Whether an English noun phrase takes a plural verb."""
    _, plurals, singulars = _heads()
    last = words.lower().rpartition(" ")[2]
    if last in plurals or last in singulars:
        return last in plurals
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))

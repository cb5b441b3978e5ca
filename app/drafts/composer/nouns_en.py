"""English nouns: how a product is called by its title, and which nouns are plural."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import load

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*|\d[\w.,/]*")
# Where a title stops naming the thing: what it comes with, what it is for, what it is made in. "50 in" is inches.
_NAMED_UP_TO = re.compile(
    r"[,;:(|/\[]|\s[-–—•]\s|(?<!\d)\s(?:with|for|by|in|on|incl|including|without|and|plus|w)\b", re.IGNORECASE
)
_LONGEST = 3
_LONGEST_NAME = 4
_SHORT = 2
_ACRONYM = 3


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("nouns_en")[name])


def known_head(text: str) -> str | None:
    """Return the product noun a text ends on, lower case; of nouns that end at the same word the longest."""
    found = _head_place([word.lower() for word in _WORD.findall(text)])
    return found[2] if found else None


def _head_place(lows: list[str]) -> tuple[int, int, str] | None:
    """Return first word, end, and name of the last product noun we know; the last one is what the others describe.

    A noun that is a colour or measure as well ("cream", "10 cup") counts only where no other is there.
    """
    also = None
    for end in range(len(lows), 0, -1):
        for start in range(max(0, end - _LONGEST), end):
            name = " ".join(lows[start:end])
            if name in _words("products") and name not in _words("modifiers"):
                return start, end, name
            if name in _words("products") and not (start and lows[start - 1][:1].isdigit()):
                also = also or (start, end, name)
    return also


def named_in_title(title: str, words: str | None) -> str | None:
    """Return what an item is called: the title's own noun, begun where the customer's word stands ("ankle boots").

    None where what follows that noun in the title may name another thing ("camera strap" is no camera).
    """
    tokens = _WORD.findall(_NAMED_UP_TO.split(title.strip(), maxsplit=1)[0])
    lows = [token.lower() for token in tokens]
    wanted = (without_adjectives(words) or "").lower().split() if words else []
    place = next((at for at in range(len(lows)) if wanted and lows[at : at + len(wanted)] == wanted), None)
    head = _head_place(lows)
    if head is None:
        return _named_by_customer(tokens, lows, place, len(wanted))
    start, end, name = head
    compound = end < len(tokens) and _goes_on(tokens[end])
    if not _only_describes(tokens, lows, end) and (compound or wanted[-1:] != [lows[end - 1]]):
        return None
    if wanted and " ".join(wanted).endswith(name) and place is not None:
        start = place
    begins = place if place is not None and end - _LONGEST_NAME <= place < start else start
    return _written(tokens[begins:end])


def _named_by_customer(tokens: list[str], lows: list[str], place: int | None, length: int) -> str | None:
    """Return the customer's word out of a title whose noun we do not know, with the small words that belong to it."""
    if place is None:
        return None
    end = place + length
    while end < len(tokens) and end - place < _LONGEST and _goes_on(tokens[end]):
        end += 1
    plain = lows[place].isalpha() and _only_describes(tokens, lows, end)
    return _written(tokens[place:end]) if plain else None


def _written(tokens: list[str]) -> str:
    """Write a name small, but for what is spelled in capitals (TV, SSD)."""
    return " ".join(token if token.isupper() and len(token) <= _ACRONYM else token.lower() for token in tokens)


def _goes_on(token: str) -> bool:
    known = token in _words("stops") or token in _words("modifiers")
    return token.islower() and token.isalpha() and len(token) > _SHORT and not known


def _only_describes(tokens: list[str], lows: list[str], end: int) -> bool:
    """Whether a title's words from `end` on are size, colour or make, and name no other thing."""
    sentence_case = any(token.islower() and len(token) > _ACRONYM for token in tokens)
    return all(
        not low.isalpha() or len(low) <= _SHORT or low in _words("modifiers") or (sentence_case and token[:1].isupper())
        for token, low in zip(tokens[end:], lows[end:], strict=True)
    )


def stands_as_noun(words: str, spoken: str) -> bool:
    """Whether a word of the message is a noun for the thing bought there: no verb, no place, nothing only shown.

    A noun we do not know as a product must stand behind an article or the like.
    """
    low = words.lower()
    last = low.split()[-1]
    if last in _words("no_things") or re.search(r"'(?:d|ll|re|ve|m|t)$", low):
        return False
    said = _idioms().sub(" ", spoken)
    found = [said[: hit.start()] for hit in re.finditer(rf"(?<![\w-]){re.escape(words)}\b", said, re.IGNORECASE)]
    aside = re.compile(rf"\b(?:{load('nouns_en')['asides']})\s+(?:[\w-]+\s+)?$", re.IGNORECASE)
    if not any(not aside.search(before) for before in found) or _came_instead(words, said):
        return False
    if low not in _words("also_verbs") and known_head(last):
        return True
    article = re.compile(
        r"\b(?<!with )(?:the|a|an|my|our|this|that|these|those|your|of|new|his|her)\s+(?:[\w-]+\s+)?$",
        re.IGNORECASE,
    )
    return any(article.search(before) for before in found)


@cache
def _idioms() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load('nouns_en')['idioms'])})\b", re.IGNORECASE)


def _came_instead(words: str, said: str) -> bool:
    """Whether the word names what came in place of the thing: "Got dog food. Ordered cat litter"."""
    thing = re.escape(words)
    came = re.search(rf"\b(?:got|received|sent me|sent|came)\s+(?:an? |the |some )?{thing}\b", said, re.IGNORECASE)
    ordered = re.search(r"\bordered\b", said, re.IGNORECASE)
    return bool(came and ordered) and not re.search(rf"\bordered\b[^.!?]*\b{thing}\b", said, re.IGNORECASE)


def without_adjectives(words: str) -> str | None:
    """Return the customer's noun without what does not belong to its name, in small letters unless it is a name."""
    kept = re.split(r"['\"]\s+", words)[-1].split()
    while len(kept) > 1 and (kept[0].lower() in _words("lead") or kept[0][:1].isdigit()):
        kept = kept[1:]
    text = " ".join(
        word.lower() if word.istitle() or (word.isupper() and len(word) > _ACRONYM) else word for word in kept
    )
    return text or None


def is_plural(words: str) -> bool:
    """Whether an English noun phrase takes a plural verb."""
    last = words.lower().rpartition(" ")[2]
    if last in _words("plurals") or last in _words("singulars"):
        return last in _words("plurals")
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))

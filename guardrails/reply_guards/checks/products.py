"""`grounding.product`: a reply speaks of the thing this customer bought, not of somebody else's toaster.

Judged only where every product of the ticket is of a known kind: what others are called is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from reply_guards.checks.hit import Hit
from reply_guards.checks.learned import views
from reply_guards.model import CaseFacts, Context
from reply_guards.policy import Policy
from reply_guards.text import Reply, Sentence
from reply_guards.unfold import FOLD_TABLE
from reply_guards.wordlists import data

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST, _LONGEST = 4, 24  # letters of a noun that ends a compound
_ACKNOWLEDGES, _PROPOSES = "role.acknowledge", "role.propose"
# In front of the noun, up to two other words between: the customer's own, or the one that is spoken of.
_YOURS = re.compile(r"(?<!\w)(?:ihr|ihre[nmrs]?|dein|deine[nmrs]?|eure[nmrs]?|euer|your)(?: \w+){0,2} $")
_SPOKEN_OF = re.compile(r"(?<!\w)(?<!unter )(?<!under )(?:der|die|das|den|dem|the)(?: (?!ein)\w+){0,2} $")
# "On your sofa", "für Ihr Sofa": a thing the customer has besides.
_BESIDE = re.compile(
    r"(?<!\w)(?:auf|neben|unter|hinter|vor|in|an|fuer|on|beside|under|behind|near|next to|into|onto|for|against)"
    r" (?:ihre?[nmrs]?|deine?[nmrs]?|eure?[nmrs]?|your|the|de[mnr]|das|die)(?: \w+){0,2} $"
)
_REACH = 45  # characters


def check(reply: Reply, context: Context, _policy: Policy) -> Iterator[Hit]:
    """Another thing said to be the customer's, or to have caused the trouble."""
    facts = context.facts
    if facts is None or not facts.products or not any(w in _last_words() or _kind(w) for w in reply.words):
        return
    own = [_kinds_in(product) for product in facts.products]
    if not all(own):
        return
    named = [(reply.sentence_at(start).index, start, end, kind) for start, end, kind in _named_in(reply.folded)]
    known = set().union(*own)
    if all(kind in known for *_, kind in named):
        return
    known |= _told(facts)
    at_home = {index for index, _, _, kind in named if kind in known}  # beside the thing itself stand its parts
    for index, start, end, kind in named:
        sentence, span = reply.sentences[index], reply.span(start, end)
        if kind in known or index in at_home or not _is_noun(reply, span):
            continue
        if _is_meant(reply, sentence, start) and not reply.quoted(*span):
            yield Hit(
                "grounding.product", *span, {"found": reply.original[slice(*span)], "expected": facts.products[0]}
            )


def _is_noun(reply: Reply, span: tuple[int, int]) -> bool:
    """Whether a word is written as German nouns are, or is an English one: "pauschal" ends as a scarf does."""
    word = reply.original[slice(*span)]
    return word[:1].isupper() or word.lower() in _last_words()


def _is_meant(reply: Reply, sentence: Sentence, start: int) -> bool:
    """Whether the thing named at `start` is said to be the one the customer has."""
    seen = views(reply)
    before = reply.folded[max(sentence.start, start - _REACH) : start]
    if seen is None or sentence.question or _BESIDE.search(before):
        return False
    acknowledges = seen.margins(_ACKNOWLEDGES)[sentence.index] > 0
    if acknowledges and _SPOKEN_OF.search(before):
        return True
    return bool(_YOURS.search(before)) and (acknowledges or seen.margins(_PROPOSES)[sentence.index] < 0)


@cache
def _german() -> Mapping[str, str]:
    return {noun: kind for kind, called in data("products").items() for noun in called["de"]}


@cache
def _english() -> Mapping[str, str]:
    return {noun: kind for kind, called in data("products").items() for noun in called["en"]}


@cache
def _last_words() -> frozenset[str]:
    """The words by which an English name ends."""
    return frozenset(noun.rpartition(" ")[2] for noun in _english())


def _kind(word: str) -> str | None:
    """The kind of thing one word names: the longest noun it ends with says it."""
    return _kind_of_end(word[-_LONGEST:])


@lru_cache(maxsize=8192)
def _kind_of_end(word: str) -> str | None:
    german = _german()
    ends = (word[at:] for at in range(max(1, len(word) - _SHORTEST + 1)))
    return next((german[end] for end in ends if end in german), None)


def _named_in(folded: str) -> Iterator[tuple[int, int, str]]:
    """Each thing a folded text names: where, and its kind."""
    english, last = _english(), _last_words()
    for match in _WORD.finditer(folded):
        word = match.group()
        if word in last:
            before = folded[max(0, match.start() - _REACH) : match.start()]
            pair = f"{before.rstrip().rpartition(' ')[2]} {word}"
            kind = english.get(pair) or english.get(word)
        else:
            kind = None
        if kind := kind or _kind(word):
            yield match.start(), match.end(), kind


def _kinds_in(text: str) -> set[str]:
    return {kind for _, _, kind in _named_in(text.lower().translate(FOLD_TABLE))}


def _told(facts: CaseFacts) -> set[str]:
    """What the ticket itself speaks of."""
    return _kinds_in(f"{facts.customer_text} {facts.known_text}")

"""Small questions about what stands around a hit: negated, only supposed, in the same clause."""

from __future__ import annotations

import re

from app.triage.lexicon import Hit, Scan, word_set
from app.triage.words import Sentence

REACH = 3  # words a negation reaches to its right
_QUOTATION = re.compile(r"[\"“„»][^\"“”„«»]{2,200}[\"”“«]")
_MOST_QUOTED = 0.9  # a sentence that is a quotation as a whole is how the customer chose to say it
_ENOUGH = 4  # words
THREAT_REACH = 5  # as in "ich will nicht gleich mit dem Anwalt drohen"


def negated(scan: Scan, hit: Hit, *, reach: int = REACH) -> bool:
    """Whether a negation right before the hit (or, in German, right behind its verb) takes it back."""
    sentence = scan.sentences[hit.sentence]
    clause = sentence.clauses[hit.first]
    kept = [(h.first, h.last) for h in scan.of("signals", hit.sentence) if h.key == "only"]
    for sign in scan.of("signals", hit.sentence):
        if sign.key != "negation" or any(first <= sign.first <= last for first, last in kept):
            continue
        if hit.first <= sign.first <= hit.last or sentence.clauses[sign.first] != clause:
            continue
        if 0 < hit.first - sign.last <= reach and not word_set("joins") & set(sentence.words[sign.last : hit.first]):
            return True
        gap = sentence.words[hit.last + 1 : sign.first]
        if (
            sign.first > hit.last
            and len(gap) <= REACH
            and gap
            and set(gap) & word_set("links")
            and sign.last == len(sentence.words) - 1
        ):
            return True
    return False


def supposed(scan: Scan, hit: Hit) -> bool:
    """Whether the hit stands behind an "if" of its own clause: a case that has not happened."""
    clauses = scan.sentences[hit.sentence].clauses
    return any(
        sign.key == "condition" and sign.first < hit.first and clauses[sign.first] == clauses[hit.first]
        for sign in scan.of("signals", hit.sentence)
    )


def telling(scan: Scan) -> list[Sentence]:
    """The sentences without ultimatums ("wenn ich mein Geld nicht bekomme, …"): those say what follows, not what was.

    All of them where too little else is said.
    """
    told = [sentence for sentence in scan.sentences if not _is_ultimatum(sentence)]
    return told if sum(len(sentence.words) for sentence in told) >= _ENOUGH else list(scan.sentences)


def _is_ultimatum(sentence: Sentence) -> bool:
    """Whether a sentence begins by supposing that something stays away."""
    if not sentence.words or sentence.words[0] not in word_set("supposing") | word_set("should"):
        return False
    first = sentence.words[: sentence.clauses.count(sentence.clauses[0])]
    return first[0] == "unless" or not word_set("withheld").isdisjoint(first)


def quoted(scan: Scan, hit: Hit) -> bool:
    """Whether the hit stands between quotation marks inside a sentence that says more: somebody else's words."""
    sentence = scan.sentences[hit.sentence]
    start, end = sentence.spans[hit.first][0], sentence.spans[hit.last][1]
    return any(
        found.start() < start and end <= found.end() and found.end() - found.start() < _MOST_QUOTED * len(sentence.text)
        for found in _QUOTATION.finditer(sentence.text)
    )


def happened(scan: Scan, lexicon: str) -> list[Hit]:
    """The hits of a lexicon that are neither negated nor merely supposed."""
    return [h for h in scan.of(lexicon) if not negated(scan, h) and not supposed(scan, h)]


def signs(scan: Scan, key: str) -> bool:
    """Whether a signal of this name is anywhere in the text."""
    return any(h.key == key for h in scan.of("signals"))

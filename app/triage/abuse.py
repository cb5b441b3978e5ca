"""Whether a message attacks the person who answers. Anger, swearing and insulting a firm are not."""

from __future__ import annotations

import re

from app.triage.lexicon import Hit, Scan, word_set
from app.triage.words import Sentence

_VOCATIVE = 5  # a clause of at most so many words that holds an insult is a shout at the reader
_FORMAL = re.compile(r"(?<![.!?]\s)\bSie\b|\bIhnen\b|\bIhr\b")


def abusive(scan: Scan) -> bool:
    """Whether the text insults or threatens the reader."""
    return any(_counts(scan.sentences[h.sentence], h) for h in scan.of("abuse"))


def _counts(sentence: Sentence, hit: Hit) -> bool:
    if hit.key in {"direct", "violence"}:
        return not (hit.key == "direct" and _about_me(sentence, hit))
    return _aimed(sentence, hit)


def _about_me(sentence: Sentence, hit: Hit) -> bool:
    return any(w in word_set("me") for w in sentence.words[max(0, hit.first - 2) : hit.first])


def _aimed(sentence: Sentence, hit: Hit) -> bool:
    """Whether an insult is meant for the reader: "you idiots", "Ihr Arschlöcher!", not "your driver is an idiot"."""
    clause = sentence.clauses[hit.first]
    inside = [i for i, c in enumerate(sentence.clauses) if c == clause]
    words = [sentence.words[i] for i in inside]
    before = sentence.words[inside[0] : hit.first]
    if any(w in word_set("me") for w in words) or any(w in word_set("third") for w in words):
        return False
    if any(w in word_set("you") for w in before) or _FORMAL.search(sentence.between(inside[0], inside[-1])):
        return True
    if any(w in word_set("you") for w in words):
        return True
    return len(words) <= _VOCATIVE and not (
        set(before) & {"der", "die", "das", "dieser", "diese", "the", "this", "that", "ein", "so"}
    )

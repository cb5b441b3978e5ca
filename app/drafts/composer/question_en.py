"""English questions told back: "When will my parcel arrive?" becomes "when your parcel will arrive"."""

from __future__ import annotations

import re
from functools import cache

from app.drafts.composer.bank import load
from app.drafts.composer.speech_en import shift_words

_AUX = frozenset(
    ["is", "are", "was", "were", "will", "can", "could", "do", "does", "has", "have", "would", "should", "may"]
)
_PRONOUNS = frozenset(
    ["i", "it", "you", "they", "he", "she", "we", "there", "this", "that", "someone", "anyone", "somebody", "anybody"]
)
_DETERMINERS = frozenset(
    ["my", "the", "a", "an", "our", "this", "that", "these", "those", "your", "both", "any", "all"]
)
_FILLERS = frozenset(["please", "actually", "ever", "just", "now", "so", "then"])
_ASKING = re.compile(
    r"^(?:when|where|which [a-z]+|what [a-z]+|what|how long|how many|how much|how quickly|how soon|how)$"
)
_LONGEST_ASKING = 3
_LONGEST = 18


@cache
def _verbs() -> frozenset[str]:
    return frozenset(load("speech_en")["base"].split())


def indirect(question: str) -> str | None:
    """Return the question as it stands after "You would like to know", spoken to its writer; None if unsure."""
    spaced = question.replace("’", "'").replace(",", " ,")
    words = [word for word in spaced.split() if word.lower() not in _FILLERS]
    if words and words[0].lower() in ("and", "but", "also"):
        words = words[1:]
    for end in (",", "or", "and"):
        words = words[: words.index(end)] if end in words else words
    if words:
        words = _opened(words)
    if not 3 <= len(words) <= _LONGEST:  # noqa: PLR2004 - asking word, verb, subject
        return None
    at = next((i for i in range(_LONGEST_ASKING + 1) if i < len(words) and words[i] in _AUX), None)
    if at is None:
        return None
    asking = " ".join(words[:at]) if at else "whether"
    if at and not _ASKING.match(asking):
        return None
    return _turned(asking, words[at], words[at + 1 :])


def dependent(clause: str) -> str | None:
    """Return a clause that is an indirect question already ("what my options are"), spoken to its writer."""
    words = clause.replace("’", "'").split()
    if not 3 <= len(words) <= _LONGEST or any(word.lower() in ("you", "your") for word in words):  # noqa: PLR2004
        return None
    return " ".join(shift_words([words[0].lower(), *words[1:]]))


def _opened(words: list[str]) -> list[str]:
    """Write the first word small, and "what's" in two words."""
    first = words[0].lower()
    if first.endswith("'s") and first[:-2] in ("what", "where", "when", "how", "who"):
        return [first[:-2], "is", *words[1:]]
    return [first, *words[1:]]


def _turned(asking: str, verb: str, rest: list[str]) -> str | None:
    end = _subject_end(verb, rest)
    if end is None:
        return None
    subject, after = rest[:end], rest[end:]
    if verb in ("do", "does"):
        if not after:
            return None
        verb_words = [after[0] if verb == "do" else _third_person(after[0]), *after[1:]]
    else:
        verb_words = [verb, *after]
    told = shift_words([*subject, *verb_words], speaker_is_shop=True)
    return f"{asking} {' '.join(told)}"


def _subject_end(verb: str, rest: list[str]) -> int | None:
    """Return where the subject ends: after a pronoun, before the main verb, or at the end."""
    if not rest:
        return None
    if rest[0].lower() in _PRONOUNS and not (
        rest[0].lower() in ("this", "that") and len(rest) > 1 and rest[1] not in _verbs()
    ):
        return 1
    if rest[0].lower() not in _DETERMINERS:
        return None
    if verb in ("is", "are", "was", "were"):
        return len(rest) if len(rest) <= 3 or "way" in rest else None  # noqa: PLR2004 - a longer rest holds more
    return next((at for at in range(2, len(rest)) if rest[at] in _verbs()), None)


def _third_person(verb: str) -> str:
    if verb == "have":
        return "has"
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeou" else f"{verb}s"

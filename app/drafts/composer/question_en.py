"""English questions told back: "When will my parcel arrive?" becomes "when your parcel will arrive".

Only questions that want an answer are told: where, when, how long, what happens, how something is done, whether the
shop does something, whether a thing is or has something. What is asked in anger or irony is not repeated.
"""

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
_FILLERS = frozenset(["please", "actually", "just", "now", "so", "then"])
_BE = frozenset(["is", "are", "was", "were"])
_LONGEST_ASKING = 3
_LONGEST = 18


@cache
def _verbs() -> frozenset[str]:
    return frozenset(load("speech_en")["base"].split()) | _acts("own_acts") | _acts("shop_acts")


@cache
def _acts(name: str) -> frozenset[str]:
    return frozenset(str(load("speech_en")[name]).split())


@cache
def _pattern(name: str) -> re.Pattern[str]:
    entry = load("speech_en")[name]
    return re.compile(rf"^(?:{'|'.join(entry)})$" if isinstance(entry, list) else str(entry), re.IGNORECASE)


def indirect(question: str) -> str | None:
    """Return the question as it stands after "You would like to know", spoken to its writer; None if unsure."""
    if _is_rhetorical(question):
        return None
    spaced = question.replace("’", "'").replace(",", " ,")
    words = [word for word in spaced.split() if word.lower() not in _FILLERS]
    if words and words[0].lower() in ("and", "but", "also", "or"):
        words = words[1:]
    for end in (",", "or", "and"):
        words = words[: words.index(end)] if end in words else words
    if words:
        words = _opened(words)
    if not 3 <= len(words) <= _LONGEST:  # noqa: PLR2004 - asking word, verb, subject
        return None
    at = next((i for i in range(_LONGEST_ASKING + 1) if i < len(words) and words[i] in _AUX), None)
    if at is None:  # "what happens with the old one": the asking word is the subject
        plain = words[0] == "what" and _wants_answer("what", words[1:])
        return " ".join(shift_words(words, speaker_is_shop=True)) if plain else None
    asking = " ".join(words[:at]) if at else "whether"
    return _turned(asking, words[at], words[at + 1 :]) if _wants_answer(asking, words[at:]) else None


def dependent(clause: str) -> str | None:
    """Return a clause that is an indirect question already ("what my options are"), spoken to its writer."""
    words = clause.replace("’", "'").split()
    if not 3 <= len(words) <= _LONGEST or _is_rhetorical(clause):  # noqa: PLR2004
        return None
    if any(word.lower().startswith("you") for word in words):
        return None
    first, rest = words[0].lower(), " ".join(words[1:])
    if first not in ("where", "when", "what", "which", "whether", "how"):
        return None
    if first == "what" and not _pattern("what_told").match(rest):
        return None
    if first == "how" and not re.match(
        r"(?:long|soon|quickly|much|many|to)\b|(?:i|we) (?:can|should)\b", rest, re.IGNORECASE
    ):
        return None
    return " ".join(shift_words([first, *words[1:]]))


def _is_rhetorical(question: str) -> bool:
    quoted = re.search(r"(?:^|\s)['\"]|['\"](?:\s|$)", question)
    return bool(quoted or _pattern("rhetorical").search(question))


def _wants_answer(asking: str, rest: list[str]) -> bool:
    """Whether a question asks for something the shop can say or do."""
    if asking == "whether":
        return _is_open(rest[0], [word.lower() for word in rest[1:]])
    if not _pattern("asking").match(asking):
        return False
    said = " ".join(rest).lower()
    if asking == "what":
        return bool(_pattern("what_of").match(said))
    return asking != "how" or bool(_pattern("how_of").match(said))


def _is_open(verb: str, rest: list[str]) -> bool:
    """Whether a yes-or-no question is one: of a shop's act, of what the customer may do, of how the thing is."""
    if len(rest) < 2:  # noqa: PLR2004 - subject and what is asked of it
        return False
    who, what = rest[0], rest[1]
    if who in ("you", "someone", "somebody", "anyone"):
        return (
            verb in ("can", "could", "will", "would", "do", "have")
            and what in _acts("shop_acts")
            and rest[2:3] != ["no"]
        )
    if who in ("i", "we"):
        return verb in ("can", "could", "may", "should", "do", "will", "have") and what in _acts("own_acts")
    if who == "there":
        return verb in _BE and bool(_pattern("there_is").match(" ".join(rest[1:])))
    if who in ("this", "that") and verb in _BE:
        return False
    return who in _DETERMINERS or who in ("it", "they")


def _opened(words: list[str]) -> list[str]:
    """Write the first word small, and "what's" in two words."""
    first = words[0].lower()
    if first.endswith("'s") and first[:-2] in ("what", "where", "when", "how", "who"):
        return [first[:-2], "is", *words[1:]]
    return [first, *words[1:]]


def _turned(asking: str, verb: str, rest: list[str]) -> str | None:
    if asking == "what" and rest and rest[0].lower() not in _PRONOUNS | _DETERMINERS:
        return " ".join(shift_words([asking, verb, *rest], speaker_is_shop=True))  # "what is included"
    end = _subject_end(verb, rest)
    if end is None:
        return None
    subject, after = rest[:end], rest[end:]
    if verb in ("do", "does"):
        if not after:
            return None
        verb_words = [after[0] if verb == "do" else _third_person(after[0]), *after[1:]]
        if subject[0].lower() in ("i", "we") and after[0] not in ("need", "have"):
            verb_words.insert(0, "can" if asking == "how" else "should")  # "Do I keep it?": what is right to do
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
    if verb in _BE:
        return len(rest) if len(rest) <= 3 or "way" in rest else None  # noqa: PLR2004 - a longer rest holds more
    return next((at for at in range(2, len(rest)) if rest[at] in _verbs()), None)


def _third_person(verb: str) -> str:
    if verb == "have":
        return "has"
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeou" else f"{verb}s"

"""German sentences in pieces: segments, clauses, and where the finite verb of a main clause stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.drafts.composer.bank import load
from app.drafts.composer.nouns_de import is_known_noun
from app.drafts.composer.verbs_de import finite, is_participle

_PARENTHESIS = re.compile(r"\s*\([^()]{0,80}\)")
_END = re.compile(r"(?<!\d)[.!]+$")
_COMMA = re.compile(r"\s*,(?!\d)\s*")
_DASH = re.compile(r"\s+[-–—]+\s+|\.\.\.|…|:\s")
# Classes whose words are written small inside a sentence.
SMALL = ("determiners", "prepositions", "pronouns", "adverbs", "common", "subordinators", "infinitives", "prefixes")
_LONGEST_FRONT = 9
_RELATIVES = frozenset({"der", "die", "das", "den", "dem", "deren", "was", "wo", "welche", "welcher", "welches"})
# Words that begin a subordinate clause or, as adverb or preposition, a main one.
_AMBIGUOUS = frozenset({"seit", "da", "während", "wie", "sowie", "als", "wo", "damit", "bevor"})
_PERSONS = frozenset({"er", "sie", "es", "man", "ihr"})
_ALONE = frozenset({"ich", "wir", "er", "es", "man"})
_QUESTION_WORDS = re.compile(r"^(?:welch\w*|wer|was|wie|wann|warum|wo|ob|wessen|wem|wen|wieso)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:de[rmns]|die|das|(?:k?ein|mein|unser|dies)e?[mnrs]?)$", re.IGNORECASE)
_NUMBERS = frozenset({"zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "zwölf"})
_ENDS_A_FRONT = frozenset({"mehr", "davon", "dazu", "selbst", "nicht", "auch"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause: what stands before the verb, the verb, what follows; `subject` only if ich or wir."""

    front: tuple[str, ...]
    verb: str
    rest: tuple[str, ...]
    subject: str | None


@cache
def word_sets() -> dict[str, frozenset[str]]:
    """The closed classes of German words, lower case."""
    data = load("verbs_de")
    return {name: frozenset(data[name]) for name in data["classes"]}


def cut(sentence: str) -> list[list[str]]:
    """Cut a sentence at commas and where a conjunction begins a new clause; spoken forms are written out."""
    text = _DASH.split(_END.sub("", _PARENTHESIS.sub("", sentence).strip(" !,;")), maxsplit=1)[0]
    segments = [_repaired(part.split()) for part in _COMMA.split(text) if part.strip()]
    segments = [_without_lead(words) for words in segments]
    if segments:
        segments[0] = _begun(segments[0])
    return [words for at, whole in enumerate(segments) for words in _cut_at_conjunction(whole, first=at == 0) if words]


def _repaired(words: list[str]) -> list[str]:
    repair: dict[str, str] = load("verbs_de")["repair"]
    return " ".join(repair.get(word.lower(), word) for word in words).split()


def _without_lead(words: list[str]) -> list[str]:
    joints = word_sets()["coordinators"]
    while len(words) > 2 and words[0].lower() in word_sets()["drop"] - joints:  # noqa: PLR2004 - two words are kept
        words = words[1:]
    return words


def _begun(words: list[str]) -> list[str]:
    """Write a sentence's first word as it would stand inside: small unless it is a noun, a name or an address.

    Before a verb in the singular, "Sie" is "she": only the sentence's beginning made it capital.
    """
    word, low = words[0], words[0].lower()
    if word == "Sie":
        found = finite(words[1]) if len(words) > 1 else None
        return ["sie", *words[1:]] if found and found.singular else words
    sets = word_sets()
    small = any(low in sets[name] for name in SMALL) or (is_participle(low) and not is_known_noun(word))
    return [low, *words[1:]] if small and not (len(word) > 1 and word.isupper()) else words


def _cut_at_conjunction(words: list[str], *, first: bool) -> list[list[str]]:
    """Cut at "und"/"aber" where a finite verb stands on both sides, as two clauses have one each."""
    if is_subordinate(words) or (not first and is_relative(words)):
        return [words]
    for at, word in enumerate(words):
        if word.lower() in ("und", "aber", "doch", "oder") and 0 < at < len(words) - 1:
            before, after = words[:at], words[at + 1 :]
            place = verb_place(after, verb_first=True)
            if not any(finite_here(before, i) for i in range(len(before))):
                continue
            if place is None and not _runs_on(after):
                continue
            if place and place == len(after) - 1 and is_participle(after[place]):
                continue  # "hat gekratzt und die Hose ruiniert": the auxiliary serves both
            return [before, *_cut_at_conjunction([word, *after], first=False)] if at + 1 < len(words) else [words]
    return [words]


def _runs_on(words: list[str]) -> bool:
    """Whether what follows has a verb of its own, though its clause is none that could be turned."""
    return any(finite_here(words, at) and not is_participle(words[at]) for at in range(len(words)))


def is_subordinate(words: list[str]) -> bool:
    """Whether a segment begins with a conjunction and ends with its verb."""
    low = words[0].lower()
    if low not in word_sets()["subordinators"] or finite(words[-1]) is None:
        return False
    return not (low in _AMBIGUOUS and any(finite_here(words, at) for at in range(1, len(words) - 1)))


def is_relative(words: list[str]) -> bool:
    """Whether a segment is a relative clause: a pronoun first, its verb last, and none between."""
    if words[0].lower() not in _RELATIVES or finite(words[-1]) is None or len(words) < 3:  # noqa: PLR2004
        return False
    if len(words) == 3 and words[1][:1].isupper():  # noqa: PLR2004 - "der Deckel klemmt" is a main clause
        return False
    last = len(words) - (2 if words[-1].lower() in word_sets()["modals"] else 1)  # "die man abtippen muss"
    return not any(finite_here(words, at) for at in range(1, last) if not is_participle(words[at]))


def is_infinitive(words: list[str]) -> bool:
    """Whether a segment is "um … zu …" or the like."""
    return words[0].lower() in word_sets()["infinitives"] and "zu" in words


def starts_with_verb(words: list[str]) -> bool:
    """Whether a segment begins with its finite verb."""
    return finite_here(words, 0)


def finite_here(words: list[str], at: int) -> bool:
    """Whether the word at a place can be the finite verb there: known, small, and no adjective before a noun."""
    word = words[at]
    if word[:1].isupper() and at > 0:
        return False
    if finite(word) is None or (word in word_sets()["ellipses"] and words[at - 1].lower() not in _PERSONS):
        return False
    sets = word_sets()
    follows = at > 0 and words[at - 1].lower() in sets["determiners"] | sets["prepositions"]
    if at > 1 and _ARTICLE.match(words[at - 1]):
        return False
    before_noun = at + 1 < len(words) and words[at + 1][:1].isupper() and words[at + 1].lower() not in sets["pronouns"]
    return not (follows and before_noun)


def verb_place(words: list[str], *, verb_first: bool) -> int | None:
    """Return where the finite verb of a main clause stands, if what stands before it is one constituent."""
    if verb_first and finite_here(words, 0):
        return 0
    for at in range(1, min(len(words), _LONGEST_FRONT + 1)):
        if finite_here(words, at):
            return at if _is_constituent(words[:at]) else None
    return None


def _is_constituent(front: list[str]) -> bool:
    sets = word_sets()
    last, low = front[-1], front[-1].lower()
    if any(word.lower() in sets["subordinators"] - sets["prepositions"] - _AMBIGUOUS for word in front):
        return False
    if not _joins_nouns(front) or (front[0].lower() in _ALONE and len(front) > 1 and low not in _ENDS_A_FRONT):
        return False  # a pronoun stands before the verb alone: in "ich könne mir das Teil holen" the verb is unknown
    if low in sets["pronouns"] | sets["adverbs"] | _NUMBERS or is_known_noun(last) or last[:1].isdigit():
        return True
    if len(front) == 1:
        return is_participle(low)
    return last[:1].isupper() or low in _ENDS_A_FRONT


def _joins_nouns(front: list[str]) -> bool:
    """Whether an "und" before the verb joins nouns ("Tasse und Teller"), not half clauses."""
    at = next((i for i, word in enumerate(front) if word.lower() in ("und", "oder", "aber")), None)
    if at is None:
        return True
    return 0 < at < len(front) - 1 and front[at - 1][:1].isupper() and front[-1][:1].isupper()


def main_clause(words: list[str], *, verb_first: bool, subject: str | None) -> Clause | None:
    """Return a segment as a main clause; `subject` is that of the clause before, which this one may share."""
    at = verb_place(words, verb_first=verb_first)
    if at is None or (at and _QUESTION_WORDS.match(words[0])):
        return None
    front, rest = tuple(words[:at]), tuple(words[at + 1 :])
    near = {word.lower() for word in (*front[:1], *rest[:3])}
    named = next((word for word in ("ich", "wir") if word in near), None)
    if named is None and any(word.lower() in ("ich", "wir") for word in (*front, *rest)):
        return None
    return Clause(front, words[at].lower(), rest, named or (subject if at == 0 else None))

"""Whether a German clause can be trusted to come out right: what is told wrong is worse than what is not told.

Spoken German leaves out subjects, runs clauses together and uses words of home. Grammar that expects none of this turns
such sentences into nonsense, so they are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from app.drafts.composer.bank import load
from app.drafts.composer.clauses_de import Clause, finite_here, word_sets
from app.drafts.composer.nouns_de import gender_of, is_known_noun
from app.drafts.composer.verbs_de import finite, is_participle

_WORD = re.compile(r"[^\W\d_]+")
_ENDS_ADJECTIVE = ("e", "en", "er", "es", "em")
# "Ich fahre in die Klinik um dort abzupumpen": the clause begins without its comma.
_PURPOSE = re.compile(r"\bum\b[^,]*\b(?:zu|\w+zu\w+en)\b")
# "Mein Steuerberater hat am 27.11.": a date cut the sentence in two. "Da stand Versand aus Deutschland": nobody reading
# knows where.
_CUT_OFF = re.compile(
    r"^das (?:das|die|der|ihre?\w*|dein\w*|eine?|kein\w*|nicht|so|auch|ist|war)\b"
    r"|^da \w|\d\.? (?:habe?n?|hast|hat|hatte[nt]?|bin|ist|sind|waren?)$"
    r"|\bda (?:drin \w+|\w*(?:st[ae]nd\w*|steht))$"
)
# "Die Dame sagte mir, …": what was said is missing.
_SAID_WHAT = re.compile(r"(?:\S+ ){1,8}(?:sag|mein|schrieb|schreib|behaupt|antwort|hieß|heißt|frag)\w*")
_DIALECT = 2  # words of it by which a whole message counts as dialect
_PRONOUNS = frozenset({
    "ich", "wir", "du", "er", "sie", "es", "man", "ihr", "das", "dies", "jemand", "niemand", "keiner", "jeder", "alle",
    "alles", "nichts", "etwas", "beide", "beides", "einer", "eins", "manche", "viele", "mehrere", "nix", "was", "wer",
})  # fmt: skip
_NAMING = re.compile(
    r"(?:der|die|das|ein|eine|mein|meine|unser|unsere|ihr|ihre|euer|eure|diese[rs]?|jede[rs]?|keine?|beide|alle|"
    r"mehrere|einige|viele|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|\d+)"
)
_JOINTS = frozenset({"und", "oder"})


@cache
def _strange() -> frozenset[str]:
    """Words of dialects and of telegrams that no rule here expects."""
    return frozenset(load("verbs_de")["strange"])


def is_plain(sentence: str) -> bool:
    """Whether a sentence is standard German as far as its small words tell."""
    words = {word.lower() for word in _WORD.findall(sentence)}
    return not words & _strange() and not _PURPOSE.search(sentence)


def is_dialect(text: str) -> bool:
    """Whether a message is written in dialect: even its sentences that look plain may not be."""
    return len({word.lower() for word in _WORD.findall(text)} & _strange()) >= _DIALECT


def is_whole(told: str) -> bool:
    """Whether a clause after "dass" ends as one ends, and says nothing that only its writer can point at."""
    return not _CUT_OFF.search(told) and not _SAID_WHAT.fullmatch(told)


def is_sound(clause: Clause, *, shares: bool) -> bool:
    """Whether a main clause has a subject, or `shares` the one before it, no second verb, and is about the case."""
    if clause.front and finite_here([clause.front[0].lower(), *clause.front[1:]], 0) and len(clause.front) > 1:
        return False  # "hab Annahme verweigert": its own verb stands first
    if _is_telegram(clause.front):
        return False
    if not (shares and not clause.front) and not _has_subject(clause):
        return False
    return not _runs_on(clause) and not _is_about_oneself(clause)


def _is_telegram(front: Sequence[str]) -> bool:
    """Whether a noun lacks its article ("nächster Schritt ist …")."""
    if len(front) < 2 or not front[1][:1].isupper():  # noqa: PLR2004 - an adjective and its noun
        return False
    return front[0].endswith(("er", "es", "em")) and not _is_small(front[0]) and front[0].lower() not in _PRONOUNS


def _has_subject(clause: Clause) -> bool:
    words = [*clause.front, *clause.rest]
    if any(word.lower() in _PRONOUNS for word in words):
        return True
    found = finite(clause.verb)
    return any(_names(words, at, singular=found is None or found.singular) for at in range(len(words)))


def _names(words: list[str], at: int, *, singular: bool) -> bool:
    """Whether the noun at a place can be the subject: its article allows it, and its number where it has none."""
    if not (words[at][:1].isupper() or is_known_noun(words[at])):
        return False
    before = at - 1
    while before >= 0 and words[before].endswith(_ENDS_ADJECTIVE) and not _is_small(words[before]):
        before -= 1
    article = words[before].lower() if before >= 0 else ""
    if _NAMING.fullmatch(article):
        return True
    if article in word_sets()["determiners"] | word_sets()["prepositions"]:
        return False
    return singular or gender_of(words[at]) in (None, "pl")


def _is_small(word: str) -> bool:
    return any(word.lower() in word_sets()[name] for name in ("determiners", "prepositions", "pronouns"))


def _runs_on(clause: Clause) -> bool:
    """Whether a further clause begins within this one without a comma."""
    rest = [word.lower() for word in clause.rest]
    opening = word_sets()["subordinators"] - word_sets()["prepositions"] | {"wovon", "womit", "wofür", "woran"}
    last = clause.rest[-1:]
    ends_in_verb = bool(last) and finite(last[0]) is not None and not is_participle(last[0]) and last[0].islower()
    if any(word in opening for word in rest[1:]) and (ends_in_verb or "dass" in rest or "weil" in rest):
        return True
    return any(_verb_follows(clause, at) for at, word in enumerate(rest[:-1]) if word in _JOINTS)


def _verb_follows(clause: Clause, at: int) -> bool:
    """Whether "und" is followed by a verb of "ich" ("bin ein Mann und schminke mich nicht")."""
    word = clause.rest[at + 1]
    return (
        clause.subject == "ich" and word.islower() and word.endswith("e") and len(clause.rest) > at + 2
        and not clause.rest[at + 2][:1].isupper() and not _is_small(word) and word not in word_sets()["adverbs"]
    )  # fmt: skip


def _is_about_oneself(clause: Clause) -> bool:
    """Whether the customer says who they are ("ich bin Briefzusteller", "ich wohne im 4. Stock")."""
    if clause.subject != "ich":
        return False
    if clause.verb in ("wohne", "heiße", "heisse", "pendle", "pendel", "arbeite"):
        return True
    if clause.verb not in ("bin", "war"):
        return False
    rest = clause.rest
    article = ("ein", "eine", "kein", "keine", "der", "die")
    named = (word for at, word in enumerate(rest) if at == 0 or rest[at - 1] in article)
    return any(word[:1].isdigit() for word in rest) or any(word[:1].isupper() for word in named)

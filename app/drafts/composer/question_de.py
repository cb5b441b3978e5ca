"""German questions told back: "Wann kommt mein Paket?" becomes "wann Ihr Paket kommt"."""

from __future__ import annotations

import re

from app.drafts.composer.bank import load
from app.drafts.composer.clauses_de import Clause, cut, finite_here
from app.drafts.composer.persons_de import Speaker
from app.drafts.composer.sound_de import is_plain
from app.drafts.composer.speech_de import subordinate, verb_last
from app.drafts.composer.verbs_de import finite
from app.ticket import Register

_FILLERS = frozenset({"denn", "bitte", "eigentlich", "überhaupt", "nun", "wohl", "mal", "jetzt", "endlich"})
_US = re.compile(r"\b(?:Sie|ihr|Ihr)\b")
_OURS = re.compile(r"\b(?:Ihnen|euch|Ihre[mnrs]?|eure[mnrs]?|euer)\b")
_LEFT_OVER = re.compile(r"\b(?:ich|mir|mich|mein(?:e[mnrs]?)?|euch|ihr)\b")
_LONGEST_LEAD = 5
# Of the shop only whether or when it acts is really asked; "do you know", "don't you notice" wait for no answer.
_ACTS = re.compile(
    r"\b(?!vorstell)\w*(?:schick|send|sand|liefer|erstatt|zahl|überweis|tausch|ersetz|nehm|nimm|nomm|repar|stornier|biet|geb|storn|hol|"
    r"stell|antwort|meld|prüf|klär|bearbeit|lös|pass|änder|leit|schieb|bestätig|helf|hilf|mach)\w*"
)
_RHETORICAL = frozenset({"sonst", "da", "so", "schon", "etwa", "wirklich", "ernst", "ernsthaft", "bloß", "bitteschön"})
_ACTED_BY_ME = re.compile(r"(?:tun|machen|bezahlen|zahlen|warten|schicken|zurückschicken|bekommen)\b")
_LONGEST_CLAUSE = 14
_LEAST_CLAUSE = 3


def indirect(question: str, register: Register) -> str | None:
    """Return the question as it stands after "Sie möchten wissen,", spoken to its writer; None where it is unsure."""
    small = question.islower()
    segments = cut(question)
    told = (_from_segment(words, Speaker(register, all_small=small)) for words in segments[:1])
    later = [words for words in segments[1:] if any(word[:1].isupper() for word in words)]  # that name what they ask of
    rest = (_from_segment(words, Speaker(register, all_small=small)) for words in later)
    return next((text for text in (*told, *rest) if text), None)


def _from_segment(segment: list[str], speaker: Speaker) -> str | None:
    words = [word for word in segment if word.lower() not in _FILLERS]
    if words and words[0].lower() in ("und", "aber", "oder"):
        words = words[1:]
    if not words:
        return None
    low = words[0].lower()
    if low in load("verbs_de")["asking"]:
        lead = _lead(words)
        if lead is None:
            return None
        asking, words = " ".join(words[:lead]), words[lead:]
        asking = asking[0].lower() + asking[1:]
    elif finite_here([low, *words[1:]], 0):
        asking = "ob"
    else:
        return None
    return _checked(asking, words, speaker)


def dependent(clause: str, register: Register) -> str | None:
    """Return a clause that is an indirect question already ("welches Messer passt"), spoken to its writer."""
    words = clause.split()
    unsure = not _LEAST_CLAUSE <= len(words) <= _LONGEST_CLAUSE or finite(words[-1]) is None
    if unsure or _US.search(clause) or _OURS.search(clause):
        return None
    words = [word for word in words if word.lower() not in _FILLERS]
    return subordinate([words[0].lower(), *words[1:]], Speaker(register, all_small=clause.islower()))


def _lead(words: list[str]) -> int | None:
    """Return how many words ask: all before the finite verb."""
    return next((at for at in range(1, min(len(words), _LONGEST_LEAD + 1)) if finite_here(words, at)), None)


def _checked(asking: str, words: list[str], speaker: Speaker) -> str | None:
    verb, rest = words[0].lower(), _shop_as_we(words[1:])
    if rest is None or finite(verb) is None or not _waits_for_an_answer(asking, verb, rest):
        return None
    subject = "ich" if any(word.lower() == "ich" for word in rest[:2]) else None
    if "wir" in rest[:1]:
        found = finite(verb)
        verb = found.formal if found else verb
    told = verb_last(Clause((), verb, tuple(rest), subject), speaker) if rest else None
    if told is None:
        return None
    text = f"{asking} {told.replace(_WE, 'wir')}"
    return None if _LEFT_OVER.search(text.replace("Ihr", "")) else text


_WE = "\x00"


def _waits_for_an_answer(asking: str, verb: str, rest: list[str]) -> bool:
    """Whether a question is a real one: not what anybody could know, nor what nobody should have to say."""
    said = " ".join([verb, *rest]).lower()
    if (
        asking in ("wer", "wem", "wen", "wessen")
        or {word.lower() for word in rest} & _RHETORICAL
        or " man " in f" {said} "
    ):
        return False
    if _WE in rest[:1]:
        return bool(_ACTS.search(said))
    if verb in ("soll", "sollen", "kann", "können", "muss", "müssen") and rest[0].lower() in ("ich", "wir"):
        return bool(_ACTED_BY_ME.search(said))
    return is_plain(said)


def _shop_as_we(words: list[str]) -> list[str] | None:
    """Turn the shop into "we": only the plain subject right after the verb is turned, all else is given up."""
    out = list(words)
    if out and out[0] in ("Sie", "ihr", "Ihr"):
        out[0] = _WE
    text = " ".join(out)
    return None if _US.search(text) or _OURS.search(text) else out

"""German reported speech: "Der Henkel ist beim Auspacken gebrochen" becomes "der Henkel beim Auspacken gebrochen ist".

A clause after "dass" has its verb at the end, the other person, and separable verbs joined. Only clauses whose finite
verb is known and whose first place holds one constituent are turned; for all others the answer is None.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from app.drafts.composer.clauses_de import (
    SMALL,
    Clause,
    cut,
    finite_here,
    is_infinitive,
    is_relative,
    is_subordinate,
    main_clause,
    starts_with_verb,
    word_sets,
)  # fmt: skip
from app.drafts.composer.nouns_de import gender_of
from app.drafts.composer.persons_de import Speaker, turn_words
from app.drafts.composer.sound_de import is_plain, is_sound, is_whole
from app.drafts.composer.verbs_de import finite, is_participle, turned
from app.ticket import Register

_LEFT_OVER = re.compile(r"\b(?:ich|wir|mir|mich|uns|mein(?:e[mnrs]?)?|unser(?:e[mnrs]?)?|das sich)\b", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_SAYS_NOTHING = re.compile(r"(?:(?:das |es )?(?:ist|is) (?:leider |nun |mal |halt |eben )*so|so ist (?:es|das))$")
_ARTICLES = {"m": "der", "f": "die", "n": "das"}
_ORDINAL = re.compile(r"(?:zwei|drit|vier|fünf|sechs|sieb|ach|neun|zehn)te[rns]?$", re.IGNORECASE)
_MOST_WORDS = 26
_LEAST_WORDS = 3
_SHORT_LEAD = 3  # words of a fragment before the statement that may be left out
_SUBJECTS = frozenset({"ich", "wir", "er", "sie", "es", "man"})
_OBJECTS = frozenset({"mir", "mich", "sich", "uns", "ihm", "ihn", "ihnen"})
_AFTER_PARTICIPLE = frozenset({"worden", "werden", "gewesen", "sein", "können", "lassen", "haben", "und", "oder"})


def report(sentence: str, register: Register) -> str | None:
    """Return the sentence as it stands after "dass", spoken to its writer; None where it may not come out right."""
    if not is_plain(sentence):
        return None
    segments = cut(sentence)
    small = sentence.islower()
    led = sentence.split(maxsplit=1)[0].strip(",").lower() in word_sets()["drop"] if segments else False
    for start in range(len(segments)):
        segments[start] = _joint(segments[start])[1] or segments[start]
        if text := _from(segments[start:], Speaker(register, all_small=small), led=led and not start):
            return text
        if is_subordinate(segments[start]) or len(segments[start]) > _SHORT_LEAD:
            return None
    return None


def _from(segments: list[list[str]], speaker: Speaker, *, led: bool) -> str | None:
    """Turn as many segments as can be turned; `led`: a word that stood before the verb was dropped."""
    first = segments[0]
    if is_subordinate(first) and len(segments) > 1 and starts_with_verb(segments[1]):
        return _checked(_after_subordinate(segments, speaker))
    if is_subordinate(first):
        return None
    if len(segments) > 2 and is_relative(segments[1]) and starts_with_verb(segments[2]):  # noqa: PLR2004 - noun, clause, verb
        return _checked(_around_relative(segments, speaker))
    return _checked(_in_order(segments, speaker, verb_first=led))


def _checked(text: str | None) -> str | None:
    text = _SPACE.sub(" ", text or "").replace(" ,", ",").strip(" ,")
    return None if _LEFT_OVER.search(text) or len(text.split()) < _LEAST_WORDS or not is_whole(text) else text


def _after_subordinate(segments: list[list[str]], speaker: Speaker) -> str | None:
    """As in "Als ich es öffnete, war es leer": the clause that stood first follows its main clause."""
    waiting = subordinate(segments[0], speaker)
    main = _in_order(segments[1:2], speaker, verb_first=True)
    return f"{main}, {waiting}" if waiting and main else None


def _around_relative(segments: list[list[str]], speaker: Speaker) -> str | None:
    """As in "Die Hose, die ich bestellt habe, ist zu klein": the relative clause stays with its noun."""
    relative = subordinate(segments[1], speaker)
    clause = main_clause(segments[2], verb_first=True, subject=None)
    noun = turn_words(segments[0], speaker, None)
    if not relative or clause is None or clause.subject or not noun:
        return None
    end = verb_last(clause, speaker)
    return f"{' '.join(noun)}, {relative}, {end}" if end else None


def _in_order(segments: list[list[str]], speaker: Speaker, *, verb_first: bool) -> str | None:
    out: list[str] = []
    subject: str | None = None
    for at, words in enumerate(segments):
        piece, subject = _piece(words, speaker, subject, at=at, verb_first=verb_first)
        if piece is None or len(" ".join([*out, piece]).split()) > _MOST_WORDS:
            break
        out.append(piece)
    return "".join(out) or None


def _piece(
    words: list[str], speaker: Speaker, subject: str | None, *, at: int, verb_first: bool
) -> tuple[str | None, str | None]:
    """Turn one segment; return it with its joint, and the subject a following clause may lack."""
    if at and (is_subordinate(words) or is_infinitive(words) or is_relative(words)):
        dependent = subordinate(words, speaker)
        return (f", {dependent}" if dependent else None), subject
    joint, shares = "", False
    if at:
        # "Pipette fehlt, war ein Geschenk": what follows a mere comma needs a subject of its own, unless "ich" goes on.
        shares = bool(subject) or words[0].lower() in word_sets()["coordinators"]
        joint, words = _joint(words)
        if _SAYS_NOTHING.match(" ".join(words).lower()):
            return None, subject
    clause = main_clause(words, verb_first=verb_first or at > 0, subject=subject) if words else None
    if clause is None or not is_sound(clause, shares=shares):
        return None, subject
    done = verb_last(clause, speaker)
    return (joint + done if done else None), clause.subject


def _joint(words: list[str]) -> tuple[str, list[str]]:
    """Return how a further main clause is joined, and its words; none where it gives a reason ("denn")."""
    word = words[0].lower()
    if word not in word_sets()["coordinators"]:
        return " und ", words
    if word == "denn":
        return "", []
    return (f" {word} " if word in ("und", "oder") else f", {word} "), words[1:]


def verb_last(clause: Clause, speaker: Speaker) -> str | None:
    """Put the verb at the end of its clause, joined with its prefix, and turn the person."""
    verb = clause.verb
    if clause.subject:
        new = None if clause.subject == "wir" and speaker.register == "du" else turned(verb, speaker.register)
        if new is None:
            return None
        verb = new
    rest, verb = _middle_and_end(clause, verb)
    if _holds_another_verb(rest) or _goes_on(clause) or _is_out_of_order(rest):
        return None
    named = _with_article(clause)
    if named is None:
        return None
    words = turn_words(_placed(_ordered(named, rest), speaker), speaker, clause.subject, copula=clause.verb in _COPULAS)
    tail = turn_words(verb.split(), speaker, clause.subject)
    return " ".join([*words, *tail]).replace(" ,", ",") if words is not None and tail else None


def _placed(words: list[str], speaker: Speaker) -> list[str]:
    """With the customer's "hier" as seen from here: "bei Ihnen"; before another place it stays."""
    there = "bei Ihnen" if speaker.register == "sie" else "bei dir"
    stays = word_sets()["prepositions"]
    seen_from_here = {
        at for at, word in enumerate(words) if word.lower() == "hier" and not {*words[at + 1 : at + 2]} & stays
    }
    return [there if at in seen_from_here else word for at, word in enumerate(words)]


_COPULAS = frozenset({"ist", "sind", "war", "waren"})


def _holds_another_verb(rest: list[str]) -> bool:
    """Whether a clause run on without a comma holds a second finite verb: then it is none to turn."""
    if any(rest[at].lower() in ("und", "aber") and _begins_clause(rest[at + 1 :]) for at in range(len(rest))):
        return True
    inner = (at for at in range(len(rest) - 1) if finite_here(rest, at))
    return any(
        not is_participle(rest[at]) and not rest[at].endswith("en") and rest[at - 1 : at] != ["zu"] for at in inner
    )


def _is_out_of_order(rest: list[str]) -> bool:
    """Whether a participle stands before its object, as second languages have it: "ich habe bestellt Lautsprecher"."""
    if not rest or is_participle(rest[-1].lower()):
        return False
    return any(one.endswith("t") and is_participle(one) and after[:1].isupper() for one, after in pairwise(rest))


def _begins_clause(words: list[str]) -> bool:
    """Whether a clause of its own begins here, with a verb we do not know: "mein Installateur berechnet 90 Euro"."""
    if len(words) < 4 or words[0].lower() not in word_sets()["determiners"]:  # noqa: PLR2004 - article, noun, verb, rest
        return False
    return words[1][:1].isupper() and words[2].islower() and words[2].endswith("t") and words[3][:1].isalnum()


def _goes_on(clause: Clause) -> bool:
    """Whether a second verb of "ich" ends the clause ("ich sitze hier und heule"): only known ones are turned."""
    joint, last = clause.rest[-2:-1], clause.rest[-1:]
    if clause.subject != "ich" or joint not in (("und",), ("oder",)) or not last[0].islower():
        return False
    return last[0].endswith("e") and not any(last[0] in word_sets()[name] for name in SMALL)


def _with_article(clause: Clause) -> Clause | None:
    """A thing or a count written as in a telegram, with its article: "Bildschirm flackert", "dritte Woche warte ich".

    None where a count's article would need another ending ("dritter Tag ohne Licht"). What stands before "ich" is no
    subject but what was done to: "Rest hab ich eingefroren" is "den Rest".
    """
    if _ORDINAL.match(clause.front[0] if clause.front else ""):
        counted = gender_of(clause.front[-1])
        return replace(clause, front=("die", clause.front[0].lower(), *clause.front[1:])) if counted == "f" else None
    found, word = finite(clause.verb), clause.front[0] if _is_one_noun(clause.front) else ""
    articles = _ARTICLES | {"m": "den"} if clause.subject else _ARTICLES
    article = articles.get(gender_of(word) or "") if word.istitle() else None
    if article is None or found is None or not found.singular:
        return clause
    return replace(clause, front=(article, *clause.front))


def _is_one_noun(front: tuple[str, ...]) -> bool:
    """Whether a bare noun stands first, alone or with what a preposition adds: "Ladegerät für die Akkus"."""
    return len(front) == 1 or (len(front) > 1 and front[1].lower() in word_sets()["prepositions"])


def _middle_and_end(clause: Clause, verb: str) -> tuple[list[str], str]:
    """Return what stands before the verb, and the verb with what follows it."""
    rest, known = list(clause.rest), finite(clause.verb)
    if known is None or not rest:
        return rest, verb
    if not known.auxiliary and rest[-1].lower() in word_sets()["prefixes"]:
        return rest[:-1], rest[-1].lower() + verb
    if not known.auxiliary:
        return rest, verb
    if len(clause.front) == 1 and is_participle(clause.front[0].lower()):
        return [*rest, clause.front[0].lower()], verb
    rest, after = _verb_group(rest)
    return rest, " ".join([verb, *after])


def _verb_group(rest: list[str]) -> tuple[list[str], list[str]]:
    """Split what follows an auxiliary after its participle: what was put behind it stays behind the verb."""
    for at in range(len(rest) - 1, -1, -1):
        before_noun = at + 1 < len(rest) and rest[at + 1][:1].isupper()
        if not is_participle(rest[at]) or before_noun:
            continue
        tail = rest[at + 1 :]
        if not tail or tail[0].lower() in _AFTER_PARTICIPLE:
            return rest, []
        if "zu" in tail:
            return rest[: at + 1], [",", *tail]
        if tail[0].lower() in word_sets()["prepositions"] | {"als", "wie"}:
            return rest[: at + 1], tail
        return rest, []
    return rest, []


def _ordered(clause: Clause, rest: list[str]) -> list[str]:
    """Order the middle: a pronoun that followed the verb goes forward, then comes what stood before the verb.

    Object pronouns stay behind a subject that stood first ("das Paket sich bewegt"), but precede an adverbial.
    """
    front = [] if len(clause.front) == 1 and rest and clause.front[0].lower() == rest[-1] else list(clause.front)
    if _is_expletive(clause):
        front = []
    lead: list[str] = []
    while rest and (rest[0].lower() in _OBJECTS or (not lead and rest[0].lower() in _SUBJECTS)):
        lead.append(rest.pop(0))
    leads = len(front) == 1 and front[0].lower() in _SUBJECTS  # in "wir haben es gemerkt" the "es" is what was noticed
    pronoun_follows = bool(lead) and lead[0].lower() in _SUBJECTS and not leads
    sets = word_sets()
    adverbial = bool(front) and front[0].lower() in sets["prepositions"] | sets["adverbs"]
    if not front or not (pronoun_follows or adverbial):
        return [*front, *lead, *rest]
    return [*lead, *front, *rest]


def _is_expletive(clause: Clause) -> bool:
    """Whether "es" only holds the first place: "es fehlen zwei Schrauben"."""
    if clause.front[:1] not in (("es",), ("Es",)) or len(clause.front) > 1:
        return False
    found = finite(clause.verb)
    return clause.verb in ("fehlt", "fehlte") or bool(found and not found.singular and not found.auxiliary)


def subordinate(words: list[str], speaker: Speaker) -> str | None:
    """Turn a clause that already has its verb at the end."""
    subject = next((word.lower() for word in words[1:4] if word.lower() in ("ich", "wir")), None)
    words = list(words)
    if subject:
        new = None if subject == "wir" and speaker.register == "du" else turned(words[-1], speaker.register)
        if new is None:
            return None
        words[-1] = new
    elif is_infinitive(words):
        subject = "ich"
    done = turn_words(words, speaker, subject)
    return " ".join(done) if done else None

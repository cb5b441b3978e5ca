"""How replies speak of giving and of doing: clauses, and the part each plays.

Who acts (the agent, the customer, somebody else), whether it is promised, offered, denied, only being checked, or
merely repeated from the customer. The words are in `data/claims.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from reply_guards.checks.lists import Lists
from reply_guards.remembering import remembered
from reply_guards.text import Sentence
from reply_guards.wordlists import data

_CLAUSES = re.compile(
    r"[;:]|, (?=(?:aber|doch|sondern|jedoch|but|however|yet|dass|ob|weil|da|wenn|falls|sobald|damit|"
    r"und|bis|that|if|whether|because"
    r"|so that|once|as soon as|until|and|while|though|ohne|bekommen|erhalten)\b)| - |(?<!\w)(?:aber|"
    r"sondern|jedoch|however|but)(?!\w)"
)
_GROUPS = ("offers", "done", "roles", "direct")
_OTHER = (
    "arrival",
    "own_act",
    "not_promise",
    "multiplied",
    "halved",
    "whole",
    "sent_back",
    "no_replacement",
    "no_cancellation",
)


@cache
def group(name: str) -> Lists[str]:
    """One group of the lists of `data/claims.yaml`."""
    raw = data("claims")
    return Lists(raw[name] if name in _GROUPS else {other: raw[other] for other in _OTHER})


# "At no charge" denies the charge, "no doubt" the doubt, "don't worry" the worry: none denies what is given.
_COST = (
    r"charge|costs?|fees?|cents?|dime|penny|extra|kosten|gebuehr\w{0,2}|aufpreis|mehrkosten|zusatzkosten|versandkosten|"
    r"pfennig|euro|rappen"
)
_WORRY = (
    r"doubts?|questions?|worr\w{1,4}|ifs?|strings|catch|fuss|bother|hassle|zweifel|frage\w?|sorgen?|gedanken?|kopf|stress|"
    r"wenn|umstaende|haken|thema|problem\w{0,2}|trouble|issues?"
)
_REASSURES = re.compile(
    r"(?<!\w)(?:(?:(?:at|for) )?(?:no|without(?: any)?|not a|zero)|ohne|kein\w{0,2}|nicht ein\w{0,2}) "
    r"(?:(?:extra|additional|further|weitere\w?|zusaetzliche\w?|einzige\w?|single|red|roten) )?"
    rf"(?:{_COST}|{_WORRY})(?: (?:and|or|und|oder)(?: \w{{1,3}})? (?:buts?|aber))?(?: asked| attached)?(?!\w)"
    r"|(?<!\w)(?:kostet|costs?) (?:sie|dich|euch|you) (?:nichts|nix|nothing)(?!\w)"
    r"|(?<!\w)(?:won't|doesn't|will not|does not|wont|doesnt|not) cost (?:you )?(?:a |one )?(?:single |red )?"
    r"(?:thing|cent|penny|dime|anything)(?!\w)"
    r"|(?<!\w)(?:do not|don't|dont|won't|wont|needn't|not|never)(?: (?:have to|need to|be|you))? "
    r"(?:worr\w{1,4}|fret|pay (?:for (?:it|that|this)|a thing|anything))(?!\w)"
    r"|(?<!\w)nicht den kopf(?!\w)|(?<!\w)den kopf nicht(?!\w)|(?<!\w)zahl\w{1,3} (?:sie|du) (?:nichts|nix)(?!\w)"
)


def role(name: str, text: str, sentence: Sentence) -> bool:
    """Whether a part of a sentence, or all of it, has the words of a role."""
    roles = group("roles")
    if not roles.could(sentence.possible, name):
        return False
    if name == "denied":
        text = _REASSURES.sub(" ", text)
    return roles.first(name, text, sentence.possible) is not None


def clauses(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """The clauses of a sentence as (folded start, folded end, text)."""
    for start, stop in _cut(sentence.text):
        yield sentence.start + start, sentence.start + stop, sentence.text[start:stop]


@remembered(512)
def _cut(text: str) -> tuple[tuple[int, int], ...]:
    """Where the clauses of a sentence lie; asked for by each kind of claim."""
    found, last = [], 0
    for match in [*_CLAUSES.finditer(text), None]:
        stop = match.start() if match else len(text)
        if text[last:stop].strip():
            found.append((last, stop))
        last = match.end() if match else stop
    return tuple(found)


def only_states(clause: str, sentence: Sentence) -> bool:
    """Whether a clause says how things are, and hands nothing over."""
    return role("state", clause, sentence) and not role("giving", clause, sentence)


def stands_denied(clause: str, sentence: Sentence) -> bool:
    """Whether a clause of a sentence denies, checks or only repeats what it speaks of."""
    return any(role(name, clause, sentence) for name in ("denied", "irreal", "checking", "repeated"))


def gives(sentence: Sentence) -> bool:
    """Whether a sentence hands something to the customer."""
    return any(role(name, sentence.text, sentence) for name in ("giving", "agent_verb", "option"))


def leaves_review(sentence: Sentence) -> bool:
    """Whether a sentence leaves to the customer what they write about us, and hopes for nothing."""
    return role("left_free", sentence.text, sentence) and not role("hoped_for", sentence.text, sentence)


def keeps_back(sentence: Sentence) -> bool:
    """Whether a sentence says that a number or an address is not given, nor to be had elsewhere."""
    return role("kept_back", sentence.text, sentence) and not role("had_elsewhere", sentence.text, sentence)

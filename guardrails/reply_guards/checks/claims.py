"""What a reply says was done, will be done or may be had: the ground `promise.*` and `grounding.*` stand on.

Sentences are read by role: who acts (the agent, the customer, somebody else), whether it is done, promised, offered,
denied, only being checked, or merely repeated from the customer. The words are in `data/claims.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from reply_guards.patterns import Pattern, compile_pattern
from reply_guards.text import Reply, Sentence
from reply_guards.wordlists import data, lexicon

_CLAUSES = re.compile(
    r"[;:]|, (?=(?:aber|doch|sondern|jedoch|but|however|yet|dass|ob|weil|da|wenn|falls|sobald|damit|und|bis|that|if|whether|because|so that|once|as soon|until|and|while|though)\b)| - |(?<!\w)(?:aber|sondern|jedoch|however|but)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A resolution type or an action, and where the clause that speaks of it lies in the folded view."""

    what: str
    start: int
    end: int
    sentence: Sentence
    clause: str


@cache
def _compiled() -> dict[str, dict[str, tuple[Pattern, ...]]]:
    raw = data("claims")
    return {
        group: {
            name: tuple(compile_pattern(str(s), lexicon()) for s in sources) for name, sources in raw[group].items()
        }
        for group in ("offers", "done", "roles")
    }


def _role(name: str, text: str) -> bool:
    return any(p.regex.search(text) for p in _compiled()["roles"][name])


def clauses(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """The clauses of a sentence as (folded start, folded end, text)."""
    last = 0
    for match in [*_CLAUSES.finditer(sentence.text), None]:
        stop = match.start() if match else len(sentence.text)
        if sentence.text[last:stop].strip():
            yield sentence.start + last, sentence.start + stop, sentence.text[last:stop]
        last = match.end() if match else stop


def promised(reply: Reply) -> Iterator[Claim]:
    """Every resolution the reply promises or offers, at most once per clause and type."""
    for sentence in reply.sentences:
        for start, end, text in clauses(sentence):
            for what, patterns in _compiled()["offers"].items():
                match = next((m for p in patterns if (m := p.regex.search(text))), None)
                if match and _is_offer(what, text, sentence):
                    yield Claim(what, start + match.start(), start + match.end(), sentence, text)


def _is_offer(what: str, clause: str, sentence: Sentence) -> bool:
    if _role("checking", clause) or _role("denied", clause) or _role("repeated", clause):
        return False
    if _role("state", clause) and not _role("giving", clause):
        return False
    if what in data("claims")["verbal"] and _role("agent_verb", clause):
        return True
    return _role("giving", clause) or (sentence.question and _role("choice", sentence.text)) or _role("option", clause)


def performed(reply: Reply) -> Iterator[Claim]:
    """Every completed action the reply claims."""
    for sentence in reply.sentences:
        if sentence.question:
            continue
        for start, _end, text in clauses(sentence):
            if _role("denied", text) or _role("conditional", text):
                continue
            for what, patterns in _compiled()["done"].items():
                match = next((m for p in patterns if (m := p.regex.search(text))), None)
                if match:
                    yield Claim(what, start + match.start(), start + match.end(), sentence, text)
                    break


def matches_action(what: str, actions: tuple[str, ...]) -> bool:
    """Whether one of the actions really done (`return_label_sent`, free words) covers the claim."""
    wanted: list[Any] = data("claims")["actions"][what]
    return any(
        all(re.search(rf"(?:{part})", action.lower()) for part in option) for action in actions for option in wanted
    )

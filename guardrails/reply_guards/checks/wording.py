"""The rules that look for wordings: their patterns, and the circumstances in which a match does not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reply_guards.checks.hit import Hit
from reply_guards.checks.learned import views
from reply_guards.model import Part
from reply_guards.policy import Policy
from reply_guards.rule import Rule
from reply_guards.text import Reply, Sentence

_NEGATION = re.compile(
    r"(?<!\w)(?:nicht|nichts|kein\w{0,3}|nie|niemals|ohne|weder|statt|not|never|no|without|cannot|neither|\w{2,7}n't|dont|wont"
    r"|pas|jamais|sans|aucun\w?|nunca|sin|ningun\w?|non|mai|senza|niet|geen|nooit|nie|bez|nigdy)(?!\w)"
)
_DOUBLE = re.compile(
    r"(?<!\w)(?:vergess\w*|vergiss|forget|hesitate|zoeger\w*|verpass\w*|miss|scheuen|oubli\w*|hesit\w*|olvid\w*|dud\w*|dimentic\w*|esit\w*|vergeet|aarzel\w*|zapomn\w*|wahaj\w*|why|warum|wieso)(?!\w)"
)
_CLAUSE_EDGE = re.compile(r"[,;:()]|(?<!\w)(?:aber|sondern|but|mais|pero|ma|maar|ale)(?!\w)| - ")
_CONDITION = re.compile(
    r"(?<!\w)(?:wenn|falls|sofern|sollten|sollte|if|should|unless|in case|si|se|als|indien|jesli)(?!\w)"
)


def worded(reply: Reply, policy: Policy, parts: frozenset[Part]) -> Iterator[Hit]:
    """All hits of all worded rules of the requested parts: at most one per rule and sentence.

    Families the network is sure a sentence has nothing to do with are not looked for: that spares nearly all patterns.
    """
    seen = views(reply)
    for family, finder in policy.finders.items():
        spared = seen is not None and family
        if not spared and not finder.may_match(reply.words):
            continue
        for number, sentence in enumerate(reply.sentences):
            if not seen or not spared or family in seen.open[number]:
                yield from _in_sentence(reply, sentence, finder.matches(sentence.text), parts)


def _in_sentence(
    reply: Reply, sentence: Sentence, matches: Iterable[tuple[Rule, int, int]], parts: frozenset[Part]
) -> Iterator[Hit]:
    seen: set[str] = set()
    for rule, start, end in matches:
        if rule.id in seen or rule.part not in parts:
            continue
        span = (sentence.start + start, sentence.start + end)
        if _counts(rule, reply, sentence, span):
            seen.add(rule.id)
            yield Hit(rule.id, *reply.span(*span))


def _counts(rule: Rule, reply: Reply, sentence: Sentence, span: tuple[int, int]) -> bool:
    if any(p.regex.search(sentence.text) for p in rule.unless):
        return False
    ignore = rule.ignore
    if "questions" in ignore and sentence.question:
        return False
    if "negated" in ignore and negated(sentence, *span):
        return False
    if "conditional" in ignore and _CONDITION.search(sentence.text):
        return False
    return not ("quoted" in ignore and reply.quoted(*reply.span(*span)))


def negated(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the clause around [start, end) of the folded view holds a negation."""
    if _DOUBLE.search(sentence.text):
        return False  # "do not forget to …" asks for it
    low, high = start - sentence.start, end - sentence.start
    edges = [m.end() for m in _CLAUSE_EDGE.finditer(sentence.text, 0, low)]
    after = _CLAUSE_EDGE.search(sentence.text, high)
    clause = sentence.text[edges[-1] if edges else 0 : after.start() if after else len(sentence.text)]
    return _NEGATION.search(clause) is not None

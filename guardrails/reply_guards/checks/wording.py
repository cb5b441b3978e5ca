"""The rules that look for wordings: their patterns, and the circumstances in which a match does not count."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter

from reply_guards.checks.hit import Hit
from reply_guards.checks.learned import views
from reply_guards.checks.quoting import is_the_customers
from reply_guards.checks.roles import leaves_review
from reply_guards.model import Part
from reply_guards.policy import Policy
from reply_guards.remembering import once
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
        for number in seen.open.get(family, ()) if seen and family else range(len(reply.sentences)):
            sentence = reply.sentences[number]
            if family == "feedback" and leaves_review(sentence):
                continue
            yield from _in_sentence(reply, sentence, finder.matches(sentence), parts)


def _in_sentence(
    reply: Reply, sentence: Sentence, matches: Iterable[tuple[Rule, int, int]], parts: frozenset[Part]
) -> Iterator[Hit]:
    done: set[str] = set()  # rules that found something here, or that nothing here can trip
    around = _Circumstances(sentence)
    for rule, start, end in matches:
        if rule.id in done or rule.part not in parts:
            continue
        if around.excuse(rule):
            done.add(rule.id)
        elif not ("negated" in rule.ignore and around.negated(start, end)):
            span = reply.span(sentence.start + start, sentence.start + end)
            if not (reply.quoted(*span) and ("quoted" in rule.ignore or is_the_customers(reply, *span))):
                done.add(rule.id)
                yield Hit(rule.id, *span)


class _Circumstances:
    """What lets a wording pass in one sentence. Each thing is looked for once, however many matches ask."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence
        self._text = sentence.text
        self._excused: dict[str, bool] = {}
        self._clauses: dict[tuple[int, int], bool] = {}

    def excuse(self, rule: Rule) -> bool:
        """Whether no match of a rule counts in this sentence."""
        if rule.id not in self._excused:
            self._excused[rule.id] = (
                ("questions" in rule.ignore and self._sentence.question)
                or any(p.regex.search(self._text) for p in rule.unless)
                or ("conditional" in rule.ignore and _CONDITION.search(self._text) is not None)
            )
        return self._excused[rule.id]

    @once
    def _reminding(self) -> bool:
        """Whether the sentence turns its negation round: "do not forget to …" asks for it."""
        return _DOUBLE.search(self._text) is not None

    @once
    def _edges(self) -> list[tuple[int, int]]:
        """Where clauses end."""
        return [m.span() for m in _CLAUSE_EDGE.finditer(self._text)]

    def negated(self, start: int, end: int) -> bool:
        """Whether the clause around [start, end) holds a negation."""
        if self._reminding:
            return False
        before = bisect_right(self._edges, start, key=itemgetter(1)) - 1
        after = bisect_left(self._edges, end, key=itemgetter(0))
        low = self._edges[before][1] if before >= 0 else 0
        high = self._edges[after][0] if after < len(self._edges) else len(self._text)
        if (low, high) not in self._clauses:
            self._clauses[low, high] = _NEGATION.search(self._text[low:high]) is not None
        return self._clauses[low, high]

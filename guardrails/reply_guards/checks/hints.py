"""What the trained classifier adds: sentences that do in new words what a rule forbids."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache

from reply_guards.checks.hit import Hit
from reply_guards.model import Part
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.wordlists import data

# The rule a label is reported under; labels that are rules stand for themselves.
_RULES = {
    "feedback": "feedback.request",
    "promotion": "promotion.advertising",
    "offplatform": "offplatform.sale",
    "contact": "contact.indirect",
}
_MIN_WORDS = 3
# Labels that few lines teach must be surer.
_EXTRA = {"contact": 0.3, "offplatform": 0.3}


@cache
def _anchors(label: str) -> re.Pattern[str] | None:
    """What must be spoken of at all for a label to count: a guess about a sentence with none of it is a wrong guess."""
    words = data("anchors").get(label) or data("anchors").get(label.partition(".")[0])
    return re.compile("|".join(words)) if words else None


def hinted(reply: Reply, policy: Policy, parts: frozenset[Part], found: Collection[Hit]) -> Iterator[Hit]:
    """Hits of the classifier where no worded rule of the same family spoke already."""
    spoken = {(hit.rule.partition(".")[0], hit.start) for hit in found}
    for sentence in reply.sentences:
        if sentence.text.count(" ") < _MIN_WORDS - 1:
            continue
        told = _told(sentence.text)
        if not told:
            continue
        start, end = reply.span(sentence.start, sentence.end)
        for label, margin in told[:2]:
            anchors = _anchors(label)
            if anchors is None or margin < _EXTRA.get(label, 0.0) or not anchors.search(sentence.text):
                continue
            rule = policy.rules.get(_RULES.get(label, label))
            if (
                rule is None
                or rule.part not in parts
                or _is_spoken(spoken, rule.family, start, end)
                or reply.quoted(start, end)
            ):
                continue
            if any(p.regex.search(sentence.text) for p in rule.unless):
                continue
            yield Hit(rule.id, start, end)


@lru_cache(maxsize=4096)
def _told(text: str) -> tuple[tuple[str, float], ...]:
    """The classifier's word on a folded sentence; sentences recur. Nothing where the pack was built without one."""
    from reply_guards.classifier import classifier  # numpy: not for those who only import the pack

    model = classifier()
    return tuple(model.told(text)) if model else ()


def _is_spoken(spoken: set[tuple[str, int]], family: str, start: int, end: int) -> bool:
    return any(f == family and start <= at < end for f, at in spoken)

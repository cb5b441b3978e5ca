"""What the trained network adds: what each sentence does, and the rules that follow from it.

It speaks of families (a request for feedback, a cold tone …) surely and of the rule within one by its best guess. Where
a rule's own patterns match, less of its conviction is enough; where it is sure of the opposite, a pattern alone is not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

from reply_guards.checks.hit import Hit
from reply_guards.checks.quoting import is_told_back, without_the_customers
from reply_guards.checks.roles import keeps_back, leaves_review, role
from reply_guards.model import Context, Part
from reply_guards.policy import Policy
from reply_guards.remembering import Memory, once
from reply_guards.rule import Rule
from reply_guards.text import ADDRESS_SIGN, Reply, Sentence, read
from reply_guards.unfold import fold_char
from reply_guards.wordlists import data

# Log-odds below a label's threshold at which the network's no outweighs a word that speaks for it.
RULED_OUT = 3.0
_CLEAR, _BESIDE_ADDRESS = 1.0, 2.5  # log-odds over a threshold that are more than half a word
_BACKING = 1.0  # log-odds a family gains at most where one of its rules is surer of the sentence than itself
_BESIDE_CONSENT = 1.0  # log-odds below its threshold at which a rule still counts beside a request that is allowed
_NEARLY = 0.6  # share of the likeliest family's log-odds
_MANY = 4  # sentences
_WORDS = re.compile(r"(?<![^\W_])[^\W\d_]{2}")  # letters that begin a word: rows of figures tell the network nothing
# Log-odds over the threshold from which on no words of refusal make a deal none: "rather cash than through eBay".
_SURELY_DEALT = 2.0
_STATUTORY, _ADVICE = "safety.statutory_rights", "safety.advice"
_FOREIGN, _ADDRESSING = "leak.foreign_identity", ("role.greeting", "role.closing")
_ASKING = ("role.ask", "role.bare_ask")
_TRADE = frozenset({"feedback", "contact", "offplatform", "promotion"})
_CREDITS = frozenset({"voucher", "store_credit"})
_VOUCHER = re.compile(r"gutschein|guthaben|voucher|store credit|gift card")
_start = attrgetter("start")
_known: Memory[Any] = Memory(4096)  # scores of sentences; replies of one house share most of theirs


class Views:
    """What the network says of the sentences of a reply, in their order."""

    def __init__(self, scores: Any, more: Any) -> None:  # noqa: ANN401 - arrays
        """`scores[sentence, label]`: log-odds, counted from each label's threshold; `more[label]`: among many."""
        self._scores, self._more = scores, more
        self._columns: dict[str, list[float]] = {}

    def margins(self, label: str) -> list[float]:
        """How far each sentence is over the threshold of a label (`feedback`, `role.own`)."""
        if label not in self._columns:
            self._columns[label] = self._scores[:, _places()[label]].tolist()
        return self._columns[label]

    @property
    def many(self) -> bool:
        """Whether there are so many sentences that half a word of the network in one of them is not enough."""
        return len(self._scores) >= _MANY

    def margin(self, number: int, place: int) -> float:
        """How far a sentence is over the threshold of the label at `place`."""
        return float(self._scores[number, place])

    @once
    def _violations(self) -> Any:  # noqa: ANN401 - an array
        """The scores of the families of violations."""
        return self._scores.take(_families()[1], axis=1)

    @once
    def open(self) -> Mapping[str, Sequence[int]]:
        """Of each family of violations the sentences that may belong to it; most have none."""
        families = _families()[0]
        found: dict[str, list[int]] = {}
        likely = (self._violations > _least_open(among_many=self.many)).nonzero()
        for number, k in zip(*(side.tolist() for side in likely), strict=True):
            found.setdefault(families[k], []).append(number)
        return found

    def told(self, sure: Callable[[int], bool]) -> Iterator[tuple[int, str, str]]:
        """Each violation the network tells: the sentence's number, the family, the likeliest rule.

        Beside the likeliest family of a sentence only one nearly as likely counts: of what else a violation may break
        little was taught. Where a sentence is not `sure` ground, and in a whole reply, half a word is not enough.
        """
        families, scores = _families()[0], self._violations
        more = self._more[_families()[1]].tolist() if self.many else [0.0] * len(families)
        for number, k in zip(*(side.tolist() for side in (scores > 0).nonzero()), strict=True):
            margin, most = scores[number, k], scores[number].max()
            least = more[k] if margin == most else max(_CLEAR, _NEARLY * most, more[k])
            if margin >= (least if sure(number) else max(least, _BESIDE_ADDRESS)):
                yield number, families[k], max(_rules()[families[k]], key=lambda r: self._scores[number, r[1]])[0]


def views(reply: Reply) -> Views | None:
    """What the network says of a reply; None where the pack was built without one."""
    return reply.remembered("views", _views)


def _views(reply: Reply) -> Views | None:
    from reply_guards.panel import panel  # numpy: not for those who only import the pack

    network = panel()
    if network is None or not reply.sentences:
        return None
    import numpy as np

    def find(texts: list[str]) -> Any:  # noqa: ANN401 - an array
        return _backed(network.scores(texts) - network.thresholds)

    return Views(np.array(_known.recall([s.text for s in reply.sentences], find)), network.among_many)


def _backed(scores: Any) -> Any:  # noqa: ANN401 - arrays
    """Scores in which a family is backed by the likeliest of its own rules: a second opinion on the same sentence."""
    import numpy as np

    columns, starts = _backers()
    families = _families()[1]
    own = np.maximum.reduceat(scores.take(columns, axis=1), starts, axis=1)
    family = scores.take(families, axis=1)
    scores[:, families] = np.maximum(family, np.minimum(own, family + _BACKING))
    return scores


@cache
def _backers() -> tuple[list[int], list[int]]:
    """The places of the rules of all families, and where those of each family begin."""
    places = [[place for _, place in _rules()[family]] for family in _families()[0]]
    return [*chain.from_iterable(places)], [*accumulate(map(len, places[:-1]), initial=0)]


@cache
def _places() -> dict[str, int]:
    from reply_guards.panel import panel

    network = panel()
    return network.index if network else {}


@cache
def _families() -> tuple[list[str], list[int]]:
    families = [f for f in data("learned")["families"] if f in _places()]
    return families, [_places()[f] for f in families]


@cache
def _least_open(*, among_many: bool) -> list[float]:
    """Of each family of violations the log-odds below which its wordings are not looked for."""
    surer: dict[str, float] = data("learned")["ruled_out"]
    if among_many:
        surer = surer | data("learned")["ruled_out_among_many"]
    return [-surer.get(family, RULED_OUT) for family in _families()[0]]


@cache
def _rules() -> dict[str, list[tuple[str, int]]]:
    """Of each family of violations: the rules it stands for, with the place of the label that tells them."""
    names: dict[str, str] = data("learned")["rules"]
    return {
        family: [(names.get(label, label), p) for label, p in _places().items() if label.startswith(f"{family}.")]
        for family in _families()[0]
    }


def learned(
    reply: Reply, context: Context, policy: Policy, parts: frozenset[Part], found: Collection[Hit]
) -> Iterator[Hit]:
    """Hits of the network, where no worded rule of the same family spoke already."""
    seen = views(reply)
    if seen is None:
        return
    worded = sorted(found, key=_start)
    # What an address stands for, the exact checks know; the network sees but a gap.
    for number, family, told in seen.told(lambda n: not ADDRESS_SIGN.search(reply.sentences[n].text)):
        sentence = reply.sentences[number]
        consented = is_consented(policy.rules.get(told), context, policy)
        name = _beside_consent(seen, number, told, policy) if consented else told
        rule = policy.rules.get(name)
        if rule is None or rule.part not in parts or not _WORDS.search(sentence.text):
            continue
        if _is_spared(seen, sentence, family, rule, context) or (family == "contact" and policy.settings.shop_contact):
            continue  # where the shop may be written to and called, foreign addresses are the exact checks' business
        if family == "promotion" and policy.settings.goodwill and _is_approved_credit(sentence.text, context):
            continue
        start, end = reply.span(sentence.start, sentence.end)
        here = worded[bisect_left(worded, start, key=_start) : bisect_left(worded, end, key=_start)]
        said = {hit.rule for hit in here if hit.rule.partition(".")[0] == family}
        # What consent may allow is said apart from what it may not.
        spoken = name in said or any(not policy.rules[r].consent for r in said if r in policy.rules)
        if not (spoken or reply.quoted(start, end) or _is_only_quoted(reply, start, end, family)):
            yield Hit(name, start, end)


def _is_only_quoted(reply: Reply, start: int, end: int, family: str) -> bool:
    """Whether a sentence breaks a family's rules only in the customer's own words."""
    rest = without_the_customers(reply, start, end)
    if rest is None:
        return False
    seen = views(read(rest))
    return seen is None or max(seen.margins(family)) <= 0


def _is_spared(seen: Views, sentence: Sentence, family: str, rule: Rule, context: Context) -> bool:
    """Whether a sentence does something else, rather, or has what lets the rule's own wordings pass."""
    number = sentence.index
    margin, addressing = seen.margins(family)[number], max(seen.margins(role)[number] for role in _ADDRESSING)
    if addressing > margin:
        return True  # a greeting or a signature
    if family in _TRADE and is_told_back(sentence.text):
        return True  # the customer's own plan or wish
    if _is_honest(sentence, family, rule, margin):
        return True
    if rule.id == _FOREIGN and (addressing > 0 or _names_customer(sentence.text, context)):
        return True  # the network cannot tell one name from another
    if family == "feedback" and sentence.question:
        decides = max(seen.margins(role)[number] for role in _ASKING)
        if decides > margin - _CLEAR:
            return True  # which way the customer would like, not what they think of us
    unsure = (seen.margins(rule.id)[number] if family == "tone" else margin) < _CLEAR
    return unsure and any(excuse.regex.search(sentence.text) for excuse in rule.unless)


def _is_approved_credit(folded: str, context: Context) -> bool:
    """Whether a sentence speaks of the voucher that was approved for this case."""
    return any(offer.type in _CREDITS for offer in context.offers or ()) and _VOUCHER.search(folded) is not None


def _is_honest(sentence: Sentence, family: str, rule: Rule, margin: float) -> bool:
    """Whether a sentence turns down, holds back or leaves to the customer what the family is about."""
    if family == "offplatform" and margin < _SURELY_DEALT and role("kept_inside", sentence.text, sentence):
        return not role("dealt_after_all", sentence.text, sentence)
    if family == "feedback":
        return leaves_review(sentence)
    if family == "contact":
        return margin < _SURELY_DEALT and keeps_back(sentence)
    if rule.id == _ADVICE:
        return role("left_with_you", sentence.text, sentence)
    return rule.id == _STATUTORY and role("rights_kept", sentence.text, sentence)


def is_consented(rule: Rule | None, context: Context, policy: Policy) -> bool:
    """Whether the customer agreed to what a rule forbids, on a channel where that counts."""
    return context.review_consent and rule is not None and rule.consent and policy.settings.review_requests == "consent"


def _beside_consent(seen: Views, number: int, told: str, policy: Policy) -> str:
    """The rule a sentence breaks besides the one consent allows (a reward for the review, say); else that one."""
    own = {
        name: seen.margin(number, place)
        for name, place in _rules()[told.partition(".")[0]]
        if (rule := policy.rules.get(name)) and not rule.consent
    }
    best = max(own, key=own.__getitem__, default=told)
    return best if own.get(best, -RULED_OUT) > -_BESIDE_CONSENT else told


def _names_customer(folded: str, context: Context) -> bool:
    """Whether a sentence names the ticket's own customer."""
    name = (context.facts.customer_name or "") if context.facts else ""
    return any(len(part) > 2 and "".join(map(fold_char, part.lower())) in folded for part in name.split())  # noqa: PLR2004 - initials

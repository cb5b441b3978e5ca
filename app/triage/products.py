"""Which product a message is about, in the shop's words and in the customer's, and which part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.ticket import Item
from app.triage.items import Match, match_item
from app.triage.lexicon import Hit, Scan, word_set
from app.triage.naming import noun_phrases, widened
from app.triage.parts import Place, name_part

_KNOWN = 2.0  # weight of a noun of the lexicon
_PALE = 0.9  # of one that is as often a part
_OWN = 1.0  # least of a noun no lexicon holds: one's own, or bought
_OFTEN = 0.4  # for being named again
_IS = re.compile(r"(?:.+ )?bin(?: ich| selbst| selber| ein| eine| nur| auch| gelernter| gelernte)?")
_MEASURES = frozenset({"uhr", "zoll"})
_CLEAR = 3.5  # a noun as clear as this stands against the only item ordered


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun for a product in the text: sentence, first and last word, and how sure it is the product meant."""

    sentence: int
    first: int
    last: int
    weight: float

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.sentence, self.first, self.last


@dataclass(frozen=True, slots=True)
class Named:
    """Product as ordered (or as said), the customer's own word for it, and the part of it."""

    product: str | None = None
    product_words: str | None = None
    part: str | None = None


def name_product(scan: Scan, items: tuple[Item, ...]) -> Named:
    """Read product and part from one text, with the ordered items at hand."""
    mentions = _merged(_mentions(scan))
    match = match_item(scan, items)
    chosen = _chosen(scan, mentions, match)
    words = scan.sentences[chosen.sentence].between(chosen.first, chosen.last) if chosen else None
    title = match.title if match else None
    if title is None and len(items) == 1 and not (chosen and chosen.weight >= _CLEAR):
        title = items[0].title
    return Named(title or words, words, name_part(scan, chosen.place if chosen else None))


def _chosen(scan: Scan, mentions: list[Mention], match: Match | None) -> Mention | None:
    """The mention the item was matched by, else the clearest; of equals the first."""
    if match is None:
        often = [Mention(*m.place, m.weight + _OFTEN * (_count(scan, m) - 1)) for m in mentions]
        return max(often, key=lambda m: m.weight, default=None)
    for mention in mentions:
        if mention.sentence == match.sentence and mention.first <= match.word <= mention.last:
            return mention
    return Mention(match.sentence, match.word, match.word, _KNOWN)


def _count(scan: Scan, mention: Mention) -> int:
    head = scan.sentences[mention.sentence].words[mention.last]
    return min(3, sum(s.words.count(head) for s in scan.sentences[:40]))


def _mentions(scan: Scan) -> Iterator[Mention]:
    """Nouns for products: those of the lexicon, and those that patterns show ("the … I bought", "meine neue …")."""
    parts = {(h.sentence, h.first) for h in scan.of("parts")}
    for hit in scan.of("products"):
        if _stands_alone(scan, hit):
            continue
        first, last = widened(scan.sentences[hit.sentence], hit.first, hit.last)
        yield Mention(hit.sentence, first, last, _PALE if (hit.sentence, hit.first) in parts else _KNOWN)
    taken = parts | {(h.sentence, i) for h in scan.of("abuse") for i in range(h.first, h.last + 1)}
    for number, sentence in enumerate(scan.sentences):
        for first, last, weight in noun_phrases(sentence):
            if weight >= _OWN and not any((number, i) in taken for i in range(first, last + 1)):
                yield Mention(number, first, last, weight)


def _stands_alone(scan: Scan, hit: Hit) -> bool:
    """A word that is as often a verb ("I saw", "next time I drive") counts only behind an article or an adjective.

    Behind a number a clock is the time of day; behind "ich bin" stands what the writer is, not what was bought.
    """
    words = scan.sentences[hit.sentence].words
    if words[hit.first] in word_set("no_things") or _IS.fullmatch(" ".join(words[max(0, hit.first - 2) : hit.first])):
        return True
    if words[hit.first] in _MEASURES and hit.first and words[hit.first - 1].isdigit():
        return True
    if words[hit.first] not in word_set("verbs_too"):
        return False
    return not set(words[max(0, hit.first - 3) : hit.first]) & word_set("articles")


def _merged(found: Iterator[Mention]) -> list[Mention]:
    """Mentions that overlap strengthen each other; earlier ones come first."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.sentence, m.first, -m.last)):
        before = kept[-1] if kept else None
        if before and before.sentence == mention.sentence and mention.first <= before.last:
            kept[-1] = Mention(
                before.sentence, before.first, max(before.last, mention.last), before.weight + mention.weight
            )
        else:
            kept.append(mention)
    return kept

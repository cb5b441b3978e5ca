"""Which product a message is about, in the shop's words and in the customer's, and which part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.ticket import Item
from app.triage.lexicon import Hit, Scan, word_set
from app.triage.naming import noun_phrases
from app.triage.words import Sentence, fold

_SHORT = 3  # letters: shorter title words match nothing
_CLOSE = 86.0
_TITLE_WORD = re.compile(r"[^\W_]+")
_PLURALS = ("innen", "ern", "en", "er", "es", "n", "e", "s")


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun for a product in the text: sentence, first and last word, and how sure it is the product meant."""

    sentence: int
    first: int
    last: int
    weight: float


@dataclass(frozen=True, slots=True)
class Named:
    """Product as ordered (or as said), the customer's own word for it, and the part of it."""

    product: str | None = None
    product_words: str | None = None
    part: str | None = None


def name_product(scan: Scan, items: tuple[Item, ...]) -> Named:
    """Read product and part from one text, with the ordered items at hand."""
    mentions = _mentions(scan)
    title, matched = _match_items(scan, items, mentions)
    chosen = matched or max(mentions, key=lambda m: m.weight, default=None)
    words = _words(scan, chosen) if chosen else None
    if title is None and len(items) == 1 and not (chosen and matched is None and chosen.weight >= 3):  # noqa: PLR2004
        title = items[0].title
    part = _part(scan, chosen, known=bool(title or (chosen and chosen.weight > 0)))
    return Named(title or words, words, part)


def _mentions(scan: Scan) -> list[Mention]:
    """Nouns for products: those of the lexicon, and those that patterns show ("the … I bought", "meine neue …")."""
    parts = {(h.sentence, h.first) for h in scan.of("parts")}
    found = []
    for hit in scan.of("products"):
        pale = (hit.sentence, hit.first) in parts
        found.append(Mention(hit.sentence, hit.first, hit.last, 1.0 if pale else 2.0))
    for number, sentence in enumerate(scan.sentences):
        for first, last, weight in noun_phrases(sentence):
            if not any(h.sentence == number and h.first <= last and first <= h.last for h in scan.of("parts")):
                found.append(Mention(number, first, last, weight))
    return _merged(found)


def _merged(found: list[Mention]) -> list[Mention]:
    """Mentions that overlap strengthen each other; earlier ones come first."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.sentence, m.first, -m.last)):
        if kept and kept[-1].sentence == mention.sentence and mention.first <= kept[-1].last:
            kept[-1] = Mention(
                mention.sentence, kept[-1].first, max(kept[-1].last, mention.last), kept[-1].weight + mention.weight
            )
        else:
            kept.append(mention)
    return kept


def _words(scan: Scan, mention: Mention) -> str:
    return scan.sentences[mention.sentence].between(mention.first, mention.last)


def _match_items(scan: Scan, items: tuple[Item, ...], mentions: list[Mention]) -> tuple[str | None, Mention | None]:
    """The ordered item the text speaks of, and the words it uses for it."""
    best: tuple[float, str | None, Mention | None] = (0.0, None, None)
    second = 0.0
    for item in items[:50]:
        score, where = _item_score(scan, item.title, mentions)
        if score > best[0]:
            second, best = best[0], (score, item.title, where)
        else:
            second = max(second, score)
    if best[0] == 0 or (best[0] == second and len(items) > 1):
        return None, None
    return best[1], best[2]


def _item_score(scan: Scan, title: str, mentions: list[Mention]) -> tuple[float, Mention | None]:
    wanted = [fold(w) for w in _TITLE_WORD.findall(title)]
    wanted = [w for w in wanted if len(w) >= _SHORT and not w.isdigit()]
    total, best, where = 0.0, 0.0, None
    seen: set[str] = set()
    for number, sentence in enumerate(scan.sentences[:60]):
        for i, word in enumerate(sentence.words):
            if len(word) < _SHORT or word in seen:
                continue
            score = max((_alike(word, w) * (0.3 if w in word_set("pale") else 1.0) for w in wanted), default=0.0)
            if score:
                seen.add(word)
                total += score
                if score > best and word not in word_set("pale"):
                    best, where = score, Mention(number, i, i, 9.0)
    if not where:
        return 0.0, None
    around = next((m for m in mentions if m.sentence == where.sentence and m.first <= where.first <= m.last), where)
    return total, around


@lru_cache(maxsize=1 << 13)
def _alike(said: str, title: str) -> float:
    """How well a word of the text fits a word of a title: same, inflected, head of a compound, or misspelt."""
    if said == title:
        return 1.0
    root, other = _root(said), _root(title)
    if root == other and len(root) >= _SHORT:
        return 0.95
    if len(root) > _SHORT and other.endswith(root):
        return 0.9
    if len(other) > _SHORT and root.endswith(other):
        return 0.85
    if min(len(said), len(title)) > 5 and said[0] == title[0]:  # noqa: PLR2004 - short words are too alike
        from rapidfuzz.fuzz import ratio

        return 0.8 if ratio(said, title, score_cutoff=_CLOSE) else 0.0
    return 0.0


@lru_cache(maxsize=1 << 12)
def _root(word: str) -> str:
    for ending in _PLURALS:
        if word.endswith(ending) and len(word) - len(ending) > _SHORT:
            return word[: -len(ending)]
    return word


def _part(scan: Scan, product: Mention | None, *, known: bool) -> str | None:
    """The part nearest to a defect of its own sentence; none where the word is the product itself."""
    best: tuple[float, str | None] = (99.0, None)
    for hit in scan.of("parts"):
        sentence = scan.sentences[hit.sentence]
        if product and product.sentence == hit.sentence and product.first <= hit.first <= product.last:
            continue
        if product and _alike(sentence.words[hit.first], sentence_word(scan, product)) >= 0.9:  # noqa: PLR2004
            continue
        near = [_distance(hit, d, sentence) for d in scan.of("defects", hit.sentence)]
        if near and min(near) < best[0]:
            best = (min(near), sentence.between(hit.first, hit.last))
    if best[1] is None and known:
        return None
    return best[1]


def sentence_word(scan: Scan, mention: Mention) -> str:
    """The folded head noun of a mention: its last word."""
    return scan.sentences[mention.sentence].words[mention.last]


def _distance(part: Hit, defect: Hit, sentence: Sentence) -> float:
    inside = defect.first <= part.first <= defect.last
    gap = 0 if inside else min(abs(defect.first - part.last), abs(part.first - defect.last))
    return gap + (0 if sentence.clauses[part.first] == sentence.clauses[defect.first] else 3)

"""What the customer asks for and what the customer refuses, from the words around each thing named."""

from __future__ import annotations

from typing import Literal, cast

from app.triage.context import negated
from app.triage.lexicon import Hit, Scan, word_set
from app.triage.model import Threat, Wish
from app.triage.words import Sentence

Polarity = Literal["want", "refuse", "mention"]
_LEFT = 4  # words a "kein" reaches
# Things often named in passing: they count only with a clear word of asking.
_SHY = frozenset(
    {
        "information",
        "investigation",
        "invoice",
        "correction",
        "repair",
        "return",
        "discount",
        "pickup",
        "apology",
        "callback",
    }
)
_BARE = 7  # a clause of at most so many words that only names a thing asks for it ("Geld zurück!")


def wishes(scan: Scan) -> tuple[tuple[Wish, ...], tuple[Wish, ...]]:
    """(wanted, refused), each in the order first said; what is refused anywhere is not wanted."""
    wanted: dict[Wish, None] = {}
    refused: dict[Wish, None] = {}
    previous: tuple[Hit, Polarity] | None = None
    for hit in scan.of("wishes"):
        polarity = _polarity(scan, hit, previous)
        previous = (hit, polarity)
        if polarity != "mention":
            (wanted if polarity == "want" else refused)[cast("Wish", hit.key)] = None
    return tuple(w for w in wanted if w not in refused), tuple(refused)


def threats(scan: Scan) -> tuple[Threat, ...]:
    """What the customer announces, without what is taken back ("ich will nicht gleich zum Anwalt")."""
    found = [
        cast("Threat", "press" if h.key == "social" else h.key) for h in scan.of("threats") if not negated(scan, h)
    ]
    return tuple(dict.fromkeys(found))


def _polarity(scan: Scan, hit: Hit, previous: tuple[Hit, Polarity] | None) -> Polarity:
    sentence = scan.sentences[hit.sentence]
    low, high = _clause(sentence, hit)
    if _listed_with(sentence, hit, previous):
        return "refuse"
    if _refused(scan, sentence, hit, low, high):
        return "refuse"
    signals = {h.key for h in scan.of("signals", hit.sentence) if low <= h.first <= high}
    if "want" in signals:
        return "want"
    if hit.key in _SHY:
        return "mention"
    if "past" in signals and not any(w in word_set("facts") for w in sentence.words[low : high + 1]):
        return "mention"
    return "want" if high - low < _BARE or sentence.text.endswith("!") else "mention"


def _clause(sentence: Sentence, hit: Hit) -> tuple[int, int]:
    """The words of the hit's clause, ended by a "sondern" or "but" on its left."""
    clause = sentence.clauses[hit.first]
    low, high = hit.first, hit.last
    while low > 0 and sentence.clauses[low - 1] == clause and sentence.words[low - 1] not in word_set("but"):
        low -= 1
    while (
        high + 1 < len(sentence.words)
        and sentence.clauses[high + 1] == clause
        and sentence.words[high + 1] not in word_set("but")
    ):
        high += 1
    return low, high


def _listed_with(sentence: Sentence, hit: Hit, previous: tuple[Hit, Polarity] | None) -> bool:
    """As in "no replacement or voucher": joined to something refused."""
    if not previous or previous[1] != "refuse" or previous[0].sentence != hit.sentence:
        return False
    between = sentence.words[previous[0].last + 1 : hit.first]
    return 0 < len(between) <= 2 and between[0] in word_set("listing") and not (set(between) & word_set("but"))  # noqa: PLR2004 - "oder einen"


def _refused(scan: Scan, sentence: Sentence, hit: Hit, low: int, high: int) -> bool:
    for sign in scan.of("signals", hit.sentence):
        if sign.key != "refuse" or not low <= sign.first <= high or hit.first <= sign.first <= hit.last:
            continue
        if sign.last < hit.first:
            if _reaches(sentence, sign, hit):
                return True
        elif any(w in word_set("will") for w in sentence.words[low : high + 1]) and sentence.words[
            sign.first
        ] in word_set("dont"):
            return sentence.words[min(sign.first + 1, high)] not in {
                "laenger",
                "mehr",
                "mal",
                "einmal",
                "nur",
                "only",
                "just",
            }
    return False


def _reaches(sentence: Sentence, sign: Hit, hit: Hit) -> bool:
    """Whether a negation on the left is about the thing named."""
    between = sentence.words[sign.last + 1 : hit.first]
    word = sentence.words[sign.first]
    if word in {"als", "than"}:
        return len(between) <= 2 and bool(set(sentence.words[: sign.first]) & {"lieber", "rather", "eher"})  # noqa: PLR2004
    if word in {"nicht", "nich", "nie", "niemals", "not", "dont", "never", "wont", "cant"}:
        if between and between[0] in {"laenger", "nur", "mal", "einmal", "only", "just", "even", "mehr"}:
            return False
        return len(between) <= 1 or (len(between) <= 7 and bool(set(between) & word_set("asking")))  # noqa: PLR2004
    return len(between) <= _LEFT

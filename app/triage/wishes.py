"""What the customer asks for and what the customer refuses, from the words around each thing named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, cast

from app.ticket import Cause
from app.triage.context import quoted, supposed
from app.triage.escalation import announced
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
# Nobody turns these down; a "keine Auskunft" asks for one.
_HARMLESS = frozenset({"information", "investigation", "delivery_date", "invoice", "correction", "apology", "human"})
_GOODWILL = frozenset({"voucher", "discount"})
_BARE = 7  # a clause of at most so many words that only names a thing asks for it ("Geld zurück!")
# A request to send something: what is sent follows from why the customer writes.
_SENT: Mapping[str, Wish] = {
    "missing_item": "reshipment",
    "lost_parcel": "reshipment",
    "damaged_in_transit": "replacement",
    "product_defect": "replacement",
    "wrong_item": "replacement",
    "invoice": "invoice",
}
_ASKED: Mapping[str, Wish] = {
    "money": "refund",
    "discount": "discount",
    "look": "investigation",
    "change": "correction",
    "fetch": "pickup",
    "person": "human",
}
# What a message about this cause asks for where it names nothing.
IMPLIED: Mapping[str, Wish] = {
    "carrier_delay": "delivery_date",
    "warehouse_delay": "delivery_date",
    "lost_parcel": "investigation",
    "invoice": "invoice",
    "address_change": "correction",
    "refund_delayed": "refund",
    "refund_denied": "refund",
    "cancellation": "cancellation",
    "return_request": "return",
    "product_question": "information",
    "payment_failed": "investigation",
}
_SETTLING = frozenset(
    {"refund", "partial_refund", "replacement", "reshipment", "cancellation", "repair", "return", "discount"}
)


def wishes(scan: Scan, cause: Cause) -> tuple[tuple[Wish, ...], tuple[Wish, ...]]:
    """(wanted, refused), each in the order first said; what is refused anywhere is not wanted."""
    wanted: dict[Wish, None] = {}
    refused: dict[Wish, None] = {}
    previous: tuple[Hit, Polarity] | None = None
    for hit, wish, asked in _named(scan, cause):
        awaited = wish == "refund" == IMPLIED.get(cause)
        polarity = _polarity(scan, hit, previous, asked=asked, awaited=awaited)
        previous = (hit, polarity)
        if polarity != "mention":
            (wanted if polarity == "want" else refused)[wish] = None
    refused |= {cast("Wish", h.key): None for h in scan.of("refusals") if not quoted(scan, h)}
    return tuple(w for w in wanted if w not in refused), tuple(refused)


def completed(
    wanted: tuple[Wish, ...], refused: tuple[Wish, ...], cause: Cause, questions: Iterable[str]
) -> tuple[Wish, ...]:
    """The wishes with what is plainly implied: an answer to real questions, and what such a case is about."""
    found = dict.fromkeys(wanted)
    implied = IMPLIED.get(cause)
    if implied and implied not in refused and not _SETTLING & set(wanted):
        found[implied] = None
    if any(True for _ in questions):
        found["information"] = None
    return tuple(found)


def threats(scan: Scan) -> tuple[Threat, ...]:
    """What the customer announces, without what is taken back ("ich will nicht gleich zum Anwalt")."""
    found = [cast("Threat", "press" if h.key == "social" else h.key) for h in announced(scan)]
    return tuple(dict.fromkeys(found))


def _named(scan: Scan, cause: Cause) -> list[tuple[Hit, Wish, bool]]:
    """Every thing named, and every request in its own phrase (True), in reading order."""
    parts = {h.sentence for h in scan.of("wishes") if h.key == "partial_refund"}
    found = [
        (h, cast("Wish", h.key), False)
        for h in scan.of("wishes")
        if h.key != "refund" or h.sentence not in parts  # "refund half of it" asks for half
    ]
    for hit in scan.of("asks"):
        wish = _SENT.get(cause) if hit.key == "send" else _ASKED.get(hit.key)
        if wish:
            found.append((hit, wish, True))
    return sorted(found, key=lambda f: (f[0].sentence, f[0].first, -f[0].last))


def _polarity(scan: Scan, hit: Hit, previous: tuple[Hit, Polarity] | None, *, asked: bool, awaited: bool) -> Polarity:
    sentence = scan.sentences[hit.sentence]
    low, high = _clause(sentence, hit)
    if turned := _refused(scan, hit, low, high, awaited=awaited):
        return turned
    if _listed_with(sentence, hit, previous):
        return "refuse"
    return "want" if asked or _requested(scan, hit, low, high) else "mention"


def _requested(scan: Scan, hit: Hit, low: int, high: int) -> bool:
    """Whether the clause asks for the thing it names, and does not tell of it as past or possible."""
    sentence = scan.sentences[hit.sentence]
    signals = {h.key for h in scan.of("signals", hit.sentence) if low <= h.first <= high}
    shy = hit.key in _SHY
    if "want" in signals and not ("past" in signals and shy and not sentence.text.endswith("?")):
        return True
    told = "past" in signals and not word_set("facts") & set(sentence.words[low : high + 1])
    if shy or told or supposed(scan, hit):
        return False
    return high - low < _BARE or sentence.text.endswith("!")


def _clause(sentence: Sentence, hit: Hit) -> tuple[int, int]:
    """The words of the hit's clause, ended by a "sondern" or "but" on either side."""
    clause = sentence.clauses[hit.first]
    barriers = word_set("but")
    low, high = hit.first, hit.last
    while low > 0 and sentence.clauses[low - 1] == clause and sentence.words[low - 1] not in barriers:
        low -= 1
    last = len(sentence.words) - 1
    while high < last and sentence.clauses[high + 1] == clause and sentence.words[high + 1] not in barriers:
        high += 1
    return low, high


def _listed_with(sentence: Sentence, hit: Hit, previous: tuple[Hit, Polarity] | None) -> bool:
    """As in "no replacement or voucher": joined to something refused."""
    if not previous or previous[1] != "refuse" or previous[0].sentence != hit.sentence:
        return False
    between = sentence.words[previous[0].last + 1 : hit.first]
    return 0 < len(between) <= 2 and between[0] in word_set("listing") and not (set(between) & word_set("but"))  # noqa: PLR2004


def _refused(scan: Scan, hit: Hit, low: int, high: int, *, awaited: bool) -> Polarity | None:
    """`refuse` where the clause turns the thing named down; `want` or `mention` where it is only missed; None else.

    `awaited`: "no refund" tells of one that has not come.
    """
    sentence = scan.sentences[hit.sentence]
    signs = [s for s in scan.of("signals", hit.sentence) if sentence.clauses[s.first] == sentence.clauses[hit.first]]
    if any(s.key == "reject" for s in signs) or _subordinate(sentence, low):
        return "refuse"
    for sign in signs:
        if sign.key != "refuse" or not low <= sign.first <= high:
            continue
        if _negates(sentence, sign, hit, low, high):
            absent = sentence.words[sign.first] in word_set("none") and (awaited or _missed(scan, hit, low, high))
            if absent or hit.key in _HARMLESS or _demanded(scan, sign, hit, low, high):
                return "mention" if hit.key in _GOODWILL else "want"
            return "refuse"
        if hit.key == "refund" and sign.first >= hit.first and _demanded(scan, sign, hit, low, high):
            return "want"  # "wenn ich mein Geld nicht zurückbekomme": the negation stands within or behind
    return None


def _negates(sentence: Sentence, sign: Hit, hit: Hit, low: int, high: int) -> bool:
    if hit.first <= sign.first <= hit.last:
        return hit.key == "return" and sentence.words[sign.first] in word_set("dont") | {"nichts"}
    if sign.last < hit.first:
        return _reaches(sentence, sign, hit)
    return _taken_back(sentence, sign, hit, low, high)


def _subordinate(sentence: Sentence, low: int) -> bool:
    """As in "Ich will nicht, dass Sie …": the refusal stands in the clause before."""
    words = sentence.words
    if low < 2 or words[low] not in {"dass", "das", "daß", "that"} or words[low - 1] not in word_set("dont"):  # noqa: PLR2004
        return False
    return bool(word_set("will") & set(words[max(0, low - 4) : low]))


def _missed(scan: Scan, hit: Hit, low: int, high: int) -> bool:
    """Whether something negated is missed ("noch keine Erstattung bekommen") and not refused ("will keine")."""
    if word_set("will") & set(scan.sentences[hit.sentence].words[low : high + 1]):
        return False
    return any(s.key == "lack" and low <= s.first <= high for s in scan.of("signals", hit.sentence))


def _demanded(scan: Scan, sign: Hit, hit: Hit, low: int, high: int) -> bool:
    """Whether a clause only supposes that the thing stays away: "wenn ich kein Geld bekomme", "ohne Erstattung …".

    Not where the customer's own will is told ("wenn ich kein Geld möchte"), nor where something else is supposed
    ("if it's broken don't send another"); a return only where it is to be allowed.
    """
    words = scan.sentences[hit.sentence].words
    clause, first = set(words[low : high + 1]), min(sign.first, hit.first)
    if (word_set("will") & clause and word_set("myself") & clause) or word_set("please") & {
        words[max(low, sign.first - 1)], words[min(high, hit.last + 1)]
    }:  # fmt: skip
        return False
    if hit.key == "return" and not word_set("allowed") & clause:
        return False
    if words[low] in word_set("lacking") | word_set("should"):
        return True
    begun = next((at for at in range(low, first) if words[at] in word_set("supposing")), None)
    return begun is not None and not word_set("otherwise_supposed") & set(words[begun + 1 : first])


def _taken_back(sentence: Sentence, sign: Hit, hit: Hit, low: int, high: int) -> bool:
    """As in "Ersatz will ich nicht": a verb of wanting, and a negation behind the thing named."""
    words = sentence.words
    verbs = word_set("will") | word_set("sends_back") if hit.key == "return" else word_set("will")
    if words[sign.first] not in word_set("dont") or not verbs & set(words[low : high + 1]):
        return False
    return words[min(sign.first + 1, high)] not in word_set("lasting")


def _reaches(sentence: Sentence, sign: Hit, hit: Hit) -> bool:
    """Whether a negation on the left is about the thing named."""
    between = sentence.words[sign.last + 1 : hit.first]
    word = sentence.words[sign.first]
    if word in {"als", "than"}:
        return len(between) <= 2 and bool(set(sentence.words[: sign.first]) & {"lieber", "rather", "eher"})  # noqa: PLR2004
    if word in {"ohne", "without"}:
        return len(between) <= 2  # noqa: PLR2004 - "ohne Antwort kam jetzt der Ersatz" speaks of the answer
    if word in word_set("dont"):
        if between and between[0] in word_set("limits"):
            return False
        return len(between) <= 1 or (len(between) <= 7 and bool(set(between) & word_set("asking")))  # noqa: PLR2004
    return len(between) <= _LEFT

"""Which part of a thing is broken or missing."""

from __future__ import annotations

from collections.abc import Iterator

from app.triage.items import alike
from app.triage.lexicon import Hit, Scan, word_set
from app.triage.naming import missing_nouns
from app.triage.words import Sentence

_NEXT_SENTENCE = 6.0  # distance of a defect told in the sentence after the part
_OTHER_CLAUSE = 3.0
_FAR, _BESIDE = 4.0, 2  # words between a defect and a part that is hardly meant, and a thing that surely is
_SAME = 0.9
Place = tuple[int, int, int]  # sentence, first word, last word


def name_part(scan: Scan, product: Place | None) -> str | None:
    """The part nearest to a defect, or what is said to be missing; never the product itself."""
    found = sorted(_candidates(scan, product))
    if not found:
        return None
    _, number, first, last = found[0]
    return scan.sentences[number].between(first, last)


def _candidates(scan: Scan, product: Place | None) -> Iterator[tuple[float, int, int, int]]:
    """(distance to a defect, sentence, first word, last word) of every part named."""
    for number, sentence in enumerate(scan.sentences):
        for first, last in missing_nouns(sentence):
            if not _is_product(scan, product, number, first, last):
                yield 0.0, number, first, last
    for hit in scan.of("parts"):
        if _is_product(scan, product, hit.sentence, hit.first, hit.last) or not _meant(scan, hit):
            continue
        near = _nearest(scan, hit)
        if near is not None and not (near >= _FAR and _follows(scan, product, hit)):
            yield near, hit.sentence, hit.first, hit.last


def _follows(scan: Scan, product: Place | None, hit: Hit) -> bool:
    """Whether a part only comes behind what is wrong with the product: "the hose split and soaked my new paint"."""
    if product is None or product[0] != hit.sentence:
        return False
    said = scan.of("defects", hit.sentence)
    return any(product[1] <= d.last < hit.first and d.first - product[2] <= _BESIDE for d in said)


def _nearest(scan: Scan, hit: Hit) -> float | None:
    sentence = scan.sentences[hit.sentence]
    here = [_distance(hit, d, sentence) for d in scan.of("defects", hit.sentence)]
    if not here and scan.of("defects", hit.sentence + 1) and not scan.of("parts", hit.sentence + 1):
        return _NEXT_SENTENCE
    return min(here, default=None)


def _distance(part: Hit, defect: Hit, sentence: Sentence) -> float:
    inside = defect.first <= part.first <= defect.last
    gap = 0 if inside else min(abs(defect.first - part.last), abs(part.first - defect.last))
    return gap + (0 if sentence.clauses[part.first] == sentence.clauses[defect.first] else _OTHER_CLAUSE)


def _is_product(scan: Scan, product: Place | None, number: int, first: int, last: int) -> bool:
    if product is None:
        return False
    if product[0] == number and product[1] <= last and first <= product[2]:
        return True
    head = scan.sentences[product[0]].words[product[2]]
    return alike(scan.sentences[number].words[last], head) >= _SAME


def _meant(scan: Scan, hit: Hit) -> bool:
    """A word that is a part only in company ("the back", "am Rand") needs its article; "fan heater" is no fan."""
    words = scan.sentences[hit.sentence].words
    if any(p.first == hit.last + 1 for p in scan.of("products", hit.sentence)):
        return False
    if words[hit.first] not in word_set("weak_parts"):
        return True
    if words[hit.last + 1 : hit.last + 2] == ("of",) and words[hit.first] in word_set("measures"):
        return False
    return bool(set(words[max(0, hit.first - 2) : hit.first]) & word_set("articles"))

"""Finds sentences that give orders to a machine, so that they are neither read as the customer's case nor obeyed.

Customer text is data. A sentence counts when an order verb stands where a clause begins ("Ignore all instructions …",
never "the driver ignored my instructions"), when a machine is spoken to, or when it carries the marks of a chat
template or hidden text. Weak signs count only together.
"""

from __future__ import annotations

import base64
import binascii
import re

from app.triage.lexicon import Hit, Scan, word_set
from app.triage.words import Sentence

_ENOUGH = 2.0
_MARKUP = re.compile(
    r"<\|?/?(?:im_start|im_end|system|assistant|endoftext|s)\|?>|\[/?INST\]|<<SYS>>|\{\s?\"role\"\s?:|<!--"
    r"|^\s{0,8}#{1,6}\s{0,3}(?:system|instruction|anweisung|new|neue)|^\s{0,8}(?:system|assistant|developer)\s?(?:prompt|message)?\s?:",
    re.IGNORECASE | re.MULTILINE,
)
_SPELLED = re.compile(r"(?<!\w)(?:\w[ .·_-]){10,200}\w(?!\w)")
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{24,2000}={0,2}")
_READABLE = 0.9


def commanded(scan: Scan, *, whole: str) -> frozenset[int]:
    """Numbers of the sentences that address the assistant or carry its orders on; `whole` is the full text."""
    weights = [_weight(scan, number) for number in range(len(scan.sentences))]
    if not weights:
        return frozenset()
    together = sum(weights)
    if not _MARKUP.search(whole) and together < _ENOUGH:
        return frozenset()
    found = {n for n, w in enumerate(weights) if w >= _ENOUGH or (w > 0 and together >= _ENOUGH)}
    for number in range(1, len(weights)):
        if number - 1 in found and _follows(scan, number):
            found.add(number)
    return frozenset(found)


def _weight(scan: Scan, number: int) -> float:
    sentence = scan.sentences[number]
    if _MARKUP.search(sentence.text) or _SPELLED.search(sentence.text) or _hidden(sentence.text):
        return _ENOUGH
    hits = [h for h in scan.of("assistant", number) if _counts(h, sentence)]
    spans = {(h.first, h.key): h.weight for h in sorted(hits, key=lambda h: h.weight)}
    return sum(spans.values())


def _counts(hit: Hit, sentence: Sentence) -> bool:
    """Orders must open a clause or be shouted into one; "my delivery instructions" are the customer's own."""
    if hit.key == "follow" or word_set("own_instructions") & set(sentence.words[hit.first : hit.last + 1]):
        return False
    return hit.key == "address" or _opens(hit, sentence) or _shouted(hit, sentence)


def _opens(hit: Hit, sentence: Sentence) -> bool:
    """Whether the order stands at the beginning of its clause."""
    first = hit.first
    if first == 0 or sentence.clauses[first] != sentence.clauses[first - 1]:
        return True
    return sentence.words[first - 1] in word_set("before_order")


def _shouted(hit: Hit, sentence: Sentence) -> bool:
    """Capitals in the middle of a sentence that is not all capitals."""
    return hit.first > 0 and sentence.raw(hit.first).isupper() and not sentence.raw(hit.first - 1).isupper()


def _follows(scan: Scan, number: int) -> bool:
    """Whether a sentence right after an order goes on ordering."""
    return any(h.key == "follow" and h.first == 0 for h in scan.of("assistant", number))


def _hidden(text: str) -> bool:
    """Whether a long blob in the text is base64 for readable words."""
    for match in _BLOB.finditer(text):
        blob = match.group().rstrip("=")
        if blob.isdigit() or blob.isupper():
            continue
        try:
            plain = base64.b64decode(
                blob + "=" * (-len(blob) % 4), altchars=b"-_" if "-" in blob or "_" in blob else None
            )
        except (binascii.Error, ValueError):
            continue
        readable = sum(32 <= byte < 127 for byte in plain)  # noqa: PLR2004 - printable ASCII
        if plain and readable >= _READABLE * len(plain) and b" " in plain:
            return True
    return False

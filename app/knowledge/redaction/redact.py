"""Removes personal data from a text: what the row tells first, then what has a shape, then people by context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from app.knowledge.redaction.addresses import find_addresses
from app.knowledge.redaction.dates import find_births
from app.knowledge.redaction.known import find_known
from app.knowledge.redaction.model import NOBODY, Known, Redacted, Span
from app.knowledge.redaction.patterns import find_patterns
from app.knowledge.redaction.people import People
from app.knowledge.redaction.phones import find_phones
from app.knowledge.redaction.words import Words

_NAMES = frozenset(["customer_name", "agent_name", "person"])
_NAME_GAPS = frozenset([" ", "-", " - ", ". ", ".", ", ", "  ", "\t"])


def redact(text: str, known: Known = NOBODY, language: str | None = None) -> Redacted:  # noqa: ARG001 - see below
    """The text with personal data as slots. Pure and deterministic; never raises; slots already there stay.

    The language is not needed: German and English are looked for at once, as tickets mix them.
    """
    spans = _settled(text, _found(text, known))
    if not spans:
        return Redacted(text)
    out: list[str] = []
    at = 0
    for span in spans:
        out += (text[at : span.start], "{", span.slot, "}")
        at = span.end
    out.append(text[at:])
    return Redacted("".join(out), dict(Counter(s.slot for s in spans)), tuple(spans))


def _found(text: str, known: Known) -> Iterator[Span]:
    """Every span somebody claims, the more trusted first."""
    words = Words(text)
    row = list(find_known(words, known)) if known != NOBODY else []
    patterns = list(find_patterns(words))
    yield from (
        s for s in patterns if s.slot in {"email", "tracking_url", "link"} or (s.slot == "" and text[s.start] == "{")
    )
    yield from (s for s in row if s.slot not in _NAMES)
    if words.longest:
        yield from find_births(words)
        yield from (s for s in patterns if s.slot not in {"", "email", "tracking_url", "link"})
        yield from find_phones(words)
        yield from find_addresses(words)
    yield from (s for s in row if s.slot in _NAMES)
    yield from (s for s in patterns if s.slot == "")
    yield from People(words).find()


def _settled(text: str, claims: Iterable[Span]) -> list[Span]:
    """Who comes first keeps a place; a later claim keeps what is left of it where that is still a word."""
    owner = bytearray(len(text))
    kept: list[Span] = []
    for start, end, slot in claims:
        if owner.find(1, start, end) < 0:
            owner[start:end] = b"\1" * (end - start)
            kept.append(Span(start, end, slot))
        elif slot:
            for a, b in _left_over(owner, start, end):
                if any(map(str.isalnum, text[a:b])):
                    rest = Span(*_trimmed(text, a, b), slot)
                    owner[rest.start : rest.end] = b"\1" * (rest.end - rest.start)
                    kept.append(rest)
    return _joined(text, sorted(s for s in kept if s.slot))


def _left_over(owner: bytearray, start: int, end: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    while start < end:
        taken = owner.find(1, start, end)
        stop = end if taken < 0 else taken
        if stop > start:
            pieces.append((start, stop))
        free = owner.find(0, stop, end)
        start = end if free < 0 else free
        if taken < 0:
            break
    return pieces


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """Parts of one name are one slot: 'Anna Keller' is not two people; the customer's own name wins."""
    out: list[Span] = []
    for span in spans:
        last = out[-1] if out else None
        if last and span.slot in _NAMES and last.slot in _NAMES and _same_person(text, last, span):
            slot = last.slot if last.slot != "person" else span.slot
            out[-1] = Span(last.start, span.end, slot)
        elif (
            last
            and span.slot == last.slot
            and text[last.end : span.start].strip(" ,\n") == ""
            and span.slot == "address"
        ):
            out[-1] = Span(last.start, span.end, span.slot)
        else:
            out.append(span)
    return out


def _same_person(text: str, left: Span, right: Span) -> bool:
    gap = text[left.end : right.start]
    if gap == ". " and left.end - left.start > 1:
        return False
    if gap == ", ":
        return left.slot == right.slot == "customer_name"
    return (gap in _NAME_GAPS and (left.slot == right.slot or "person" in {left.slot, right.slot})) or gap == ""

"""What the row tells, found in any writing: names in parts and inflected, addresses, mailboxes, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from app.knowledge.redaction.lists import PLAIN, cues, kind_of, names
from app.knowledge.redaction.model import Known, Span
from app.knowledge.redaction.standing import stands_as_name
from app.knowledge.redaction.words import Words, fold, fold_plain

_PIECE = re.compile(r"[^\W\d_]+|\d+")
_COMPANY = frozenset(["gmbh", "ag", "kg", "ltd", "inc", "llc", "ohg", "gbr", "ug", "ev", "und", "and", "the", "co"])
_SHARED_BOXES = frozenset([
    "info", "kontakt", "contact", "mail", "email", "office",
    "service", "support", "shop", "sales", "bestellung", "order",
    "orders", "hello", "hallo", "post", "admin", "buero", "verkauf", "einkauf", "rechnung", "kunde", "customer", "me",
])  # fmt: skip
_STREETS = {"str": "strasse", "st": "street", "rd": "road", "ave": "avenue", "ln": "lane", "dr": "drive"}
_RUN = re.compile(r"\d(?:[\s()/.\-–]{0,3}\d){4,24}")
_FEW_DIGITS = 5
_LONG_NUMBER = 7
_SHORT_BOX = 4
_GAP = 4


@dataclass(slots=True)
class Sought:
    """Names by their folded forms, phrases by their first word, and digits, each with its slot."""

    names: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    digits: dict[str, str] = field(default_factory=dict)
    initials: frozenset[str] = frozenset()
    inflected: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add_name(self, part: str, slot: str) -> None:
        """Seek a part of a name in each way umlauts are spelled."""
        forms = {fold(part), fold_plain(part)}
        forms |= {f.replace("ue", "u").replace("oe", "o").replace("ae", "a") for f in forms if len(f) >= _SHORT_BOX}
        for form in forms - {""}:
            self.names.setdefault(form, slot)

    def add_phrase(self, text: str, slot: str) -> None:
        """Seek words and numbers that follow each other."""
        for folder in (fold, fold_plain):
            pieces = tuple(folder(p) for p in _PIECE.findall(text))
            if pieces and len("".join(pieces)) > 1 and (pieces, slot) not in self.phrases.get(pieces[0], []):
                self.phrases.setdefault(pieces[0], []).append((pieces, slot))


@lru_cache(maxsize=512)
def sought(known: Known) -> Sought:
    """What to look for in a text of this row."""
    found = Sought()
    _add_person(found, known.name or "", "customer_name")
    for agent in known.agent_names:
        _add_person(found, agent, "agent_name")
    _add_mailbox(found, known.email or "")
    for order in known.order_ids:
        _add_number(found, order, "order_id")
    if known.phone:
        _add_phone(found, known.phone)
    _add_address(found, known.address or "")
    for more in known.extra:
        _add_number(found, more, "personal_detail")
    for ending in ("", "s", "es", "ens", "sche", "schen", "scher", "sches"):
        for form, slot in found.names.items():
            if not ending or len(form) > 2:  # noqa: PLR2004 - 'is' is no 'I'
                found.inflected.setdefault(form + ending, (slot, form))
    for phrases in found.phrases.values():
        phrases.sort(key=lambda item: -len(item[0]))
    return found


def _add_person(found: Sought, name: str, slot: str) -> None:
    parts = [p for p in _PIECE.findall(name) if not p.isdigit()]
    kept = [p for p in parts if fold(p) not in cues("titles") | _COMPANY and (len(p) > 1 or not p.isascii())]
    kept = [p for p in kept if fold(p) not in cues("particles")] or kept
    kept = [p for p in kept if fold(p) not in cues("ordinary")] or kept
    for part in kept:
        found.add_name(part, slot)
    if slot == "customer_name":
        found.initials = frozenset(fold(p)[0] for p in parts if fold(p))
    if len(kept) > 1:
        pairs = [a + b for a, b in pairwise(kept)]
        for joined in (*pairs, "".join(kept), "".join(reversed(kept)), kept[0] + kept[-1], kept[-1] + kept[0]):
            found.add_name(joined, slot)
    if name.strip() and not kept:
        found.add_phrase(name, slot)


def _add_mailbox(found: Sought, email: str) -> None:
    box = email.partition("@")[0].strip()
    pieces = [fold(p) for p in _PIECE.findall(box)]
    if not pieces or fold(box) in _SHARED_BOXES:
        return
    if len(pieces) > 1:
        if not all(piece in found.names for piece in pieces):
            found.add_phrase(box, "email")
    elif len(pieces[0]) >= _SHORT_BOX:
        found.names.setdefault(pieces[0], "customer_name")
    for piece in pieces:
        if len(piece) >= _SHORT_BOX and (piece in names("first_names") or piece in names("last_names")):
            found.names.setdefault(piece, "customer_name")


def _add_number(found: Sought, number: str, slot: str) -> None:
    found.add_phrase(number, slot)
    digits = "".join(c for c in number if c.isdecimal())
    if len(digits) >= _LONG_NUMBER and not any(c.isalpha() for c in number):
        found.digits[digits] = slot


def _add_phone(found: Sought, phone: str) -> None:
    """The number without its country's or the trunk's digits: '+49 171 …' and '0171 …' end the same."""
    digits = "".join(c for c in phone if c.isdecimal())
    bare = re.split(r"[xX]|ext", phone)[0]
    bare_digits = "".join(c for c in bare if c.isdecimal())
    for run in {digits, bare_digits}:
        national = re.sub(r"^(?:00)?(?:49|43|41|44|1)(?=\d{7})0?|^0+", "", run)
        for form in {run, national, run.lstrip("0")}:
            if len(form) >= _FEW_DIGITS:
                found.digits.setdefault(form, "phone")


def _add_address(found: Sought, address: str) -> None:
    for line in re.split(r"[\n,;]+", address):
        pieces = _PIECE.findall(line)
        if len(pieces) > 1:
            found.add_phrase(line, "address")
            _add_street(found, line)
        for piece in pieces:
            if piece.isdecimal() and len(piece) >= _FEW_DIGITS:
                found.add_phrase(f" {piece}", "address")
    for street in re.finditer(
        r"[^\W\d_]{3,}(?:stra(?:ß|ss)e|str|weg|gasse|allee|platz|ring|damm)\b", address, re.IGNORECASE
    ):
        stem = re.sub(r"(?i)(?:straße|strasse|str)$", "", street.group())
        for form in {street.group(), *(f"{stem}{end}" for end in ("str", "strasse") if stem != street.group())}:
            found.add_name(form, "address")


def _add_street(found: Sought, line: str) -> None:
    """The same with 'str.' for 'straße' and back."""
    for short, long in (("str", "straße"), ("Str", "Straße"), ("str", "strasse"), ("Str", "Strasse")):
        if re.search(rf"{short}\b", line):
            found.add_phrase(re.sub(rf"{short}\b", long, line), "address")
        if long in line:
            found.add_phrase(line.replace(long, short), "address")


def find_known(words: Words, known: Known) -> Iterator[Span]:
    """Everything the row tells that stands in the text."""
    what = sought(known)
    if what.phrases:
        yield from _phrases(words, what)
    if what.digits:
        yield from _numbers(words.text, what)
    if what.names:
        yield from _names(words, what)


def _phrases(words: Words, what: Sought) -> Iterator[Span]:
    for i, first in enumerate(words.folds):
        options = what.phrases.get(first) or ()
        if not words.raws[i].isascii():
            options = (*options, *what.phrases.get(fold_plain(words.raws[i]), ()))
        for pieces, slot in options:
            if _follows(words, i, pieces):
                yield Span(words.starts[i], words.ends[i + len(pieces) - 1], slot)
                break


def _follows(words: Words, i: int, pieces: tuple[str, ...]) -> bool:
    if i + len(pieces) > len(words):
        return False
    for k, piece in enumerate(pieces):
        written = words.folds[i + k]
        if written != piece and _STREETS.get(written) != piece and fold_plain(words.raws[i + k]) != piece:
            return False
        if k and words.starts[i + k] - words.ends[i + k - 1] > _GAP:
            return False
    return len(pieces) > 1 or not _is_amount(words, i)


def _is_amount(words: Words, i: int) -> bool:
    """A short number before a unit is an amount, whatever the row's numbers are."""
    after = words.after(i)
    unit = words.folds[i + 1] if i + 1 < len(words) else ""
    small = words.raws[i].isdecimal() and len(words.raws[i]) < _FEW_DIGITS
    return small and (
        "€" in after or "$" in after[:2] or unit in {"euro", "eur", "usd", "kg", "g", "mm", "cm", "ml", "watt", "gb"}
    )


def _numbers(text: str, what: Sought) -> Iterator[Span]:
    """Known digits within runs of digits, however they are grouped."""
    for run in _RUN.finditer(text):
        at = [i for i in range(run.start(), run.end()) if text[i].isdecimal()]
        digits = "".join(text[i] for i in at)
        for sought_digits, slot in what.digits.items():
            place = digits.find(sought_digits)
            if place < 0 or (slot != "phone" and len(digits) - len(sought_digits) > _GAP):
                continue
            whole = slot == "phone" and len(digits) - len(sought_digits) <= _GAP
            start = run.start() if whole else at[place]
            end = run.end() if whole else at[place + len(sought_digits) - 1] + 1
            yield Span(_with_plus(text, start), end, slot)
            break


def _with_plus(text: str, start: int) -> int:
    while start and text[start - 1] in "+(":
        start -= 1
    return start


def _names(words: Words, what: Sought) -> Iterator[Span]:
    hits = {i: what.inflected[folded] for i, folded in enumerate(words.folds) if folded in what.inflected}
    for i, raw in enumerate(words.raws):
        if i not in hits and not raw.isascii() and (hit := what.inflected.get(fold_plain(raw))):
            hits[i] = hit
    kinds = {i: kind_of(form) for i, (_, form) in hits.items()}
    for i, (slot, form) in hits.items():
        genitive = words.folds[i] != form and words.folds[i].endswith("s")
        if (
            kinds[i] != PLAIN
            and slot != "address"
            and not stands_as_name(words, i, kinds[i], genitive=genitive, others=kinds)
        ):
            continue
        start = words.starts[i]
        if slot != "address" and _has_initial(words, i, what):
            start = words.starts[i - 1]
        yield Span(start, words.ends[i], slot)


def _has_initial(words: Words, i: int, what: Sought) -> bool:
    """Whether the customer's initial stands before word i: 'A. Keller'."""
    if not i or words.folds[i - 1] not in what.initials:
        return False
    return words.gap(i) in {". ", ".", " "} and words.is_capital(i - 1)

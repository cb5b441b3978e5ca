"""What is personal by its shape or by the word before it: mailboxes, links, accounts, cards, numbers of a case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from app.knowledge.redaction.model import Span
from app.knowledge.redaction.words import Words

_SLOT = re.compile(r"\{[a-z][a-z0-9_]{0,39}\}")
_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,5}[^\W\d_]{2,24}"
_EMAIL = re.compile(rf"[\w.+%'-]{{1,64}}@{_HOST}")
_SPELLED = re.compile(
    r"(?<![\w.])[\w.+-]{2,64}\s?(?:\(at\)|\[at\]|\{at\}|\(a\)| at | ät |\(ät\)| @ )\s?[\w-]{2,40}"
    r"(?:\s?(?:\(dot\)|\(punkt\)|\[dot\]|\[punkt\]| dot | punkt )\s?|\.)(?:com|de|net|org|at|ch|eu|info|io|me|"
    r"co\.uk|uk)(?!\w)",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"{}]{2,2000}|(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}"
    r"(?:com|net|org|info|shop|store|online|io|me|de|at|ch|eu|co\.uk|uk|ly|page|link)/[^\s<>\"{}]{1,2000}",
    re.IGNORECASE,
)
_TRACKS = re.compile(
    r"track|sendung|verfolg|piececode|parcel|shipment|paket|nachverfolg|idc=|trknbr|/dhl|dpd\.|gls-|hermes|"
    r"myhermes|ups\.com|usps|fedex|evri",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\?\S*=|#\S*\d{4}|\d{5,}|[0-9a-f]{12,}|(?=[A-Za-z_-]{0,24}\d)[\w-]{16,}|/(?:account|konto|kunden?|customer|"
    r"order|bestellung|user|profile|invoice|rechnung|ticket|return|retoure|my|mein)s?/.|bit\.ly|wa\.me|facebook|"
    r"instagram|linkedin|tiktok|t\.me",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"/(?:dp|gp/product|products?|produkte?|artikel|item|itm|p|help|hilfe|faq|manuals?|anleitung(?:en)?)/[^?]{0,200}$",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\s?\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?!\w)", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w-])[3-6]\d(?:[ -]?\d){11,17}(?![\w-])")
_CARD_END = re.compile(
    r"(?:[*xX•]{2,12}[ -]?){1,3}\d{4}(?!\w)|(?:(?<=endet auf )|(?<=endend auf )|(?<=endziffern )|(?<=ending in )|"
    r"(?<=ending with )|(?<=ends in ))\d{3,4}(?!\w)"
)
_NO_WORD = re.compile(r"(?<=\w)-?$")
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\w-])\d{3}[- ]\d{7}[- ]\d{7}(?![\w-])|(?<![\w-])\d{2}-\d{5}-\d{5}(?![\w-])"), "order_id"),
    (re.compile(r"(?<!\w)1Z ?(?:[0-9A-Z]{2,4} ?){3,8}(?<=\d)(?!\w)|(?<!\w)1Z[0-9A-Z]{16}(?!\w)"), "tracking_number"),
    (
        re.compile(
            r"(?<!\w)(?:J[A-Z]{1,4} ?\d[\d ]{9,24}\d|H\d{19}|[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?(?:DE|AT|CH|GB|"
            r"US|CN|NL|FR|PL|IT|ES))(?!\w)"
        ),
        "tracking_number",
    ),
    (
        re.compile(r"(?<![\w-])0034 ?0(?: ?\d){14,15}(?!\w)|(?<![\w-])9[2-4]\d{2}(?: ?\d{4}){4}(?: ?\d{2})?(?!\w)"),
        "tracking_number",
    ),
    (
        re.compile(
            r"(?<!\w)(?:DE ?\d{9}|ATU ?\d{8}|CHE[- ]?\d{3}\.?\d{3}\.?\d{3}|GB ?\d{3} ?\d{4} ?\d{2}|"
            r"[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|756\.\d{4}\.\d{4}\.\d{2}|"
            r"(?<!-)\d{3}-\d{2}-\d{4}(?!-))(?!\w)"
        ),
        "tax_id",
    ),
)
_LONG = re.compile(r"(?<![\w.,+/-])\d(?:[ ]?\d){11,29}(?![\w]|[.,]\d)")
_PRODUCT_CODE = re.compile(
    r"(?:ean|gtin|upc|isbn|artikel\w*|art|item|model\w*|sku|pzn|serien\w*|serial|imei|teile\w*|part|nr|"
    r"no)\W{0,3}(?:nr|nummer|no|number|code|id)?\W{0,6}$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s?(?:€|eur|\$|£|usd|gbp|chf|%|mm\b|cm\b|kg\b|g\b|ml\b|l\b|w\b|watt|v\b|volt|uhr|mal\b|x\b|stück|pcs|pieces|"
    r"tage|days|wochen|weeks|monate|times|hours|stunden)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_DATE_LIKE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.?")
_LONGEST_BOX = 64
_AT_WORDS = frozenset(["at", "aet", "a"])
_CARD_WORDS = frozenset(
    ["endet", "endend", "endziffern", "ending", "ends", "xxxx", "card", "karte", "kreditkarte", "visa"]
)
_FEWEST_OF_ACCOUNT, _FEWEST_OF_SHIPMENT, _FEWEST_OF_CARD = 8, 12, 13
_STEMS = (
    "sendung",
    "paket",
    "track",
    "verfolg",
    "shipment",
    "parcel",
    "package",
    "ident",
    "piece",
    "waybill",
    "consign",
    "rechnung",
    "invoice",
    "beleg",
    "gutschrift",
    "credit",
    "receipt",
    "kund",
    "mitglied",
    "customer",
    "client",
    "member",
    "account",
    "konto",
    "benutzer",
    "user",
    "loyalty",
    "payback",
    "bonus",
    "bank",
    "sort",
    "blz",
    "routing",
    "bic",
    "swift",
    "bestell",
    "auftrag",
    "order",
    "purchase",
    "po",
    "kauf",
    "buchung",
    "booking",
    "transa",
    "vorgang",
    "ticket",
    "case",
    "fall",
    "anfrage",
    "reklamation",
    "claim",
    "complaint",
    "referen",
    "akten",
    "rma",
    "retour",
    "ruecksend",
    "return",
    "steuer",
    "ust",
    "uid",
    "vat",
    "tax",
    "tin",
    "ein",
    "ssn",
    "social",
    "national",
    "ni",
    "sozial",
    "sv",
    "ahv",
    "versicher",
    "ausweis",
    "personal",
    "reisepass",
    "passport",
    "id",
    "fuehrer",
    "driv",
    "licen",
    "kennz",
)
_TAIL = ".,;:!?…)]}'\"*_»“”"


def find_patterns(words: Words) -> Iterator[Span]:
    """Spans in the order of their trust: the first to claim a place keeps it."""
    text = words.text
    if "{" in text:
        yield from (Span(*m.span(), "") for m in _SLOT.finditer(text))
    yield from _mailboxes(words)
    yield from _links(text)
    if words.longest >= _FEWEST_OF_ACCOUNT:
        yield from _accounts(text)
        for pattern, slot in _SHAPES:
            yield from (Span(*m.span(), slot) for m in pattern.finditer(text))
    if words.longest > 1:
        yield from _named_numbers(words)
        yield from _cards(words)
    if words.longest >= _FEWEST_OF_SHIPMENT:
        yield from _long_numbers(text)


def _mailboxes(words: Words) -> Iterator[Span]:
    text, last = words.text, 0
    at = text.find("@")
    while at >= 0:
        start = at
        while start > last and at - start < _LONGEST_BOX and (text[start - 1].isalnum() or text[start - 1] in "_.+%'-"):
            start -= 1
        match = _EMAIL.match(text, start, min(len(text), at + 260)) if start < at else None
        if match:
            yield Span(match.start() + (match.group()[0] in "'."), match.end(), "email")
        last = match.end() if match else at + 1
        at = text.find("@", last)
    for match in _SPELLED.finditer(text) if words.said & _AT_WORDS else ():
        if " at " not in match.group() or re.search(r"dot|punkt|[._\d]\w* at ", match.group(), re.IGNORECASE):
            yield Span(*match.span(), "email")


def _links(text: str) -> Iterator[Span]:
    if "/" not in text and "www." not in text.lower():
        return
    for match in _URL.finditer(text):
        link = match.group().rstrip(_TAIL)
        end = match.start() + len(link)
        path = re.sub(r"^(?:https?://)?[^/]*", "", link)
        if _TRACKS.search(link) and _PRIVATE.search(path):
            yield Span(match.start(), end, "tracking_url")
        elif _PRIVATE.search(link) and not _PUBLIC.search(link):
            yield Span(match.start(), end, "link")
        else:
            yield Span(match.start(), end, "")


def _accounts(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        written = re.sub(r"[\s-]", "", match.group()).upper()
        named = "iban" in text[max(0, match.start() - 20) : match.start()].lower()
        for end in range(len(written), 14, -1):
            if _checks_out(written[:end]):
                yield Span(match.start(), _place(match, end), "iban")
                break
        else:
            if named and sum(c.isdigit() for c in written) >= 10:  # noqa: PLR2004 - a mistyped one
                yield Span(*match.span(), "iban")


def _place(match: re.Match[str], length: int) -> int:
    """Where the first `length` letters and digits of the match end."""
    seen = 0
    for i, char in enumerate(match.group()):
        seen += char.isalnum()
        if seen == length:
            return match.start() + i + 1
    return match.end()


def _checks_out(iban: str) -> bool:
    turned = iban[4:] + iban[:4]
    return turned.isalnum() and turned.isascii() and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _cards(words: Words) -> Iterator[Span]:
    text = words.text
    for match in _CARD.finditer(text) if words.longest >= _FEWEST_OF_CARD else ():
        digits = [int(c) for c in match.group() if c.isdigit()]
        odd = digits[-1::-2]
        even = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
        if 13 <= len(digits) <= 19 and (sum(odd) + sum(even)) % 10 == 0 and not _is_product_code(text, match):  # noqa: PLR2004
            yield Span(*match.span(), "card")
    if "*" in text or "•" in text or words.said & _CARD_WORDS:
        yield from (Span(*m.span(), "card") for m in _CARD_END.finditer(text))


def _long_numbers(text: str) -> Iterator[Span]:
    """So long a number is a shipment's, unless it is a product's code."""
    for match in _LONG.finditer(text):
        digits = match.group().replace(" ", "")
        if not _is_product_code(text, match) and not (len(digits) == 13 and _is_ean(digits)):  # noqa: PLR2004
            yield Span(*match.span(), "tracking_number")


def _is_product_code(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 28) : match.start()]
    return bool(_PRODUCT_CODE.search(before)) and not re.search(
        r"(?:sendung|tracking|paket|karte|card)\S{0,12}\W*$", before, re.IGNORECASE
    )


def _is_ean(digits: str) -> bool:
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


def _named_numbers(words: Words) -> Iterator[Span]:
    """Numbers with a word before them that says whose they are: 'Bestellnummer 4711', 'order #1001'."""
    text, pattern = words.text, _introduced()
    for start in [start for folded, start in zip(words.folds, words.starts, strict=True) if folded.startswith(_STEMS)]:
        match = pattern.match(text, start)
        if not match:
            continue
        value = match["value"].rstrip(_TAIL + "-/#")
        end = match.start("value") + len(value)
        digits = sum(c.isdigit() for c in value)
        told = match["told"] or "#" in match.group()
        if (
            digits < (3 if told else 4)
            or (_DATE_LIKE.fullmatch(value) and not match["account_number"])
            or _UNIT.match(text, end)
            or text[end : end + 2] == ",-"
        ):
            continue
        if not told and (_YEAR.fullmatch(value) or re.match(r"[.,]\d", text[end:])):
            continue
        yield Span(match.start("value"), end, cast("str", match.lastgroup and _slot(match)))


def _slot(match: re.Match[str]) -> str:
    return next(name for name in _words() if match[name])


@cache
def _words() -> dict[str, str]:
    with (Path(__file__).parent / "data" / "numbers.yaml").open(encoding="utf-8") as file:
        return cast("dict[str, str]", yaml.load(file, Loader=yaml.CSafeLoader))


@cache
def _introduced() -> re.Pattern[str]:
    options = "|".join(f"(?P<{slot}>{words})" for slot, words in _words().items())
    return re.compile(
        rf"(?<!\w)(?:{options})(?P<told>[ \t-]{{0,2}}(?:nummern?|nr|no|number|num|id|kennung|code|ref(?:erence)?|#|"
        rf"№)(?!\w)\.?)?"
        r"(?:[ \t]{0,2}(?:lautet|ist|is|was|war|of|von|:|=|\(|#|\"|„|'|-|–|der|mit)){0,3}[ \t]{0,2}(?:\n)?[ \t]{0,2}#?"
        r"(?P<value>(?-i:[A-Z]{0,8}[-_/.]?\d(?:[-/._]?(?:\d|[A-Z])|[ ]\d){2,34}))(?![\w])",
        re.IGNORECASE,
    )

"""`placeholder.open` and `leak.*`: what was left unfilled, and what belongs to somebody else or to the machine."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from reply_guards.checks.hit import Hit
from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.text import Reply, leaps

_SLOT = re.compile(
    r"\{\{\s{0,3}[^{}\n]{1,60}\s{0,3}\}\}|\$\{[^{}\n]{1,60}\}|\{%[^{}\n]{1,80}%\}|\{[A-Za-z_][\w. |"
    r"-]{0,50}\}|%[A-Za-z_]{2,40}%|\[\[[^\[\]\n]{1,60}\]\]|<<[^<>\n]{1,60}>>"
    r"|(?<![\w<])<(?i:name|vorname|nachname|kundenname|customer|order|bestell|datum|date|betrag|amount"
    r"|tracking|link|url|your|ihr|first|last|insert|einf|produkt|product|artikel|item|hier|here)[^<>\n]{0,40}>"
    r"|(?<![\w#])#{1,3}(?:NAME|ORDER|DATE|CUSTOMER|BESTELLUNG|DATUM|KUNDE)\w{0,20}#{1,3}|\b(?:TODO|"
    r"TBD|FIXME|Lorem ipsum)\b|\b(?:XX{1,3}\.XX{1,3}(?:\.XX{1,4})?|X{4,20})\b|(?<!_)_{4,40}(?!_)"
    # The form in which a model was asked to answer.
    r"|\{\s{0,3}\"(?:acknowledge|own|propose|ask|steps|reply|answer)\"\s{0,3}:"
)
_BRACES = re.compile(r"(?i:klammer|brace|bracket)")
_NEAR = 80  # characters
_SLOT_BEGIN = re.compile(r"[{$%\[<#TFLX_]")
_SLOT_MARKS = frozenset("{[<X_%#")
_SLOT_WORDS = ("TODO", "TBD", "FIXME", "Lorem")
_AMAZON_ORDER = re.compile(r"\d(?<![\w-]\d)\d{2}-\d{7}-\d{7}(?![\w-])")


def check(reply: Reply, context: Context, _policy: Policy) -> Iterator[Hit]:
    """Open placeholders, unfilled slots, other people's names and numbers."""
    for start, end in reply.placeholders:
        yield Hit("placeholder.open", start, end, {"label": reply.original[start + 1 : end - 1]})
    yield from _slots(reply)
    yield from _bank_data(reply)
    yield from _foreign(reply, context)


def _slots(reply: Reply) -> Iterator[Hit]:
    text = reply.original
    if reply.simple and reply.used.isdisjoint(_SLOT_MARKS) and not any(word in text for word in _SLOT_WORDS):
        return
    for match in leaps(_SLOT_BEGIN, _SLOT, text):
        at = bisect_right(reply.placeholders, (match.start(), len(text))) - 1
        inside = at >= 0 and match.start() < reply.placeholders[at][1]
        if not inside and not _is_spoken_of(reply, *match.span()):
            yield Hit("leak.slot", *match.span())


def _is_spoken_of(reply: Reply, start: int, end: int) -> bool:
    """Whether what looks like a slot is quoted, or its braces are named: they stand on the thing itself."""
    braces = "{" in reply.original[start:end] and _BRACES.search(reply.original, max(0, start - _NEAR), end + _NEAR)
    return bool(braces) or reply.quoted(start, end)


_MANY_DIGITS = re.compile(  # a digit in front, so that the search leaps from digit to digit
    r"\d(?:\d{3}[ -]?[0-9A-Z]{4}[ -]?[0-9A-Z]{4}|(?<=[A-Z]{2}\d)\d ?[A-Z0-9]{4}|\d{5}[ -]\d{5})"
)
_FEWEST_DIGITS = 12  # an IBAN with many letters; cards have more
_CARD = re.compile(
    r"\d(?<![\w-]\d)(?:\d{3}[ -](?:\d{4}[ -]){2}\d{1,7}(?![\w-])|(?<=3)[47]\d{2}[ -]\d{6}[ -]\d{5}(?![\w-]))"
)
_IBAN = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z]\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")


def _bank_data(reply: Reply) -> Iterator[Hit]:
    """Card numbers (Luhn) and IBANs (check digits) written out."""
    if reply.digit_count < _FEWEST_DIGITS or not _MANY_DIGITS.search(reply.plain):
        return
    for match in _CARD.finditer(reply.plain):
        if _luhn("".join(c for c in match.group() if c.isdigit())):
            yield Hit("sensitive.data", *reply.plain_span(*match.span()))
    for match in _IBAN.finditer(reply.plain):
        bare = match.group().replace(" ", "")
        if 15 <= len(bare) <= 34 and _is_iban(bare):  # noqa: PLR2004 - ISO 13616
            yield Hit("sensitive.data", *reply.plain_span(*match.span()))


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0  # noqa: PLR2004 - the sum of two digits


def _is_iban(text: str) -> bool:
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def _foreign(reply: Reply, context: Context) -> Iterator[Hit]:
    """Names and ids of other cases; a name counts as a whole word, and never one the ticket itself holds."""
    facts = context.facts
    if context.foreign_identities:
        yield from _foreign_names(reply, context)
    if reply.digit_count >= _ORDER_DIGITS and facts and facts.order_id and _AMAZON_ORDER.fullmatch(facts.order_id):
        known = f"{facts.order_id} {facts.known_text} {facts.customer_text}"
        for match in _AMAZON_ORDER.finditer(reply.plain):
            if match.group() not in known:
                yield Hit("leak.foreign_order", *reply.plain_span(*match.span()))


_ORDER_DIGITS = 17


def _foreign_names(reply: Reply, context: Context) -> Iterator[Hit]:
    facts = context.facts
    own = (
        " ".join((facts.customer_name or "", facts.known_text, facts.customer_text, *facts.products)).casefold()
        if facts
        else ""
    )
    low = reply.plain.casefold()
    for identity in context.foreign_identities:
        name = identity.strip().casefold()
        if len(name) < 3 or name not in low or name in own:  # noqa: PLR2004 - initials are everybody's
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", low):
            yield Hit("leak.foreign_identity", *reply.plain_span(*match.span()))

"""`contact.*` that need more than words: e-mail addresses, telephone numbers, handles, postal addresses."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from reply_guards.addresses import find_addresses
from reply_guards.checks.hit import Hit
from reply_guards.disguises import windows
from reply_guards.mailboxes import find_emails, sign_named
from reply_guards.model import Context
from reply_guards.numbers import LINE, NumberRun, known_numbers, number_runs, odd_numbers, own_line, spoken_number
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.unfold import FOLD_TABLE
from reply_guards.urls import Address
from reply_guards.wordlists import data

_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,30}(?!\w|@)")
_STREET = (
    r"(?:(?:[A-ZÄÖÜ][\wäöüß.-]{1,30}[ -]){0,3}[A-ZÄÖÜa-zäöüß][\wäöüß-]{0,30}(?:stra(?:ß|ss)e|str\.|"
    r"weg|allee|platz|gasse|ring|damm|ufer|chaussee|straat|laan|stieg|steig|pfad|twiete|kamp|zeile|promenade|graben)\s{1,2}\d{1,4}\s?[a-z]?"
    r"|(?:Am|An de[rnm]|Auf de[rm]|Im|In de[rnm]|Zu[mr]|Unter de[nr]|Hinter de[rm]|Alte[rs]?"
    r"|Neue[rs]?)\s[A-ZÄÖÜ][\wäöüß-]{1,30}\s{1,2}\d{1,4}\s?[a-z]?"
    r"|\d{1,5}[a-z]?,?\s(?:[A-Z][\w'-]{1,30}\s){1,3}(?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Ln\.?"
    r"|Drive|Dr\.|Boulevard|Blvd\.?|Court|Way|Close|Square)"
    r"|\d{1,5},?\s(?:rue|avenue|boulevard|place|chemin)\s(?:[\w'-]{1,30}\s?){1,4}|(?:Calle|Via|Viale"
    r"|Piazza|Avenida|ul\.|ulica)\s(?:[\w'.-]{1,30}\s?){1,4},?\s?\d{1,4})"
)
_CITY = (
    r"(?:[A-Z]{1,2}-)?\d{4,5}\s{1,2}[A-ZÄÖÜ][\wäöüß-]{2,30}"
    r"|(?:[A-Z][\w'.-]{1,30}[\s,]{1,3}){0,3}(?:[A-Z]{2}\s\d{5}|[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2})"
)
_POSTAL = re.compile(rf"{_STREET}(?:[\s,;]{{1,4}}(?:{_CITY}))")
# Post codes of three kinds, each sought from its first digit.
_POSTAL_LOOK = re.compile(r"\d(?:\d{3,4}\s{1,2}[A-ZÄÖÜ][\wäöüß-]{2}|[A-Z]?\s\d[A-Z]{2}|\d{4}(?<=[A-Z]{2}\s\d{5}))")
_POST_BOX = re.compile(r"\b(?:Postfach|P\.?\s?O\.? Box)\s\d{2,6}", re.IGNORECASE)
_RETURN_WORDS = re.compile(
    r"ruecks|rueckgabe|retour|zurueck|return|send (?:it|the|them) back|ship (?:it|the|them) (?:back|"
    r"to)|zustell|liefer|deliver|abgabe|filiale|packstation|paketshop|abhol|pick.?up|lieferadress|"
    r"ruecksendeadress|ihre adress|ihrer adress|your address|votre adresse|an address|falsche adress|"
    r"reso|devol|zwrot|terug"
    # The order's own address, read back to the customer.
    r"|hinterlegt|(?:im auftrag|in der bestellung|auf der bestellung) steht|on file|on the order|the order says"
    r"|(?:stimmt|ist) (?:sie|die|das|diese adresse) noch|still (?:right|correct|current|your)"
)
_NAMES_PRODUCT = re.compile(
    r"(?:serie|modell?|marke|schriftzug|aufdruck|line|range|series|brand|print|called|named|labelled"
    r"|heißt|namens)\W{1,3}$",
    re.IGNORECASE,
)
_FOLLOWED_BY_PRODUCT = re.compile(
    r"[\"'”“]|-[A-ZÄÖÜ]|\s(?:series|range|line|collection|edition|desk|lamp|mug|print|shirt|model|brand"
    r"|serie|modell|edition|kollektion)\b",
    re.IGNORECASE,
)
_FEWEST_DIGITS = 3  # "800" with letters behind it
_SHORTEST_CODE = 2  # digits of a post box or a British post code
_DISGUISED = 7  # digits nobody writes as keycaps or full-width signs without a purpose
_AT_UNITS = re.compile(r"@\s?\d|\d\s?@")

_YOUR_NUMBER = re.compile(
    r"(?<!\w)(?:your (?:own |phone |mobile |telephone )?number"
    r"|(?:ihre|deine) (?:eigene )?(?:telefon|handy|mobil)?nummer)(?!\w)"
)
_DIALLING = re.compile(
    r"(?<!\w)(?:call|ring|phone|reach|text|dial|whatsapp|contact|message|speak|talk|get hold|anruf\w*|rufe?n?"
    r"|erreich\w*|melde?n?|telefonier\w*|schreib\w*|ours?|mine|unsere?|meine|i'm|i am|find\w*|unter|mich|uns|ich bin"
    r")(?!\w)"
)


def check(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """Contact data written out in the reply."""
    yield from _emails(reply, context, policy)
    yield from _phones(reply, context, policy)
    yield from _handles(reply)
    yield from _postal(reply, context, policy)


def _emails(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    for start, end in sign_named(reply):
        yield Hit("contact.email", *reply.span(start, end), {"found": reply.folded[start:end]})
    links = _mail_links(reply)
    if not find_emails(reply) and not links:
        return
    masked = {d for m in data("marketplaces")["marketplaces"].values() for d in m.get("mail", ())}
    own = (context.shop.email or "").lower()
    known = _known(context)
    for start, end, address in find_emails(reply):
        domain = address.rpartition("@")[2]
        if domain in masked or (
            policy.settings.shop_contact and (address == own or domain in {d.lower() for d in context.shop.domains})
        ):
            continue
        if policy.settings.shop_contact and address in known:
            continue
        yield Hit("contact.email", *reply.plain_span(start, end), {"found": address})
    for found in links:
        target = found.path.lower()
        if "@" not in target or not any(target in e[2] or e[2] in target for e in find_emails(reply)):
            yield Hit(
                "contact.email" if found.scheme == "mailto" else "contact.phone",
                found.start,
                found.end,
                {"found": found.written[:60]},
            )


def _mail_links(reply: Reply) -> list[Address]:
    return [a for a in find_addresses(reply) if a.scheme in {"mailto", "tel", "sms"}]


def _known(context: Context) -> str:
    facts = context.facts
    return f"{facts.customer_text} {facts.known_text}".lower() if facts else ""


def _phones(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    if reply.digit_count >= _FEWEST_DIGITS:
        yield from _dialled(reply, context, policy)
    written: list[tuple[int, int]] | None = None
    for start, end in spoken_number(reply):
        if written is None:
            written = [reply.plain_span(r.start, r.end) for r in number_runs(reply)]  # judged as numbers, not as words
        span = reply.span(start, end)
        if not _overlaps(written, *span):
            yield Hit("contact.phone", *span, {"found": reply.folded[start:end]})


def _dialled(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    own = own_line(context, policy)
    known: frozenset[str] | None = None
    spans: list[tuple[int, int]] = []
    for run in number_runs(reply):
        if not (run.is_phone or _is_disguised(reply, run)):
            continue
        known = known_numbers(context) if known is None else known
        spans.append((run.start, run.end))
        if (
            run.digits in known
            or (own and run.digits.lstrip("0")[-LINE:] == own)
            or (policy.settings.carrier_phone and run.of_carrier)
            or _is_customers_number(reply, run)
        ):
            continue
        yield Hit("contact.phone", *reply.plain_span(run.start, run.end), {"found": reply.plain[run.start : run.end]})
    for start, end in odd_numbers(reply):
        if not _overlaps(spans, start, end):
            yield Hit("contact.phone", *reply.plain_span(start, end), {"found": reply.plain[start:end]})


def _is_customers_number(reply: Reply, run: NumberRun) -> bool:
    """Whether a number is said to be the customer's own, and nobody is to dial it: "your number for the dog tag"."""
    around = _around(reply, run.start)
    return bool(_YOUR_NUMBER.search(around)) and not _DIALLING.search(around)


def _is_disguised(reply: Reply, run: NumberRun) -> bool:
    """Keycaps and full-width digits, which nobody types without a purpose."""
    if reply.simple or len(run.digits) < _DISGUISED:
        return False
    start, end = reply.plain_span(run.start, run.end)
    return any(not c.isascii() and not c.isspace() and c not in "–‐‑·" for c in reply.original[start:end])


def _handles(reply: Reply) -> Iterator[Hit]:
    if "@" not in reply.used:
        return
    emails = [(a, b) for a, b, _ in find_emails(reply)]
    for match in _HANDLE.finditer(reply.plain):
        before = reply.plain[max(0, match.start() - 40) : match.start()]
        named = before[-1:] in {'"', "„", "“", "'", "»"} or _NAMES_PRODUCT.search(before)
        if named or _FOLLOWED_BY_PRODUCT.match(reply.plain, match.end()):
            continue
        if not _overlaps(emails, *match.span()) and not _AT_UNITS.search(match.group()):
            yield Hit("contact.social", *reply.plain_span(*match.span()), {"found": match.group()})


def _overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the ordered spans touches [start, end)."""
    at = bisect_left(spans, (end, 0))
    return at > 0 and spans[at - 1][1] > start


def _postal(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    plain = reply.plain
    if policy.settings.shop_contact or reply.digit_count < _SHORTEST_CODE:
        return
    areas = tuple(windows([m.start() for m in _POSTAL_LOOK.finditer(plain)], len(plain), 200, 60))
    boxed = "ostfach" in plain or " box " in plain.lower()
    if not (areas or boxed):
        return
    known = re.sub(r"\W+", " ", _known(context))
    found = [m for a, b in areas for m in _POSTAL.finditer(plain, a, b)]
    for match in (*found, *(_POST_BOX.finditer(plain) if boxed else ())):
        if re.sub(r"\W+", " ", match.group().lower()).strip() in known:
            continue  # the customer's own delivery address
        around = _around(reply, match.start())
        if not _RETURN_WORDS.search(around):
            yield Hit("contact.postal", *reply.plain_span(*match.span()), {"found": match.group()})


def _around(reply: Reply, plain_position: int) -> str:
    """The sentences around a place of the plain view, folded."""
    low = max(0, plain_position - 160)
    return reply.plain[low : plain_position + 120].lower().translate(FOLD_TABLE)

"""`contact.*` that need more than words: e-mail addresses, telephone numbers, handles, postal addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reply_guards.addresses import Address, find_addresses, find_emails
from reply_guards.checks.hit import Hit
from reply_guards.model import Context
from reply_guards.numbers import digits_of, known_numbers, number_runs, spoken_number
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.wordlists import data

_MAIL_LINK = re.compile(r"mailto:|tel:|sms:", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,30}(?!\w|@)")
_STREET = (
    r"(?:(?:[A-ZÄÖÜ][\wäöüß.-]{1,30}[ -]){0,3}[A-ZÄÖÜa-zäöüß][\wäöüß-]{0,30}(?:stra(?:ß|ss)e|str\.|"
    r"weg|allee|platz|gasse|ring|damm|ufer|chaussee|straat|laan)\s{1,2}\d{1,4}\s?[a-z]?"
    r"|\d{1,5}[a-z]?,?\s(?:[A-Z][\w'-]{1,30}\s){1,3}(?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Ln\.?|Drive|Dr\.|Boulevard|Blvd\.?|Court|Way|Close|Square)"
    r"|\d{1,5},?\s(?:rue|avenue|boulevard|place|chemin)\s(?:[\w'-]{1,30}\s?){1,4}|(?:Calle|Via|Viale|Piazza|Avenida|ul\.|ulica)\s(?:[\w'.-]{1,30}\s?){1,4},?\s?\d{1,4})"
)
_CITY = r"(?:[A-Z]{1,2}-)?\d{4,5}\s{1,2}[A-ZÄÖÜ][\wäöüß-]{2,30}|[A-Z]{2}\s\d{5}|[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}"
_POSTAL = re.compile(rf"{_STREET}(?:[\s,;]{{1,4}}(?:{_CITY}))")
_POSTAL_LOOK = re.compile(
    r"\d{4,5}\s{1,2}[A-ZÄÖÜ]|[A-Z]{2}\s\d{5}|\d\s\d[A-Z]{2}|\d[A-Z]?\s\d[A-Z]{2}|[Pp]ostfach|[Bb]ox\s"
)
_POST_BOX = re.compile(r"\b(?:Postfach|P\.?\s?O\.? Box)\s\d{2,6}", re.IGNORECASE)
_RETURN_WORDS = re.compile(
    r"ruecks|rueckgabe|retour|zurueck|return|send (?:it|the|them) back|ship (?:it|the|them) (?:back|"
    r"to)|zustell|liefer|deliver|abgabe|filiale|packstation|paketshop|abhol|pick.?up|lieferadress|"
    r"ruecksendeadress|ihre adress|ihrer adress|your address|votre adresse|an address|falsche adress|"
    r"reso|devol|zwrot|terug"
)
_DISGUISED = 7  # digits nobody writes as keycaps or full-width signs without a purpose
_AT_UNITS = re.compile(r"@\s?\d|\d\s?@")


def check(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """Contact data written out in the reply."""
    yield from _emails(reply, context, policy)
    yield from _phones(reply, context, policy)
    yield from _handles(reply)
    yield from _postal(reply, context, policy)


def _emails(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    if not find_emails(reply) and not _MAIL_LINK.search(reply.original):
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
    for found in _mail_links(reply):
        target = found.path.lower()
        if "@" not in target or not any(target in e[2] or e[2] in target for e in find_emails(reply)):
            yield Hit(
                "contact.email" if found.scheme == "mailto" else "contact.phone",
                found.start,
                found.end,
                {"found": found.written[:60]},
            )


def _mail_links(reply: Reply) -> list[Address]:
    if not _MAIL_LINK.search(reply.original):
        return []
    return [a for a in find_addresses(reply) if a.scheme in {"mailto", "tel", "sms"}]


def _known(context: Context) -> str:
    facts = context.facts
    return f"{facts.customer_text} {facts.known_text}".lower() if facts else ""


def _phones(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    own = digits_of(context.shop.phone or "")
    known = known_numbers(context)
    for run in number_runs(reply):
        start, end = reply.plain_span(run.start, run.end)
        disguised = (
            any(not c.isascii() and not c.isspace() for c in reply.original[start:end])
            and len(run.digits) >= _DISGUISED
        )
        if not (run.is_phone or disguised) or run.digits in known:
            continue
        if policy.settings.shop_contact and own and (run.digits.lstrip("0")[-7:] == own.lstrip("0")[-7:]):
            continue
        if policy.settings.carrier_phone and run.of_carrier:
            continue
        yield Hit("contact.phone", *reply.plain_span(run.start, run.end), {"found": reply.plain[run.start : run.end]})
    for start, end in spoken_number(reply):
        yield Hit("contact.phone", *reply.span(start, end), {"found": reply.folded[start:end]})


def _handles(reply: Reply) -> Iterator[Hit]:
    if "@" not in reply.plain:
        return
    emails = [(a, b) for a, b, _ in find_emails(reply)]
    for match in _HANDLE.finditer(reply.plain):
        if not any(a <= match.start() < b for a, b in emails) and not _AT_UNITS.search(match.group()):
            yield Hit("contact.social", *reply.plain_span(*match.span()), {"found": match.group()})


def _postal(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    if policy.settings.shop_contact or not _POSTAL_LOOK.search(reply.plain):
        return
    known = re.sub(r"\W+", " ", _known(context))
    for match in (*_POSTAL.finditer(reply.plain), *_POST_BOX.finditer(reply.plain)):
        if re.sub(r"\W+", " ", match.group().lower()).strip() in known:
            continue  # the customer's own delivery address
        around = _around(reply, match.start())
        if not _RETURN_WORDS.search(around):
            yield Hit("contact.postal", *reply.plain_span(*match.span()), {"found": match.group()})


def _around(reply: Reply, plain_position: int) -> str:
    """The sentences around a place of the plain view, folded."""
    low = max(0, plain_position - 160)
    from reply_guards.unfold import FOLD_TABLE

    return reply.plain[low : plain_position + 60].lower().translate(FOLD_TABLE)

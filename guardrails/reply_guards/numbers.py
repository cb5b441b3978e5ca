"""Runs of digits in a reply, and what they are: order, tracking, price, date, size — or a telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from reply_guards.model import Context
from reply_guards.text import Reply
from reply_guards.wordlists import word_list

_RUN = re.compile(r"(?<![\w.,])(?:\+\s?|\(\+?)?\d(?:[\s()/.\-–‐‑·]{0,3}\d){5,24}(?![\w]|-[A-Za-z])")
_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5}")
_DATE = re.compile(r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2}")
_NUMBER_WORDS_BEFORE = re.compile(
    r"(?:sendung\w*|tracking\w*|paket\w*|bestell\w*|auftrag\w*|order\w*|rechnung\w*|invoice\w*|artikel\w*|item|asin|ean|gtin|sku|isbn|modell?\w*|model|serien\w*|serial"
    r"|ticket\w*|vorgang\w*|fall|case|referenz\w*|reference|rma|retouren?\w*|return|id|nr|no|number|nummer|code|kunden\w*|customer|charge\w*|batch|lot|trackingnr|shipment|parcel"
    r"|beleg\w*|gutschrift\w*|transaktion\w*|transaction|ident\w*|piececode|suivi|colis|commande|pedido|ordine|zamowieni\w*|bestelling|label|etikett|identcode|teile\w*|part|norm|din|iso|type?|version|firmware)"
    r"[\s:#.\-/(\"']{0,4}(?:(?:nr|no|nummer|number|id|code|lautet|ist|is|n°|mit|der|the|von|for|fuer)[\s:.#\-\"']{0,3}){0,3}$"
)
_PHONE_WORDS = re.compile(
    r"telefon|tel\b|fon\b|phone|anruf|rufen|ruf\b|hotline|mobil|handy|durchwahl|whatsapp|call|dial|ring|reach|erreich|nummer|number|fax|sms|signal|telegram|appel|llam|chiam|bel\b|dzwon|zadzwon|zeroachthundert|servicenummer|kontakt|contact"
)
_CARRIER_WORDS = re.compile(
    r"dhl|dpd|gls|hermes|ups|fedex|usps|evri|hersteller|manufacturer|garantie|warranty|versanddienst|"
    r"paketdienst|carrier|spedition|royal mail|postnl|colissimo"
)
_OUR_WORDS = re.compile(r"(?<!\w)(?:uns|unser\w{0,2}|unter unserer|us|our|mich|me|my)(?!\w)")
_KEPT = re.compile(
    r"(?<!\w)(?:unsere|meine|our|my|unter der|rufnummer|telefonnummer|handynummer|mobilnummer|phone|"
    r"telephone) ?(?:nummer|number|mobile|cell)?\W{0,3}(?:ist|is|lautet|heisst)?\W{0,4}$"
)
_MOBILE = re.compile(r"01[567]\d{8,9}|07\d{9}|0[67]\d{8}|(?:\+|00)\d{8,14}")
_UNIT_AFTER = re.compile(
    r"\s{0,2}(?:€|eur\b|euro|\$|£|usd|gbp|mm|cm|m\b|kg|g\b|ml|l\b|watt|w\b|v\b|volt|mah|hz|khz|mhz|ghz|gb|tb|mb|x\s?\d|stueck|stuck|pcs|pieces|%|°)"
)


@dataclass(frozen=True, slots=True)
class NumberRun:
    """A run of at least six digits: [start, end) in the plain view."""

    start: int
    end: int
    digits: str
    is_phone: bool
    of_carrier: bool


def digits_of(text: str) -> str:
    """The digits of a text, nothing else."""
    return "".join(c for c in text if c.isdigit())


def known_numbers(context: Context) -> frozenset[str]:
    """Digits that belong to the ticket: order, tracking, and every long number its texts hold."""
    facts = context.facts
    if facts is None:
        return frozenset()
    texts = (facts.order_id or "", facts.tracking_number or "")
    found = {digits_of(t) for t in texts if t}
    for text in (facts.known_text, *facts.products):
        found |= {digits_of(m.group()) for m in _RUN.finditer(text)}
    return frozenset(found - {""})


def number_runs(reply: Reply) -> Iterator[NumberRun]:
    """The long numbers of a reply, each judged a telephone number or not."""
    plain = reply.plain
    if sum(map(plain.count, "0123456789")) < 6:  # noqa: PLR2004 - the shortest number anybody dials
        return
    for match in _RUN.finditer(plain):
        text = match.group()
        before = _fold(plain[max(0, match.start() - 70) : match.start()])
        after = _fold(plain[match.end() : match.end() + 30])
        clause = re.split(r"[.!?\n]", before)[-1] if "tel." not in before and "nr." not in before else before
        phone = not _is_other(text, before, after) and _is_phone(text, clause, after)
        carrier = bool(_CARRIER_WORDS.search(before) or _CARRIER_WORDS.search(after)) and not _OUR_WORDS.search(before)
        yield NumberRun(match.start(), match.end(), digits_of(text), phone, carrier)


def _fold(text: str) -> str:
    from reply_guards.unfold import FOLD_TABLE

    return text.lower().translate(FOLD_TABLE)


def _is_other(text: str, before: str, after: str) -> bool:
    """Order numbers, dates, prices, sizes, and whatever is introduced as a number of the case."""
    if _KEPT.search(before):
        return False
    if _ORDER.fullmatch(text) or _DATE.match(text) or _UNIT_AFTER.match(after):
        return True
    if re.search(r"(?:€|\$|£|eur|usd|gbp)\s?$", before) or (
        re.search(r"[a-z]{2}\d{0,2}\s?$", before[-4:]) and re.search(r"\biban\b", before)
    ):
        return True
    if re.search(
        r"telefonnummer|phone number|telephone number|rufnummer|handynummer|mobilnummer|servicenummer|"
        r"hotline\W{0,3}(?:nummer|number)?\W{0,6}$",
        before,
    ):
        return False
    return bool(_NUMBER_WORDS_BEFORE.search(before)) or text.startswith("00340")


def _is_phone(text: str, before: str, after: str) -> bool:
    digits = digits_of(text)
    if not 6 <= len(digits) <= 15:  # noqa: PLR2004 - ITU-T E.164
        return False
    spoken_of = bool(_PHONE_WORDS.search(before)) or bool(_PHONE_WORDS.search(after[:25]))
    if _MOBILE.fullmatch(digits) and not spoken_of:
        return True
    shaped = text.lstrip().startswith(("+", "(+", "00", "(0")) or bool(re.match(r"0\d{1,4}[\s/\-–)(.]", text))
    if not (spoken_of or shaped):
        return bool(re.fullmatch(r"\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}", text)) and _valid(text)
    if spoken_of and (shaped or len(digits) >= 6):  # noqa: PLR2004
        return True
    return _valid(text) or text.lstrip().startswith(("+49", "0049")) or bool(re.match(r"0\d{2,4}[\s/\-–]", text))


@lru_cache(maxsize=2048)
def _valid(text: str) -> bool:
    """Whether the number plan of some country we sell to knows it."""
    import phonenumbers

    for region in ("DE", "US", "GB", "FR", "ES", "IT", "NL", "PL", "AT"):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False


def spoken_number(reply: Reply) -> Iterator[tuple[int, int]]:
    """Spans of the folded view that spell a number digit by digit, in any of seven languages, digits among them."""
    spoken = word_list("digit_words")
    if len(reply.words & spoken) < _FEW_DIGIT_WORDS:
        return
    run: list[re.Match[str]] = []
    for match in [*_WORD.finditer(reply.folded), None]:
        if (
            match
            and (match.group() in spoken or (run and match.group().isdigit()))
            and (not run or match.start() - run[-1].end() <= _RUN_GAP)
        ):
            run.append(match)
            continue
        words = [m.group() for m in run]
        if len(words) >= _LONG_RUN or (len(words) >= _SHORT_RUN and words[0] in word_list("zero_words")):
            yield run[0].start(), run[-1].end()
        run = [match] if match and match.group() in spoken else []


_WORD = re.compile(r"[^\W_]{1,24}")
_FEW_DIGIT_WORDS, _SHORT_RUN, _LONG_RUN, _RUN_GAP = 3, 5, 7, 7

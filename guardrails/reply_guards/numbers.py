"""Runs of digits in a reply, and what they are: order, tracking, price, date, size — or a telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_

from reply_guards.model import Context
from reply_guards.patterns import Atlas, Pattern
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.unfold import FOLD_TABLE
from reply_guards.wordlists import word_list

# The look at what stands in front comes after the first digit, so that the search leaps from digit to digit.
_RUN = re.compile(r"\d(?<![\w.,]\d)(?:[\s()/.\-–‐‑·]{0,3}\d){5,24}(?![\w]|-[A-Za-z])")
_LEAD = re.compile(r"(?:(?<!\w)\+\s?|\(\+?)$")
_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5}")
_DIGIT = re.compile(r"\d")
# "…, is the mould number": what a number was, said behind it.
_NUMBER_WORDS_AFTER = re.compile(
    r"\W{1,3}(?:that's|that is|it's|is|are|das ist|ist|sind|lautet) (?:just |nur |only )?"
    r"(?:the|its|their|a|die|eine|deren|ihre)? ?(?:\w{2,14} )?"
    r"(?:part|model|mou?ld|serial|batch|article|item|catalogue|drawing|stock|order|case|reference|lot"
    r"|\w{0,14}(?:teil|artikel|modell|serien|chargen|form|bestell|typen|auftrags|material|zeichnungs)(?:e|en|n)?)"
    r" ?(?:number|nummer|code|no\.|nr)"
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[./-]\s?(?:0?[1-9]|1[0-2])[./-]\s?(?:20\d{2}|19\d{2}|\d{2})(?!\d)"
    r"|20\d{2}-\d{2}-\d{2}|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:20)?\d{2}(?!\d)"
)
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_NUMBER_WORDS_BEFORE = re.compile(
    r"(?:sendung\w*|tracking\w*|paket\w*|bestell\w*|auftrag\w*|order\w*|rechnung\w*|invoice\w*|artikel\w*"
    r"|modell?\w*|serien\w*|serial|ticket\w*|vorgang\w*"
    r"|referenz\w*|reference|retouren?\w*|return|nummer|number|kunden\w*|customer|charge\w*|batch"
    r"|shipment|parcel|beleg\w*|gutschrift\w*|transaktion\w*"
    r"|transaction|ident\w*|piececode|suivi|colis|commande|pedido|ordine|zamowieni\w*|bestelling|label"
    r"|etikett|identcode|teile\w*|version|firmware|barcode"
    r"|starts with|begins with|beginnt mit|faengt mit|reference"
    r"|(?<!\w)(?:item|asin|ean|gtin|upc|sku|isbn|imei|imsi|iccid|eid|vin|pzn|lucid|weee|model|fall|case"
    r"|ref|rma|id|nr|no|code|lot|part|norm|din|iso|en|type?|arn|un))"
    r"[\s:#.\-/(\"']{0,4}(?:(?:nr|no|nummer|number|id|code|lautet|ist|is|n°|mit|der|the|von|for|fuer|de"
    r"|en|est|es|e|jest)[\s:.#\-\"']{0,3}){0,3}$"
)
_PHONE_WORDS = re.compile(
    r"telefon|office line|our line|direct line|helpline|vorwahl|area code|dialling code|indicatif|prefijo"
    r"|prefisso|netnummer|kierunkow|festnetz|landline|tel\b|fon\b|phone|anruf|rufen|ruf\b|hotline|mobil"
    r"|handy|durchwahl|whatsapp|call|dial|ring|reach|erreich|nummer|number|fax|sms|signal|telegram|appel"
    r"|llam|chiam|bel\b|dzwon|zadzwon|zeroachthundert|servicenummer|kontakt|contact"
)
_CARRIER_WORDS = re.compile(
    r"dhl|dpd|gls|hermes|ups|fedex|usps|evri|hersteller|manufacturer|garantie|warranty|versanddienst|"
    r"paketdienst|carrier|spedition|royal mail|postnl|colissimo"
)
_OUR_WORDS = re.compile(r"(?<!\w)(?:uns|unser\w{0,2}|unter unserer|us|our|mich|me|my)(?!\w)")
_KEPT = re.compile(
    r"(?<!\w)(?:unsere|meine|our|my|notre|mon|nuestro|mi|nostro|mio|mijn|ons|nasz|unter der|rufnummer"
    r"|telefonnummer|handynummer|mobilnummer|phone|"
    r"telephone) ?(?:nummer|nr\.?|number|no\.?|numero|mobile|cell|fix|fixnummer)?\W{0,3}(?:ist|is|lautet"
    r"|heisst)?\W{0,4}$"
)
_MOBILE = re.compile(r"01[567]\d{8,9}|07\d{9}|0[67]\d{8}|(?:\+|00)\d{8,14}")
_UNIT_AFTER = re.compile(
    r"\s{0,2}(?:€|eur\b|euro|\$|£|usd|gbp|mm|cm|m\b|kg|g\b|ml|l\b|watt|w\b|v\b|volt|mah|hz|khz|mhz|ghz|gb"
    r"|tb|mb|x\s?\d|stueck|stuck|pcs|pieces|%|°)"
)
_BEHIND = 60  # characters
# What stands on a thing is the number of a part; on an invoice it would be ours.
_STAMPED = re.compile(
    r"stamped|engraved|embossed|mou?lded|eingepraegt|eingestanzt|eingraviert|aufgedruckt|gestempelt"
    r"|(?:printed|written|it'?s|stands|steht|finden sie) (?:\w+ )?"
    r"(?:on|under|auf|unter|an) (?:the|its|dem|der|seiner|ihrer) "
    r"(?:part|hinge|base|underside|back|side|blade|motor|bottom|rating plate|typenschild|rueckseite|unterseite|gehaeuse"
    r"|scharnier|teil|platine|klinge|boden)"
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


LINE = 7  # the last digits of a telephone number, whatever stands before them


def own_line(context: Context, policy: Policy) -> str:
    """The last digits of the shop's own number, whatever stands before them; empty where it may not be named."""
    return digits_of(context.shop.phone or "").lstrip("0")[-LINE:] if policy.settings.shop_contact else ""


def known_numbers(context: Context) -> frozenset[str]:
    """Digits that belong to the ticket: order, tracking, and every long number its texts hold."""
    facts = context.facts
    if facts is None:
        return frozenset()
    found = {digits_of(t) for t in (facts.order_id, facts.tracking_number) if t}
    for text in (facts.known_text, *facts.products):
        found |= {digits_of(m.group()) for m in _RUN.finditer(text)}
    return frozenset(found - {""})


def number_runs(reply: Reply) -> Iterator[NumberRun]:
    """The long numbers of a reply, each judged a telephone number or not."""
    plain = reply.plain
    if reply.digit_count < _SHORTEST:
        return
    others: set[tuple[str, str]] = set()
    for match in _RUN.finditer(plain):
        lead = _LEAD.search(plain, max(0, match.start() - 3), match.start())
        start = lead.start() if lead else match.start()
        text = plain[start : match.end()]
        before = _fold(plain[max(0, start - 70) : start])
        after = _fold(plain[match.end() : match.end() + _BEHIND])
        phone, carrier = _judged(text, before, after)
        if not phone:
            others.add(_series(text))
        elif _series(text) in others:
            phone = False  # "the new part is 0151-2290, the old one 0151-2280"
        yield NumberRun(start, match.end(), digits_of(text), phone, carrier)


def _series(text: str) -> tuple[str, str]:
    """What numbers of one series share: how they are written, and how they begin."""
    return _DIGIT.sub("0", text), text[: len(text) // 2]


@lru_cache(maxsize=2048)
def _judged(text: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a run is a telephone number, and whether it is a carrier's or a manufacturer's."""
    clause = re.split(r"[.!?\n]", before)[-1] if "tel." not in before and "nr." not in before else before
    phone = not _is_other(text, before, after) and _is_phone(text, clause, after)
    carrier = bool(_CARRIER_WORDS.search(before) or _CARRIER_WORDS.search(after[:30])) and not _OUR_WORDS.search(before)
    return phone, carrier


def odd_numbers(reply: Reply) -> Iterator[tuple[int, int]]:
    """Plain spans of telephone numbers pulled apart by signs nobody dials, or with letters for digits."""
    if reply.digit_count >= _SHORTEST - 3 and "8" in reply.used:
        for match in _VANITY.finditer(reply.plain):
            yield match.span()
    if reply.digit_count < _SHORTEST:
        return
    for match in _IN_PARTS.finditer(reply.plain):
        yield match.span()
    for match in _ODD_RUN.finditer(reply.plain):
        if _is_odd_phone(match.group()):
            yield match.span()


_SHORTEST = 6  # digits of the shortest number anybody dials
_VANITY = re.compile(
    r"[018](?<!\w[018])(?:(?<!8)[- ]?8\d\d[- ][A-Z][A-Z0-9-]{4,11}|(?<=8)(?:00|33|44|55|66|77|88)-[A-Z]{5,9})(?!\w)"
)
_IN_PARTS = re.compile(
    r"0(?<!\w0)\d{2,4}[\s,;]{1,3}(?:und |and )?(?:dann|danach|then|gefolgt von|followed by|puis|luego|poi|daarna|potem)"
    r"[\s,:]{1,3}(?:die |the )?\d{3,8}(?![\w.-])"
)
_ODD_RUN = re.compile(r"[0Oo+](?<![\w.,][0Oo+])(?:[\s()/.\-–·*_|,~]{0,5}[\dOolI]){7,20}(?!\w|[.,]\d)")
_LETTERS_FOR_DIGITS = str.maketrans("OolI", "0011")
_AREA_CODE = re.compile(r"(?:\+\d{1,3}|00\d{2}|0\d{0,4})$")


def _is_odd_phone(written: str) -> bool:  # noqa: PLR0911 - an ordered list of reasons
    text = written.translate(_LETTERS_FOR_DIGITS)
    digits = digits_of(text)
    if not 8 <= len(digits) <= 14 or sum(map(str.isdigit, written)) < _SHORTEST:  # noqa: PLR2004 - area code and number
        return False
    if text[0] != "+" and digits[0] != "0":
        return False
    groups = re.findall(r"\d+", text)
    ascending = len(groups) > 2 and all(int(b) - int(a) == 1 for a, b in pairwise(groups))  # noqa: PLR2004
    if ascending or _DATE.match(text):
        return False
    if len(groups) == len(digits):
        return True  # digit by digit
    if ", " in text:
        return False  # numbers one after the other
    lettered = text != written
    if not lettered and not re.search(r"[*_|,~]|\.\.", text):
        return False  # the usual signs are judged with the words around them
    if len(groups) == 1:
        return lettered and len(digits) >= 9  # noqa: PLR2004 - shorter are part numbers
    return bool(_AREA_CODE.match(groups[0] if text[0] != "+" else "+" + groups[0])) and len(groups) <= 7  # noqa: PLR2004


def _fold(text: str) -> str:
    return text.lower().translate(FOLD_TABLE)


def _is_other(text: str, before: str, after: str) -> bool:
    """Order numbers, dates, prices, sizes, and whatever is introduced as a number of the case."""
    if _KEPT.search(before):
        return False
    if _ORDER.fullmatch(text) or _IP.fullmatch(text) or _UNIT_AFTER.match(after) or _is_on_a_part(text, before, after):
        return True
    rest = _DATE.sub("", text)
    if rest != text and sum(c.isdigit() for c in rest) <= 4:  # noqa: PLR2004 - a time of day
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
    named = _NUMBER_WORDS_AFTER.match(after) or _NUMBER_WORDS_BEFORE.search(before)
    return bool(named) or text.startswith("00340")


def _is_on_a_part(text: str, before: str, after: str) -> bool:
    """Whether a number is said to stand on a thing, and not to be one to dial or on a letter of ours."""
    if not _STAMPED.search(after) or _MOBILE.fullmatch(digits_of(text)) or _OUR_WORDS.search(before):
        return False
    return not (_PAPER.search(after) or _CALLED.search(before) or _CALLED.search(after))


_PAPER = re.compile(r"rechnung|invoice|lieferschein|delivery note|brief|letter|paket|parcel|karton|box")
_CALLED = re.compile(
    r"telefon|phone|anruf|rufen|ruf(?!\w)|hotline|mobil|handy|call|dial|ring|reach|erreich|melde|tel(?!\w)"
)


# Written so, a number is dialled, whatever stands around it.
_DIALLED = re.compile(
    r"\+\s?[1-9]\d{0,2}[\s()/.\-–‐‑·]{0,3}\d(?:[\s()/.\-–‐‑·]{0,3}\d){6,12}"
    r"|1[-. ]\(?[2-9]\d{2}\)?[-. ]\d{3}[-. ]\d{4}|0[1-9](?:[ .-]\d{2}){4}|0(?:[\s/.-]{1,3}\d){8,12}"
)


def _is_phone(text: str, before: str, after: str) -> bool:
    digits = digits_of(text)
    if not 6 <= len(digits) <= 15:  # noqa: PLR2004 - ITU-T E.164
        return False
    if _DIALLED.fullmatch(text):
        return True
    spoken_of = bool(_PHONE_WORDS.search(before)) or bool(_PHONE_WORDS.search(after[:25]))
    if spoken_of or _MOBILE.fullmatch(digits):
        return True
    shaped = text.lstrip().startswith(("+", "(+", "00", "(0")) or bool(re.match(r"0\d{1,4}[\s/\-–)(.]", text))
    if not shaped:
        return bool(re.fullmatch(r"\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}", text)) and _valid(text)
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
    joined = _joined_numbers(reply)
    if len(reply.words & spoken) + 2 * len(joined) < _FEW_DIGIT_WORDS:
        return
    if not _tells_at_once(reply, spoken, joined):
        return
    run: list[re.Match[str]] = []
    for match in [*_WORD.finditer(reply.folded), None]:
        word = match.group() if match else ""
        is_spoken = word in spoken or word in joined
        if not (run or is_spoken):
            continue
        if match and (is_spoken or (run and word.isdigit())) and (not run or match.start() - run[-1].end() <= _RUN_GAP):
            run.append(match)
            continue
        if _is_dictated([m.group() for m in run], joined):
            yield run[0].start(), run[-1].end()
        run = [match] if match and is_spoken else []


def _tells_at_once(reply: Reply, spoken: frozenset[str], joined: Mapping[str, int]) -> bool:
    """Whether words in a row tell enough digits to be looked at, however far they stand from each other."""
    length, begun = 0, False
    for word in reply.all_words:
        if word in joined or word in spoken:
            length, begun = length + joined.get(word, 1), True
        elif begun and word.isdigit():
            length += 1
        elif begun:
            length, begun = 0, False
        if length >= _SHORT_RUN:
            return True
    return False


def _is_dictated(words: list[str], joined: Mapping[str, int]) -> bool:
    """Whether so many digits follow each other as nobody says for anything but a number to dial; counting is not."""
    length = sum(joined.get(w, 1) for w in words)
    zeros = word_list("zero_words")
    if length < _SHORT_RUN or (len(words) == 1 and length < _LONG_RUN) or set(words) <= zeros:
        return False
    counted = [_COUNTING.get(w, -9) for w in words]
    if sum(b - a == 1 for a, b in pairwise(counted)) >= len(words) - 2 > 0:
        return False  # counting
    return length >= _LONG_RUN or words[0] in zeros or words[0].startswith(("null", "zero", "0"))


def _joined_numbers(reply: Reply) -> dict[str, int]:
    """Words made of several number words or of digits and number words, and how many digits they tell."""
    if len(_STEMS.possible(reduce(or_, (s.possible for s in reply.sentences), 0))) < _FEW_STEMS:
        return {}
    return {word: count for word in reply.words if (count := _told_digits(word))}


@lru_cache(maxsize=16384)
def _told_digits(word: str) -> int:
    """How many digits a word of several number words tells; 0 for any other."""
    return len(_PIECE.findall(word)) if len(word) > 2 and not word.isdigit() and _JOINED.fullmatch(word) else 0  # noqa: PLR2004


_STEMS = Atlas(
    Pattern(stem, stem, (frozenset({stem}),))
    for stem in (
        "null", "eins", "zwei", "drei", "vier", "fuenf", "funf", "sechs", "sieben", "acht", "neun", "zero", "three",
        "four", "five", "seven", "eight", "nine",
    )
)  # fmt: skip
_FEW_STEMS = 2
_DIGIT_WORD = (
    r"null|zwo|zwei|drei|vier|fuenf|sech[sz]?|sieben|sieb|acht|neun|eins?|elf|zwoelf|zwan|"
    r"zero|one|two|three|four|five|six|seven|eight|nine|\d"
)
_PIECE = re.compile(_DIGIT_WORD)
_JOINED = re.compile(rf"(?:(?:{_DIGIT_WORD})(?:zehn|zig|ssig|hundert)?(?:und)?){{2,24}}")
_WORD = re.compile(r"[^\W_]{1,64}")
_FEW_DIGIT_WORDS, _SHORT_RUN, _LONG_RUN, _RUN_GAP = 3, 5, 7, 7
_COUNTING = {
    word: number
    for words in (
        "null eins zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf",
        "zero one two three four five six seven eight nine ten",
        "zero un deux trois quatre cinq six sept huit neuf dix",
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
        "zero uno due tre quattro cinque sei sette otto nove dieci",
        "nul een twee drie vier vijf zes zeven acht negen tien",
        "zero jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec",
    )
    for number, word in enumerate(words.split())
}

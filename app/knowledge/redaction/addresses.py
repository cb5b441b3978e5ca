"""Postal addresses: street and number, post code and town, post boxes and parcel lockers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.redaction.model import Span
from app.knowledge.redaction.words import Words

_NUMBER = r"\d{1,4}(?:[ ]?[a-zA-Z](?!\w))?(?:[ ]?[-–/+][ ]?\d{1,4}[ ]?(?:[a-zA-Z](?!\w))?){0,3}"
_CITY = (
    r"(?:(?:La|Le|Les|St\.|Sankt|Bad|Groß|Klein|Alt|Neu)[ -])?[A-ZÄÖÜ][^\W\d_]+(?:[ -](?:am|an der|an dem|bei|"
    r"ob der|im|in|in der|vor der|auf|i\.|a\.|d\.|b\.|de|sur|les|la|le|von|und|und der|"
    r"[A-ZÄÖÜ][^\W\d_]+)(?![^\W\d_]))"
    r"{0,3}(?:[ ]?\([^)\n]{1,20}\))?"
)
_DAYS = (
    r"(?:Mo(?:ntag)?|Di(?:enstag)?|Mi(?:ttwoch)?|Do(?:nnerstag)?|Fr(?:eitag)?|Sa(?:mstag)?|So(?:nntag)?|Jan\w*|Feb\w*|"
    r"März|April|Mai|Jun\w*|Jul\w*|Aug\w*|Sep\w*|Okt\w*|Nov\w*|Dez\w*|Ende|Anfang|Tag\w*|Jahr\w*|Wert|Wochen\w*|"
    r"Morgen|Abend|Vergleich|Paket|Karton|Set|Preis|Schnitt|Alter|Umfang|Durchschnitt)"
)
_STREET_DE = re.compile(
    rf"(?<!\w)(?:(?:[A-ZÄÖÜ][^\W\d_]*\.?[ -]){{0,3}}[A-ZÄÖÜ]?[^\W\d_]{{1,30}}(?:straße|strasse|str\.?|weg|gasse|"
    rf"gässli|platz|allee|ring|damm|ufer|steig|pfad|chaussee|promenade|zeile|markt|graben|hof|berg|feld|wiese|kamp|"
    rf"stieg|twiete|wall|gürtel|rain|matte|strasse)"
    rf"|(?:[A-ZÄÖÜ][^\W\d_]*\.?[ -]){{1,3}}(?:Straße|Strasse|Str\.?|Weg|Gasse|Platz|Allee|Ring|Damm|Ufer|Steig|"
    rf"Markt|Graben|Hof|Wall|Kai|Gürtel|Chaussee)"
    rf"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Hinter der|Vor dem|"
    rf"Beim) (?!{_DAYS}\b)(?:[A-ZÄÖÜ][^\W\d_]+ )?[A-ZÄÖÜ][^\W\d_]{{2,30}}"
    rf"|(?:Rue|Avenue|Chemin|Route|Via|Viale|Piazza)(?: d(?:e|u|es|el|ella|i))?(?: l['’]|"
    rf" la)?(?: [A-ZÀ-Ý][\w'’-]+){{1,3}}),?"
    rf"[ ]{{1,2}}{_NUMBER}(?!\w|[.,]\d|[ ]?(?:€|Euro|Uhr|Stück|cm|mm|kg|x |%|Jahre|Tage|Wochen|Minuten))"
)
_STREET_SMALL = re.compile(
    rf"(?<!\w)[^\W\d_]{{3,30}}(?:straße|strasse|str\.|gasse|allee|weg|platz)[ ]{{1,2}}{_NUMBER}(?!\w|[.,]\d)",
    re.IGNORECASE,
)
_KIND_EN = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Close|Way|Boulevard|Blvd|Place|Pl|Terrace|Crescent|"
    r"Square|Sq|Gardens?|Grove|Mews"
    r"|Row|Hill|Park|Highway|Hwy|Parkway|Pkwy|Trail|Circle|Cir|Cove|Walk|View|Green|Rise|Parade|Turnpike|Alley|"
    r"Path|Pike|Plaza|Point|Ridge"
    r"|Run|Loop|Bend|Crossing|Crest|Creek|Estates?|Expressway|Extensions?|Falls?|Ferry|Fields?|Flats?|Fords?|"
    r"Forest|Forge|Forks?|Fort|Freeway"
    r"|Gateway|Glens?|Harbors?|Haven|Heights|Hills|Hollow|Inlet|Islands?|Isle|Junctions?|Keys?|Knolls?|Lakes?|"
    r"Landing|Lights?|Locks?|Lodge"
    r"|Mall|Manors?|Meadows?|Mills?|Mission|Motorway|Mountains?|Neck|Orchard|Oval|Overpass|Passage|Pines?|Plains?|"
    r"Ports?|Prairie|Radial"
    r"|Ramp|Ranch|Rapids?|Rest|River|Roads|Route|Rue|Shoals?|Shores?|Skyway|Springs?|Spurs?|Squares|Station|"
    r"Stravenue|Stream|Streets"
    r"|Summit|Throughway|Trace|Track|Trafficway|Tunnel|Underpass|Unions?|Valleys?|Via|Viaduct|Views|Villages?|"
    r"Ville|Vista|Walks|Wall|Ways|Wells?"
    r"|Bluffs?|Bottom|Branch|Bridge|Brooks?|Burgs?|Bypass|Camp|Canyon|Cape|Causeway|Centers?|Circles|Cliffs?|Club|"
    r"Common|Corners?|Course|Courts"
    r"|Coves|Dale|Dam|Divide|Drives|End|Yard|Pass|Loaf|Stravenue|Shore|Burg|Ways|Inlets?|Capes?"
)
_STREET_EN = re.compile(
    rf"(?<![\w.,€$£-])\d{{1,5}}[A-Za-z]?,?[ ](?:(?:[NSEW]|North|South|East|West)\.?[ ])?(?:[A-Z][\w'’.-]*[ ]|"
    rf"\d{{1,3}}(?:st|nd|rd|th)[ ]){{1,4}}"
    rf"(?:{_KIND_EN}|(?i:street|road|avenue|lane)|(?i:{_KIND_EN})(?=[,.]?(?:\n|[ ][A-Z]|$)|"
    rf",))(?![\w-])\.?(?:,?[ ](?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|#)\.?[ ]?#?\w{{1,6}})?"
)
_UNIT_EN = re.compile(
    rf"(?<!\w)(?:Flat|Studio|Apartment|Apt\.?|Unit|"
    rf"Suite)[ ]\w{{1,5}},?[ \n](?:\d{{1,5}}[A-Za-z]?[ ])?(?:[A-Z][\w'’.-]*[ ]){{1,3}}(?i:{_KIND_EN})(?![\w-])"
    r"|(?<!\w)(?:Flat|Studio|Apt\.?|Apartment)[ ]\d{1,4}[A-Za-z]?(?!\w)"
)
_SPANISH = re.compile(
    r"(?<![\w])(?:Broadway|Calle|Camino|Paseo)[ ](?:[A-Z]\w+[ ])?\d{1,5}(?!\w)|(?<![\w$€£])\d{1,5}[ ]Broadway(?!\w)"
)
_TOWN_DE = re.compile(
    rf"(?<![\w.,#-])(?:D[E]?[ -]{{1,3}})?\d{{5}}[ ]{{1,2}}{_CITY}|(?<![\w])(?:A|CH|AT|FL|LI)[ ]?-[ ]?\d{{4}}[ ]{_CITY}"
)
_NOT_TOWNS = re.compile(
    r"\d+\s+(?:Euro|Stück|Stunden|Meter|Kilometer|Schritte|Watt|Artikel|Kunden|Kundinnen|Bewertungen|Follower|"
    r"Umdrehungen|Punkte|Mal|Tage|Jahre|Einheiten|Liter|Gramm|Teile|Lumen|Volt|Pa|Pascal|Mah|MAh|Exemplare|"
    r"Menschen|Produkte|Bestellungen|Pakete|Zeichen|Franken|Dollar|Miles|Steps|Reviews|Customers|Units|Hours|"
    r"Items|Orders|Lux|Kelvin|Btu|Rpm)\b",
    re.IGNORECASE,
)
_BIG_TOWNS = (
    "Wien|Graz|Linz|Salzburg|Innsbruck|Klagenfurt|Villach|Wels|St\\. ?Pölten|Dornbirn|Steyr|Bregenz|Feldkirch|"
    "Leoben|Krems|Baden|Wolfsberg"
    "|Leonding|Traun|Amstetten|Kapfenberg|Hallein|Mödling|Kufstein|Schwechat|Braunau|Eisenstadt|Zürich|Genf|"
    "Genève|Basel|Bern|Lausanne|Winterthur|Luzern|St\\. ?Gallen|Lugano|Biel"
    "|Thun|Köniz|Fribourg|Freiburg|Schaffhausen|Chur|Uster|Sion|Zug|Aarau|Baar|Solothurn|Olten|Rapperswil|Wil|"
    "Kreuzlingen|Davos|Vaduz|Frauenfeld|Emmen|Kriens|Neuchâtel|Montreux"
)
_TOWN_SMALL = re.compile(rf"(?<![\w.,#-])[1-9]\d{{3}}[ ](?:{_BIG_TOWNS})(?!\w)(?:[ ](?:am|an der|bei)[ ][A-Z]\w+)?")
_TOWN_AFTER = re.compile(rf"\s{{0,2}},?\s{{0,3}}(?:in[ ])?(?:(?:A|CH|D)-)?\d{{4,5}}[ ]{_CITY}")
_US_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEHINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|"
    "W[AIVY]|A[ASEP]|FM|GU|MP|PW|MH"
)
_TOWN_US = re.compile(
    rf"(?<!\w)(?:[A-Z][\w'’.-]+[ ]){{0,3}}[A-Z][\w'’.-]+,?[ ](?:{_US_STATES}),?[ ]\d{{5}}(?:-\d{{4}})?(?!\w)|"
    rf"(?<!\w)(?:{_US_STATES}),?[ ]\d{{5}}(?:-\d{{4}})?(?!\w)"
    r"|(?<!\w)(?:DPO|APO|FPO)[ ]A[AEP][ ]\d{5}(?!\w)|(?<!\w)(?:USNS|USNV|USS|USCGC|PSC|"
    r"Unit)[ ]\w+(?:,? Box \d+)?(?=\s{1,2}(?:DPO|APO|FPO))"
)
_POST_CODE_GB = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{2}|GIR ?0AA)(?![\w-])|(?:(?<=postcode )|"
    r"(?<=postcode: )|(?<=postcode is ))(?i:[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2})(?!\w)"
)
_TOWN_BEFORE = re.compile(r"(?:(?<=\n)|(?<=, ))(?:[A-Z][\w'’-]+[ ]?){1,3}[,\n ]{1,2}$")
_BOX = re.compile(
    r"(?<!\w)(?:Postfach(?:[ ]?nr\.?|nummer)?|P\.?[ ]?O\.?[ ]?Box|Packstation|Postfiliale|DHL Packstation|"
    r"Paketbox|Postnummer|Post[ -]?Nr\.?|Paketshop|Locker)[ ]?(?:Nr\.?|Nummer|No\.?|#|ist|is|"
    r":)?[ ]?:?[ ]?\d[\d ]{1,12}(?<=\d)(?!\w)",
    re.IGNORECASE,
)
_POST_CODE_TOLD = re.compile(
    r"(?<!\w)(?:PLZ|Postleitzahl|post ?code|zip(?: ?code)?)(?: ist| is|"
    r" lautet)?[ :]{1,3}(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4,5}(?:-\d{4})?)(?!\w)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[ \t]{0,3}(?:,|\n|\||/|·)?\s{0,3}(?:in|und|and)?\s{0,2}")
_SUFFIXES = (
    "strasse", "str", "weg", "gasse", "gaessli", "platz",
    "allee", "ring", "damm", "ufer", "steig", "pfad", "chaussee", "promenade", "zeile", "markt",
    "graben", "hof", "berg", "feld", "wiese", "kamp", "stieg",
    "twiete", "wall", "guertel", "rain", "matte", "kai", "street", "road",
)  # fmt: skip
_LEADS = frozenset(
    [
        "am",
        "an",
        "auf",
        "im",
        "in",
        "zum",
        "zur",
        "unter",
        "hinter",
        "vor",
        "beim",
        "rue",
        "avenue",
        "chemin",
        "route",
        "via",
        "viale",
        "piazza",
    ]
)
_BOX_WORDS = frozenset(
    ["postfach", "box", "packstation", "postfiliale", "paketbox", "postnummer", "post", "paketshop", "locker"]
)
_UNIT_WORDS = frozenset(["flat", "studio", "apartment", "apt", "unit", "suite"])
_ROADS = frozenset(["broadway", "calle", "camino", "paseo"])
_CODE_WORDS = frozenset(["plz", "postleitzahl", "post", "postcode", "zip"])
_US_STATE_LIST = (
    "AA AE AK AL AP AR AS AZ CA CO CT DC DE FL FM GA GU HI IA ID IL IN KS KY LA MA MD ME MH MI MN MO MP MS MT NC ND NE "
    "NH NJ NM NV NY OH OK OR PA PR PW RI SC SD TN TX UT VA VI VT WA WI WV WY"
)
_STATES = frozenset(_US_STATE_LIST.split())
_REACH = 70


def find_addresses(words: Words) -> Iterator[Span]:
    """Addresses, their lines together where nothing but a comma or a line break is between them."""
    text = words.text
    found = sorted(_parts(words))
    start = end = -1
    for a, b in found:
        if start >= 0 and a <= end + 8 and (a <= end or _BETWEEN.fullmatch(text, end, a)):
            end = max(end, b)
            continue
        if start >= 0:
            yield Span(start, end, "address")
        start, end = a, b
    if start >= 0:
        yield Span(start, end, "address")


def _parts(words: Words) -> Iterator[tuple[int, int]]:
    text = words.text
    found = [*_streets(words)]
    for pattern in _worth_a_look(words):
        matches = (m for m in pattern.finditer(text) if pattern is not _TOWN_DE or not _NOT_TOWNS.match(m.group()))
        if pattern is _POST_CODE_GB:
            found += [(_with_town(text, m.start()), m.end()) for m in matches]
        else:
            found += [m.span() for m in matches]
    yield from found
    for _, end in found:
        if town := _TOWN_AFTER.match(text, end):
            yield town.end() - len(town.group().lstrip(" ,\n\t")), town.end()


def _streets(words: Words) -> Iterator[tuple[int, int]]:
    """Only where a number stands behind what ends like a street, or behind 'Am …': the patterns are slow."""
    text, done = words.text, 0
    for i in range(1, len(words)):
        if not words.raws[i].isdigit() or words.starts[i] < done:
            continue
        before = words.folds[i - 1]
        if before.isdigit() or words.gap(i).strip(" ,.") or len(words.raws[i]) > 4:  # noqa: PLR2004 - no house has more
            continue
        if before.endswith(_SUFFIXES) or before in _STREET_ENDS or _LEADS & set(words.folds[max(0, i - 4) : i - 1]):
            start, end = max(done, words.starts[i] - _REACH), min(len(text), words.ends[i] + 16)
            for pattern in (_STREET_DE, _STREET_SMALL):
                for match in pattern.finditer(text, start, end):
                    done = max(done, match.end())
                    yield match.span()


def _worth_a_look(words: Words) -> Iterator[re.Pattern[str]]:
    """The patterns whose words or numbers the text has."""
    lengths = {len(raw) for raw in words.raws if raw.isdigit()}
    raws = set(words.raws)
    yield _STREET_EN
    if 5 in lengths:  # noqa: PLR2004 - German and American post codes
        yield _TOWN_DE
        if raws & _STATES:
            yield _TOWN_US
    if 4 in lengths:  # noqa: PLR2004 - Austrian and Swiss ones
        yield _TOWN_SMALL
        if raws & {"A", "CH", "AT", "FL", "LI"}:
            yield _TOWN_DE
    if any(len(raw) == 2 and raw.isupper() for raw in raws):  # noqa: PLR2004 - "4QG"
        yield _POST_CODE_GB
    for openers, pattern in _OPENED:
        if words.said & openers:
            yield pattern


_OPENED = ((_BOX_WORDS, _BOX), (_UNIT_WORDS, _UNIT_EN), (_ROADS, _SPANISH), (_CODE_WORDS, _POST_CODE_TOLD))
_STREET_ENDS = frozenset(["strasse", "street", "road"])


def _with_town(text: str, start: int) -> int:
    """The town in front of a British post code, on its own line or behind a comma."""
    if town := _TOWN_BEFORE.search(text, max(0, start - 40), start):
        return town.start()
    return start

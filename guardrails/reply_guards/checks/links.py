"""`links.*`: every address of a reply is allowed on its channel, or gets the rule that says why it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote

from reply_guards.addresses import find_addresses
from reply_guards.checks.hit import Hit
from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.unfold import FOLD_TABLE, fold_char
from reply_guards.urls import Address, is_ending, registrable
from reply_guards.wordlists import data

_WEB = {"https", "http"}
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]")
_HOST_IN_TEXT = re.compile(r"(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24}")
_OPT_OUT = re.compile(
    r"unsubscri|opt-?out|abmelde|abbestell|desinscri|desabonn|disiscri|afmeld|uitschrij|wypis", re.IGNORECASE
)
_TRACKING_PATH = re.compile(
    r"track|verfolg|sendung|parcel|status|suivi|suivre|zoek|spedizion|localiz|seguimiento|sledz|trova"
    r"|livetracking|search|identcode|numero|numer|/s/|/c\?|cerca|sped_det|piececode|brief",
    re.IGNORECASE,
)
_FOREIGN_LOAD = re.compile(r"//|url\(|data:|https?:", re.IGNORECASE)
_LINK_TAG = re.compile(r"</?(?:a|area|form|base|button|input|blockquote|q)\b", re.IGNORECASE)
_LOADING_TAG = re.compile(r"<(?:script|iframe|link|embed|object)\b", re.IGNORECASE)
_IMPORT = re.compile(r"@import\s{0,4}[^;\n]{1,300}|url\(\s{0,4}[\"']?(?:https?:)?//[^)\n]{1,300}", re.IGNORECASE)
_SPACED = re.compile(r"(?i)\bw\s{1,2}w\s{1,2}w\b[^\n]{0,80}|\bh\s{1,2}t\s{1,2}t\s{1,2}p\b[^\n]{0,80}")
_COMMA_LOOK = re.compile(r",(?:com|co|net|org|de|shop)\b")
_COMMAS = re.compile(r"[a-zA-Z][\w-]{2,62},(?:com|co,uk|net|org|de|shop)(?![\w,-])")


def check(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """Judge every address; the first rule that applies to it is reported."""
    addresses = find_addresses(reply)
    told: dict[tuple[str, str, str], str | None] = {}
    for address in addresses:
        key = (address.written, address.kind, address.text)
        if key not in told:
            told[key] = _judge(address, context, policy)
        if rule := told[key]:
            if rule == "links.external" and _is_disguised(reply, address):
                rule = "links.disguised"
            elif rule == "links.ip_host" and _is_own_device(reply, address):
                continue
            yield Hit(rule, address.start, address.end, {"host": address.host or address.written[:60]})
        elif address.kind == "typed" and _is_bare(reply, address):
            yield Hit("links.bare", address.start, address.end, {"host": address.host})
    yield from _beacons(reply)
    yield from _disguised(reply)


def _is_disguised(reply: Reply, address: Address) -> bool:
    if address.kind in {"tag", "markdown"}:
        return not address.written.isascii()
    written = reply.original[address.start : address.end]
    return (
        address.kind == "spelled"
        or not written.isascii()
        or any(c.isspace() for c in written)
        or written.lower().startswith("hxx")
    )


_HOME_NET = re.compile(r"(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+")
_DEVICE = re.compile(
    r"router|drucker|printer|kamera|camera|repeater|fritz|browser|oberflaeche|interface|wlan|wifi"
    r"|netzwerk|network|bridge|hub\b|nas\b|imprimante|impresora|stampante"
)


def _is_own_device(reply: Reply, address: Address) -> bool:
    """The page of the customer's own router or printer, written as a plain home address in an instruction."""
    if not (_HOME_NET.fullmatch(address.host) and address.host in address.written):
        return False
    around = reply.original[max(0, address.start - 160) : address.end + 120].lower().translate(FOLD_TABLE)
    return bool(_DEVICE.search(around))


def _disguised(reply: Reply) -> Iterator[Hit]:
    """Addresses no parser would read as such: spaced letters, commas for dots."""
    plain = reply.plain
    if "," in reply.used and _COMMA_LOOK.search(plain):
        for match in _COMMAS.finditer(plain):
            if plain[match.start() - 1 : match.start()] not in {",", "@"} and not match.group().endswith(",de-"):
                yield Hit("links.disguised", *reply.plain_span(*match.span()), {"host": match.group()[:60]})
    if not reply.simple or reply.has_single_letters(_SPACED_PREFIX):
        for match in _SPACED.finditer(plain):
            yield Hit("links.disguised", *reply.plain_span(*match.span()), {"host": match.group()[:60]})


_SPACED_PREFIX = 3


def _judge(address: Address, context: Context, policy: Policy) -> str | None:  # noqa: C901, PLR0911 - reasons in order
    if address.scheme in {"mailto", "tel", "sms"}:
        return None  # `contact` speaks of those
    if address.scheme not in _WEB:
        return "links.scheme"
    if _IP.fullmatch(address.host):
        return "links.ip_host"
    if _OPT_OUT.search(address.path + address.query):
        return "links.unsubscribe"
    if reason := _disguise(address):
        return reason
    lists = data("marketplaces")
    names = {address.host, address.registrable}
    if names & _shorteners():
        return "links.shortener"
    if names & set(lists["review_sites"]):
        return "feedback.review_link"
    market = lists["marketplaces"].get(policy.settings.marketplace or "", {})
    if address.registrable in market.get("domains", ()):
        return _judge_marketplace(address, market, context)
    if carrier_of(address):
        return _judge_carrier(address, context, policy)
    if policy.settings.shop_contact and address.registrable in {registrable(d.lower()) for d in context.shop.domains}:
        return "links.insecure" if address.scheme == "http" and address.kind != "bare" else _mismatch(address)
    if _spoofs(address):
        return "links.spoofed"
    if names & set(lists["messengers"]):
        return "contact.messenger"
    return "links.mismatch" if address.text and _names_a_brand(address.text) else "links.external"


def _names_a_brand(text: str) -> bool:
    return not frozenset(re.findall(r"[a-z]{3,}", text.lower())).isdisjoint(data("marketplaces")["brands"])


@cache
def _shorteners() -> frozenset[str]:
    lists = data("marketplaces")
    own = (host for m in lists["marketplaces"].values() for host in m.get("short", ()))
    return frozenset([*lists["shorteners"], *own])


@cache
def _carriers() -> dict[str, dict[str, Any]]:
    return {
        host: carrier for carrier in data("carriers")["carriers"] for host in carrier["hosts"] if "amazon" not in host
    }


def carrier_of(address: Address) -> dict[str, Any] | None:
    """The carrier whose official host this is."""
    return _carriers().get(address.host) or _carriers().get("www." + address.host)


def _disguise(address: Address) -> str | None:
    """Tricks that make an address look like another one, whoever owns it."""
    if address.userinfo or (address.kind == "typed" and "\\" in address.written):
        return "links.spoofed"
    if "xn--" in address.host or not address.host.isascii():
        return "links.spoofed" if _spoofs(address) else "links.external"
    shown = _HOST_IN_TEXT.search(address.text)
    if (
        shown
        and is_ending(shown.group().rpartition(".")[2])
        and registrable(shown.group().lower()) != address.registrable
    ):
        return "links.mismatch"
    return None


def _mismatch(address: Address) -> str | None:
    shown = _HOST_IN_TEXT.search(address.text)
    return "links.mismatch" if shown and registrable(shown.group().lower()) != address.registrable else None


def _judge_marketplace(  # noqa: PLR0911 - reasons in order
    address: Address, market: dict[str, Any], context: Context
) -> str | None:
    label = address.host[: -len(address.registrable)].rstrip(".")
    path, query = address.path.lower(), address.query.lower()
    keys = {pair.partition("=")[0] for pair in query.lstrip("?").split("&")}
    if any(path.startswith(r) for r in market.get("redirect", ())) or _leads_elsewhere(address):
        return "links.open_redirect"
    if any(r in path for r in market.get("review", ())):
        return "feedback.review_link"
    if label not in market["buyer_hosts"]:
        return "links.not_buyer_facing"
    if keys & set(market.get("affiliate_query", ())):
        return "links.affiliate"
    if any(p in path for p in market.get("promotion", ())) or keys & set(market.get("promotion_query", ())):
        return "promotion.advertising"
    if (
        context.marketplace
        and "." in context.marketplace
        and address.registrable != registrable(context.marketplace.lower())
    ):
        return "links.other_marketplace"
    return "links.insecure" if address.scheme == "http" and address.kind != "bare" else None


_INNER = re.compile(
    r"(?:https?:|[=/\\])[/\\]{1,4}([\w.-]{3,250})"
    r"|[?&#;][\w.-]{1,40}=([\w-]{1,63}(?:\.[\w-]{1,63}){1,5})(?![\w.@-])"
)
_ENCODED_TWICE = 3


def _leads_elsewhere(address: Address) -> bool:
    """A path, query or fragment that carries another site's address: an open redirect or a disguise."""
    rest = f"{address.path}{address.query}{address.fragment}"
    for _ in range(_ENCODED_TWICE):
        if "%" not in rest:
            break
        rest = unquote(rest)
    for match in _INNER.finditer(rest.lower()):
        host = (match.group(1) or match.group(2)).strip(".").rpartition("@")[2]
        ending = host.rpartition(".")[2]
        if "." not in host or ending in data("marketplaces")["file_endings"]:
            continue
        if (is_ending(ending) or host.replace(".", "").isdigit()) and registrable(host) != address.registrable:
            return True
    return False


def _judge_carrier(address: Address, context: Context, policy: Policy) -> str | None:
    if not policy.settings.tracking_links:
        return "links.external"
    rest = address.path + address.query + address.fragment
    if _leads_elsewhere(address):
        return "links.open_redirect"
    if len(rest) > 1 and not _TRACKING_PATH.search(rest):
        return "links.external"
    if address.scheme == "http" and address.kind == "typed":
        return "links.insecure"
    number = context.facts.tracking_number if context.facts else None
    carried = re.findall(
        r"[A-Z0-9]{8,40}", (address.query + address.fragment + address.path).upper().replace("%20", "")
    )
    carried = [c for c in carried if sum(ch.isdigit() for ch in c) >= 7]  # noqa: PLR2004 - words are no numbers
    if number and carried and not any(_same_number(c, number) for c in carried):
        return "links.tracking_mismatch"
    return _mismatch(address)


def _same_number(one: str, other: str) -> bool:
    return re.sub(r"\W", "", one).upper() == re.sub(r"\W", "", other).upper()


def _spoofs(address: Address) -> bool:
    """Whether a foreign address carries a brand's name in its host, or a marketplace's address behind it."""
    rest = (address.path + address.query + address.fragment + (address.written if address.userinfo else "")).lower()
    return _imitates(address.host) or bool(_market_address().search(rest))


@lru_cache(maxsize=2048)
def _imitates(host: str) -> bool:
    """Whether a host carries a brand: as a label, a part of one, misspelled or in look-alike letters."""
    lists = data("marketplaces")
    shown = skeleton(host)
    pieces = re.split(r"[.\-_]", shown)
    short = set(lists["short_brands"])
    if any(brand in pieces or (brand not in short and brand in shown) for brand in lists["brands"]):
        return True
    return any(_near(piece, brand) for piece in pieces for brand in lists["brands"] if brand not in short)


@cache
def _market_address() -> re.Pattern[str]:
    domains = (re.escape(d) for m in data("marketplaces")["marketplaces"].values() for d in m["domains"])
    return re.compile(rf"(?<![\w-])(?:{'|'.join(domains)})(?![\w-])")


def skeleton(host: str) -> str:
    """A host with look-alike letters and digits read as the letters they imitate."""
    if "xn--" in host:
        labels = []
        for label in host.split("."):
            try:
                labels.append(label[4:].encode().decode("punycode") if label.startswith("xn--") else label)
            except (UnicodeError, OverflowError):
                labels.append(label)
        host = ".".join(labels)
    folded = "".join(map(fold_char, host))
    return folded.translate(str.maketrans("013457", "oleast")).replace("rn", "m").replace("vv", "w")


def _near(piece: str, brand: str) -> bool:
    """One letter more, less, other or two swapped."""
    if piece == brand or abs(len(piece) - len(brand)) > 1 or len(piece) < 5:  # noqa: PLR2004 - shorter words collide
        return piece == brand
    from rapidfuzz.distance import OSA

    return OSA.distance(piece, brand, score_cutoff=1) <= 1


def _beacons(reply: Reply) -> Iterator[Hit]:
    """What a tag or a style loads from outside as soon as the message is opened."""
    for tag, start, end in reply.chars.tags:
        if (_FOREIGN_LOAD.search(tag) and not _LINK_TAG.match(tag) and tag[1] not in "!/") or _LOADING_TAG.match(tag):
            yield Hit("links.tracking_pixel", start, end, {"host": tag[:40]})
    if "@import" in reply.original or "url(" in reply.original:
        for match in _IMPORT.finditer(reply.plain):
            yield Hit("links.tracking_pixel", *reply.plain_span(*match.span()), {"host": match.group()[:40]})


_WORD = re.compile(r"[^\W\d_]{2}")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_FEW_WORDS, _LINE = 2, 400


def _is_bare(reply: Reply, address: Address) -> bool:
    """Whether an allowed address stands alone, without a word that says where it leads."""
    text = reply.original
    begin = text.rfind("\n", max(0, address.start - _LINE), address.start) + 1 or max(0, address.start - _LINE)
    stop = text.find("\n", address.end, address.end + _LINE)
    line = text[begin : address.start] + " " + text[address.end : stop if stop >= 0 else address.end + _LINE]
    return not _WORD.search(line) and not _explained(text[max(0, begin - 120) : begin].strip())


def _explained(before: str) -> bool:
    """Whether the line in front of a link says something: three words that are no greeting."""
    line = before.rpartition("\n")[2]
    return line.endswith(":") or (len(_WORDS.findall(line)) > _FEW_WORDS and not line.endswith((".", "!", "?", ",")))

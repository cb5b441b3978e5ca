"""`links.*`: every address of a reply is allowed on its channel, or gets the rule that says why it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from reply_guards.addresses import Address, find_addresses, is_ending, registrable
from reply_guards.checks.hit import Hit
from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.wordlists import data

_WEB = {"https", "http"}
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]")
_HOST_IN_TEXT = re.compile(r"(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24}")
_TRACKING_PATH = re.compile(
    r"track|verfolg|sendung|parcel|status|suivi|suivre|zoek|spedizion|localiz|seguimiento|sledz|trova|livetracking|search|identcode|numero|numer|/s/|/c\?|cerca|sped_det|piececode|brief",
    re.IGNORECASE,
)
_BEACON_TAG = re.compile(
    r"<(?:img|link|script|iframe|object|embed|video|audio|source|style)\b|url\(|@import", re.IGNORECASE
)


def check(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """Judge every address; the first rule that applies to it is reported."""
    for address in find_addresses(reply):
        if rule := _judge(address, context, policy):
            if rule == "links.external" and _is_disguised(reply, address):
                rule = "links.disguised"
            yield Hit(rule, address.start, address.end, {"host": address.host or address.written[:60]})
    yield from _beacons(reply)
    yield from _disguised(reply)
    yield from _bare(reply, context, policy)


_BEACON_URL = re.compile(r"\.(?:gif|png|jpe?g|css|js|webp|svg)\b|pixel|track|open|beacon", re.IGNORECASE)
_SPACED = re.compile(r"(?i)\bw\s{1,2}w\s{1,2}w\b[^\n]{0,80}|\bh\s{1,2}t\s{1,2}t\s{1,2}p\b[^\n]{0,80}")
_DISGUISE_LOOK = re.compile(r",(?:com|co|net|org|de|shop)\b|[wW]\s{1,2}[wW]\s|[tT]\s{1,2}[tT]\s{1,2}[pP]")
_COMMAS = re.compile(r"(?<![\w,])[a-z][\w-]{2,62},(?:com|co,uk|net|org|de|shop)(?![\w,])")


def _is_disguised(reply: Reply, address: Address) -> bool:
    written = reply.original[address.start : address.end]
    return (
        address.kind == "spelled"
        or not written.isascii()
        or any(c.isspace() for c in written)
        or written.lower().startswith("hxx")
    )


def _disguised(reply: Reply) -> Iterator[Hit]:
    """Addresses no parser would read as such: spaced letters, commas for dots."""
    if not _DISGUISE_LOOK.search(reply.plain):
        return
    for pattern in (_SPACED, _COMMAS):
        for match in pattern.finditer(reply.plain):
            yield Hit("links.disguised", *reply.plain_span(*match.span()), {"host": match.group()[:60]})


def _judge(address: Address, context: Context, policy: Policy) -> str | None:  # noqa: C901, PLR0911 - reasons in order
    if address.kind == "tag" and address.start < address.end and _is_beacon(address):
        return None  # reported once, as a beacon
    if address.scheme in {"mailto", "tel", "sms"}:
        return None  # `contact` speaks of those
    if address.scheme not in _WEB:
        return "links.scheme"
    if _IP.fullmatch(address.host):
        return "links.ip_host"
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
    return "links.external"


def _is_beacon(address: Address) -> bool:
    return address.text == "" and bool(_BEACON_URL.search(address.url)) and not carrier_of(address)


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


def _leads_elsewhere(address: Address) -> bool:
    """A query or fragment that carries another site's address: an open redirect or a disguise."""
    rest = (
        f"{address.query}{address.fragment}{address.path}".lower()
        .replace("%3a", ":")
        .replace("%2f", "/")
        .replace("%2e", ".")
    )
    for match in re.finditer(r"(?:https?:|[=/])/{1,2}((?:[\w-]{1,63}\.){1,6}[a-z]{2,24})", rest):
        if is_ending(match.group(1).rpartition(".")[2]) and registrable(match.group(1)) != address.registrable:
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
    """Whether a foreign host carries a brand's name: as a label, a part of one, misspelled or in look-alike letters."""
    lists = data("marketplaces")
    host = skeleton(address.host)
    pieces = re.split(r"[.\-_]", host)
    short = set(lists["short_brands"])
    for brand in lists["brands"]:
        if brand in pieces or (brand not in short and brand in host):
            return True
    if any(_near(piece, brand) for piece in pieces for brand in lists["brands"] if brand not in short):
        return True
    rest = (address.path + address.query + address.fragment + (address.written if address.userinfo else "")).lower()
    return any(
        re.search(rf"(?<![\w-]){re.escape(d)}(?![\w-])", rest)
        for m in lists["marketplaces"].values()
        for d in m["domains"]
    )


def skeleton(host: str) -> str:
    """A host with look-alike letters and digits read as the letters they imitate."""
    from reply_guards.unfold import fold_char

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
    for tag, start, end in reply.chars.tags:
        if _BEACON_TAG.search(tag) and (
            "//" in tag
            or "url(" in tag.lower()
            or "data:" in tag.lower()
            or tag.lower().startswith(("<script", "<iframe", "<link"))
        ):
            yield Hit("links.tracking_pixel", start, end, {"host": tag[:40]})


def _bare(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """An allowed address that stands alone, without a word that says where it leads."""
    if "//" not in reply.plain:
        return
    for address in find_addresses(reply):
        if address.kind != "typed" or _judge(address, context, policy) is not None:
            continue
        begin = reply.original.rfind("\n", 0, address.start) + 1
        stop = reply.original.find("\n", address.end)
        line = reply.original[begin : stop if stop >= 0 else None].replace(address.written, " ")
        before = reply.original[max(0, begin - 120) : begin].strip()
        if not re.search(r"[^\W\d_]{2}", line) and not _explained(before):
            yield Hit("links.bare", address.start, address.end, {"host": address.host})


def _explained(before: str) -> bool:
    """Whether the line in front of a link says something: three words that are no greeting."""
    line = before.rpartition("\n")[2]
    return line.endswith(":") or (
        len(re.findall(r"[^\W\d_]{2,}", line)) > _FEW_WORDS and not line.endswith((".", "!", "?", ","))
    )


_FEW_WORDS = 2

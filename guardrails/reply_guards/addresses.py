"""Finds web and e-mail addresses in a plain text, also disguised ones, and reads them as a browser would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from reply_guards.text import Reply
from reply_guards.wordlists import data

_DOT = r"[.\u00b7\u2022\u2219\u22c5\u2027\u30fb\u0660]"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_TAIL = r"[^\s<>\"'»«„“”]{0,2048}"
_SPELLED_DOT = (
    r"(?:\s{0,2}[\[({<]\s{0,2}(?:dot|punkt|point|punto|punt|kropka|\.)\s{0,2}[\])}>]\s{0,2}"
    r"|\s{1,3}(?:dot|punkt|punto|punt|kropka)\s{1,3}|\s{1,2}\.\s{1,2}|\.\s{0,3}\n\s{0,3}|\s{0,3}\n\s{0,3}\.)"
)
_AT_WORDS = "at|ät|arroba|chiocciola|arobase|klammeraffe|apenstaartje|małpa"
_SPELLED_AT = (
    rf"(?:\s{{0,2}}[\[({{<]\s{{0,2}}(?:{_AT_WORDS}|@|malpa)\s{{0,2}}[\])}}>]\s{{0,2}}"
    rf"|\s{{1,3}}(?:{_AT_WORDS})\s{{1,3}}|\s{{1,2}}@\s{{0,2}}|@\s{{1,2}})"
)
_EMAIL = re.compile(rf"[\w.+%-]{{1,64}}@(?:{_LABEL}\.){{1,6}}[^\W\d_]{{2,24}}", re.IGNORECASE)
_SPELLED_EMAIL = re.compile(
    rf"(?<![\w.])[\w.+-]{{1,64}}(?:{_SPELLED_AT}|@)(?:{_LABEL}(?:\.|{_SPELLED_DOT})){{1,3}}(?P<tld>[^\W\d_]{{2,12}})(?!\w)",
    re.IGNORECASE,
)
_SCHEMED = re.compile(
    r"(?<![\w.@])(?P<scheme>hxxps?|https?|ftps?|file|javascript|vbscript|data|wss?|intent|tg|whatsapp|skype|viber|sms|tel|mailto|market)\s{0,2}:(?:\s{0,2}[/\\]{1,4})?(?P<rest>[^\s<>\"»«„“”]{1,2048})",
    re.IGNORECASE,
)
_HOST = re.compile(
    rf"(?<![\w@])(?:{_LABEL}{_DOT}){{1,8}}(?P<tld>[^\W\d_]{{2,24}}|xn--[\w-]{{2,40}})(?![\w@-])(?::\d{{1,5}})?(?P<tail>[/?#\\]{_TAIL})?"
)
_SPELLED_HOST = re.compile(
    rf"(?<![\w@])(?:www(?:{_SPELLED_DOT}|\.))?(?P<name>[^\W_][\w-]{{1,62}})(?P<dot>{_SPELLED_DOT})(?P<tld>[^\W\d_]{{2,12}})(?![\w-])(?P<tail>/{_TAIL})?",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"!?\[(?P<text>[^\[\]\n]{0,300})\]\(\s{0,3}(?P<url>[^()\s]{1,2048})(?:\s[^()\n]{0,100})?\)")
_ATTRIBUTE = re.compile(
    r"(?:href|src|action|background|srcset|data|poster|cite)\s{0,4}=\s{0,4}(?:\"([^\"]{0,2048})\"|'([^']{0,2048})'|([^\s\"'>]{1,2048}))|url\(\s{0,4}[\"']?([^\"')]{1,2048})",
    re.IGNORECASE,
)
_SHORT_ENDING, _MANY_DOTS = 3, 3
_HOST_LOOK = re.compile(rf"{_DOT}[^\W\d_]")
_SPELLED_DOT_LOOK = re.compile(r"[\[({<]\s?\.|\s\.\s|\.\s{0,3}\n|\n\s{0,3}\.|[\[({<]\s?(?:dot|punkt)", re.IGNORECASE)
_CLOSERS = ".,;:!?…)]}'\"*_"


@dataclass(frozen=True, slots=True)
class Address:
    """One address as found: its original span, how it is written, how a browser reads it."""

    start: int
    end: int
    written: str
    url: str  # what is opened; "" where it cannot be parsed
    scheme: str
    host: str  # ASCII, lower case; "" where there is none
    path: str
    query: str
    fragment: str
    kind: str  # typed | bare | spelled | tag | markdown
    userinfo: bool = False
    text: str = ""  # visible words of a link in a tag or in markdown

    @property
    def registrable(self) -> str:
        """The registrable domain (public suffix + 1) or the host itself where there is none."""
        return registrable(self.host)


@cache
def _suffixes() -> Any:  # noqa: ANN401 - tldextract's extractor, its list bundled, no network, no cache folder
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """`www.shop.co.uk` → `shop.co.uk`."""
    found = _suffixes()(host)
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else host


@lru_cache(maxsize=4096)
def is_ending(label: str) -> bool:
    """Whether a label is a top-level domain of the public suffix list."""
    return bool(_suffixes()("x." + label.lower()).suffix)


def find_emails(reply: Reply) -> tuple[tuple[int, int, str], ...]:
    """E-mail addresses, also spelled ones, as (plain start, plain end, normalised address)."""
    return reply.remembered("emails", _emails)


def _emails(reply: Reply) -> tuple[tuple[int, int, str], ...]:
    plain = reply.plain
    spelled = "@" in plain or bool(reply.words & _AT_SET and (reply.words & _DOT_SET or _HOST_LOOK.search(plain)))
    if not spelled:
        return ()
    urls = [m.span() for m in _SCHEMED.finditer(plain) if _is_schemed(m) and m.group("scheme").lower() != "mailto"]
    found = [
        (m.start(), m.end(), m.group().lower())
        for m in _EMAIL.finditer(plain)
        if is_ending(m.group().rpartition(".")[2]) and not _overlaps(urls, *m.span())
    ]
    taken = [*((a, b) for a, b, _ in found), *urls]
    for match in _SPELLED_EMAIL.finditer(plain):
        if not _overlaps(taken, *match.span()) and is_ending(match.group("tld")) and _is_spelled_email(match):
            address = re.sub(_SPELLED_AT, "@", match.group(), count=1, flags=re.IGNORECASE)
            found.append((*match.span(), re.sub(_SPELLED_DOT, ".", address, flags=re.IGNORECASE).lower()))
    return tuple(sorted(found))


_AT_SET = frozenset({"at", "aet", "arroba", "chiocciola", "arobase", "klammeraffe", "apenstaartje", "malpa"})
_DOT_SET = frozenset({"dot", "punkt", "point", "punto", "punt", "kropka"})


def _is_spelled_email(match: re.Match[str]) -> bool:
    """A bare English "at" between words is no address: "we met at shop.de" has no mailbox in front."""
    text = match.group()
    if "@" in text or re.search(r"[\[({]", text):
        return True
    mailbox, _, rest = re.split(
        r"(\s(?:at|ät|arroba|chiocciola|arobase|klammeraffe|apenstaartje|małpa)\s)",
        text,
        maxsplit=1,
        flags=re.IGNORECASE,
    )
    return mailbox.strip().lower() in _MAILBOXES or "." in mailbox or bool(re.search(_SPELLED_DOT, rest, re.IGNORECASE))


_MAILBOXES = frozenset(
    {
        "info",
        "service",
        "support",
        "kontakt",
        "contact",
        "hello",
        "hallo",
        "mail",
        "shop",
        "office",
        "kundenservice",
        "help",
        "sales",
        "team",
        "kundendienst",
    }
)


def find_addresses(reply: Reply) -> tuple[Address, ...]:
    """All web addresses of a reply in order of their place; e-mail addresses are left out."""
    return reply.remembered("addresses", _addresses)


def _addresses(reply: Reply) -> tuple[Address, ...]:
    found: list[Address] = [*_in_tags(reply), *_in_markdown(reply)]
    plain = reply.plain
    if not (":" in plain or reply.words & _DOT_SET or _HOST_LOOK.search(plain) or _SPELLED_DOT_LOOK.search(plain)):
        return tuple(found)
    taken = [(a, b) for a, b, _ in find_emails(reply)]
    taken += [m.span() for m in _MARKDOWN.finditer(plain)]
    for start, end, address in _in_text(reply, taken):
        span = reply.plain_span(start, end)
        found.append(_at(address, *span))
    return tuple(sorted(found, key=lambda a: a.start))


def _at(address: Address, start: int, end: int) -> Address:
    import dataclasses

    return dataclasses.replace(address, start=start, end=end)


def _in_text(reply: Reply, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int, Address]]:
    plain = reply.plain
    for match in _SCHEMED.finditer(plain) if ":" in plain else ():
        if _overlaps(taken, *match.span()) or not _is_schemed(match):
            continue
        written = _trimmed(match.group())
        taken.append((match.start(), match.start() + len(written)))
        yield *taken[-1], parse(written, "typed")
    for match in _HOST.finditer(plain) if _HOST_LOOK.search(plain) else ():
        written = _trimmed(match.group())
        if not _overlaps(taken, *match.span()) and _is_host(plain, match):
            taken.append((match.start(), match.start() + len(written)))
            yield *taken[-1], parse(written, "bare")
    for match in _SPELLED_HOST.finditer(plain) if reply.words & _DOT_SET or _SPELLED_DOT_LOOK.search(plain) else ():
        if not _overlaps(taken, *match.span()) and _is_spelled(match):
            taken.append(match.span())
            host = re.sub(r"\s", "", re.sub(_SPELLED_DOT, ".", match.group(), flags=re.IGNORECASE))
            yield *taken[-1], parse(_trimmed(host), "spelled")


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(a < end and start < b for a, b in taken)


def _trimmed(written: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays when it was opened inside."""
    while written and written[-1] in _CLOSERS:
        if written[-1] == ")" and written.count("(") >= written.count(")"):
            break
        written = written[:-1]
    return written


def _is_schemed(match: re.Match[str]) -> bool:
    """`data:` and `tel:` are schemes only where something follows at once; "Tel: 0221" is a telephone label."""
    scheme, rest = match.group("scheme").lower(), match.group("rest")
    separator = match.group()[len(scheme) :]
    if scheme.startswith(("http", "hxxp", "ftp", "ws", "file")):
        return "/" in separator[:6] or "\\" in separator[:6]
    if scheme in {"data", "market", "intent", "skype", "viber", "whatsapp", "tg", "sms", "tel"}:
        return (
            separator.startswith(":")
            and not separator[1:2].isspace()
            and (scheme != "data" or "," in rest)
            and (scheme != "tel" or rest[0] in "+/0123456789")
        )
    return not separator[1:2].isspace()


def _is_host(plain: str, match: re.Match[str]) -> bool:  # noqa: PLR0911 - an ordered list of reasons
    """Whether dotted words are an address: a real ending, no file name, no missing blank after a full stop."""
    text, tld, tail = match.group(), match.group("tld"), match.group("tail")
    lists = data("marketplaces")
    low = tld.lower()
    if low in lists["file_endings"] and not tail and not text.lower().startswith("www"):
        return False
    if not is_ending(low):
        return text.lower().startswith("www.") or (
            bool(tail) and text.count(".") > 1 and len(low) > _SHORT_ENDING and "/" in (tail or "") and text.isascii()
        )
    if tail or text.lower().startswith("www"):
        return True
    if low not in lists["common_endings"] and not low.startswith("xn--"):
        return False
    before_dot = re.split(_DOT, text)[-2]
    if tld[0].isupper() and not tld.isupper():
        return False  # "gut.Es tut", "Danke.Das"
    if len(before_dot) == 1 and len(low) <= _SHORT_ENDING and text.count(".") < _MANY_DOTS:
        return low in {"com", "net", "org"} or text.lower() in {"a.co", "t.co", "t.me", "g.co", "x.com"}
    return not (low in lists["word_endings"] and _looks_like_words(plain, match, before_dot))


def _looks_like_words(plain: str, match: re.Match[str], before_dot: str) -> bool:
    """A forgotten blank ("angekommen.das"): a sentence goes on behind, and nothing in front speaks of a page."""
    if match.group("tld").lower() in {"de", "it", "es", "nl", "be"}:
        before = plain[max(0, match.start() - 24) : match.start()].lower()
        names_a_page = re.search(
            r"\b(?:auf|unter|von|bei|via|über|at|on|sur|su|en|op|na|shop|seite|website|site|page)\W{0,3}$", before
        )
        if (
            names_a_page
            or "-" in before_dot
            or any(c.isdigit() for c in before_dot)
            or any(b in before_dot.lower() for b in data("marketplaces")["brands"])
        ):
            return False
        return bool(re.match(r"\s[a-zäöü]", plain[match.end() : match.end() + 2])) and _is_common_word(before_dot)
    return "-" not in before_dot and not any(c.isdigit() for c in before_dot) and _is_common_word(before_dot)


def _is_common_word(word: str) -> bool:
    return bool(re.search(r"(?:t|en|n|e|r|ed|ing|s|d|ung|lich)$", word.lower())) and not re.search(
        r"(?:shop|store|service|24|markt|welt|express)$", word.lower()
    )


def _is_spelled(match: re.Match[str]) -> bool:
    tld, dot, name = match.group("tld").lower(), match.group("dot"), match.group("name").lower()
    if tld not in data("marketplaces")["spelled_endings"] or name in {
        "der",
        "dieser",
        "the",
        "this",
        "ein",
        "jeder",
        "am",
        "im",
    }:
        return False
    if "\n" in dot:
        return (
            tld in {"com", "de", "net", "org", "eu", "shop", "info"} and match.end() == len(match.string.rstrip())
        ) or (tld in {"com", "net", "org", "shop"} or bool(match.group("tail")) or name.startswith("www"))
    if re.search(r"[\[({<]", dot):
        return True
    if "." in dot:
        return tld in {"com", "de", "net", "org", "eu", "shop", "info", "store"} and not re.match(
            r"\s[a-zäöü]", match.string[match.end() : match.end() + 2]
        )
    return tld not in {"to", "me", "us", "at", "be", "de"} or (tld in {"de", "at"} and "punkt" in dot.lower())


def _in_tags(reply: Reply) -> Iterator[Address]:
    tags = reply.chars.tags
    for i, (tag, start, end) in enumerate(tags):
        for match in _ATTRIBUTE.finditer(tag):
            target = next((g for g in match.groups() if g is not None), "").strip()
            if not target or target.startswith(("#", "cid:")):
                continue
            text, stop = "", end
            if tag[:2].lower() == "<a":
                close = next((t for t in tags[i + 1 :] if t[0].lower().startswith("</a")), None)
                text = reply.original[end : close[1]] if close else ""
                stop = close[2] if close else end
            yield _with_text(parse(target, "tag"), text, start, stop)


def _in_markdown(reply: Reply) -> Iterator[Address]:
    if "](" not in reply.plain:
        return
    for match in _MARKDOWN.finditer(reply.plain):
        yield _with_text(parse(match.group("url"), "markdown"), match.group("text"), *reply.plain_span(*match.span()))


def _with_text(address: Address, text: str, start: int, end: int) -> Address:
    import dataclasses

    return dataclasses.replace(address, text=text, start=start, end=end)


@lru_cache(maxsize=4096)
def parse(written: str, kind: str) -> Address:
    """Read an address as a browser would: WHATWG rules, backslashes, userinfo, numeric hosts, punycode."""
    import ada_url

    text = re.sub(r"(?i)^hxxp", "http", re.sub(r"\s", "", written))
    text = re.sub(r"[\u00b7\u2022\u2219\u22c5\u2027\u30fb\u0660]", ".", text)
    if not re.match(r"(?i)[a-z][a-z0-9+.-]{1,15}:(?!\d)", text):
        text = "https:" + text if text.startswith("//") else "https://" + text
    try:
        url = ada_url.URL(text)
    except ValueError:
        host = re.sub(r"(?i)^[a-z][a-z0-9+.-]{1,15}:[/\\]{0,4}", "", text)
        host = re.split(r"[/?#\\]", host)[0].rpartition("@")[2].lower()
        return Address(0, 0, written, "", text.partition(":")[0].lower(), host, "", "", "", kind)
    return Address(
        0, 0, written, url.href, url.protocol.rstrip(":"), url.hostname.rstrip("."),
        url.pathname, url.search, url.hash, kind,
        userinfo=bool(url.username or url.password),
    )  # fmt: skip

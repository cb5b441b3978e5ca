"""Finds the web addresses of a reply, also disguised ones: with a scheme, bare, spelled, in tags and in markdown."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from reply_guards.disguises import DOT, DOTS, dot_windows, host_looks, spaced_out
from reply_guards.mailboxes import find_emails
from reply_guards.text import Reply
from reply_guards.unfold import fold_char
from reply_guards.urls import LABEL, Address, is_ending, parse, schemed, trimmed
from reply_guards.wordlists import data

_TAIL = r"[^\s<>\"'»«„“”]{0,2048}"
_HOST = re.compile(
    rf"(?<![\w@])(?:{LABEL}[{DOTS}]){{1,8}}(?P<tld>[^\W\d_]{{2,24}}"
    rf"|xn--[\w-]{{2,40}})(?![\w@-])(?::\d{{1,5}})?(?P<tail>[/?#\\]{_TAIL})?"
)
_IP = re.compile(r"\d(?<![\w.]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\w.]\w)(?::\d{2,5}|/(?=[a-zA-Z]))" + _TAIL)
_SPELLED_HOST = re.compile(
    rf"(?<![\w@])(?:www(?:{DOT}|\.))?(?P<name>[^\W_][\w-]{{1,62}}?)(?P<dot>{DOT})(?:(?:co|com)(?:{DOT}"
    rf"|\.))?(?P<tld>[^\W\d_]{{2,12}})(?![\w-])(?P<tail>/{_TAIL})?",
    re.IGNORECASE,
)
_WWW_WORDS = re.compile(
    r"(?<!\w)www[ ,]{1,2}(?P<name>[\w-]{2,60})[ ,]{1,2}(?P<tld>com|de|net|org|eu|shop|co uk)(?!\w)", re.IGNORECASE
)
_MARKDOWN = re.compile(r"!?\[(?P<text>[^\[\]\n]{0,300})\]\(\s{0,3}(?P<url>[^()\s]{1,2048})(?:\s[^()\n]{0,100})?\)")
_LINK_TAG = re.compile(r"</?(?:a|area|form|base|button|input|blockquote|q)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?:href|src|action|formaction|cite)\s{0,4}=\s{0,4}(?:\"([^\"]{0,2048})\"|'([^']{0,2048})'|([^\s\"'>]{1,2048}))",
    re.IGNORECASE,
)
_TOKEN_END = re.compile(r"[^\s<>\"'»«„“”]{0,2300}")
_BEFORE_TOKEN = frozenset(" \t\n\r<>\"'»«„“”")
_LONGEST_HOST = 260
_SHORT_ENDING, _MANY_DOTS, _FEW_DIGITS = 3, 3, 2
_WORD_FOLLOWS = re.compile(r"\s[a-zäöü]")
_LONE_TLDS = frozenset({"com", "net", "org"})
_PAGE_WORD = re.compile(
    r"(?<!\w)(?:auf|unter|von|bei|via|über|at|on|sur|su|en|op|na|shop|seite|website|site|page|visit|besuchen)\W{0,3}$"
)


def find_addresses(reply: Reply) -> tuple[Address, ...]:
    """All web addresses of a reply in order of their place; e-mail addresses are left out."""
    return reply.remembered("addresses", _addresses)


def _addresses(reply: Reply) -> tuple[Address, ...]:
    found = [*_in_tags(reply), *_in_markdown(reply)] if reply.chars.tags or "](" in reply.plain else []
    found += [address.placed(*reply.plain_span(start, end)) for start, end, address in _in_text(reply)]
    return tuple(sorted(found, key=lambda a: a.start))


class _Taken:
    """Which characters already belong to an address; asked and told in the length of the span."""

    def __init__(self, length: int) -> None:
        self._mask = bytearray(length)

    def add(self, start: int, end: int) -> None:
        self._mask[start:end] = b"\1" * (end - start)

    def touches(self, start: int, end: int) -> bool:
        return self._mask.find(1, start, end) >= 0


def _in_text(reply: Reply) -> Iterator[tuple[int, int, Address]]:
    plain = reply.plain
    looks, spelled = host_looks(reply), dot_windows(reply)
    schemes = schemed(reply)
    apart = spaced_out(reply)
    www = "www" in reply.words or "WWW" in plain
    if not (looks or spelled or schemes or apart or www or reply.digit_count):
        return
    taken = _Taken(len(plain))
    for start, end, _ in find_emails(reply):
        taken.add(start, end)
    if "](" in plain:
        for match in _MARKDOWN.finditer(plain):
            taken.add(*match.span())
    for start, written, kind in (
        *((m.start(), trimmed(m.group()), "typed") for m in schemes),
        *((m.start(), trimmed(m.group()), "bare") for m in _ips(reply)),
        *_bare_hosts(plain, looks),
        *((m.start(), m.group(), "spelled") for m in _spelled_hosts(plain, spelled)),
        *((m.start(), m.group(), "spelled") for m in (_WWW_WORDS.finditer(plain) if www else ())),
    ):
        end = start + len(written)
        if not taken.touches(start, end):
            taken.add(start, end)
            yield start, end, parse(_unspelled(written) if kind == "spelled" else written, kind)
    for start, end, said in apart:
        host = _HOST.search(said)
        if host and not taken.touches(start, end) and (is_ending(host["tld"]) or said.lower().startswith("www")):
            yield start, end, parse(host.group(), "spelled")


_DOT_PART = re.compile(DOT, re.IGNORECASE)


def _unspelled(written: str) -> str:
    if _WWW_WORDS.fullmatch(written):
        return re.sub(r"[ ,]{1,2}", ".", written)
    return trimmed(re.sub(r"\s", "", _DOT_PART.sub(".", written)))


def _ips(reply: Reply) -> Iterator[re.Match[str]]:
    """Bare addresses of numbers that open something: with a port or a path, outside of home networks."""
    if reply.digit_count >= 4 and reply.plain.count(".") >= _MANY_DOTS:  # noqa: PLR2004 - "1.1.1.1"
        for match in _IP.finditer(reply.plain):
            if not re.match(r"10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.|255\.", match.group()):
                yield match


def _bare_hosts(plain: str, looks: list[int]) -> Iterator[tuple[int, str, str]]:
    """Hosts without a scheme; each word that holds a dot before a letter is read once."""
    done = 0
    for look in looks:
        if look < done:
            continue
        start = look
        low = max(done, look - _LONGEST_HOST)
        while start > low and plain[start - 1] not in _BEFORE_TOKEN:
            start -= 1
        stop = _TOKEN_END.match(plain, look)
        done = max(look + 1, stop.end() if stop else 0)
        for match in _HOST.finditer(plain, start, done):
            if _is_host(plain, match):
                yield match.start(), trimmed(match.group()), "bare"


def _spelled_hosts(plain: str, areas: tuple[tuple[int, int], ...]) -> Iterator[re.Match[str]]:
    for start, end in areas:
        for match in _SPELLED_HOST.finditer(plain, start, end):
            if _is_spelled(match):
                yield match


def _is_host(plain: str, match: re.Match[str]) -> bool:  # noqa: C901, PLR0911 - an ordered list of reasons
    """Whether dotted words are an address: a real ending, no file name, no missing blank after a full stop."""
    text, tld, tail = match.group(), match["tld"], match["tail"]
    lists = data("marketplaces")
    low, www = _latin(tld.lower()), text[:4].lower() == "www."
    if low in lists["file_endings"] and not tail and not www:
        return is_ending(low) and bool(_PAGE_WORD.search(_before(plain, match)))
    if not is_ending(low):
        return www or (
            bool(tail) and text.count(".") > 1 and len(low) > _SHORT_ENDING and "/" in (tail or "") and text.isascii()
        )
    if tail or www:
        return True
    if low not in lists["common_endings"] and not low.startswith("xn--"):
        return False
    if text.lower() in lists["named_like_hosts"] and not _PAGE_WORD.search(_before(plain, match)):
        return False
    *front, name, _ = re.split(f"[{DOTS}]", text)
    if front and (name.isdigit() or (text.isupper() and len(low) < _SHORT_ENDING)):
        return False  # "12.345.de", "TYP.B2.NL": numbers of parts
    if plain[match.end() : match.end() + 1] == "." and plain[match.end() + 1 : match.end() + 2].isdigit():
        return False  # part of a number
    if tld[0].isupper() and not tld.isupper():
        return low in _LONE_TLDS or (low == "de" and "-" in name)  # else "gut.Es tut", "Danke.Das"
    if name.isdigit() and len(name) <= _FEW_DIGITS:
        return False
    if len(name) == 1 and len(low) <= _SHORT_ENDING and text.count(".") < _MANY_DOTS:
        return low in _LONE_TLDS or text.lower() in {"a.co", "t.co", "t.me", "g.co", "x.com"}
    return not (low in lists["word_endings"] and _looks_like_words(plain, match, name))


def _latin(ending: str) -> str:
    """An ending in look-alike letters as the one it imitates; real endings of other scripts stay."""
    return ending if ending.isascii() or is_ending(ending) else "".join(map(fold_char, ending))


def _before(plain: str, match: re.Match[str]) -> str:
    return plain[max(0, match.start() - 24) : match.start()].lower()


def _looks_like_words(plain: str, match: re.Match[str], name: str) -> bool:
    """A forgotten blank ("angekommen.das"): a sentence goes on behind, and nothing in front speaks of a page."""
    if (
        "-" in name
        or any(c.isdigit() for c in name)
        or any(b in name.lower() for b in data("marketplaces")["brands"])
        or _PAGE_WORD.search(_before(plain, match))
    ):
        return False
    goes_on = bool(_WORD_FOLLOWS.match(plain, match.end()))
    if match["tld"].lower() in {"us", "me"}:
        return False  # no sentence starts with them
    return goes_on and _is_common_word(name)


_COMMON_END = re.compile(r"(?:t|en|n|e|r|ed|ing|s|d|ung|lich|y|k|l|ll|sh|ow|p|h|m|a|o)$")
_SHOP_END = re.compile(
    r"(?:shop|store|service|24|markt|welt|world|express|online|profi|haus|hub|studio|works|direct|direkt)$"
)


def _is_common_word(word: str) -> bool:
    return bool(_COMMON_END.search(word.lower())) and not _SHOP_END.search(word.lower())


def _is_spelled(match: re.Match[str]) -> bool:  # noqa: PLR0911 - one answer for each way to write the dot
    tld, dot, name = match["tld"].lower(), match["dot"], match["name"].lower()
    lists = data("marketplaces")
    if tld not in lists["spelled_endings"] or name in lists["no_host_names"]:
        return False
    goes_on = bool(_WORD_FOLLOWS.match(match.string, match.end()))
    if "\n" in dot:
        if match.end() == len(match.string.rstrip()):
            return tld in {"com", "de", "net", "org", "eu", "shop", "info"}
        return tld in {"com", "net", "org", "shop"} or bool(match["tail"]) or name.startswith("www")
    if re.search(r"[\[({<*|/\"'„“_-]", dot):
        return True
    if "." in dot:
        if tld in _LONE_TLDS:
            return match["tld"].islower()
        return tld in {"de", "eu", "shop", "info", "store"} and not goes_on and match["tld"].islower()
    word = dot.strip().lower()
    if tld in {"to", "me", "us", "at", "be", "es", "de"}:
        strong = {"de": {"punkt", "dot"}, "at": {"punkt"}, "es": {"punto"}, "be": {"punt"}}.get(tld, set())
        return word in strong or (word == "dot" and not goes_on) if tld != "es" else word == "punto" and not goes_on
    return True


def _in_tags(reply: Reply) -> Iterator[Address]:
    """Where links, forms and quotations lead; what tags load by themselves is a beacon, not a link."""
    tags = reply.chars.tags
    closing = [start for tag, start, _ in tags if tag[:3].lower() == "</a"]
    ends = {start: end for tag, start, end in tags if tag[:3].lower() == "</a"}
    for tag, start, end in tags:
        if not _LINK_TAG.match(tag):
            continue
        for match in _ATTRIBUTE.finditer(tag):
            target = next((g for g in match.groups() if g is not None), "").strip()
            if not target or target.startswith(("#", "cid:")):
                continue
            text, stop = "", end
            at = bisect_left(closing, end)
            if tag[:2].lower() == "<a" and at < len(closing):
                text, stop = reply.original[end : min(closing[at], end + 400)], ends[closing[at]]
            yield parse(target, "tag").placed(start, stop, text)


def _in_markdown(reply: Reply) -> Iterator[Address]:
    if "](" not in reply.plain:
        return
    for match in _MARKDOWN.finditer(reply.plain):
        yield parse(match["url"], "markdown").placed(*reply.plain_span(*match.span()), match["text"])

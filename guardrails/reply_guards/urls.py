"""What an address is once it is found: parsed as a browser parses it, its host cut at the registrable domain."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from reply_guards.disguises import DOTS
from reply_guards.text import Reply

LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_SCHEMED = re.compile(
    r"(?<![\w.@])(?P<scheme>hxxps?|https?|ftps?|file|javascript|vbscript|data|wss?|intent|tg|whatsapp"
    r"|skype|viber|sms|tel|mailto|market"
    r"|magnet|steam|blob|view-source|[a-z][a-z0-9+-]{1,15}(?=://))"
    r"\s{0,2}:(?:\s{0,2}[/\\]{1,4})?(?P<rest>[^\s<>\"»«„“”]{1,2048})",
    re.IGNORECASE,
)
_SCHEME_LOOK = re.compile(r":(?:\s{0,2}[/\\]|[^\s\d]|(?<=tel:)\d|(?<=sms:)\d)", re.IGNORECASE)
_WEB_LIKE = ("http", "hxxp", "ftp", "ws", "file")
_WITH_CONTENT = frozenset(
    {
        "data",
        "market",
        "intent",
        "skype",
        "viber",
        "whatsapp",
        "tg",
        "sms",
        "tel",
        "magnet",
        "steam",
        "blob",
        "view-source",
    }
)
_CLOSERS = ".,;:!?…)]}'\"*_"
_BLANKS = re.compile(r"\s")
_ODD_DOTS = re.compile(f"[{DOTS[1:]}]")
_HAS_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]{1,15}:(?!\d)")
_SCHEME_PART = re.compile(r"(?i)^[a-z][a-z0-9+.-]{1,15}:[/\\]{0,4}")
_HOST_END = re.compile(r"[/?#\\]")


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

    def placed(self, start: int, end: int, text: str = "") -> Address:
        """The same address at its place, with the words that stand for it."""
        return replace(self, start=start, end=end, text=text)


# Endings nobody can register (RFC 2606): trials and manuals are written with them, and must be judged as in earnest.
_RESERVED = ("example", "test", "invalid", "localhost")


@cache
def _suffixes() -> Any:  # noqa: ANN401 - tldextract's extractor, its list bundled, no network, no cache folder
    import tldextract

    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, extra_suffixes=_RESERVED, include_psl_private_domains=False
    )


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """`www.shop.co.uk` → `shop.co.uk`."""
    found = _suffixes()(host)
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else host


@lru_cache(maxsize=4096)
def is_ending(label: str) -> bool:
    """Whether a label is a top-level domain of the public suffix list."""
    return bool(_suffixes()("x." + label.lower()).suffix)


def schemed_spans(reply: Reply) -> tuple[tuple[int, int], ...]:
    """Plain spans of what starts with a scheme, mail links left out."""
    return tuple(m.span() for m in schemed(reply) if m["scheme"].lower() != "mailto")


def schemed(reply: Reply) -> tuple[re.Match[str], ...]:
    """All addresses of the plain view that start with a scheme."""
    return reply.remembered("schemed", _schemed)


def _schemed(reply: Reply) -> tuple[re.Match[str], ...]:
    if ":" not in reply.used or not _SCHEME_LOOK.search(reply.plain):
        return ()
    return tuple(m for m in _SCHEMED.finditer(reply.plain) if _is_schemed(m))


def _is_schemed(match: re.Match[str]) -> bool:
    """`data:` and `tel:` are schemes only where something follows at once; "Tel: 0221" is a telephone label."""
    scheme, rest = match["scheme"].lower(), match["rest"]
    separator = match.group()[len(scheme) :]
    if scheme.startswith(_WEB_LIKE):
        return "/" in separator[:6] or "\\" in separator[:6]
    if scheme in _WITH_CONTENT:
        return (
            separator.startswith(":")
            and not separator[1:2].isspace()
            and (scheme != "data" or "," in rest)
            and (scheme != "tel" or rest[0] in "+/0123456789")
            and (scheme not in {"market", "steam", "blob", "view-source"} or not rest[0].isdigit())
        )
    return not separator[1:2].isspace()


def trimmed(written: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays when it was opened inside."""
    end, unopened = len(written), written.count(")") - written.count("(")
    while end and written[end - 1] in _CLOSERS:
        if written[end - 1] == ")":
            if unopened <= 0:
                break
            unopened -= 1
        end -= 1
    return written[:end]


@lru_cache(maxsize=4096)
def parse(written: str, kind: str) -> Address:
    """Read an address as a browser would: WHATWG rules, backslashes, userinfo, numeric hosts, punycode."""
    import ada_url

    text = _ODD_DOTS.sub(".", _BLANKS.sub("", written))
    if text[:3].lower() == "hxx":
        text = "http" + text[4:]
    if not _HAS_SCHEME.match(text):
        text = "https:" + text if text.startswith("//") else "https://" + text
    try:
        url = ada_url.URL(text)
    except ValueError:
        host = _HOST_END.split(_SCHEME_PART.sub("", text))[0].rpartition("@")[2].lower()
        return Address(0, 0, written, "", text.partition(":")[0].lower(), host, "", "", "", kind)
    return Address(
        0, 0, written, url.href, url.protocol.rstrip(":"), url.hostname.rstrip("."),
        url.pathname, url.search, url.hash, kind,
        userinfo=bool(url.username or url.password),
    )  # fmt: skip

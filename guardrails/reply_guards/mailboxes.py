"""Finds e-mail addresses in a reply, also spelled, bracketed, broken or spaced out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reply_guards.disguises import AT, DOT, DOT_SET, PROVIDERS, STRONG_AT, at_windows, spaced_out
from reply_guards.text import Reply
from reply_guards.urls import LABEL, is_ending, schemed_spans
from reply_guards.wordlists import data

Found = tuple[int, int, str]  # plain start, plain end, normalised address

_EMAIL = re.compile(
    rf"[\w.+%-]{{1,64}}@{{1,3}}(?:(?:{LABEL}\.){{1,6}}[^\W\d_]{{2,24}}|{LABEL},(?:com|de|net|org|co)(?!\w))",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"(?<![\w.])(?P<box>[\w.+-]{{1,64}}?)(?P<at>{AT})(?P<host>(?:{LABEL}(?:\."
    rf"|{DOT})){{1,3}}(?P<tld>[^\W\d_]{{2,12}}))(?!\w)",
    re.IGNORECASE,
)
_AT_PROVIDER = re.compile(
    rf"(?<![\w.])(?P<box>[\w.+-]{{2,64}}?)(?P<at>{AT})(?P<host>{'|'.join(sorted(PROVIDERS))})(?![\w-])", re.IGNORECASE
)
_PROVIDER_IS = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(PROVIDERS))})"
    r"(?:[ -](?:adresse|address|name|konto|account))?\s{0,2}(?::|=|is|ist|lautet|est|es)\s{1,2}"
    r"(?P<box>[a-z0-9]{1,30}(?:[._-][a-z0-9]{1,30}){1,5})",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[\[({<*|/\"'„“_]")
_DOT_WORD = re.compile(DOT, re.IGNORECASE)


def find_emails(reply: Reply) -> tuple[Found, ...]:
    """E-mail addresses in order of their place."""
    return reply.remembered("emails", _emails)


def _emails(reply: Reply) -> tuple[Found, ...]:
    found = [*_spaced(reply), *_provider_named(reply)]
    areas = at_windows(reply)
    if not areas:
        return tuple(found)
    plain, taken = reply.plain, bytearray(len(reply.plain))
    for start, end in schemed_spans(reply):
        taken[start:end] = b"\1" * (end - start)
    for start, end in areas:
        for match in (*_EMAIL.finditer(plain, start, end), *_spelled(plain, start, end)):
            if taken.find(1, *match.span()) < 0 and _is_mailbox(match):
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append((*match.span(), _normal(match)))
    return tuple(sorted(found))


def _spelled(plain: str, start: int, end: int) -> Iterator[re.Match[str]]:
    yield from _SPELLED.finditer(plain, start, end)
    yield from _AT_PROVIDER.finditer(plain, start, end)


def _normal(match: re.Match[str]) -> str:
    if match.re is _EMAIL:
        return re.sub("@{2,3}", "@", match.group()).lower()
    return f"{match['box']}@{_DOT_WORD.sub('.', match['host'])}".lower()


def _is_mailbox(match: re.Match[str]) -> bool:  # noqa: PLR0911 - one answer for each way to write the sign
    """A bare English "at" between words is no address: "we met at shop.de" has no mailbox in front."""
    if match.re is _EMAIL:
        return is_ending(re.split("[.,]", match.group())[-1])
    box, sign, host = match["box"].lower(), match["at"].strip().lower(), match["host"]
    if match.re is _AT_PROVIDER:
        return "@" in sign or bool(_BRACKETS.search(sign)) or bool(re.search(r"[._\d]", box)) or sign in STRONG_AT
    if not is_ending(match["tld"]):
        return False
    spelled_dot = bool(_DOT_WORD.search(host))
    if sign.startswith("-"):
        return spelled_dot
    if "@" in sign:
        return not spelled_dot or _is_joined(match)
    if _BRACKETS.search(sign) or sign in STRONG_AT:
        return True
    return box in data("marketplaces")["mailboxes"] or bool(re.search(r"[._\d]", box)) or spelled_dot


def _is_joined(match: re.Match[str]) -> bool:
    """Whether what stands around a loose @ with a loose dot is one address: "a @ b . de", not "meet @ nine. De…"."""
    return match["tld"].islower() and not re.match(r"\s[a-zäöü]", match.string[match.end() : match.end() + 2])


def _spaced(reply: Reply) -> Iterator[Found]:
    for start, end, said in spaced_out(reply):
        match = _EMAIL.search(said)
        if match and is_ending(match.group().rpartition(".")[2]):
            yield start, end, match.group().lower()


def _provider_named(reply: Reply) -> Iterator[Found]:
    """The mailbox told without its sign: "my gmail is jo.sharp"."""
    if reply.words & PROVIDERS:
        for match in _PROVIDER_IS.finditer(reply.plain):
            yield *match.span(), match["box"].lower()


def sign_named(reply: Reply) -> Iterator[tuple[int, int]]:
    """Folded spans where the at-sign is told in words beside a host: "jo, then the at sign, then sharp.com"."""
    if not (reply.words & STRONG_AT or ("at" in reply.words and reply.words & {"sign", "zeichen", "symbol"})):
        return
    for match in _SIGN.finditer(reply.folded):
        around = reply.folded[max(0, match.start() - 60) : match.end() + 60]
        if _HOST_NEAR.search(around) or DOT_SET & set(around.split()):
            yield match.span()


_SIGN = re.compile(
    r"(?<!\w)(?:at[- ](?:sign|symbol|zeichen)|klammeraffen?|affenschwanz|apenstaartje|apestaart(?:je)?"
    r"|chiocciola|arroba|arobase|malpa)(?!\w)"
)
_HOST_NEAR = re.compile(r"\w\.(?:com|de|net|org|eu|info|shop|co|uk|fr|es|it|nl|pl|at|ch|io)(?!\w)")

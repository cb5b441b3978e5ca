"""How dots and at-signs are written by people who do not want them found, and where in a text to look for them.

Expensive patterns are never run over a whole reply: a cheap look finds the places that could matter, and only the
windows around those are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reply_guards.text import Reply

DOTS = ".\u00b7\u2022\u2219\u22c5\u2027\u30fb"
_OPEN, _CLOSE = r"[\[({<*|/\"'„“_-]{1,2}\s{0,2}", r"\s{0,2}[\])}>*|/\"'“”_-]{1,2}"
_DOT_WORDS = "dot|d0t|punkt|point|punto|punt|kropka|ponto"
_AT_WORDS = "at|ät|aet|arroba|chiocciola|arobase|klammeraffe|affenschwanz|apenstaartje|apestaart(?:je)?|małpa|malpa"

DOT = (
    rf"(?:\s{{0,2}}{_OPEN}(?:{_DOT_WORDS}){_CLOSE}\s{{0,2}}|\s{{0,2}}[\[({{<]\s{{0,2}}[.,]\s{{0,2}}[\])}}>]\s{{0,2}}"
    rf"|\s{{1,3}}(?:{_DOT_WORDS})\s{{1,3}}|\s{{1,2}}\.\s{{0,2}}|\.\s{{1,2}}(?=(?:com|net|org|de|info|shop)\b)"
    r"|\.\s{0,3}\n\s{0,3}|\s{0,3}\n\s{0,3}\.)"
)
AT = (
    rf"(?:\s{{0,2}}{_OPEN}(?:{_AT_WORDS}|@){_CLOSE}\s{{0,2}}|\s{{0,2}}[\[({{<]a[\])}}>]\s{{0,2}}"
    rf"|\s{{1,3}}(?:{_AT_WORDS})\s{{1,3}}|\s{{1,2}}@\s{{0,2}}|@{{1,3}}\s{{0,2}})"
)
DOT_SET = frozenset(_DOT_WORDS.split("|"))
AT_SET = frozenset({"apestaart", "apestaartje", *_AT_WORDS.replace("(?:je)?", "").split("|")})
STRONG_AT = AT_SET - {"at"}  # words that mean the sign and nothing else

_HOST_LOOK = re.compile(rf"[{DOTS}](?=[^\W\d_])")
_PLAIN_LOOK = re.compile(r"\.(?=[^\W\d_])")  # sought by a single sign: five times as fast
_ODD_DOTS = frozenset(DOTS[1:])


def _whole_words(words: str) -> re.Pattern[str]:
    """Any of some words in any case, their first letters in front, so that the search leaps from one to the next."""
    rests: dict[str, list[str]] = {}
    for word in words.split("|"):
        rests.setdefault(word[0], []).append(word[1:])
    letters = "".join(first + first.upper() for first in rests)
    either = "|".join(rf"(?<={first})(?:{'|'.join(rest)})" for first, rest in rests.items())
    return re.compile(rf"[{letters}](?<![^\W_].)(?i:{either})(?![^\W_])")


_DOT_WORD, _AT_WORD = _whole_words(_DOT_WORDS), _whole_words(_AT_WORDS)
_ODD_DOT = re.compile(  # one class in front, so that the search leaps from dot to dot
    r"[.,](?:\s?[\])}>](?:(?<=[\[({<][.,].)|(?<=[\[({<][.,]..)|(?<=[\[({<]\s[.,].)|(?<=[\[({<]\s[.,]..))"
    r"|\s{1,2}(?:com|net|org|de|info|shop)(?![\w-])|[ \t]{0,3}\n\s{0,3}(?:com|de|net|org|eu|shop|info)(?![\w-]))"
)
_LOOSE_DOT = re.compile(r"\.(?<=\s\.)\s{0,2}[^\W\d_]{2}")
_SPACED_RUN = re.compile(r"(?<!\S)\S(?:[ \u00b7*_|-]\S){7,400}(?!\S)")
_MANY_SINGLE = 5
_BEFORE, _AFTER = 90, 130


def windows(
    places: Iterable[int], length: int, before: int = _BEFORE, after: int = _AFTER
) -> Iterator[tuple[int, int]]:
    """Stretches of a text around places, in order, joined where they touch."""
    start = end = -1
    for place in places:
        if place - before <= end:
            end = min(length, place + after)
            continue
        if end >= 0:
            yield start, end
        start, end = max(0, place - before), min(length, place + after)
    if end >= 0:
        yield start, end


def host_looks(reply: Reply) -> list[int]:
    """Where in the plain view a dot stands in front of a letter."""
    look = _PLAIN_LOOK if reply.used.isdisjoint(_ODD_DOTS) else _HOST_LOOK
    return [m.start() for m in look.finditer(reply.plain)]


def dot_windows(reply: Reply) -> tuple[tuple[int, int], ...]:
    """Where in the plain view a dot could be spelled or pulled apart."""
    plain = reply.plain
    places = [m.start() for m in _ODD_DOT.finditer(plain)]
    if reply.words & DOT_SET or "*" in reply.used:
        places += [m.start() for m in _DOT_WORD.finditer(plain)]
    if " ." in plain or "\n." in plain:
        places += [m.start() for m in _LOOSE_DOT.finditer(plain)]
    return tuple(windows(sorted(places), len(plain)))


def at_windows(reply: Reply) -> tuple[tuple[int, int], ...]:
    """Where in the plain view an at-sign stands or could be spelled."""
    plain = reply.plain
    places = _places(plain, "@") if "@" in reply.used else []
    starred = "*" in reply.used  # stars join words in the folded view
    if starred or (reply.words & AT_SET and _host_possible(reply)):
        places += [m.start() for m in _AT_WORD.finditer(plain)]
    for sign in ("(a)", "[a]", "{a}"):
        places += _places(plain, sign) if sign in plain else ()
    return tuple(windows(sorted(places), len(plain)))


def _host_possible(reply: Reply) -> bool:
    return bool(
        reply.words & DOT_SET
        or reply.words & PROVIDERS
        or _HOST_LOOK.search(reply.plain)
        or _ODD_DOT.search(reply.plain)
    )


# Mail services that are understood without an ending: "jo.sharp at gmail".
PROVIDERS = frozenset(
    {"gmail", "googlemail", "gmx", "outlook", "hotmail", "yahoo", "icloud", "protonmail", "aol", "freenet"}
)


def _places(text: str, sign: str) -> list[int]:
    return [m.start() for m in re.finditer(re.escape(sign), text)]


def spaced_out(reply: Reply) -> tuple[tuple[int, int, str], ...]:
    """Runs of single signs ("w w w . a b"): their plain span and what they say without the blanks."""
    return reply.remembered("spaced_out", _spaced_out)


def _spaced_out(reply: Reply) -> tuple[tuple[int, int, str], ...]:
    if reply.simple and not reply.has_single_letters(_MANY_SINGLE):
        return ()
    return tuple((*m.span(), m.group()[::2]) for m in _SPACED_RUN.finditer(reply.plain))

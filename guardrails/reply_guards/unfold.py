"""The slow road of the normalisation: for texts with tags, entities, invisible or look-alike characters.

Kept apart from `text.py`, because most replies never come here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, repeat

from reply_guards.wordlists import word_list

SIMPLE_CHARS = frozenset(
    "\t\n\r" + "".join(map(chr, range(0x20, 0x7F))) + "äöüÄÖÜßéèêáàâíîóôúûçñëïÉÈÀÇÑ" + "€£„“”‚‘’–—…»«°²³½¼¡¿§´·•"
)
_PLAIN_FOLDS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th",
    "’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-",
    "_": " ", "“": '"', "”": '"', "„": '"', "»": '"', "«": '"', "\t": " ", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
_ACCENTED = "éèêáàâíîóôúûçñëï"
FOLDS = _PLAIN_FOLDS | {c: unicodedata.normalize("NFD", c)[0] for c in _ACCENTED}
FOLD_TABLE = str.maketrans(FOLDS)

# Every format and control character of Unicode but tab and line breaks, half surrogates, and letters that show nothing.
_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202d\u2060-\u206f\u20e3\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
_MARKS = "\u0300-\u036f"
_AT_OR_DOT = "at|aet|ät|dot|punkt|punto|point|punt|kropka|arroba|arobase|chiocciola|apenstaartje|klammeraffe|małpa"
_PIECE = re.compile(
    # A tag's name ends with a blank, a slash or the bracket: "<https://…>" and "<name@…>" are addresses, and in
    # "name<at>host" the brackets are a disguise.
    rf"(?P<tag><!--[^<>]{{0,2000}}-->|<(?!(?i:{_AT_OR_DOT})>)"
    r"/?[a-zA-Z][\w-]{0,40}(?::[a-zA-Z][\w-]{0,40})?(?=[\s/>])[^<>]{0,2000}+>)"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
    r"|(?P<reversed>\u202e[^\u202c\n]{0,2000}\u202c?)"
    r"|(?P<run>[^<&\u202e]+|[<&])"
)
_GONE = re.compile(f"[{_INVISIBLE}]")
_NOT_PLAIN = re.compile(r"[^\t\n\r\x20-\x7e]")
_CLUSTER = re.compile(rf".[{_MARKS}]{{0,16}}", re.DOTALL)
_HAS_MARKS = re.compile(f"[{_MARKS}]")
_BLOCK_TAG = re.compile(r"</?(?:p|br|div|li|ul|ol|tr|td|h[1-6]|table|blockquote)\b", re.IGNORECASE)
# Shapes NFKC leaves alone: negative circled and squared letters, flags, dots and slashes that only look so.
_SHAPES = {
    **{0x1F150 + i: chr(65 + i) for i in range(26)},
    **{0x1F170 + i: chr(65 + i) for i in range(26)},
    **{0x1F1E6 + i: chr(65 + i) for i in range(26)},
    **{0x2776 + i: str(i + 1) for i in range(9)},
    0x3002: ".", 0xA4F8: ".", 0x06D4: ".", 0x0701: ".", 0x2044: "/", 0x2215: "/", 0x29F8: "/", 0x2236: ":", 0xA789: ":",
    0x2122: "™", 0x2026: "…",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chars:
    """A view with its way back: `starts[i]`, `ends[i]` are original offsets; None where it is the original."""

    text: str
    starts: list[int] | None
    ends: list[int] | None
    tags: tuple[tuple[str, int, int], ...]  # each tag as written, with its original span

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original span of [start, end) of this view."""
        if self.starts is None or self.ends is None:
            return start, max(start, end)
        if not self.starts:
            return 0, 0
        first = min(start, len(self.starts) - 1)
        last = min(max(first, end - 1), len(self.ends) - 1)
        low, high = self.starts[first], self.ends[last]
        return (low, high) if low <= high else (self.starts[last], self.ends[first])


Unit = tuple[str, int, int]  # characters, original start, original end


def plain_slowly(text: str) -> Chars:
    """The plain view of a text: tags taken out, entities and disguises read, each character with its origin."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    tags: list[Unit] = []
    for match in _PIECE.finditer(text):
        kind, piece, start, end = match.lastgroup, match.group(), match.start(), match.end()
        if kind == "run" and not _NOT_PLAIN.search(piece):
            pieces.append(piece)
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
            continue
        if kind == "tag":
            tags.append((piece, start, end))
        shown, begins, finishes = _shown(kind or "", piece, start)
        lengths = list(map(len, shown))
        pieces.extend(shown)
        starts.extend(chain.from_iterable(map(repeat, begins, lengths)))
        ends.extend(chain.from_iterable(map(repeat, finishes, lengths)))
    return Chars("".join(pieces), starts, ends, tuple(tags))


def _shown(kind: str, piece: str, start: int) -> tuple[list[str], Iterable[int], Iterable[int]]:
    """What a reader sees of a piece, bit by bit, and where in the original each bit begins and ends."""
    end = start + len(piece)
    if kind == "tag":
        return ["\n"] if _BLOCK_TAG.match(piece) else [], [start], [end]
    if kind == "entity":
        return [_entity(piece)], [start], [end]
    if kind == "reversed":  # a right-to-left override shows its characters in reverse: so do we
        return list(map(_compatible, reversed(piece))), range(end - 1, start - 1, -1), range(end, start, -1)
    if not _HAS_MARKS.search(piece):
        return list(map(_compatible, piece)), range(start, end), range(start + 1, end + 1)
    clusters = _CLUSTER.findall(piece)
    edges = list(accumulate(map(len, clusters), initial=start))
    return list(map(_compatible, clusters)), edges, edges[1:]


@lru_cache(maxsize=1024)
def _entity(piece: str) -> str:
    return "".join(map(_compatible, html.unescape(piece)))


@lru_cache(maxsize=8192)
def _compatible(piece: str) -> str:
    """NFKC of a character, with the shapes that NFKC does not know; invisible characters vanish."""
    if len(piece) > 1:
        shaped = unicodedata.normalize("NFKC", piece)
    elif piece == "\u2800":
        shaped = " "  # the empty braille cell looks like a blank
    else:
        shaped = _SHAPES.get(ord(piece), "") or unicodedata.normalize("NFKC", piece)
    return "".join(map(_visible, shaped))


def _visible(char: str) -> str:
    """The character itself, as a plain digit where it is one of another script; nothing where it shows nothing."""
    if char.isascii() and char >= " ":
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return "" if _GONE.match(char) else char


@lru_cache(maxsize=16384)
def fold_char(char: str) -> str:
    """Lower case, no accent, and the Latin letter a look-alike stands for."""
    low = char.lower()
    if low in _PLAIN_FOLDS:
        return _PLAIN_FOLDS[low]
    base = unicodedata.normalize("NFD", low)
    bare = "".join(c for c in base if not unicodedata.combining(c))
    if not bare:
        return ""
    folded = "".join(_PLAIN_FOLDS.get(c, c) for c in bare)
    return folded if folded.isascii() else "".join(c if c.isascii() else latin_twin(c) for c in folded)


@lru_cache(maxsize=4096)
def latin_twin(char: str) -> str:
    """The Latin letter a character is confused with after Unicode's table; the character itself where there is none."""
    if not char.isalpha():
        return char
    from confusable_homoglyphs import confusables  # 0.1 s of table, needed for foreign letters only

    for low in (char, char.upper()):
        for twin in confusables.confusables_data.get(low, ()):
            if len(twin["c"]) == 1 and twin["c"].isascii() and twin["c"].isalpha():
                return str(twin["c"]).lower()
    return char


_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:([ .\-·*|/])[^\W\d_](?![^\W_])){3,40}")
_MARKUP = re.compile(r"[*`~](?<=[^\W_].)[*`~]{0,3}(?=[^\W_])")
_LEET_TOKEN = re.compile(r"[\w@$!|]{3,64}")
_LEET_INSIDE = re.compile(r"[^\W\d_][0-9@$!|]{1,3}[^\W\d_]")
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_LEET_L = str.maketrans("0134578@$!|", "oleastbasil")


def fold_slowly(plain: str) -> tuple[str, list[int]]:
    """The folded view of a plain text and, for each of its characters, the plain index."""
    pieces = list(map(fold_char, plain))
    folded = "".join(pieces)
    back = list(range(len(plain)))
    if len(folded) != len(plain) or not all(pieces):
        back = list(chain.from_iterable(map(repeat, back, map(len, pieces))))
    edits = sorted(_edits(folded))
    return _apply(folded, back, edits) if edits else (folded, back)


def _edits(folded: str) -> Iterator[tuple[int, int, str]]:
    """What to rewrite: spaced-out words, markup inside words, digits for letters. Never overlapping."""
    if frozenset(folded) & {"*", "`", "~"}:
        yield from ((m.start(), m.end(), "") for m in _MARKUP.finditer(folded))
    for match in _SPACED.finditer(folded):
        yield match.start(), match.end(), "".join(filter(str.isalpha, match.group()))
    for match in _LEET_TOKEN.finditer(folded):
        token = match.group()
        if not token.isalpha() and (word := unleet(token)) is not None:
            yield match.start(), match.end(), word


def is_leet(token: str) -> bool:
    """Whether digits stand for letters in a word that matters."""
    return unleet(token) is not None


@lru_cache(maxsize=2048)
def unleet(token: str) -> str | None:
    """A word with its digits read as letters, where that gives one that somebody would hide."""
    if not _LEET_INSIDE.search(token):
        return None
    for table in (_LEET, _LEET_L):
        word = token.translate(table)
        if any(stem in word for stem in word_list("leet_stems")):
            return word
    return None


def _apply(text: str, back: list[int], edits: Iterable[tuple[int, int, str]]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    moved: list[int] = []
    last = 0
    for start, end, new in edits:
        if start < last:
            continue
        pieces += [text[last:start], new]
        moved += back[last:start]
        if len(new) == end - start:
            moved += back[start:end]
        elif new:  # letters keep their own places, so that a finding underlines the whole disguise
            kept = [i for i in range(start, end) if text[i].isalnum()]
            moved += [back[kept[min(k, len(kept) - 1)]] for k in range(len(new))]
        last = end
    return "".join([*pieces, text[last:]]), moved + back[last:]

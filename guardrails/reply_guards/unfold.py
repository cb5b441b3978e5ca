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

from reply_guards.wordlists import word_list

_LETTERS = "A-Za-zäöüÄÖÜßéèêáàâíîóôúûçñëïÉÈÀÇÑ"
SIMPLE_TEXT = re.compile(rf"[\t\n\r\x20-\x7e{_LETTERS}€£„“”‚‘’–—…»«°²³½¼¡¿§´·•]*")
_PLAIN_FOLDS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th",
    "’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-",
    "_": " ", "“": '"', "”": '"', "„": '"', "»": '"', "«": '"', "\t": " ", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
_ACCENTED = "éèêáàâíîóôúûçñëï"
FOLD_TABLE = str.maketrans(
    _PLAIN_FOLDS | {c: unicodedata.normalize("NFD", c)[0] for c in _ACCENTED},
)

_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202d"
    "\u2060-\u206f\u20e3\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
_PIECE = re.compile(
    r"(?P<tag><!--[^<>]{0,2000}-->|</?[a-zA-Z][^<>]{0,2000}>)"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
    rf"|(?P<gone>[{_INVISIBLE}]+)"
    r"|(?P<reversed>\u202e[^\u202c\n]{0,2000}\u202c?)"
    r"|(?P<ascii>[\t\n\r\x20-\x25\x27-\x3b\x3d-\x7e]+)"
    r"|(?P<other>.[\u0300-\u036f]{0,16})",
    re.DOTALL,
)
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


def decode(text: str) -> tuple[list[Unit], list[Unit]]:
    """Cut a text into units of plain characters, and the tags that were taken out."""
    units: list[Unit] = []
    tags: list[Unit] = []
    for match in _PIECE.finditer(text):
        kind, piece, start, end = match.lastgroup, match.group(), match.start(), match.end()
        if kind == "ascii":
            units.append((piece, start, end))
        elif kind == "tag":
            tags.append((piece, start, end))
            if _BLOCK_TAG.match(piece):
                units.append(("\n", start, end))
        elif kind == "entity":
            units.append((_compatible(html.unescape(piece)), start, end))
        elif kind == "reversed":
            units.extend(_reversed_units(text, start, end))
        elif kind == "other":
            units.append((_compatible(piece), start, end))
    return units, tags


def _reversed_units(text: str, start: int, end: int) -> Iterator[Unit]:
    """A right-to-left override shows its characters in reverse: so do we."""
    for i in range(end - 1, start, -1):
        if text[i] not in "\u202c\u202e":
            yield _compatible(text[i]), i, i + 1


@lru_cache(maxsize=8192)
def _compatible(piece: str) -> str:
    """NFKC of a character, with the shapes that NFKC does not know; invisible characters vanish."""
    shaped = (
        "".join(_SHAPES.get(ord(c), "") or unicodedata.normalize("NFKC", c) for c in piece)
        if len(piece) == 1
        else piece
    )
    if len(piece) > 1:
        shaped = unicodedata.normalize("NFKC", piece)
    return "".join(c for c in shaped if unicodedata.category(c) not in {"Cf", "Cc", "Cs"} or c in "\n\r\t")


def plain_slowly(decoded: tuple[list[Unit], list[Unit]]) -> Chars:
    """Join units to the plain view and note where each character came from."""
    units, tags = decoded
    starts: list[int] = []
    ends: list[int] = []
    for characters, start, end in units:
        if len(characters) == end - start:
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(characters))
            ends.extend([end] * len(characters))
    return Chars("".join(u[0] for u in units), starts, ends, tuple(tags))


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


_REWRITE = re.compile(
    r"(?P<spaced>(?<![^\W_])[^\W\d_](?:([ .\-·*|/])[^\W\d_](?![^\W_])){3,40})"
    r"|(?P<markup>(?<=[^\W_])[*`~]{1,4}(?=[^\W_]))"
    r"|(?P<leet>(?<![^\W_])[^\W_]{0,12}[^\W\d_][0-9@$!|]{1,3}[^\W\d_][^\W_]{0,16}(?:[0-9@$!|][^\W_]{1,12})?)",
)
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_LEET_L = str.maketrans("0134578@$!|", "oleastbasil")


def fold_slowly(plain: str) -> tuple[str, list[int]]:
    """The folded view of a plain text and, for each of its characters, the plain index."""
    pieces: list[str] = []
    back: list[int] = []
    for i, char in enumerate(plain):
        folded = fold_char(char)
        pieces.append(folded)
        back.extend([i] * len(folded))
    folded_text = "".join(pieces)
    edits = [(m.start(), m.end(), new) for m in _REWRITE.finditer(folded_text) if (new := _rewritten(m)) is not None]
    return _apply(folded_text, back, edits) if edits else (folded_text, back)


def _rewritten(match: re.Match[str]) -> str | None:
    token = match.group()
    if match.lastgroup == "markup":
        return ""
    if match.group("spaced"):
        return "".join(c for c in token if c.isalpha())
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
        pieces += [text[last:start], new]
        moved += back[last:start]
        # letters keep their own places as far as they go, so that a finding underlines the whole disguise
        kept = (
            [i for i in range(start, end) if text[i].isalnum()] if len(new) != end - start else list(range(start, end))
        )
        moved += [back[kept[min(k, len(kept) - 1)]] for k in range(len(new))]
        last = end
    return "".join([*pieces, text[last:]]), moved + back[last:]

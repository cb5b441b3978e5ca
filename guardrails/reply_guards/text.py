"""One normalisation of a reply, done once; every view keeps the way back to the original characters.

Two views are made. `plain` is what a reader sees: NFKC, without tags, entities and invisible characters, case kept.
`folded` is what the wording patterns are matched on: lower case, without accents (ä → ae), look-alike letters and leet
digits read as the letters they stand for, spaced-out words joined, open placeholders masked, and exactly one line
break where a sentence ends. All work is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from reply_guards.unfold import FOLD_TABLE, SIMPLE_TEXT, Chars, decode, fold_slowly, plain_slowly
from reply_guards.wordlists import word_list

PLACEHOLDER = re.compile(
    r"\[(?!\s*(?:\.|dot|punkt|at|ät|\d*|…|\.{3}|sic|wichtig|important|x|✓)\s*\])[^\W_][^\[\]\n{}<>@]{1,48}\](?!\()",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]{1,64}")
_EXPANDED = re.compile("[äöüßÄÖÜæœÆŒ]")
_MARKUP = re.compile(r"</?[a-zA-Z!]|&#?\w{1,31};|[^\W_][*`~@$!|]{1,4}[^\W_]")
_MARKUP_CHARS = frozenset("<&*`~@$!|")
_SPACED_LETTERS = 4
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_·*|/][^\W\d_](?![^\W_])){3}")
_MIXED = re.compile(r"[^\W\d_][0-9]{1,3}[^\W\d_]")
_FOLDABLE = re.compile("[" + "".join(chr(c) for c in FOLD_TABLE) + "]")
_STOP = re.compile(r"""[.!?…]{1,12}["')\]]{0,3}(?=\s)""")
_LINE_END = re.compile(r"\n(?:[ \t\r]{0,80}\n)?")
_WORD_PIECES = re.compile(r"[\W_]")
_GREETING_WORDS = 7
_NEXT_WORD = re.compile(r"\s{1,8}([^\W_]{1,24})")
_BULLET = re.compile(r"\n[ \t]{0,8}(?:[-*•–]|\d{1,2}[.)])[ \t]")
_QUOTED = re.compile(
    r"„[^„“”\"\n]{2,400}[“”\"]|“[^“”\n]{2,400}”|»[^»«\n]{2,400}«|«[^»«\n]{2,400}»|\"[^\"\n]{2,400}\"|^>[^\n]{0,400}",
    re.MULTILINE,
)


T = TypeVar("T")


@dataclass(frozen=True)
class Sentence:
    """One sentence: [start, end) in the folded view, and what kind it is."""

    start: int
    end: int
    text: str  # folded
    question: bool
    index: int


@dataclass(frozen=True)
class Reply:
    """A reply in its views. Spans handed to findings are made by `span` (folded) and `plain_span` (plain)."""

    original: str
    chars: Chars  # the plain view and its way back
    folded: str
    _folded_map: tuple[int, ...] | list[int]  # folded index → plain index, or positions of expansions when `_shifted`
    _shifted: bool

    @property
    def plain(self) -> str:
        """The text as a reader sees it."""
        return self.chars.text

    @cached_property
    def words(self) -> frozenset[str]:
        """All different words of the folded view."""
        return frozenset(_TOKEN.findall(self.folded))

    @cached_property
    def word_count(self) -> int:
        """Number of words, numbers included."""
        return len(_TOKEN.findall(self.folded))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order."""
        found: list[Sentence] = []
        start = 0
        for piece in self.folded.split("\n"):
            if piece.strip():
                end = start + len(piece)
                found.append(Sentence(start, end, piece, piece.rstrip(" \"')”“»«").endswith("?"), len(found)))
            start += len(piece) + 1
        return tuple(found)

    @cached_property
    def quotes(self) -> tuple[tuple[int, int], ...]:
        """Spans in the original that stand in quotation marks or behind a quoting `>`."""
        return tuple(self.plain_span(*m.span()) for m in _QUOTED.finditer(self.plain))

    @cached_property
    def placeholders(self) -> tuple[tuple[int, int], ...]:
        """Spans of open placeholders in the original, brackets included."""
        return tuple(self.plain_span(*m.span()) for m in PLACEHOLDER.finditer(self.plain))

    def remembered(self, name: str, make: Callable[[Reply], T]) -> T:
        """What `make` finds in this reply, found once: several checks ask for the same."""
        kept: dict[str, Any] = self.__dict__.setdefault("_remembered", {})
        if name not in kept:
            kept[name] = make(self)
        found: T = kept[name]
        return found

    def sentence_at(self, folded_position: int) -> Sentence:
        """The sentence that holds a position of the folded view."""
        starts = self._starts
        return self.sentences[max(0, bisect_right(starts, folded_position) - 1)]

    @cached_property
    def _starts(self) -> list[int]:
        return [s.start for s in self.sentences]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original [start, end) of a span of the folded view."""
        return self.plain_span(self.to_plain(start), self.to_plain(max(start, end - 1)) + 1)

    def plain_span(self, start: int, end: int) -> tuple[int, int]:
        """Original [start, end) of a span of the plain view."""
        return self.chars.span(start, end)

    def to_plain(self, position: int) -> int:
        """The plain index a folded index stands for."""
        if self._shifted:
            return position - bisect_right(self._folded_map, position)
        return self._folded_map[position] if position < len(self._folded_map) else len(self.plain)

    def quoted(self, start: int, end: int) -> bool:
        """Whether an original span lies inside quotation marks."""
        return any(a <= start and end <= b for a, b in self.quotes)


def read(text: str) -> Reply:
    """Normalise a reply. Never fails, whatever the string holds."""
    if _is_simple(text):
        chars = Chars(text, None, None, ())
        masked = _mask(text)
        folded = _FOLDABLE.sub(lambda m: FOLD_TABLE[ord(m.group())], masked.lower())
        shifts = [m.start() + k + 1 for k, m in enumerate(_EXPANDED.finditer(masked))]
        return Reply(text, chars, mark_sentences(folded), shifts, _shifted=True)
    chars = plain_slowly(decode(text))
    folded, back = fold_slowly(_mask(chars.text))
    return Reply(text, chars, mark_sentences(folded), back, _shifted=False)


def _is_simple(text: str) -> bool:
    """Whether lower-casing and a few letters are all there is to do: no tag, entity, foreign letter or disguise."""
    if not SIMPLE_TEXT.fullmatch(text) or (_MARKUP_CHARS & set(text) and _MARKUP.search(text)):
        return False
    words = _TOKEN.findall(text)
    if sum(len(w) == 1 and not w.isdigit() for w in words) >= _SPACED_LETTERS and _SPACED.search(text):
        return False
    return not any(_MIXED.search(w) for w in words if not w.isalpha() and not w.isdigit())


def _mask(plain: str) -> str:
    """Open placeholders are nobody's wording: their letters become `x`, so that no other rule speaks of them."""
    if "[" not in plain:
        return plain
    return PLACEHOLDER.sub(lambda m: "[" + "x" * (len(m.group()) - 2) + "]", plain)


def mark_sentences(folded: str) -> str:
    """The same text, same length, line breaks exactly where a sentence ends and spaces for all others."""
    marks = {m.end() for m in _STOP.finditer(folded) if _stops(folded, m)}
    if "\n" in folded or "\r" in folded:
        marks.update(_line_ends(folded))
        folded = folded.replace("\n", " ").replace("\r", " ")
    pieces, last = [], 0
    for mark in sorted(marks):
        if mark < len(folded):
            pieces += [folded[last:mark], "\n"]
            last = mark + 1
    return "".join([*pieces, folded[last:]])


def _stops(folded: str, match: re.Match[str]) -> bool:
    """Whether a full stop really ends a sentence: not an abbreviation, not an ordinal, not a mid-sentence ellipsis."""
    mark = match.group()
    if mark[0] not in ".…" or (len(mark) > 1 and mark[1] in "!?\"'”)"):
        return True
    if mark in {".", "…"} or mark.startswith(".."):
        before = _WORD_PIECES.split(folded[max(0, match.start() - 24) : match.start()])[-1]
        ordinal = before.isdigit() and len(before) <= 2  # noqa: PLR2004 - a day or a month
        if ordinal or mark != ".":
            following = _NEXT_WORD.match(folded, match.end())
            return following is None or following.group(1) in word_list("sentence_starters")
        return before not in word_list("abbreviations")
    return True


def _line_ends(folded: str) -> Iterator[int]:
    """Line breaks that end a sentence: blank lines, lines ended by a stop, greetings, list items."""
    for match in _LINE_END.finditer(folded):
        begin = match.start()
        line_break = match.end() - 1
        if (
            match.group().count("\n") > 1
            or folded[begin - 1 : begin] in {":", ".", "!", "?"}
            or _BULLET.match(folded, line_break)
        ):
            yield line_break
        elif folded[begin - 1 : begin] in {",", "-"}:
            line = folded[folded.rfind("\n", max(0, begin - 80), begin) + 1 : begin].split()
            if 0 < len(line) <= _GREETING_WORDS and line[0].strip(",") in word_list("greetings"):
                yield line_break

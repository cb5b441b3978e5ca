"""One normalisation of a reply, done once; every view keeps the way back to the original characters.

Two views are made. `plain` is what a reader sees: NFKC, without tags, entities and invisible characters, case kept.
`folded` is what the wording patterns are matched on: lower case, without accents (ä → ae), look-alike letters and leet
digits read as the letters they stand for, spaced-out words joined, open placeholders masked, and exactly one line
break where a sentence ends. All work is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import itemgetter
from typing import Any, TypeVar

from reply_guards.patterns import INDEX, WORD, possible
from reply_guards.remembering import once
from reply_guards.unfold import FOLDS, SIMPLE_CHARS, Chars, fold_slowly, is_leet, plain_slowly
from reply_guards.wordlists import word_list

ADDRESS_SIGN = re.compile(r"://|www\.|@")  # a word that holds one is an address, whatever it leads to
PLACEHOLDER = re.compile(
    r"\[(?!\s*(?:\.|dot|punkt|punto|point|punt|kropka|a|at|ät|arroba|arobase|chiocciola|apenstaartje|apestaart(?:je)?"
    r"|klammeraffe|małpa|malpa|\d*|…|\.{3}|sic|wichtig|important|x|✓)\s*\])[^\W_][^\[\]\n{}<>@]{1,48}\](?!\()",
    re.IGNORECASE,
)
LONGEST_WORD = 64
_BLANKED = {i: " " for i in range(128) if not chr(i).isalnum() and chr(i) != "\n"}
_DIGITS = frozenset("0123456789")
_EXPANDED = re.compile("[äöüßÄÖÜæœÆŒ]")
_FOLDED_CHARS = frozenset([*FOLDS, *(c.upper() for c in FOLDS if c.upper().lower() == c)])
_MARKUP = re.compile(  # one class in front, so that the search leaps from sign to sign
    r"[<&*`~@$!|](?:(?<=<)/?[a-zA-Z!]|(?<=&)#?\w{1,31};|(?<=[^\W_][*`~@$!|])[*`~@$!|]{0,3}[^\W_])"
)
_MARKUP_CHARS = frozenset("<&*`~@$!|")
_SPACED_LETTERS = 4
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_·*|/][^\W\d_](?![^\W_])){3}")
_DIGIT_THEN_LETTER = re.compile(r"[0-9](?=[^\W\d_])")
_STOP = re.compile(r"""[.!?…]{1,12}["')\]]{0,3}(?=\s)""")
_LINE_END = re.compile(r"\n(?:[ \t\r]{0,80}\n)?")
_GREETING_WORDS = 7
_QUESTION_TAIL, _LONGEST_ABBREVIATION, _LEET_REACH = 12, 9, 32
_NEXT_WORD = re.compile(r"\s{1,8}([^\W_]{1,24})")
_BULLET = re.compile(r"\n[ \t]{0,8}(?:[-*•–]|\d{1,2}[.)])[ \t]")
_QUOTED = re.compile(
    r"„[^„“”\"\n]{2,400}[“”\"]|“[^“”\n]{2,400}”|»[^»«\n]{2,400}«|«[^»«\n]{2,400}»|\"[^\"\n]{2,400}\"|^>[^\n]{0,400}",
    re.MULTILINE,
)
_QUOTING = frozenset('„“»«">')

T = TypeVar("T")


class Sentence:
    """One sentence: [start, end) in the folded view, its folded text and words, and what kind it is."""

    __slots__ = ("_possible", "_table", "end", "index", "question", "start", "text", "words")

    def __init__(self, start: int, text: str, words: list[str], index: int) -> None:
        """Begin a sentence at `start`; `index` is its number in the reply."""
        self.start, self.end, self.text, self.words, self.index = start, start + len(text), text, words, index
        self.question = "?" in text[-_QUESTION_TAIL:] and text.rstrip(" \"')”“»«").endswith("?")
        self._table: object = None
        self._possible = 0

    @property
    def possible(self) -> int:
        """The patterns that it could match, by their numbers' bits (`patterns.possible`)."""
        table = INDEX.table
        if self._table is not table:
            self._possible, self._table = possible(self.words, table), table
        return self._possible


@dataclass(frozen=True)
class Reply:
    """A reply in its views. Spans handed to findings are made by `span` (folded) and `plain_span` (plain)."""

    original: str
    chars: Chars  # the plain view and its way back
    folded: str
    _words: list[list[str]]  # of each line of the folded view
    _back: list[int] | None  # folded index → plain index; None where only umlauts were written out

    @property
    def plain(self) -> str:
        """The text as a reader sees it."""
        return self.chars.text

    @property
    def simple(self) -> bool:
        """Whether the plain view is the original: no tag, entity, emoji or disguise anywhere."""
        return self.chars.starts is None

    @once
    def used(self) -> frozenset[str]:
        """All different characters of the plain view: the cheapest look whether something can be there at all."""
        return frozenset(self.plain)

    @once
    def digit_count(self) -> int:
        """How many digits the plain view holds."""
        return sum(map(self.plain.count, "0123456789"))

    @once
    def words(self) -> frozenset[str]:
        """All different words of the folded view."""
        return frozenset(self.all_words)

    @once
    def all_words(self) -> list[str]:
        """The words of the folded view in their order."""
        return [*chain.from_iterable(self._words)]

    @property
    def word_count(self) -> int:
        """Number of words, numbers included."""
        return len(self.all_words)

    @once
    def longest_word(self) -> int:
        """How many letters the longest word has."""
        return max(map(len, self.all_words), default=0)

    def has_single_letters(self, count: int) -> bool:
        """Whether at least so many words in a row are a single sign."""
        return b"\1" * count in self._lengths

    @once
    def _lengths(self) -> bytes:
        return bytes(map(len, self.all_words))

    @once
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order."""
        found: list[Sentence] = []
        start = 0
        for piece, words in zip(self.folded.split("\n"), self._words, strict=True):
            if piece and not piece.isspace():
                found.append(Sentence(start, piece, words, len(found)))
            start += len(piece) + 1
        return tuple(found)

    @once
    def quotes(self) -> tuple[tuple[int, int], ...]:
        """Spans in the original that stand in quotation marks or behind a quoting `>`, in order of their start."""
        if self.used.isdisjoint(_QUOTING):
            return ()
        return tuple(sorted(self.plain_span(*m.span()) for m in _QUOTED.finditer(self.plain)))

    @once
    def _quotes_end(self) -> list[int]:
        """For each quotation, how far it or one before it reaches."""
        return list(accumulate((end for _, end in self.quotes), max))

    @once
    def placeholders(self) -> tuple[tuple[int, int], ...]:
        """Spans of open placeholders in the original, brackets included."""
        if "[" not in self.plain:
            return ()
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

    @once
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
        if self._back is None:
            return position - bisect_right(self._expansions, position)
        return self._back[position] if position < len(self._back) else len(self.plain)

    @once
    def _expansions(self) -> list[int]:
        """Where in the folded view a letter more stands than in the plain one."""
        if self.plain.isascii():
            return []
        return [m.start() + k + 1 for k, m in enumerate(_EXPANDED.finditer(_mask(self.plain)))]

    def quoted(self, start: int, end: int) -> bool:
        """Whether an original span lies inside quotation marks."""
        begun = bisect_right(self.quotes, start, key=itemgetter(0))
        return begun > 0 and self._quotes_end[begun - 1] >= end

    def quoting(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The quotations that share a part with an original span."""
        at = bisect_left(self.quotes, end, key=itemgetter(0))
        while at and self._quotes_end[at - 1] > start:
            at -= 1
            yield self.quotes[at]


def leaps(begin: re.Pattern[str], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` finds, tried only where one of the signs stands that it can begin with."""
    done = 0
    for look in begin.finditer(text):
        if look.start() >= done and (match := pattern.match(text, look.start())):
            done = match.end()
            yield match


def read(text: str) -> Reply:
    """Normalise a reply. Never fails, whatever the string holds."""
    used = frozenset(text)
    if used <= SIMPLE_CHARS and not (used & _MARKUP_CHARS and _MARKUP.search(text)):
        folded = _mask(text).lower()
        for char in used & _FOLDED_CHARS:
            folded = folded.replace(char.lower(), FOLDS[char.lower()])
        lines = mark_sentences(folded)
        words = _words_of(lines)
        if not _is_disguised(folded, words, used):
            return Reply(text, Chars(text, None, None, ()), lines, words, None)
    chars = plain_slowly(text)
    folded, back = fold_slowly(_mask(chars.text))
    lines = mark_sentences(folded)
    return Reply(text, chars, lines, _words_of(lines), back)


def _words_of(lines: str) -> list[list[str]]:
    """The words of each line; where all letters are ASCII, twice as fast as the pattern that says what a word is."""
    if lines.isascii():
        words = list(map(str.split, lines.translate(_BLANKED).split("\n")))
        if max(map(len, chain.from_iterable(words)), default=0) <= LONGEST_WORD:
            return words
    return list(map(WORD.findall, lines.split("\n")))


def _is_disguised(folded: str, words: list[list[str]], used: frozenset[str]) -> bool:
    """Whether a text of plain characters holds spaced-out words or digits for letters."""
    lengths = bytes(map(len, chain.from_iterable(words)))
    if b"\1" * _SPACED_LETTERS in lengths and _SPACED.search(folded):
        return True
    if used.isdisjoint(_DIGITS):
        return False
    return any(is_leet(_token_around(folded, m.start())) for m in _DIGIT_THEN_LETTER.finditer(folded))


def _token_around(text: str, position: int) -> str:
    start = end = position
    while start > max(0, position - _LEET_REACH) and text[start - 1].isalnum():
        start -= 1
    while end < min(len(text), position + _LEET_REACH) and text[end].isalnum():
        end += 1
    return text[start:end]


def _mask(plain: str) -> str:
    """Open placeholders are nobody's wording: their letters become `x`, so that no other rule speaks of them."""
    if "[" not in plain:
        return plain
    return PLACEHOLDER.sub(lambda m: "[" + "x" * (len(m.group()) - 2) + "]", plain)


def mark_sentences(folded: str) -> str:
    """The same text, same length, line breaks exactly where a sentence ends and spaces for all others."""
    marks = [m.end() for m in _STOP.finditer(folded) if _stops(folded, m)]
    if "\n" in folded or "\r" in folded:
        marks = sorted({*marks, *_line_ends(folded)})
        folded = folded.replace("\n", " ").replace("\r", " ")
    pieces, last = [], 0
    for mark in marks:
        if mark < len(folded):
            pieces.append(folded[last:mark])
            last = mark + 1
    return "\n".join([*pieces, folded[last:]])


def _stops(folded: str, match: re.Match[str]) -> bool:
    """Whether a full stop really ends a sentence: not an abbreviation, not an ordinal, not a mid-sentence ellipsis."""
    mark = match.group()
    if mark[0] not in ".…" or (len(mark) > 1 and mark[1] in "!?\"'”)"):
        return True
    if mark in {".", "…"} or mark.startswith(".."):
        before = _word_before(folded, match.start())
        ordinal = before.isdigit() and len(before) <= 2  # noqa: PLR2004 - a day or a month
        if ordinal or mark != ".":
            following = _NEXT_WORD.match(folded, match.end())
            return following is None or following.group(1) in word_list("sentence_starters")
        return before not in word_list("abbreviations")
    return True


def _word_before(folded: str, end: int) -> str:
    """The word in front of a full stop, as far as it could still be an abbreviation."""
    near = folded[max(0, end - _LONGEST_ABBREVIATION) : end].rpartition(" ")[2]
    if near.isalnum():
        return near
    start = end
    while start > max(0, end - _LONGEST_ABBREVIATION) and folded[start - 1].isalnum():
        start -= 1
    return folded[start:end]


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

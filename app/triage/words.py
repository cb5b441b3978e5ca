"""A customer's text as sentences of folded words, the form all lexicons are matched against.

Folding makes the spellings people use equal: case, umlauts (ä, ae), accents, apostrophes, compatibility letters and
invisible characters no longer matter. Offsets of each word into its sentence are kept, so that what a reader shows is
always the customer's own spelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_WORD = 40  # longer words are cut: no word of a complaint is longer, and caches stay small
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_WORD = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)*")
_BARRIER = re.compile(r"[,;:()/\n–—|]|\s-\s|\.\.|…")
_FOLDS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l"} | dict.fromkeys("'’`´"),
)
_END = re.compile(r"[.!?]+[\"'”“»)\]]*(?=\s|$)|[。!?]|\n+")
# fmt: off
_ABBREVIATIONS = frozenset((
    "abs", "approx", "artikelnr", "b", "bestellnr", "bzw", "ca", "d", "dr", "e", "etc", "evtl", "fr", "g", "ggf", "h",
    "hr", "inkl", "lt", "mind", "min", "mr", "mrs", "ms", "nr", "prof", "sog", "st", "str", "tel", "u", "usw", "vgl",
    "vs", "z", "zzgl",
))
# fmt: on
_LONGEST = 40  # words of a sentence
_PHRASE = 10  # words before a break in an endless sentence
_BREATHS = frozenset(
    (
        "und",
        "aber",
        "dann",
        "weil",
        "also",
        "jetzt",
        "seitdem",
        "denn",
        "deshalb",
        "obwohl",
        "and",
        "but",
        "then",
        "because",
        "now",
        "so",
        "since",
    )
)
_WRAPPED = 58  # a line at least this long without an end mark was broken by a mail program, not by the writer


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text, its folded words, their (start, end) offsets in `text`, and each word's clause number."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    clauses: tuple[int, ...]

    def between(self, first: int, last: int) -> str:
        """The customer's own text from word `first` to word `last`, both included."""
        return self.text[self.spans[first][0] : self.spans[last][1]]

    def raw(self, index: int) -> str:
        """One word as the customer wrote it."""
        start, end = self.spans[index]
        return self.text[start:end]


def normalise(text: str) -> str:
    """Compatibility letters to plain ones, invisible characters away, line ends to newlines."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return text.replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=1 << 15)
def fold(word: str) -> str:
    """Lower case, without umlauts, accents and apostrophes; at most 40 characters."""
    low = word.lower()[:MAX_WORD]
    low = low.translate(_FOLDS)
    if low.isascii():
        return low
    return "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))


def sentence(text: str) -> Sentence:
    """One stretch of text, taken as a single sentence."""
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    clauses: list[int] = []
    clause = end = 0
    for match in _WORD.finditer(text):
        start = match.start()
        if spans and _parts(text, end, start):
            clause += 1
        end = match.end()
        words.append(fold(match.group()))
        spans.append((start, end))
        clauses.append(clause)
    return Sentence(text, tuple(words), tuple(spans), tuple(clauses))


def _parts(text: str, end: int, start: int) -> bool:
    """Whether what stands between two words begins a new clause; a single space, the usual case, is not looked at."""
    gap = start - end
    return text[end] in ",;:(/\n|…" if gap == 1 else _BARRIER.search(text, end, start) is not None


def sentences(text: str) -> tuple[Sentence, ...]:
    """All sentences of a normalised text that hold a word, in order; endless ones cut where a thought begins."""
    return tuple(s for part in split(text) for s in _breathe(sentence(part)) if s.words)


def _breathe(whole: Sentence) -> Iterator[Sentence]:
    """A sentence without full stops, cut before "und", "but" and the like, and at the latest after 40 words."""
    if len(whole.words) <= _LONGEST:
        yield whole
        return
    start = 0
    for i in range(1, len(whole.words)):
        long = i - start
        if long >= _LONGEST or (
            long >= _PHRASE and (whole.words[i] in _BREATHS or whole.clauses[i] != whole.clauses[i - 1])
        ):
            yield sentence(whole.text[whole.spans[start][0] : whole.spans[i][0]].strip())
            start = i
    yield sentence(whole.text[whole.spans[start][0] :].strip())


def split(text: str) -> Iterator[str]:
    """The text cut at sentence ends and at line ends that the writer set; never inside "z. B." or "3. November"."""
    start = 0
    for match in _END.finditer(text):
        if _ends(text, start, match):
            if part := text[start : match.end()].strip():
                yield part
            start = match.end()
    if part := text[start:].strip():
        yield part


_INITIAL = re.compile(r"\b(?:called|named|by|mr|mrs|ms|herrn?|frau|familie|name|von) [^\W\d_]\Z", re.IGNORECASE)


def _is_initial(before: str, following: str) -> bool:
    """Whether a single letter stands for a first name: "signed for by T. Harris"; not "Größe M. Die Hose"."""
    return before[-1:].isupper() and following[:1].isupper() and _INITIAL.search(before) is not None


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the mark found closes the sentence that began at `start`."""
    mark = match.group()
    if mark[0] == "\n":
        return _breaks(text, start, match)
    if mark[0] != ".":
        return True
    following = text[match.end() : match.end() + 2].lstrip(" ")
    if len(mark.rstrip("\"'”“»)]")) > 1:
        return not following[:1].islower()
    before = text[max(start, match.start() - 12) : match.start()]
    last = before.split()[-1:] or [""]
    word = last[0].rpartition(".")[2].lower()
    if word in _ABBREVIATIONS or _is_initial(before, following):
        return False
    if word.isdigit() and len(word) <= 2:  # noqa: PLR2004 - "am 3. November", "der 2. Versuch"
        return not following or following[:1] == "\n"
    return True


def _breaks(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a line end is a sentence end: not where a mail program wrapped a long line."""
    if len(match.group()) > 1:
        return True
    line = text.rfind("\n", start, match.start()) + 1
    length = match.start() - max(line, start)
    following = text[match.end() : match.end() + 1]
    return length < _WRAPPED or following in "-*•>–"

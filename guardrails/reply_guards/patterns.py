"""The small language in which rules say what they look for, and its compiler.

    bewerten sie            words, matched on the folded text (write umlauts and accents as usual)
    bewert*                 `*` stands for the rest of a word, up to 25 letters
    (bitte|gern) ~4 schreib*   alternatives; `~4` is a gap of up to four words, `~` of up to six
    (sehr )?gern            an optional part
    <give> ~ <review>       a named list from `lexicon.yaml`, itself written in this language
    N Sterne                `N` is a number of up to six digits
    "^" first in a pattern  only at the start of a sentence; "$" last: only at its end

A blank matches any short run of blanks and punctuation. Nothing ever crosses the end of a sentence. Repeats are
bounded, so every pattern runs in linear time, also those a tenant adds. From each pattern the compiler also derives
*atoms*: pieces of words of which some must be present for the pattern to match at all. One look at the words of a
reply thus spares nearly all regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from reply_guards.compiled import store_for
from reply_guards.unfold import fold_char

Atoms = frozenset[str]

_BLANK = r"[^\w\n]{1,4}"
_STAR = r"\w{0,25}"
_MIN_ATOM = 3
WORD = re.compile(r"[^\W_]{1,64}")  # what is looked up for atoms
_MAX_GROUPS = 3
_KEPT_WORDS = 8192  # of which is remembered what they hold: 400 bytes each, where that is anything
_TOKENS = re.compile(r"\s*~(\d{0,2})\s*|\s+|<([a-z_0-9]+)>|[()|?*N^$]|[^\s~<>()|?*^$]")


class PatternError(ValueError):
    """The pattern is not written in the pattern language."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a pattern: its regular expression, and what must be present for it to match."""

    regex: str
    literal: str | None = None  # the exact characters, where it is nothing else
    needs: tuple[Atoms, ...] = ()  # of each group at least one must be present
    blank: bool = False  # ends with the blank between two words
    gap: int | None = None  # a gap of up to so many words, its blanks decided by what stands in front


# Named lists stand in many patterns; each is read once. By identity: there is one lexicon, and tests bring their own.
_LISTS: dict[tuple[int, str], _Part] = {}


class _Parser:
    def __init__(self, source: str, lexicon: Mapping[str, str], depth: int = 0) -> None:
        self.source, self.lexicon, self.depth = source, lexicon, depth
        self.tokens = list(_TOKENS.finditer(source))
        self.at = 0
        if sum(len(m.group()) for m in self.tokens) != len(source):
            raise PatternError(f"cannot read {source!r}")

    def parse(self) -> _Part:
        part = self._alternatives()
        if self.at < len(self.tokens):
            raise PatternError(f"unexpected {self.tokens[self.at].group()!r} in {self.source!r}")
        return part

    def _peek(self) -> str:
        return self.tokens[self.at].group() if self.at < len(self.tokens) else ""

    def _alternatives(self) -> _Part:
        options = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            options.append(self._sequence())
        return options[0] if len(options) == 1 else _either(options)

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while (piece := self._peek()) and piece not in "|)":
            part = self._item()
            if self._peek() == "?":
                self.at += 1
                part = _Part(f"(?:{part.regex})?", blank=part.blank)
            parts.append(part)
        return _joined(parts)

    def _item(self) -> _Part:
        match = self.tokens[self.at]
        piece = match.group()
        self.at += 1
        if piece == "(":
            inner = self._alternatives()
            if self._peek() != ")":
                raise PatternError(f"missing ) in {self.source!r}")
            self.at += 1
            return _Part(f"(?:{inner.regex})", needs=inner.needs or _literal_needs(inner), blank=inner.blank)
        if match.group(2):
            return self._named(match.group(2))
        return _simple(piece, match)

    def _named(self, name: str) -> _Part:
        if name not in self.lexicon or self.depth > 5:  # noqa: PLR2004 - lists of lists of lists are a mistake
            raise PatternError(f"no list named <{name}> for {self.source!r}")
        known = _LISTS.get((id(self.lexicon), name))
        if known is None:
            inner = _Parser(self.lexicon[name], self.lexicon, self.depth + 1).parse()
            known = _Part(f"(?:{inner.regex})", needs=inner.needs or _literal_needs(inner))
            _LISTS[id(self.lexicon), name] = known
        return known


def _simple(piece: str, match: re.Match[str]) -> _Part:
    if "~" in piece:
        return _Part("", gap=int(match.group(1) or 6), blank=True)
    if piece.isspace():
        return _Part(_BLANK, blank=True)
    if piece in {"*", "N"}:
        return _Part(_STAR if piece == "*" else r"\d{1,6}")
    if piece in {"^", "$"}:
        return _Part(r"(?:(?<=\n)|\A)[^\w\n]{0,4}" if piece == "^" else r"(?=[^\w\n]{0,6}(?:\n|\Z))")
    if piece in ")?":
        raise PatternError(f"unexpected {piece!r}")
    folded = fold_char(piece)
    return _Part(re.escape(folded), literal=folded)


def _literal_needs(part: _Part) -> tuple[Atoms, ...]:
    return _atoms_of(part.literal) if part.literal else ()


def _atoms_of(literal: str) -> tuple[Atoms, ...]:
    words = [w for w in re.findall(r"[^\W_]+", literal) if len(w) >= _MIN_ATOM]
    return tuple(frozenset({w}) for w in words)


def _joined(parts: list[_Part]) -> _Part:
    """A sequence: neighbouring literals grow together, and the needs of all its parts hold."""
    needs: list[Atoms] = []
    run = ""
    pieces: list[str] = []
    for before, part in zip([_Part(""), *parts], [*parts, _Part("")], strict=True):
        pieces.append(_placed(part, after_blank=before.blank))
        if part.literal is not None:
            run += part.literal
            continue
        needs += _atoms_of(run)
        run = ""
        needs += part.needs
    literal = "".join(p.literal or "" for p in parts) if all(p.literal is not None for p in parts) else None
    best = sorted(set(needs), key=_selectivity)[:_MAX_GROUPS]
    return _Part("".join(pieces), literal=literal, needs=tuple(best), blank=bool(parts) and parts[-1].blank)


def _placed(part: _Part, *, after_blank: bool) -> str:
    """The regular expression of a part in its place: two blanks in a row are one."""
    if part.gap is not None:
        words = rf"\w{{1,40}}{_BLANK}" if after_blank else rf"{_BLANK}\w{{1,40}}"
        return f"(?:{words}){{0,{part.gap}}}?" + ("" if after_blank else _BLANK)
    return "" if after_blank and part.regex == _BLANK else part.regex


def _selectivity(group: Atoms) -> tuple[int, int, list[str]]:
    return (-min(5, *map(len, group)), len(group), sorted(group))


def _either(options: list[_Part]) -> _Part:
    """Alternatives: one of the best needs of each; nothing is needed when one of them needs nothing."""
    needs = [o.needs or _literal_needs(o) for o in options]
    group = frozenset().union(*(n[0] for n in needs)) if all(needs) else frozenset()
    return _Part(
        "|".join(o.regex for o in options), needs=(group,) if group else (), blank=all(o.blank for o in options)
    )


@dataclass(frozen=True, eq=False)
class Pattern:
    """A compiled pattern. `needs`: groups of atoms, of each at least one must be in the text."""

    source: str
    regex_source: str
    needs: tuple[Atoms, ...]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The regular expression, compiled when first needed (hundreds of them would slow the start)."""
        return re.compile(self.regex_source)


def compile_pattern(source: str, lexicon: Mapping[str, str]) -> Pattern:
    """Compile one pattern.

    Raises:
        PatternError: it is not written in the pattern language.
    """
    store = store_for(lexicon)
    known = store.get(source)
    if known is None:
        part = _Parser(source, lexicon).parse()
        known = (rf"(?<!\w)(?:{part.regex})(?!\w)", part.needs or _literal_needs(part))
        store.add(source, known)
    return Pattern(source, *known)


@dataclass(frozen=True, eq=False)
class _Table:
    """What the atoms of all patterns stand for, at one time."""

    size: int  # how many patterns there are
    lacking: int  # groups that a pattern has not: always there
    bits: Mapping[str, int]  # of each atom
    starting: Mapping[str, Sequence[str]]  # atoms by their first letters
    known: dict[str, int]  # of words met so far


class Index:
    """All patterns that are looked for anywhere, each numbered, and which of them a text could match at all.

    A pattern has up to three groups of atoms. What a word holds is one number: bit `i` says that it holds an atom of
    the first group of pattern `i`, and further up the same is said of the second and the third groups. So the words of
    a text are joined by "or", and the patterns all of whose groups are there remain by "and": one look for all rules.
    """

    def __init__(self) -> None:
        """Begin without patterns."""
        self._numbers: dict[tuple[str, tuple[Atoms, ...]], int] = {}
        self._table: _Table | None = None
        self._lock = Lock()

    def add(self, pattern: Pattern) -> int:
        """Look for this pattern, too, and give its number. Patterns that are written alike are one."""
        with self._lock:
            number = self._numbers.setdefault((pattern.regex_source, pattern.needs), len(self._numbers))
            if self._table is not None and number >= self._table.size:
                self._table = None
        return number

    @property
    def table(self) -> _Table:
        """What all patterns known by now need; another one as soon as there are more of them."""
        return self._table or self._made()

    def _made(self) -> _Table:
        with self._lock:
            size = len(self._numbers)
            lacking, bits = 0, dict[str, int]()
            starting: dict[str, list[str]] = {}
            for (_, needs), number in self._numbers.items():
                for group in range(_MAX_GROUPS):
                    bit = 1 << (group * size + number)
                    if group >= len(needs):
                        lacking |= bit
                        continue
                    for atom in needs[group]:
                        if atom not in bits:
                            starting.setdefault(atom[:_MIN_ATOM], []).append(atom)
                        bits[atom] = bits.get(atom, 0) | bit
            self._table = table = _Table(size, lacking, bits, starting, {})
        return table


INDEX = Index()


def possible(words: Iterable[str], table: _Table) -> int:
    """The patterns a text of these words could match: one bit for each."""
    known, present = table.known, table.lacking
    for word in words:
        held = known.get(word)
        if held is None:
            held = _search(word, table)
        if held:
            present |= held
    size = table.size
    return present & (present >> size) & (present >> 2 * size) & ((1 << size) - 1)


def _search(word: str, table: _Table) -> int:
    """What a word holds; remembered, for words recur."""
    held = 0
    for at in range(len(word) - _MIN_ATOM + 1):
        for atom in table.starting.get(word[at : at + _MIN_ATOM], ()):
            if word.startswith(atom, at):
                held |= table.bits[atom]
    if len(table.known) >= _KEPT_WORDS:
        table.known.clear()
    table.known[word] = held
    return held


class Atlas:
    """Some of the patterns of the index, in an order of their own."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        """Add them to the index."""
        self._patterns = {1 << INDEX.add(pattern): pattern for pattern in patterns}
        self._order = {bit: place for place, bit in enumerate(self._patterns)}
        self.mask = sum(self._patterns)

    def possible(self, bits: int) -> list[Pattern]:
        """Those that a text could match of which `possible` gave these bits, in their order."""
        left = bits & self.mask
        found = []
        while left:
            lowest = left & -left
            found.append(lowest)
            left ^= lowest
        if len(found) > 1:
            found.sort(key=self._order.__getitem__)
        return [self._patterns[bit] for bit in found]

"""Finds thousands of phrases in folded words at once: a trie over word classes, with gaps and tolerance for typos.

A phrase is a line of elements: `word`, `stem*`, `*ending`, alternatives `a|b*|c`, a macro `<name>` for such a set of
alternatives, `<n>` for a number, a trailing `?` for an element that may be missing, and `~3` for up to three words of
any kind between its neighbours. A phrase never crosses a clause border, except where its gap is written `~~3`.
An unknown word is compared with those often misspelt that share its first letter, and taken for one a slip away.
Time is linear in the number of words: phrases are short and gaps are bounded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

NUMBER = "<n>"
_RUN = re.compile(r"(.)\1{2,}")
_MIN_FUZZY = 5
_MIN_TWO_SLIPS = 9
_CACHED_WORDS = 1 << 14


@dataclass(frozen=True, slots=True)
class Emit:
    """What a phrase stands for: a key of a lexicon, with a weight."""

    lexicon: str
    key: str
    weight: float


@dataclass(slots=True)
class _Node:
    edges: dict[int, _Node] = field(default_factory=dict)
    gaps: dict[tuple[int, bool], _Node] = field(default_factory=dict)
    emits: list[Emit] = field(default_factory=list)
    next: frozenset[int] = frozenset()  # the classes that can come next, behind gaps too; set when all phrases are in

    def close(self) -> None:
        """No phrase is added any more."""
        after = list(self.gaps.values())
        self.next = frozenset(self.edges).union(*(node.edges for node in after))
        for node in (*self.edges.values(), *after):
            node.close()


Found = tuple[Emit, int, int]


class Matcher:
    """All phrases of one language, compiled. Thread-safe: nothing changes after construction but the word cache."""

    def __init__(
        self, phrases: Iterable[tuple[str, Emit]], macros: Mapping[str, str], typos: Mapping[str, frozenset[str]]
    ) -> None:
        """Compile `phrases`; `typos` holds words `often` misspelt and `ordinary` ones that never are.

        Raises KeyError for an unknown macro.
        """
        self._macros = macros
        self._ordinary = typos["ordinary"]
        self._classes: dict[frozenset[str], int] = {}
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._stems: dict[str, list[int]] = defaultdict(list)
        self._endings: dict[str, list[int]] = defaultdict(list)
        self._root = _Node()
        for phrase, emit in phrases:
            for elements in _variants(phrase.split()):
                self._add(elements, emit)
        self._root.close()
        self._stem_lengths = sorted({len(s) for s in self._stems})
        self._ending_lengths = sorted({len(s) for s in self._endings})
        self._slips = _Slips(typos["often"])
        self._word = lru_cache(maxsize=_CACHED_WORDS)(self._look_up)

    def find(self, words: tuple[str, ...], clauses: tuple[int, ...]) -> list[Found]:
        """Every phrase found, as (emit, first word, last word)."""
        known = [self._word(w) for w in words]
        walk = _Walk([atoms for atoms, _ in known], clauses)
        for i, (_, begun) in enumerate(known):
            for node in begun:
                # No word of the sentence can continue most phrases: this spares most of the walking.
                if node.emits or not node.next.isdisjoint(walk.present):
                    walk.on(node, i, i + 1)
        return walk.found

    def _look_up(self, word: str) -> tuple[frozenset[int], tuple[_Node, ...]]:
        """The classes of a word, and the phrases it begins."""
        atoms = self._atoms(word)
        edges = self._root.edges
        return frozenset(atoms), tuple(edges[a] for a in atoms if a in edges)

    def _add(self, elements: list[str], emit: Emit) -> None:
        node, gap = self._root, None
        for element in elements:
            if element[0] == "~":
                gap = (int(element.strip("~")), element.startswith("~~"))
                continue
            if gap:
                node = node.gaps.setdefault(gap, _Node())
                gap = None
            node = node.edges.setdefault(self._class(element), _Node())
        if emit not in node.emits:
            node.emits.append(emit)

    def _class(self, element: str) -> int:
        """The number of a set of alternatives; registers their words, stems and endings."""
        words = frozenset(self._expand(element))
        if words not in self._classes:
            self._classes[words] = atom = len(self._classes)
            for word in words:
                table = self._exact
                if word.endswith("*"):
                    table = self._stems
                elif word.startswith("*"):
                    table = self._endings
                table[word.strip("*")].append(atom)
        return self._classes[words]

    def _expand(self, element: str) -> Iterator[str]:
        for word in element.split("|"):
            if word.startswith("<") and word != NUMBER:
                yield from self._expand("|".join(self._macros[word[1:-1]].split()))
            else:
                yield word

    def _atoms(self, word: str) -> tuple[int, ...]:
        """The classes a word belongs to; those of the word it is a slip of, where it is unknown itself."""
        known = self._known(word)
        if known or len(word) < _MIN_FUZZY or word in self._ordinary or not word.isalpha():
            return known
        squeezed = _squeeze(word)
        if squeezed != word and (known := self._known(squeezed)):
            return known
        meant = self._slips.meant(squeezed)
        return self._known(meant) if meant else ()

    def _known(self, word: str) -> tuple[int, ...]:
        found = list(self._exact.get(word, ()))
        size = len(word)
        for length in self._stem_lengths:
            if length > size:
                break
            found += self._stems.get(word[:length], ())
        for length in self._ending_lengths:
            if length > size:
                break
            found += self._endings.get(word[-length:], ())
        if size and word[0].isdigit():
            found += self._exact.get(NUMBER, ())
        return tuple(dict.fromkeys(found))


class _Slips:
    """The words people misspell, by first letter, to find the one an unknown word is a slip of."""

    def __init__(self, often: Iterable[str]) -> None:
        self._words: dict[str, list[str]] = defaultdict(list)
        for word in often:
            self._words[word[0]].append(word)

    def meant(self, word: str) -> str | None:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extractOne

        limit = 2 if len(word) >= _MIN_TWO_SLIPS else 1
        best = extractOne(word, self._words.get(word[0], ()), scorer=OSA.distance, score_cutoff=limit)
        return best[0] if best else None


class _Walk:
    """One pass over a sentence: collects what is found while it follows the trie."""

    __slots__ = ("atoms", "clauses", "found", "present")

    def __init__(self, atoms: list[frozenset[int]], clauses: tuple[int, ...]) -> None:
        self.atoms = atoms
        self.clauses = clauses
        self.found: list[Found] = []
        self.present = frozenset[int]().union(*atoms)

    def on(self, node: _Node, first: int, i: int) -> None:
        """Go on from `node`, reached with the words from `first` up to, not including, `i`."""
        for emit in node.emits:
            self.found.append((emit, first, i - 1))
        if i >= len(self.atoms):
            return
        if node.edges and self.clauses[i] == self.clauses[i - 1]:
            self._step(node.edges, first, i)
        for (gap, crosses), after in node.gaps.items():
            self._leap(after.edges, first, i, gap, crosses=crosses)

    def _step(self, edges: dict[int, _Node], first: int, i: int) -> None:
        here = self.atoms[i]
        if len(edges) < len(here):
            for atom, child in edges.items():
                if atom in here:
                    self.on(child, first, i + 1)
        else:
            for atom in here:
                if atom in edges:
                    self.on(edges[atom], first, i + 1)

    def _leap(self, edges: dict[int, _Node], first: int, i: int, gap: int, *, crosses: bool) -> None:
        """Over up to `gap` words, within the clause unless the phrase may cross its border."""
        if edges.keys().isdisjoint(self.present):
            return
        clause = self.clauses[i - 1]
        for j in range(i, min(i + gap + 1, len(self.atoms))):
            if not crosses and self.clauses[j] != clause:
                return
            self._step(edges, first, j)


def _variants(elements: list[str]) -> Iterator[list[str]]:
    """A phrase with and without each of its optional elements."""
    for i, element in enumerate(elements):
        if element.endswith("?") and len(element) > 1:
            yield from _variants([*elements[:i], element[:-1], *elements[i + 1 :]])
            yield from _variants([*elements[:i], *elements[i + 1 :]])
            return
    yield elements


def _squeeze(word: str) -> str:
    """As in "neeeein" → "nein": letters written three times or more, written once."""
    return _RUN.sub(r"\1", word)

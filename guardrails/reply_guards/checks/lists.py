"""Named lists of patterns from a data file, and which of them a text matches."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from reply_guards.patterns import WORD, Atlas, Pattern, compile_pattern
from reply_guards.remembering import remembered
from reply_guards.wordlists import lexicon

K = TypeVar("K", bound=Hashable)


class Lists(Generic[K]):
    """Lists of patterns by name. All is remembered: clauses recur, and each is asked about a dozen lists."""

    def __init__(self, sources: Mapping[K, Sequence[object]]) -> None:
        """Compile the lists."""
        self._names = {
            compile_pattern(str(source), lexicon()): name for name, listed in sources.items() for source in listed
        }
        self._atlas = Atlas(self._names)
        self._possible = remembered(4096)(self._sorted)
        self.first = remembered(16384)(self._first)

    def _sorted(self, text: str) -> dict[K, list[Pattern]]:
        """The patterns a text could match, by list and in the lists' order: most lists have none."""
        found: dict[K, list[Pattern]] = {}
        for pattern in self._atlas.possible(WORD.findall(text)):
            found.setdefault(self._names[pattern], []).append(pattern)
        return found

    def _first(self, name: K, text: str) -> re.Match[str] | None:
        """The first match of a list in a text."""
        return next((m for p in self._possible(text).get(name, ()) if (m := p.regex.search(text))), None)

    def each(self, text: str) -> Iterator[tuple[K, re.Match[str]]]:
        """The lists a text matches, in order, each with its first match. Tries one when it is asked for."""
        for name in list(self._possible(text)):
            if match := self.first(name, text):
                yield name, match

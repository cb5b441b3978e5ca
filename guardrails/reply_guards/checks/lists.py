"""Named lists of patterns from a data file, and which of them a text matches."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from reply_guards.patterns import Atlas, Pattern, compile_pattern
from reply_guards.remembering import remembered
from reply_guards.wordlists import lexicon

K = TypeVar("K", bound=Hashable)


class Lists(Generic[K]):
    """Lists of patterns by name. `bits` are the possible patterns of the text, or of a longer one it was cut out of."""

    def __init__(self, sources: Mapping[K, Sequence[object]]) -> None:
        """Compile the lists."""
        self._names = {
            compile_pattern(str(source), lexicon()): name for name, listed in sources.items() for source in listed
        }
        self._atlas = Atlas(self._names)
        self._sorted = lru_cache(maxsize=1024)(self._by_name)  # a text is asked about a dozen lists
        self._match = remembered(4096)(self._found)

    def _by_name(self, bits: int) -> dict[K, list[Pattern]]:
        """The possible patterns by list and in the lists' order: most lists have none."""
        found: dict[K, list[Pattern]] = {}
        for pattern in self._atlas.possible(bits):
            found.setdefault(self._names[pattern], []).append(pattern)
        return found

    def could(self, bits: int, name: K | None = None) -> bool:
        """Whether a text could match a list, or any."""
        bits &= self._atlas.mask
        return bits != 0 and (name is None or name in self._sorted(bits))

    def first(self, name: K, text: str, bits: int) -> re.Match[str] | None:
        """The first match of a list in a text."""
        bits &= self._atlas.mask
        return self._match(bits, name, text) if name in self._sorted(bits) else None

    def _found(self, bits: int, name: K, text: str) -> re.Match[str] | None:
        return next((m for p in self._sorted(bits)[name] if (m := p.regex.search(text))), None)

    def each(self, text: str, bits: int) -> Iterator[tuple[K, re.Match[str]]]:
        """The lists a text matches, in order, each with its first match. Tries one when it is asked for."""
        for name in self._sorted(bits & self._atlas.mask):
            if match := self.first(name, text, bits):
                yield name, match

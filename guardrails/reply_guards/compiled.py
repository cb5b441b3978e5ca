"""Patterns in compiled form, kept where Python keeps its byte code: reading a thousand patterns anew takes a second.

One file for each content of compiler and lexicon; it holds each pattern's source, its regular expression and its atoms.
Nothing is kept where Python may not write byte code, and a file that cannot be read is made anew.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

Entry = tuple[str, tuple[frozenset[str], ...]]
_FOLDER = Path(__file__).parent / "__pycache__"


class Store:
    """What is known of the patterns written with one lexicon."""

    def __init__(self, lexicon: Mapping[str, str]) -> None:
        """Read what an earlier process left; save what this one adds when it ends."""
        self.lexicon = lexicon  # held, so that its id stays its own
        here = Path(__file__).parent
        compiler = (here / "patterns.py").read_bytes() + (here / "unfold.py").read_bytes()
        content = hashlib.sha256(compiler + repr(sorted(lexicon.items())).encode()).hexdigest()[:20]
        self._path = _FOLDER / f"patterns-{content}.pickle"
        self._entries: dict[str, Entry] = {}
        self._grown = False
        with suppress(OSError, ValueError, EOFError, TypeError, AttributeError, ImportError, pickle.UnpicklingError):
            self._entries = pickle.loads(self._path.read_bytes())  # noqa: S301 - as trusted as the byte code beside it
        atexit.register(self.save)

    def get(self, source: str) -> Entry | None:
        """The compiled form of a pattern, if it is known."""
        return self._entries.get(source)

    def add(self, source: str, entry: Entry) -> None:
        """Remember a compiled form."""
        self._entries[source] = entry
        self._grown = True

    def save(self) -> None:
        """Write the file whole or not at all: several processes may do so at once."""
        if not self._grown or sys.dont_write_bytecode:
            return
        self._grown = False
        with suppress(OSError):
            _FOLDER.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=_FOLDER)
            with os.fdopen(handle, "wb") as file:
                pickle.dump(self._entries, file, protocol=5)
            Path(name).replace(self._path)


_STORES: dict[int, Store] = {}


def store_for(lexicon: Mapping[str, str]) -> Store:
    """The store of a lexicon: one a process, by identity."""
    if id(lexicon) not in _STORES:
        _STORES[id(lexicon)] = Store(lexicon)
    return _STORES[id(lexicon)]

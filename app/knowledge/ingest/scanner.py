"""Brackets of a JSON stream, found without decoding it: strings are passed over in C, memory is bounded.

Why not an incremental parser such as ijson: it stops for good at the first flaw, holds a ticket of any size, and knows
no byte positions. Here a row is cut out as bytes and decoded by itself (orjson), so that one bad row costs one row.
"""

from __future__ import annotations

import re
from functools import cache

from app.knowledge.ingest.encoding import CHUNK, Stream

_IN_STRING = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_PLAIN = re.compile(rb'[^"\[\]{}]*+(?:"' + _IN_STRING + rb'"[^"\[\]{}]*+)*+', re.DOTALL)
_DEPTH = 6  # as deep as tickets of helpdesks nest; what is deeper is walked bracket by bracket


def _balanced(depth: int) -> bytes:
    """A pattern for what stands between two brackets, nested up to a depth."""
    if not depth:
        return _PLAIN.pattern
    inside = _balanced(depth - 1)
    return _PLAIN.pattern + rb"(?:(?:\{" + inside + rb"\}|\[" + inside + rb"\])" + _PLAIN.pattern + rb")*+"


@cache
def _balanced_pattern() -> re.Pattern[bytes]:
    return re.compile(_balanced(_DEPTH), re.DOTALL)


_STRING_REST = re.compile(_IN_STRING, re.DOTALL)
_BRACKETS = b"[]{}"
_CLOSING = {b"{": b"}", b"[": b"]"}
_BEFORE = 64 * 1024  # how much is kept of what stands before a bracket: more than any key


class Scanner:
    """Walks from bracket to bracket. Bytes from `keep_from()` on stay available to `cut()`, up to the limit."""

    def __init__(self, stream: Stream, limit: int) -> None:
        self._stream, self.limit = stream, limit
        self._buffer, self._base, self._pos, self._since = b"", 0, 0, 0
        self._mark: int | None = None
        self._line, self._counted = 1, 0
        self.overflowed = False
        self.inside_array = False
        self.closed_outer = False  # the last value ended with a bracket of what it stands in

    @property
    def position(self) -> int:
        """Bytes gone by, just behind the last bracket."""
        return self._base + self._pos

    def line(self) -> int:
        """The line of the last bracket."""
        self._line += self._buffer.count(b"\n", self._counted, self._pos)
        self._counted = self._pos
        return self._line

    def keep_from_bracket(self) -> None:
        """Keep bytes from the last bracket on."""
        self._mark, self.overflowed = self._pos - 1, False

    def cut(self) -> bytes | None:
        """The kept bytes up to and with the last bracket; None where they went over the limit."""
        mark, self._mark = self._mark, None
        if mark is None or self.overflowed or self._pos - mark > self.limit:
            return None
        return self._buffer[mark : self._pos]

    def next_bracket(self) -> tuple[bytes, bytes] | None:
        """The next bracket and what stood before it (the last 64 KiB at most); None at the end of the stream."""
        self._since = self._pos
        while not self._reaches_bracket():
            if not self._fill():
                return None
        before = self._buffer[self._since : self._pos]
        self._pos += 1
        return self._buffer[self._pos - 1 : self._pos], before

    def pass_balanced(self, opening: bytes) -> bool:
        """Go behind the value just opened in one step; False, and no step, where it is deep, flawed or not all here."""
        found = _balanced_pattern().match(self._buffer, self._pos)
        if found is None or self._buffer[found.end() : found.end() + 1] != _CLOSING[opening]:
            return False
        self._pos = found.end() + 1
        return True

    def _reaches_bracket(self) -> bool:
        """Go on to the next bracket, or to the last place where going on with more bytes is safe."""
        while True:
            found = _PLAIN.match(self._buffer, self._pos)
            self._pos = found.end() if found else self._pos
            left = len(self._buffer) - self._pos
            if left and self._buffer[self._pos] in _BRACKETS:
                return True
            if left <= self.limit:
                return False
            self._pass_endless_string()

    def _pass_endless_string(self) -> None:
        """A string over the limit: forget it while it goes by, so that no file can fill the memory."""
        self.overflowed, self._mark = True, None
        self._pos += 1
        while True:
            rest = _STRING_REST.match(self._buffer, self._pos)
            self._pos = rest.end() if rest else self._pos
            if self._buffer[self._pos : self._pos + 1] == b'"':
                self._pos += 1
                return
            if not self._fill():
                self._pos = len(self._buffer)
                return

    def _fill(self) -> bool:
        """Read on and forget what nobody needs; False at the end."""
        chunk = self._stream.read(CHUNK)
        if not chunk:
            return False
        if self._mark is not None and self._pos - self._mark > self.limit:
            self._mark, self.overflowed = None, True
        self.line()
        self._since = max(self._since, self._pos - _BEFORE)
        keep = min(self._since, self._pos if self._mark is None else self._mark)
        self._buffer = self._buffer[keep:] + chunk
        self._base += keep
        self._pos, self._since, self._counted = self._pos - keep, self._since - keep, self._counted - keep
        self._mark = None if self._mark is None else self._mark - keep
        return True

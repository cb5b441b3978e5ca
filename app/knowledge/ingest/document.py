"""Rows of JSON that is not one row a line: a document of any size, pages in a row, pretty-printed objects."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from app.knowledge.ingest.encoding import Stream
from app.knowledge.ingest.errors import Refused
from app.knowledge.ingest.rows import RawRow, too_large
from app.knowledge.ingest.scanner import Scanner

_KEY = re.compile(rb'"((?:[^"\\]|\\.){0,100})"\s*:\s*$')
_ROW_KEY = re.compile(rb'"(?:id|subject|external_id|display_id)"\s*:')
_CLOSES = {b"}": b"{", b"]": b"["}
CONTAINERS = frozenset({
    "tickets", "users", "comments", "macros", "data", "results", "items", "conversations", "messages", "customers",
    "canned_responses", "satisfaction_ratings", "contacts", "agents", "requesters",
})  # fmt: skip


@dataclass
class _Place:
    """Where in the document the scanner stands, outside of rows."""

    keys: list[str] = field(default_factory=list)  # one per open object below the top
    open: list[bytes] = field(default_factory=list)
    holds_rows: bool = False  # the top object showed an array of rows, so it is no row itself
    is_row: bool = False  # the top object shows a row's own keys

    def path(self, key: str) -> str:
        return ".".join([*self.keys, key])


def document_rows(
    stream: Stream, limit: int, *, containers: Collection[str] = CONTAINERS, lone_objects: bool = True
) -> Iterator[RawRow]:
    """Objects of top-level arrays, of arrays under one of the container paths, and top-level objects that hold none."""
    scan, place = Scanner(stream, limit), _Place()
    while (found := scan.next_bracket()) is not None:
        bracket, before = found
        if bracket in _CLOSES:
            yield from _close(scan, place, lone_objects=lone_objects)
        elif not place.open:
            yield from _open_top(scan, place, bracket)
        else:
            yield from _open_inner(scan, place, bracket, before, containers)
    if place.open or scan.inside_array:
        yield _truncated(scan)


def _open_top(scan: Scanner, place: _Place, bracket: bytes) -> Iterator[RawRow]:
    place.holds_rows = place.is_row = False
    if bracket == b"[":
        yield from _array(scan, "")
    else:
        place.open.append(bracket)
        scan.keep_from_bracket()


def _open_inner(
    scan: Scanner, place: _Place, bracket: bytes, before: bytes, containers: Collection[str]
) -> Iterator[RawRow]:
    named = _KEY.search(before)
    key = named[1].decode("utf-8", "replace") if named else ""
    if not place.keys and _ROW_KEY.search(before):
        place.is_row = True
    if bracket == b"{" and not place.is_row:
        place.open.append(bracket)
        place.keys.append(key)
    elif bracket == b"[" and not place.is_row and place.path(key) in containers:
        place.holds_rows = True
        scan.cut()
        yield from _array(scan, place.path(key))
    else:
        _pass_value(scan, bracket)


def _close(scan: Scanner, place: _Place, *, lone_objects: bool) -> Iterator[RawRow]:
    if not place.open:
        return  # a bracket too many; nothing hangs on it
    place.open.pop()
    if place.keys:
        place.keys.pop()
    elif not place.holds_rows and lone_objects:
        yield _row(scan, scan.line(), "")


def _array(scan: Scanner, container: str) -> Iterator[RawRow]:
    """Each bracketed element of the array just opened."""
    scan.inside_array = True
    while (found := scan.next_bracket()) is not None:
        bracket, _ = found
        if bracket in _CLOSES:
            scan.inside_array = False
            return
        line = scan.line()
        scan.keep_from_bracket()
        if not _pass_value(scan, bracket):
            return
        yield _row(scan, line, container)
        if scan.closed_outer:
            scan.inside_array = False
            return


def _pass_value(scan: Scanner, bracket: bytes) -> bool:
    """Go behind the value just opened; False where the stream ends in it.

    A closing bracket that fits only an outer one closes what is open in between: a missing brace costs one row.
    """
    scan.closed_outer = False
    if scan.pass_balanced(bracket):
        return True
    still_open = [bracket]
    while still_open:
        found = scan.next_bracket()
        if found is None:
            return False
        if found[0] not in _CLOSES:
            still_open.append(found[0])
        elif _CLOSES[found[0]] == still_open[-1]:
            still_open.pop()
        elif _CLOSES[found[0]] in still_open:
            while still_open.pop() != _CLOSES[found[0]]:
                pass
        else:
            scan.closed_outer = True
            return True
    return True


def _row(scan: Scanner, line: int, container: str) -> RawRow:
    content = scan.cut()
    return RawRow(scan.position, line, too_large(scan.limit) if content is None else content, container)


def _truncated(scan: Scanner) -> RawRow:
    detail = "The document ends in the middle of a row: the file is cut off. Rows before this one were read."
    return RawRow(scan.position, scan.line(), Refused("truncated", detail))

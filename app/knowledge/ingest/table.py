"""Rows of CSV files: any of four separators, quoted cells over several lines, one broken row costs one row."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.knowledge.ingest.encoding import Stream
from app.knowledge.ingest.errors import Refused, UnreadableFile
from app.knowledge.ingest.jsonlines import physical_lines
from app.knowledge.ingest.rows import LINE_LIMIT, RawRow

SEPARATORS = (",", ";", "\t", "|")
_HINT = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
# Python's own limit for a cell is 128 KiB and belongs to the whole process; ours is on the row, in `_Lines`.
csv.field_size_limit(2 * LINE_LIMIT)

OpenAt = Callable[[int], Stream]


@dataclass(frozen=True, slots=True)
class Header:
    """The columns as written, where the rows begin, and how cells are separated."""

    columns: tuple[str, ...]
    separator: str
    position: int
    line: int


class _TooLarge(Exception):
    """The row went over the limit."""


class _Lines:
    """Physical lines as text for the csv module, and what they took of the file."""

    def __init__(self, stream: Stream, position: int, line: int) -> None:
        self._stream = stream
        self.position, self.line = position, line
        self.begin_row()

    def begin_row(self) -> None:
        self._size, self.broken = 0, False
        self.after_first: tuple[int, int] | None = None

    def __iter__(self) -> Iterator[str]:
        for content, size in physical_lines(self._stream, LINE_LIMIT):
            self.position, self.line, self._size = self.position + size, self.line + 1, self._size + size
            self.after_first = self.after_first or (self.position, self.line)
            if content is None or self._size > LINE_LIMIT + 1:
                raise _TooLarge
            yield self._decoded(content) + "\n"

    def _decoded(self, content: bytes) -> str:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            self.broken, text = True, content.decode("utf-8", "replace")
        return text.replace("\x00", "").removesuffix("\r")


def read_header(open_at: OpenAt, separator: str | None, name: str) -> Header:
    """The first line that is not blank; Excel's `sep=;` before it is obeyed."""
    lines = _Lines(open_at(0), 0, 0)
    try:
        for text in lines:
            if hint := _HINT.fullmatch(text):
                separator = separator or hint[1]
            elif text.strip():
                chosen = separator or _likeliest(text)
                cells = next(csv.reader([text], delimiter=chosen))
                return Header(tuple(c.strip() for c in cells), chosen, lines.position, lines.line)
    except (_TooLarge, csv.Error):
        raise UnreadableFile(f"{name}: the first line is no header of a CSV file.") from None
    raise UnreadableFile(f"{name} has no header line.")


def _likeliest(header: str) -> str:
    """The separator that makes the most columns of the header."""
    return max(SEPARATORS, key=lambda s: len(next(csv.reader([header], delimiter=s))))


def table_rows(open_at: OpenAt, header: Header, *, start: int = 0, line: int = 0) -> Iterator[RawRow]:
    """One row per record. After a broken one reading goes on at the line after its first."""
    position, line = max((start, line), (header.position, header.line))
    while True:
        lines = _Lines(open_at(position), position, line)
        try:
            yield from _records(lines, header)
        except _TooLarge:
            detail = "This row is larger than 1 MiB; a quotation mark may lack its partner."
            refused = Refused("too_large", detail)
        except csv.Error:
            refused = Refused("broken_quotes", "A quotation mark in this row lacks its partner or is not doubled.")
        else:
            return
        assert lines.after_first is not None
        position, line = lines.after_first
        yield RawRow(position, line, refused)


def _records(lines: _Lines, header: Header) -> Iterator[RawRow]:
    reader = csv.reader(lines, delimiter=header.separator, strict=True)
    while True:
        lines.begin_row()
        cells = next(reader, None)
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            assert lines.after_first is not None
            yield RawRow(lines.position, lines.after_first[1], _content(lines, cells, header))


def _content(lines: _Lines, cells: list[str], header: Header) -> dict[str, str] | Refused:
    if lines.broken:
        return Refused("wrong_encoding", "This row is not in the encoding of the rest of the file.")
    width = len(header.columns)
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return Refused("wrong_columns", f"This row has {len(cells)} cells, the header has {width}.")
    # Reversed, so that of two columns of one name the first counts.
    return dict(reversed(list(zip(header.columns, cells, strict=False))))

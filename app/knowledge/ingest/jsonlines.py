"""Rows of a file with one row a line. A line over the limit is passed over without being held in memory."""

from __future__ import annotations

from collections.abc import Iterator

from app.knowledge.ingest.encoding import CHUNK, Stream
from app.knowledge.ingest.rows import RawRow, too_large


def physical_lines(stream: Stream, limit: int) -> Iterator[tuple[bytes | None, int]]:
    """Each line without its line feed and how many bytes it took; None for a line over the limit."""
    rest, dropped = b"", 0
    while chunk := stream.read(CHUNK):
        *lines, rest_of_chunk = chunk.split(b"\n")
        for piece in lines:
            whole = rest + piece
            size = dropped + len(whole) + 1
            yield (None if size - 1 > limit else whole), size
            rest, dropped = b"", 0
        rest += rest_of_chunk
        if len(rest) > limit:
            dropped, rest = dropped + len(rest), b""
    if rest or dropped:
        yield (None if dropped or len(rest) > limit else rest), dropped + len(rest)


def json_lines(stream: Stream, limit: int, *, start: int = 0, line: int = 0) -> Iterator[RawRow]:
    """One row per line that is not blank."""
    position = start
    for content, size in physical_lines(stream, limit):
        position, line = position + size, line + 1
        if content is None:
            yield RawRow(position, line, too_large(limit))
        elif stripped := content.strip(b" \t\r\x00"):
            yield RawRow(position, line, stripped)

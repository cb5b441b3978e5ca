"""A file opened for import: what it is, and its records one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import structlog

from app.knowledge.ingest import contract, freshdesk, gorgias, zendesk
from app.knowledge.ingest.detect import Layout, kind_of, layout_of
from app.knowledge.ingest.document import CONTAINERS, document_rows
from app.knowledge.ingest.encoding import CHUNK, Charset, OpenFile, detect_charset, read_head
from app.knowledge.ingest.errors import Refused, Skipped, UnreadableFile
from app.knowledge.ingest.fields import clean
from app.knowledge.ingest.jsonlines import json_lines
from app.knowledge.ingest.mapped import MappedRow, check_columns, own_csv
from app.knowledge.ingest.mapping import Mapping
from app.knowledge.ingest.records import FoundMacro, Item, Kind, Position, Record, Rejected, SolvedTicket
from app.knowledge.ingest.rows import DOCUMENT_LIMIT, LINE_LIMIT, RawRow, load_object
from app.knowledge.ingest.sideload import Sideloads
from app.knowledge.ingest.table import Header, read_header, table_rows


class _Helpdesk(Protocol):
    """A module that knows one helpdesk's shapes."""

    def is_apart(self, row: dict[str, Any]) -> bool: ...
    def keep(self, row: dict[str, Any], side: Sideloads) -> None: ...
    def read(self, row: dict[str, Any], side: Sideloads) -> SolvedTicket | FoundMacro: ...


_log = structlog.get_logger(__name__)
_HELPDESKS: dict[str, _Helpdesk] = {"zendesk": zendesk, "gorgias": gorgias, "freshdesk": freshdesk}
_TICKETS_AND_MACROS = {"tickets", "macros", "canned_responses"}
SOURCES = ("auto", "own", "csv", *_HELPDESKS)


class Source:
    """An import file. `kind` says what it was taken for, `encoding` what it is written in."""

    def __init__(self, path: Path, kind: Kind, layout: Layout, charset: Charset, mapping: Mapping | None) -> None:
        self.path, self.kind, self.encoding = path, kind, charset.name
        self.size_bytes = path.stat().st_size
        self._layout, self._charset, self._mapping = layout, charset, mapping
        self._file: OpenFile | None = None
        self._header: Header | None = None
        if layout == "table":
            self._mapping, self._header = self._table()

    @property
    def read_bytes(self) -> int:
        """How far the present reading has come, of `size_bytes`."""
        return self._file.read_bytes if self._file else 0

    def records(self, start: Position = 0, *, after_line: int | None = None) -> Iterator[Record]:
        """Every row behind `start` as a record; nothing a file holds raises.

        With `after_line` (the line of the last record stored) reading jumps there, and duplicates are seen from there
        on. Without, the rows before are read again in silence: lines and duplicates are as in one run.
        """
        file, side = OpenFile(self.path, self._charset), Sideloads()
        try:
            self._collect(side)
            self._file = file
            for row in self._rows(file, start, after_line):
                if after_line is not None and row.position_after <= start:
                    continue
                item = self._item(row, side)
                if item is not None and row.position_after > start:
                    yield Record(row.position_after, row.line, item)
        finally:
            side.close()
            file.close()

    def _rows(self, file: OpenFile, start: Position, after_line: int | None) -> Iterator[RawRow]:
        jump, line = (0, 0) if after_line is None else (start, after_line)
        if self._header is not None:
            # A row of several lines ends behind its line, so lines are counted anew.
            line = _lines_before(file, jump)
            return table_rows(file.stream, self._header, start=jump, line=line)
        if self._layout == "lines":
            limit = LINE_LIMIT if self.kind == "own_jsonl" else DOCUMENT_LIMIT
            return json_lines(file.stream(jump), limit, start=jump, line=line)
        # Inside a document only the way from its beginning tells where one is.
        at = self._mapping.rows if self._mapping else None
        return document_rows(
            file.stream(0), DOCUMENT_LIMIT, containers={at} if at else CONTAINERS, lone_objects=at is None
        )

    def _collect(self, side: Sideloads) -> None:
        """Read what a helpdesk's file lists apart, because users may stand behind the tickets they wrote."""
        helpdesk = _HELPDESKS.get(self.kind)
        if helpdesk is None:
            return
        file = OpenFile(self.path, self._charset)
        try:
            for row in self._rows(file, 0, None):
                if row.container in _TICKETS_AND_MACROS:
                    continue  # most of the file, decoded once only
                _guarded(lambda row=row: helpdesk.keep(_object(row), side))  # type: ignore[misc]
        finally:
            file.close()

    def _item(self, row: RawRow, side: Sideloads) -> Item | None:
        """The row's record; None for what was collected already."""
        try:
            found = self._read(row, side)
            new = side.is_new(_key(found))
        except Skipped:
            return None
        except Refused as refused:
            return Rejected(row.line, refused.external_id or _known_id(row), refused.reason, refused.detail)
        except Exception as error:  # noqa: BLE001 - whatever shape a row has, it must not end an import of millions
            _log.warning("import_row_unreadable", line=row.line, error=type(error).__name__)
            return Rejected(
                row.line, _known_id(row), "unexpected_form", "A field of this row has a form that no export has."
            )
        if not new:
            return Rejected(row.line, found.external_id, "duplicate_id", "An earlier row of the file has the same id.")
        return found

    def _read(self, row: RawRow, side: Sideloads) -> SolvedTicket | FoundMacro:
        content = _object(row)
        if self._mapping is not None:
            return MappedRow(content, self._mapping).read()
        helpdesk = _HELPDESKS.get(self.kind)
        if helpdesk is None:
            return contract.validated(content)
        if helpdesk.is_apart(content):
            raise Skipped
        return helpdesk.read(content, side)

    def _table(self) -> tuple[Mapping, Header]:
        file = OpenFile(self.path, self._charset)
        try:
            header = read_header(file.stream, self._mapping.separator if self._mapping else None, self.path.name)
        finally:
            file.close()
        if self._mapping is None:
            return own_csv(header.columns, self.path.name), header
        return check_columns(self._mapping, header.columns, self.path.name), header


def _object(row: RawRow) -> dict[str, Any]:
    if isinstance(row.content, Refused):
        raise row.content
    return load_object(row.content) if isinstance(row.content, bytes) else dict(row.content)


def _known_id(row: RawRow) -> str | None:
    """The id of a refused helpdesk row, so that people find the ticket."""
    if not isinstance(row.content, bytes):
        return None
    try:
        return clean(load_object(row.content).get("id"))
    except Refused:
        return None


def _guarded(step: Callable[[], object]) -> None:
    """A row that cannot be kept is reported when its turn as a row comes."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - see Source._item
        _log.debug("import_row_not_collected", error=type(error).__name__)


def _lines_before(file: OpenFile, position: Position) -> int:
    stream, lines = file.stream(0), 0
    while position > 0 and (chunk := stream.read(min(CHUNK, position))):
        lines, position = lines + chunk.count(b"\n"), position - len(chunk)
    return lines


def _key(found: SolvedTicket | FoundMacro) -> int:
    """Eight bytes for an id: two of three million differ by all likelihood (1 in 4 million that any two meet)."""
    kind = b"m" if isinstance(found, FoundMacro) else b"t"
    digest = hashlib.blake2b(found.external_id.encode("utf-8", "replace"), digest_size=8, key=kind).digest()
    return int.from_bytes(digest, "big", signed=True)


def open_source(path: Path | str, source: str = "auto", mapping: Mapping | None = None) -> Source:
    """Open a file for import; what cannot be imported at all is said here, before the first row."""
    path = Path(path)
    if source not in SOURCES:
        raise UnreadableFile(f"{source!r} is no source; choose one of {', '.join(SOURCES)}.")
    head = read_head(path)
    charset = detect_charset(head)
    if mapping is not None and mapping.encoding is not None and not charset.mark:
        charset = Charset(mapping.encoding)
    beginning = _beginning(path, charset)
    layout = layout_of(beginning)
    if layout != "table" and charset.name == "cp1252":
        charset = Charset("utf-8")  # JSON is UTF-8 by its standard: rows that are not are refused one by one
    return Source(path, _kind(path, source, mapping, beginning, layout), layout, charset, mapping)


def _beginning(path: Path, charset: Charset) -> bytes:
    file = OpenFile(path, charset)
    try:
        return file.stream(0).read(1024 * 1024)
    finally:
        file.close()


def _kind(path: Path, source: str, mapping: Mapping | None, beginning: bytes, layout: Layout) -> Kind:
    if mapping is not None:
        return "mapped"
    if layout == "table":
        if source not in {"auto", "own", "csv"}:
            raise UnreadableFile(
                f"{path} is no JSON; exports of {source} are read as JSON, other tables with a mapping."
            )
        return "own_csv"
    if source == "own":
        return "own_jsonl"
    if source in _HELPDESKS:
        return source  # type: ignore[return-value]
    if found := kind_of(beginning, layout):
        return found
    raise UnreadableFile(
        f"{path} is JSON, but holds no tickets or macros of a known form. Name the source, or use a mapping file."
    )

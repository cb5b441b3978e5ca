"""Files of a batch: requests line by line, drafts and refused lines as they come, and where a killed batch goes on.

Drafts and rejects are written in the order of the lines, each at once: the last whole line of the two files says how
far the batch came. Nothing else does, and nothing of a file is held in memory.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import orjson

from app.errors import InvalidRequest

LONGEST_LINE = 1_048_576
_BLOCK = 65_536
# How every line of ours begins: what begins otherwise is not ours to cut.
_OURS = b'{"line":'
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the input, without its end. `raw` is None where it is longer than a request may be."""

    number: int
    raw: bytes | None
    digest: str
    position_after: int


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file that hold anything; never more than one in memory."""
    with path.open("rb") as file:
        number = position = 0
        while piece := file.readline(LONGEST_LINE + 2):
            number += 1
            position += len(piece)
            whole = hashlib.sha256(piece.rstrip(b"\r\n"))
            fits = len(piece.rstrip(b"\r\n")) <= LONGEST_LINE
            while not piece.endswith(b"\n") and (rest := file.readline(_BLOCK)):
                fits = False
                position += len(rest)
                whole.update(rest)
                piece = rest
            raw = piece.removeprefix(_BOM if number == 1 else b"").strip()
            if raw or not fits:
                yield Line(number, raw if fits else None, whole.hexdigest()[:16], position)


@dataclass(slots=True)
class _Output:
    """One file that grows by whole lines."""

    path: Path
    file: BinaryIO

    def cut(self) -> dict[str, Any] | None:
        """Drop a half-written last line; return the last whole one. Raises InvalidRequest where they are not ours."""
        end = _after_newline(self.file, self.file.seek(0, os.SEEK_END))
        try:
            last = self._line_before(end) if end else None
            self.file.seek(end)
            ours = _OURS.startswith(self.file.read(len(_OURS)))
        except (KeyError, TypeError, ValueError):
            ours = False
        if not ours:
            raise InvalidRequest(f"{self.path} holds lines of something else; name another file")
        self.file.truncate(end)
        return last

    def _line_before(self, end: int) -> dict[str, Any]:
        self.file.seek(_after_newline(self.file, end - 1))
        told = orjson.loads(self.file.read(end - self.file.tell()))
        return {"line": int(told["line"]), "input": str(told["input"])}

    def close(self) -> None:
        self.file.close()

    def add(self, row: dict[str, Any]) -> None:
        self.file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self.file.flush()


def _after_newline(file: BinaryIO, end: int) -> int:
    """Where the line begins that the byte before `end` belongs to: after the last newline before `end`."""
    while end > 0:
        start = max(0, end - _BLOCK)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


class BatchFiles:
    """The drafts and, beside them, the refused lines and (while the batch is unfinished) the name of this run."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.rejects = out.with_name(out.name + ".rejects.jsonl")
        self._run_file = out.with_name(out.name + ".run")
        self.last: dict[str, Any] | None = None
        self.run = ""
        self.resumed = False

    def __enter__(self) -> Self:
        """Open, alone, and find out how far an earlier run came. Raises InvalidRequest."""
        with ExitStack() as stack:
            self._drafts = stack.enter_context(closing(_open(self.out)))
            try:
                fcntl.flock(self._drafts.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InvalidRequest(f"another batch is writing {self.out}") from None
            stack.callback(self._drop_empty)
            self._refused = stack.enter_context(closing(_open(self.rejects)))
            self._begin()
            self._closing = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Make what was written safe; drop what says nothing."""
        for output in (self._drafts, self._refused):
            os.fsync(output.file.fileno())
        if kind is None:
            self._run_file.unlink(missing_ok=True)
        self._closing.close()

    def _drop_empty(self) -> None:
        if self.rejects.exists() and not self.rejects.stat().st_size:
            self.rejects.unlink()

    def _begin(self) -> None:
        ends = [end for end in (self._drafts.cut(), self._refused.cut()) if end]
        self.last = max(ends, key=lambda end: int(end["line"]), default=None)
        # The ids of drafts follow from the run's name: what was stored and not yet written is found again.
        known = self._run_file.read_text(encoding="ascii", errors="replace") if self._run_file.exists() else ""
        self.resumed = bool(known)
        self.run = known or secrets.token_hex(16)
        self._run_file.write_text(self.run, encoding="ascii")

    def to_do(self, lines: Iterator[Line]) -> Iterator[Line]:
        """The lines behind the last one that was done. Raises InvalidRequest where that one reads otherwise now."""
        last = self.last
        for line in lines:
            if last is None or line.number > last["line"]:
                yield line
            elif line.number == last["line"] and line.digest != last["input"]:
                raise InvalidRequest(
                    f"line {line.number} of the input is not the one {self.out} ends with; name another --out"
                )

    def add_draft(self, line: Line, ticket_id: str | None, draft: dict[str, Any]) -> None:
        """One draft, at once."""
        self._drafts.add({"line": line.number, "ticket_id": ticket_id, "input": line.digest, "draft": draft})

    def add_reject(self, line: Line, ticket_id: str | None, reason: str, detail: str) -> None:
        """One refused line; nothing a customer wrote."""
        row = {"line": line.number, "ticket_id": ticket_id, "input": line.digest, "reason": reason, "detail": detail}
        self._refused.add(row)


def _open(path: Path) -> _Output:
    try:
        # Appending: what another process wrote is never overwritten.
        return _Output(path, path.open("a+b"))
    except OSError as error:
        raise InvalidRequest(f"cannot write {path}: {error.strerror}") from None

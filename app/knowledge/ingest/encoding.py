"""A file as a stream of UTF-8 bytes, whatever it was written in, and how far it has been read."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from app.knowledge.ingest.errors import UnreadableFile

CHUNK = 256 * 1024
HEAD = 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# Both handlers turn what cannot be decoded into bytes that are no UTF-8.
_ERRORS = {
    "cp1252": "surrogateescape", "utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass",
    "utf-32-le": "replace", "utf-32-be": "replace",
}  # fmt: skip
_PACKED = {
    b"PK\x03\x04": "a ZIP archive or an Excel file; unpack it, or save the sheet as CSV",
    b"\x1f\x8b": "packed with gzip; unpack it with gunzip",
    b"\xd0\xcf\x11\xe0": "an old Excel file; save the sheet as CSV",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it with unzstd",
    b"BZh": "packed with bzip2; unpack it with bunzip2",
}


@dataclass(frozen=True, slots=True)
class Charset:
    """The encoding of a file, and how many bytes its byte order mark takes."""

    name: str
    mark: int = 0


class Stream(Protocol):
    """Bytes in UTF-8 from a position on."""

    def read(self, size: int) -> bytes: ...


class OpenFile:
    """A file being read: `read_bytes` is how much of the disk's bytes has gone by."""

    def __init__(self, path: Path, charset: Charset) -> None:
        self._charset = charset
        try:
            self._file: BinaryIO = path.open("rb", buffering=0)
        except OSError as error:
            raise UnreadableFile(f"{path}: {error.strerror or error}.") from None

    @property
    def read_bytes(self) -> int:
        return 0 if self._file.closed else self._file.tell()

    def stream(self, start: int) -> Stream:
        """The content as UTF-8 from the given position on."""
        self._file.seek(self._charset.mark)
        if self._charset.name == "utf-8":
            self._file.seek(start, io.SEEK_CUR)
            return self._file
        recoded = Recoded(self._file, self._charset.name)
        recoded.skip(start)
        return recoded

    def close(self) -> None:
        self._file.close()


class Recoded:
    """Another encoding as UTF-8. What cannot be decoded becomes a byte that is no UTF-8, and is refused row by row."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._rest = file, b""
        self._errors = _ERRORS[encoding]
        self._decoder = codecs.getincrementaldecoder(encoding)(self._errors)

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (chunk := self._file.read(CHUNK)):
            self._rest += self._decoder.decode(chunk).encode("utf-8", self._errors)
        out, self._rest = self._rest[:size], self._rest[size:]
        return out

    def skip(self, count: int) -> None:
        """Go forward: positions are counted in UTF-8, so the way there has to be decoded."""
        while count > 0 and (got := self.read(min(count, CHUNK))):
            count -= len(got)


def read_head(path: Path) -> bytes:
    """The first mebibyte, or a sentence on why there is none."""
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder; name one file of it.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror or error}.") from None
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(f"{path} is empty.")
    for magic, what in _PACKED.items():
        if head.startswith(magic):
            raise UnreadableFile(f"{path} is {what}.")
    return head


def detect_charset(head: bytes) -> Charset:
    """Byte order mark, then zero bytes of UTF-16, then UTF-8; what is left is a Western Windows file."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Charset(name, len(mark))
    return Charset(_utf16_by_zeros(head) or ("cp1252" if _is_western(head) else "utf-8"))


def _utf16_by_zeros(head: bytes) -> str | None:
    """Western text in UTF-16 has a zero in nearly every second byte, on one side only."""
    sample = head[:4096]
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if half and odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if half and even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _is_western(head: bytes) -> bool:
    """More lines with umlauts that are no UTF-8 than lines that are: a few broken rows do not make a Windows file."""
    valid = broken = 0
    for line in head.split(b"\n")[:-1] or [head]:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            valid += 1
        except UnicodeDecodeError:
            broken += 1
    return broken > valid

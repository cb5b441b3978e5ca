"""What stops an import before its first row, and what refuses a single row."""

from __future__ import annotations

from app.errors import InvalidRequest


class UnreadableFile(InvalidRequest):
    """The file cannot be imported."""

    title, slug = "Unreadable file", "unreadable-file"


class BadMapping(InvalidRequest):
    """The mapping file cannot be used."""

    title, slug = "Wrong mapping", "wrong-mapping"


class Refused(Exception):
    """One row is refused. `detail` is shown to people who may not see the row: it must not repeat its text."""

    def __init__(self, reason: str, detail: str, *, external_id: str | None = None) -> None:
        self.reason, self.detail, self.external_id = reason, detail, external_id
        super().__init__(detail)


class Skipped(Exception):
    """A row that carries nothing by itself: a side-loaded user, a comment listed apart."""

"""Loosely typed fields of foreign JSON: each reader gives a clean value or None, whatever stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.knowledge.ingest.errors import Refused
from app.knowledge.ingest.html import html_to_text, looks_like_html
from app.knowledge.ingest.quotes import newly_written
from app.knowledge.ingest.rows import LINE_LIMIT

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_IDENTIFIER = re.compile(r"(?=[^\s]*\d)[\w\-/.#]{5,40}")
_YEARS = (1990, 2100)
_MILLISECONDS = 10**11  # a number of seconds this large lies in the year 5138
_ID_LIMIT = 200


def clean(value: object) -> str | None:
    """A text without control characters, or None. Mails carry stray ones; they are worth no ticket."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return _CONTROLS.sub("", str(value)).strip() or None


def inner(value: object, *path: str) -> Any:  # noqa: ANN401 - foreign JSON
    """What stands at a path of keys, None where it breaks off."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing for anything else."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def identifier(row: Mapping[str, Any], *keys: str) -> str:
    """The row's own id, or its refusal."""
    for key in keys:
        if (found := clean(row.get(key))) is not None:
            if len(found) > _ID_LIMIT:
                raise Refused("bad_id", f"The id is longer than {_ID_LIMIT} characters.")
            return found
    raise Refused("missing_field", f"The row has no {keys[0]}.")


def moment(value: object) -> datetime | None:
    """A time in UTC from ISO 8601 or Unix seconds; None for what is no date or lies outside 1990 to 2100."""
    try:
        found = _moment(value)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found and _YEARS[0] <= found.year < _YEARS[1] else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000 if abs(value) > _MILLISECONDS else value, UTC)
    if not isinstance(value, str) or not value.strip():
        return None
    found = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def first_moment(values: Iterable[object]) -> datetime | None:
    """The first of several that is a plausible time."""
    return next((found for value in values if (found := moment(value)) is not None), None)


def body(*, text: object = None, html: object = None) -> str:
    """What was newly written in a message. The HTML form comes first: it marks quotes that the text form flattens."""
    for raw, is_html in ((html, True), (text, False)):
        if not isinstance(raw, str) or not raw.strip():
            continue
        if len(raw) > LINE_LIMIT or len(raw.encode("utf-8", "ignore")) > LINE_LIMIT:
            raise Refused("too_large", "A message of this ticket is larger than 1 MiB.")
        plain = html_to_text(raw) if is_html or looks_like_html(raw) else _CONTROLS.sub("", raw)
        if written := newly_written(plain):
            return written
    return ""


def order_ids(values: Iterable[object]) -> tuple[str, ...]:
    """Values that look like numbers of orders or parcels: one word with a digit in it."""
    found = {text for value in values if (text := clean(value)) and _IDENTIFIER.fullmatch(text)}
    return tuple(sorted(found))


def language_tag(value: object) -> str | None:
    """`de` from `de`, `de-DE`, `de_AT`; None for what is no language tag."""
    text = (clean(value) or "").replace("_", "-").split("-")[0].lower()
    return text if re.fullmatch(r"[a-z]{2}", text) else None

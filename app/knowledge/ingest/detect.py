"""What a file is, by its content: its layout, and whose export it is."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from app.knowledge.ingest.document import CONTAINERS, document_rows
from app.knowledge.ingest.encoding import HEAD
from app.knowledge.ingest.errors import Refused
from app.knowledge.ingest.fields import objects
from app.knowledge.ingest.jsonlines import json_lines
from app.knowledge.ingest.rows import DOCUMENT_LIMIT, load_object

Layout = Literal["lines", "document", "table"]
Helpdesk = Literal["zendesk", "gorgias", "freshdesk"]
_SAMPLE = 200
_KEY = re.compile(rb'"([a-z_]{2,40})"\s*:')


def layout_of(head: bytes) -> Layout:
    """`lines` where lines are objects by themselves and no pages, `document` for other JSON, `table` for the rest."""
    if not head.lstrip().startswith((b"{", b"[")):
        return "table" if not _mostly_json_lines(head) else "lines"
    sample = [line for line in head.split(b"\n")[:_SAMPLE] if line.strip()]
    rows = [row for line in sample if (row := _object(line)) is not None]
    if rows and not any(_is_page(row) for row in rows):
        return "lines"
    # A line may be broken, or larger than what was read.
    return "lines" if not rows and _mostly_json_lines(head) else "document"


def _mostly_json_lines(head: bytes) -> bool:
    lines = [line for line in head.split(b"\n")[:_SAMPLE] if line.strip()]
    return sum(_object(line) is not None for line in lines) * 2 > len(lines)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        return load_object(raw.strip())
    except Refused:
        return None


def _is_page(row: Mapping[str, Any]) -> bool:
    """An answer of an API that lists rows, no row itself."""
    return "id" not in row and any(isinstance(row.get(key), list) for key in CONTAINERS)


def kind_of(head: bytes, layout: Layout) -> Literal["own_jsonl"] | Helpdesk | None:
    """The kind most rows of the beginning vote for."""
    votes = Counter(kind for row in _rows(head, layout) if (kind := _kind(row)))
    if not votes:  # the first row is larger than what was read: judge by the keys that show
        shown = {key.decode() for key in _KEY.findall(head[:HEAD])}
        return _kind(dict.fromkeys(shown))
    return votes.most_common(1)[0][0]


def _rows(head: bytes, layout: Layout) -> Iterator[Mapping[str, Any]]:
    stream = io.BytesIO(head)
    rows = json_lines(stream, HEAD) if layout == "lines" else document_rows(stream, DOCUMENT_LIMIT)
    for _, raw in zip(range(_SAMPLE), rows, strict=False):
        if isinstance(raw.content, bytes) and (row := _object(raw.content)) is not None:
            yield next((row[k] for k in ("ticket", "macro") if isinstance(row.get(k), dict)), row)


def _kind(row: Mapping[str, Any]) -> Literal["own_jsonl"] | Helpdesk | None:
    keys = row.keys()
    if "external_id" in keys and {"problem", "reply"} & keys:
        return "own_jsonl"
    talks = any("from_agent" in m for m in objects(row.get("messages")))
    if talks or {"from_agent", "closed_datetime", "created_datetime", "satisfaction_survey"} & keys:
        return "gorgias"
    if isinstance(row.get("actions"), list):
        return "gorgias" if any("arguments" in a for a in objects(row["actions"])) else "zendesk"
    if {"conversations", "description_text", "content_html", "incoming", "ratings", "responder_id"} & keys:
        return "freshdesk"
    if {"via", "requester_id", "satisfaction_rating", "author_id", "role"} & keys:
        return "zendesk"
    return "freshdesk" if {"title", "content"} <= keys else None

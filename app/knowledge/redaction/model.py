"""What redaction takes and gives: what the row itself tells, the redacted text, and where something was removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Known:
    """What the row tells about its customer, and who answers: removed wherever it appears, in any writing."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    order_ids: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    agent_names: tuple[str, ...] = ()


class Span(NamedTuple):
    """Something personal at [start, end) of the original text, and the slot that takes its place."""

    start: int
    end: int
    slot: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text with slots, how many of each, and the spans in the original text, in order."""

    text: str
    counts: Mapping[str, int] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()


NOBODY = Known()
"""A row that tells nothing."""

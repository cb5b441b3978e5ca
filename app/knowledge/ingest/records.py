"""What a reader hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Position = int
"""Where reading goes on: bytes of the file as UTF-8, without its byte order mark. 0 is the beginning."""


@dataclass(frozen=True, slots=True)
class Person:
    """The customer, as far as the row itself tells. Used to redact, never stored."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SolvedTicket:
    """A ticket that an agent's public reply solved, not yet redacted."""

    external_id: str
    channel: str
    language: str | None
    problem: str
    reply: str
    cause: str | None = None
    csat: int | None = None
    resolved_at: datetime | None = None
    customer: Person = Person()
    order_ids: tuple[str, ...] = ()
    agent_names: tuple[str, ...] = ()
    source: str | None = None  # the helpdesk that gave the id: two of them count from one


@dataclass(frozen=True, slots=True)
class FoundMacro:
    """A canned reply with its source system's placeholders untouched."""

    external_id: str
    title: str
    body: str
    language: str | None = None
    channels: tuple[str, ...] = ("*",)
    causes: tuple[str, ...] = ()
    kind: str = "reply"
    steps: dict[str, str] | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be used: where, a stable code, and a sentence that repeats nothing a customer wrote."""

    line: int
    external_id: str | None
    reason: str
    detail: str


Item = SolvedTicket | FoundMacro | Rejected


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file. Once it is stored, an import may go on at `position_after`, naming this `line`."""

    position_after: Position
    line: int
    item: Item


Kind = Literal["own_jsonl", "own_csv", "zendesk", "gorgias", "freshdesk", "mapped"]

"""Values of the knowledge room."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ItemKind = Literal["macro", "ticket"]
MacroState = Literal["draft", "approved", "retired"]
STEP_NAMES = ("acknowledge", "own", "propose", "ask")


@dataclass(frozen=True, slots=True)
class MacroText:
    """A macro as it is written: its wording by step, and what it is for."""

    external_id: str
    title: str
    language: str
    causes: tuple[str, ...]
    kind: str
    steps: dict[str, str]
    channels: tuple[str, ...] = ("*",)
    register: str | None = None

    @property
    def body(self) -> str:
        """The steps one after the other, as the contract's `body`."""
        return "\n\n".join(self.steps[name] for name in STEP_NAMES if self.steps.get(name))


@dataclass(frozen=True, slots=True)
class ResolvedTicket:
    """A redacted ticket that was solved: problem and reply."""

    external_id: str
    channel: str
    language: str
    problem: str
    reply: str
    cause: str | None
    csat: int | None
    resolved_at: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `terms` are the words of the lexical part; `cause` and `language` only raise ranks."""

    text: str
    terms: tuple[str, ...]
    language: str
    channel: str | None = None
    cause: str | None = None
    message_kind: str | None = None  # macros of this kind only
    register: str | None = None  # macros of this register, or of none
    kinds: tuple[ItemKind, ...] = ("macro", "ticket")
    limit: int = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item as the database ranks it: distance and lexical rank are None where that list does not hold it."""

    kind: ItemKind
    id: uuid.UUID
    external_id: str
    title: str
    text: str
    reply: str | None
    language: str
    causes: tuple[str, ...]
    distance: float | None
    lexical: float | None
    steps: dict[str, str] | None = None
    register: Literal["sie", "du"] | None = None
    message_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate with its fused score in 0…1 and the parts it is made of."""

    item: Candidate
    score: float
    parts: dict[str, float] = field(default_factory=dict)

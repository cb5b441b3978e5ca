"""Values of the knowledge room."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.knowledge.compounds import compound_parts

ItemKind = Literal["macro", "ticket"]
MacroState = Literal["draft", "approved", "retired"]
# A query word is a run of letters and digits; three characters or fewer say little and match half the table.
_WORD = re.compile(r"[^\W_]{4,40}")
_MOST_WORDS = 24
STEP_NAMES = ("acknowledge", "own", "propose", "ask")


@dataclass(frozen=True, slots=True)
class MacroText:
    """A macro as it is written: its wording, by step where it has steps, and what it is for."""

    external_id: str
    title: str
    language: str
    causes: tuple[str, ...]
    kind: str
    steps: dict[str, str]
    channels: tuple[str, ...] = ("*",)
    register: str | None = None
    written: str | None = None  # the body of a macro without steps

    @property
    def body(self) -> str:
        """The whole wording: the steps one after the other, or as it was written."""
        if self.written is not None:
            return self.written
        return "\n\n".join(self.steps[name] for name in STEP_NAMES if self.steps.get(name))


@dataclass(frozen=True, slots=True)
class ResolvedTicket:
    """A redacted ticket that was solved: problem and reply. The marks are HMACs that erasure looks for."""

    external_id: str
    channel: str
    language: str
    problem: str
    reply: str
    cause: str | None
    csat: int | None
    resolved_at: datetime
    origin: str = "starter"
    person_mark: bytes | None = None
    ticket_mark: bytes | None = None
    available_at: datetime | None = None  # None: at once
    draft_id: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `cause`, `language` and `channel` of tickets only raise ranks; `boosts` switches that off."""

    text: str
    language: str
    channel: str | None = None
    cause: str | None = None
    message_kind: str | None = None  # macros of this kind only
    register: str | None = None  # macros of this register, or of none
    kinds: tuple[ItemKind, ...] = ("macro", "ticket")
    limit: int = 5
    boosts: bool = True

    @property
    def terms(self) -> tuple[str, ...]:
        """The distinct longer words, in order, fit for a tsquery: what macros are searched by."""
        return tuple(dict.fromkeys(_WORD.findall(self.text.lower())))[:_MOST_WORDS]

    @property
    def lexical_text(self) -> str:
        """What precedents are searched by: the database picks the words of it that discriminate."""
        return f"{self.text} {compound_parts(self.text, self.language)}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item as the database ranks it among all of its kind that were found.

    `distance` and the ranks are None where that list does not hold it. `near`: 0…1, of what only words found the
    farthest vector's. `shared`: words in common, 0…1. `boosts`: in the order of `fusion.BOOSTS`.
    """

    kind: ItemKind
    id: uuid.UUID
    external_id: str
    title: str
    text: str
    reply: str | None
    language: str
    causes: tuple[str, ...]
    distance: float | None
    near: float
    shared: float
    dense_rank: int | None
    lexical_rank: int | None
    boosts: tuple[float, ...]
    steps: dict[str, str] | None = None
    register: Literal["sie", "du"] | None = None
    message_kind: str | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate with its fused score in 0…1, the parts it is made of, its place in each list, and its doubles."""

    item: Candidate
    score: float
    parts: dict[str, float] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    collapsed: tuple[str, ...] = ()

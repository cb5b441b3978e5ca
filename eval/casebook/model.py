"""What a gold case holds, and what the card beside a set of them says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.drafts.schemas import DraftRequest
from app.ticket import Cause, Frozen, LongText, ShortText, Ticket

# Where neither a message nor the card says when a case happens: figures must not change with the calendar.
DEFAULT_DAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def _as_alternatives(value: object) -> object:
    """A fact may be one wording or a list of wordings, any of which will do."""
    if not isinstance(value, list):
        return value
    return [[item] if isinstance(item, str) else item for item in value]


def _as_agent(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value or {}


Wording = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
Facts = Annotated[tuple[Wording, ...], BeforeValidator(_as_alternatives)]


class CaseRequest(Frozen):
    """What of a draft request the case decides; the variant decides the rest."""

    kind: str = "reply"
    resolutions: tuple[dict[str, Any], ...] | None = None
    actions_done: tuple[str, ...] = ()
    register_: Annotated[str | None, Field(alias="register")] = None
    agent: Annotated[dict[str, Any], BeforeValidator(_as_agent)] = Field(default_factory=dict)
    instruction: str | None = None
    review_consent: bool = False


class GoldCase(Frozen):
    """A ticket, the reply a good agent wrote to it, and what any good reply must hold."""

    id: Annotated[ShortText, Field(min_length=1)]
    split: Literal["dev", "test"] = "dev"
    cluster: ShortText | None = None  # customer or thread: cases of one are not independent
    ticket: Ticket
    request: CaseRequest = CaseRequest()
    gold: LongText | None = None
    must_appear: Facts = ()
    must_not_appear: Facts = ()
    cause: Cause | None = None
    escalate: bool | None = None
    sources: tuple[str, ...] = ()  # ids of macros or tickets that help with it
    tags: tuple[str, ...] = ()
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case that was read and found sound. `digest` is a hash of all it says."""

    gold: GoldCase
    request: DraftRequest
    digest: str
    moment: datetime
    set_name: str

    @property
    def id(self) -> str:
        """Unique among all cases of a run."""
        return self.gold.id

    @property
    def cluster(self) -> str:
        """What it belongs to; alone where nothing is said."""
        return self.gold.cluster or self.gold.id

    @property
    def language(self) -> str:
        """The language the gold reply is in, else that of the ticket."""
        from reply_guards.language_id import identify

        return self.gold.ticket.language or identify(self.gold.gold or self.gold.ticket.customer_messages[-1].text)[0]


class Card(BaseModel):
    """Where a set of cases comes from. `hashes`: of each split when it was sealed."""

    model_config = ConfigDict(extra="allow", frozen=True)

    source: str
    languages: tuple[str, ...]
    licence: str
    labelled: str | None = None
    as_of: datetime | None = None
    hashes: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of one file. `touched`: splits that are no longer what the card sealed."""

    path: Path
    card: Card | None
    cases: tuple[Case, ...]
    touched: tuple[str, ...] = ()

    def sealed(self) -> dict[str, str]:
        """The hash of each split as it is now."""
        splits = sorted({c.gold.split for c in self.cases})
        return {s: digest_of(sorted(c.digest for c in self.cases if c.gold.split == s)) for s in splits}


def digest_of(value: object) -> str:
    """A hash of any JSON value that does not depend on the order of keys."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()

"""Requests and answers of the drafting endpoints, as the contract has them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.ticket import Cause, Frozen, Kind, LongText, Register, Resolution, ShortText, Text, Ticket
from app.triage.model import Sentiment

Part = Literal["compliance", "tone", "structure", "language", "grounding"]
StepName = Literal["acknowledge", "own", "propose", "ask"]
ActionDone = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]


class Agent(Frozen):
    """Who signs the draft."""

    name: ShortText | None = None


class DraftRequest(Frozen):
    """What a draft is asked for. `resolutions` null takes the profile's default ones; a list, even empty, is final."""

    ticket: Ticket
    kind: Kind = "reply"
    agent: Agent = Agent()
    register_: Annotated[Register | None, Field(alias="register")] = None
    instruction: Annotated[Text, Field(max_length=2000)] | None = None
    prompt: Annotated[str, Field(pattern=r"^[a-z_]{1,40}(@\d{1,4})?$")] | None = None
    model: Annotated[str, Field(max_length=200)] | None = None
    resolutions: Annotated[tuple[Resolution, ...], Field(max_length=20)] | None = None
    actions_done: Annotated[tuple[ActionDone, ...], Field(max_length=30)] = ()
    review_consent: bool = False

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Answer(BaseModel):
    """Base of what we send."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Step(Answer):
    """One of the four steps; the steps partition the text. Offsets in Unicode code points."""

    name: StepName
    text: str
    start: int
    end: int


class Placeholder(Answer):
    """A fact nobody could fill; written `[label]` in the text."""

    name: str
    label: str
    start: int
    end: int
    step: StepName


class FindingOut(Answer):
    """A place a rule speaks about."""

    rule: str
    severity: Literal["block", "warn", "info"]
    start: int
    end: int
    excerpt: str
    message: str
    step: StepName | None = None
    source: str | None = None
    coaching: str | None = None


class Score(Answer):
    """Marks from 0 to 100."""

    overall: int
    structure: int
    empathy: int
    tone: int
    clarity: int
    compliance: int
    grounding: int


class Source(Answer):
    """What the draft stands on."""

    kind: Literal["macro", "ticket"]
    id: str
    title: str
    score: float
    language: str
    used: bool = False


class TriageOut(Answer):
    """How the ticket was read."""

    language: str
    sentiment: Sentiment
    intensity: float
    cause: Cause
    cause_confidence: float | None = None  # 0 to 1; null in answers stored before it was told
    abusive: bool
    escalate: bool
    reasons: tuple[str, ...]
    reply_due_at: datetime
    reply_target_at: datetime


class Generation(Answer):
    """Who wrote the draft, and what it took."""

    engine: Literal["composer", "model"]
    model: str | None = None
    prompt: str | None = None
    prompt_hash: str | None = None
    attempts: int = 1
    fell_back: bool = False
    reason: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: str | None = "0"
    left_out: dict[str, int] = Field(default_factory=dict)


class DraftAnswer(Answer):
    """A draft that passed review, or `blocked` with its findings and no text."""

    id: str
    status: Literal["ready", "needs_input", "blocked"]
    text: str | None
    language: str
    kind: Kind
    register_: Annotated[Register | None, Field(alias="register")] = None
    ai_generated: Literal[True] = True
    steps: tuple[Step, ...]
    placeholders: tuple[Placeholder, ...]
    findings: tuple[FindingOut, ...]
    score: Score
    sources: tuple[Source, ...]
    accepted_risks: tuple[str, ...] = ()
    triage: TriageOut
    generation: Generation
    timings_ms: dict[str, float]
    created_at: datetime


class DraftList(Answer):
    """Drafts of one ticket, newest first."""

    drafts: tuple[DraftAnswer, ...]


class OutcomeRequest(Frozen):
    """What the agent did with the draft. `sent_text` is what really went out; required when it was edited."""

    outcome: Literal["sent", "edited", "discarded"]
    sent_text: LongText | None = None
    reason: Annotated[Text, Field(max_length=2000)] | None = None

    @model_validator(mode="after")
    def _edited_has_text(self) -> OutcomeRequest:
        if self.outcome == "edited" and not (self.sent_text or "").strip():
            raise ValueError("outcome 'edited' needs sent_text, the text that was sent")
        return self


class OutcomeAnswer(Answer):
    """How far the sent text is from the draft (similarity 1.0: the same), and what review says of it."""

    draft_id: str
    outcome: Literal["sent", "edited", "discarded"]
    similarity: float | None
    edit_effort: float | None
    compliant: bool | None
    findings: tuple[FindingOut, ...]
    accepted_risks: tuple[str, ...] = ()


class CheckRequest(Frozen):
    """A text to review, with as much of its circumstances as is known."""

    text: Annotated[str, Field(min_length=1, max_length=400_000)]
    channel: ShortText
    marketplace: ShortText | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    kind: Kind = "reply"
    ticket: Ticket | None = None
    draft_id: ShortText | None = None
    resolutions: Annotated[tuple[Resolution, ...], Field(max_length=20)] | None = None
    actions_done: Annotated[tuple[ActionDone, ...], Field(max_length=30)] | None = None
    register_: Annotated[Register | None, Field(alias="register")] = None
    review_consent: bool = False
    parts: Annotated[tuple[Part, ...], Field(min_length=1)] = (
        "compliance", "tone", "structure", "language", "grounding",
    )  # fmt: skip

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class CheckAnswer(Answer):
    """The verdict. `compliant`: no block finding; `sendable`: and no open placeholder."""

    compliant: bool
    sendable: bool
    findings: tuple[FindingOut, ...]
    score: Score
    coaching: tuple[str, ...]
    skipped: tuple[Part, ...]
    fixed_text: str | None
    accepted_risks: tuple[str, ...] = ()


class TriageRequest(Frozen):
    """A ticket to read."""

    ticket: Ticket

"""The one door to language models: what is asked, what comes back, what can go wrong.

    ModelError
    ├── ModelTimeout            worth a retry where time is left
    ├── ModelRateLimited        worth a retry, after `retry_after_s` where the provider names it
    ├── ModelUnavailable        worth a retry: 5xx, overload, a broken connection
    ├── ModelRefused            not: a missing or wrong key, no rights, no credit, an unknown model, a bad request
    └── ModelAnswerUnusable     not the same request again; ask anew and say what was wrong

A real version (`litellm_client`) and an in-memory double (`scripted`) keep to one contract; one test runs over both.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "filtered", "other"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of the conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One request. `schema`: JSON schema the answer shall follow, where the model can be held to one."""

    messages: tuple[ChatMessage, ...]
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 900
    temperature: float = 0.4
    timeout_s: float = 12.0  # for everything: connecting, waiting, reading the last byte


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. `text` may be empty; `cost_usd` None means the price is unknown, not zero."""

    text: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Decimal | None = None
    finish_reason: FinishReason = "stop"


class ModelError(Exception):
    """The language model gave no usable answer."""

    retryable: ClassVar[bool] = False

    def __init__(
        self,
        reason: str | None = None,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        detail: str | None = None,
    ) -> None:
        """`reason` never holds customer text and may be logged; `detail` (the provider's own words) may hold it."""
        self.reason = reason or default_reason(type(self))
        self.status = status
        self.retry_after_s = retry_after_s
        self.detail = detail[:500] if detail else None
        self.spent: tuple[Answer, ...] = ()  # answers already paid for when the error ended a conversation
        self.messages: tuple[ChatMessage, ...] = ()  # what had been sent by then
        super().__init__(self.reason)


def default_reason(error: type[ModelError]) -> str:
    """The sentence an error says of itself: its docstring."""
    return " ".join((error.__doc__ or "").split())


class ModelTimeout(ModelError):
    """The language model did not answer in time."""

    retryable = True


class ModelRateLimited(ModelError):
    """The model provider asks to slow down."""

    retryable = True


class ModelUnavailable(ModelError):
    """The model provider cannot be reached or has a failure of its own."""

    retryable = True


class ModelRefused(ModelError):
    """The model provider refuses the request: check the key, the model's name, the rights and the credit."""


class ModelAnswerUnusable(ModelError):
    """The language model's answer does not hold the four steps."""


class LanguageModel(Protocol):
    """A model that can be asked. Safe to share between tasks."""

    @property
    def name(self) -> str:
        """`provider/model` as configured."""

    @property
    def ready(self) -> bool:
        """Whether `load` has finished."""

    async def load(self) -> None:
        """Prepare what is slow (imports, files). Idempotent; raises ModelUnavailable if it cannot be done."""

    async def complete(self, request: Completion) -> Answer:
        """Ask once, without retrying, within `request.timeout_s`. Raises a ModelError; cancellation passes through."""

    def stream(self, request: Completion) -> AsyncGenerator[str | Answer]:
        """Ask once; yield the text as it comes, in pieces cut anywhere, and at the end the whole Answer.

        Raises a ModelError like `complete`. Closing the generator ends the call at the provider.
        """

    async def aclose(self) -> None:
        """Close connections. Idempotent; the model may be used again."""

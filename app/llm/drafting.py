"""Writing a case with a model: brief it, ask it, read the four steps, and ask once more where they cannot be read.

What the model wrote is not reviewed here: the caller reviews it, and asks anew with the findings as `feedback`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import lru_cache, partial
from time import monotonic
from types import MappingProxyType
from typing import TypeAlias

from app.drafts.model import Case, Steps
from app.llm.answer import STEPS_SCHEMA, parse_steps
from app.llm.briefing import Briefing, Reference, brief
from app.llm.client import (
    Answer,
    ChatMessage,
    Completion,
    LanguageModel,
    ModelAnswerUnusable,
    ModelError,
    ModelTimeout,
)
from app.llm.letter import as_letter
from app.llm.prompt import Prompt
from app.llm.retrying import RetryingModel
from app.llm.step_reader import StepReader
from app.llm.tokens import counter

__all__ = ["Reference", "Writer", "Written"]

# Told the complete steps by name, and the slots that may stand in them.
Follow: TypeAlias = Callable[[Mapping[str, str], frozenset[str]], Awaitable[None]]
_WORD = re.compile(r"\w+")
_ECHO = 8  # words in a row that nobody writes by chance
_ASKED_AT_MOST = 2  # the first answer, and one more where it is no JSON with four steps
_LONGEST_QUOTE = 4_000  # characters of an answer that is shown to the model again
_LEAST_TIME_S = 0.2
_ORDINARY = 10_000  # characters of a ticket; they are briefed in some milliseconds


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: the four steps, every answer paid for, and the whole conversation before the last answer."""

    steps: Steps  # slots unfilled, greeting and signature of the house
    answers: tuple[Answer, ...]
    messages: tuple[ChatMessage, ...]
    left_out: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))  # see `budget.Purse`

    @property
    def answer(self) -> Answer:
        """The answer the steps were read from."""
        return self.answers[-1]


class Writer:
    """Writes with one model. Safe to share between requests."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        max_tokens: int = 900,
        prompt_tokens: int = 6000,
        timeout_s: float = 12.0,
        retries: int = 1,
        mask: bool = True,
    ) -> None:
        """`max_tokens` of an answer, `prompt_tokens` of the opening messages, `timeout_s` for one answer, the
        `retries` at the provider included.

        `mask`: customers' names, ids, links and contact data do not reach the provider.
        """
        self._model = RetryingModel(model, retries=retries, timeout_s=timeout_s)
        self._max_tokens = max_tokens
        self._prompt_tokens = prompt_tokens
        self._mask = mask
        self._count = counter(model.name)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    async def write(
        self,
        case: Case,
        *,
        prompt: Prompt,
        references: Sequence[Reference] = (),
        rules: Sequence[str] = (),
        deadline: float,
        feedback: Sequence[str] = (),
        previous: str | None = None,
        follow: Follow | None = None,
    ) -> Written:
        """Write the case within `deadline` seconds.

        `follow` is told the steps that are complete whenever another one is, while the answer is still coming.

        `rules`: the channel's rules, one short line each. `feedback`: what review found in the `previous` answer (the
        model's own words), which the model is shown and asked to better.

        Raises:
            ModelError: with `spent` and `messages` set; ModelAnswerUnusable if the second answer cannot be read either.

        """
        end = monotonic() + deadline
        briefing = await self._brief(case, prompt, references, rules)
        talk = _Talk(prompt, briefing, follow)
        if previous is not None:
            talk.again(previous, feedback)
        steps = await self._converse(talk, end)
        return Written(as_letter(steps, case), tuple(talk.answers), tuple(talk.messages), briefing.left_out)

    async def _brief(
        self, case: Case, prompt: Prompt, references: Sequence[Reference], rules: Sequence[str]
    ) -> Briefing:
        make = partial(brief, case, prompt, references=references, rules=rules, count=self._count,
                       limit=self._prompt_tokens, mask=self._mask)  # fmt: skip
        # A thread costs more than an ordinary ticket does; a long one would keep all others waiting.
        return make() if _size(case) <= _ORDINARY else await asyncio.to_thread(make)

    async def _converse(self, talk: _Talk, end: float) -> Steps:
        try:
            while True:
                talk.answers.append(await self._ask(talk, end))
                try:
                    return talk.read()
                except ModelAnswerUnusable as error:
                    if len(talk.answers) == _ASKED_AT_MOST:
                        raise
                    talk.repair(error.reason)
        except ModelError as error:
            error.spent, error.messages = tuple(talk.answers), tuple(talk.messages)
            raise

    async def _ask(self, talk: _Talk, end: float) -> Answer:
        left = end - monotonic()
        if left < _LEAST_TIME_S:
            raise ModelTimeout
        request = Completion(
            messages=tuple(talk.messages),
            schema=STEPS_SCHEMA,
            max_tokens=max(self._max_tokens, talk.prompt.max_tokens or 0),
            temperature=talk.prompt.temperature,
            timeout_s=left,
        )
        if talk.follow is None:
            return await self._model.complete(request)
        return await self._stream(request, talk, talk.follow)

    async def _stream(self, request: Completion, talk: _Talk, follow: Follow) -> Answer:
        reader, known = StepReader(), frozenset(talk.briefing.slots)
        try:
            async with asyncio.timeout(request.timeout_s), aclosing(self._model.stream(request)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Answer):
                        return piece
                    if (new := reader.feed(piece)) and not talk.echoes(" ".join(new.values())):
                        await follow(dict(reader.steps), known)
        except TimeoutError:
            raise ModelTimeout from None
        raise ModelAnswerUnusable("The provider's answer has no end.")


def _size(case: Case) -> int:
    """Characters of the texts a ticket brings."""
    ticket = case.ticket
    notes = ticket.order.notes if ticket.order else None
    return sum(len(m.text) for m in ticket.messages) + sum(len(h.summary) for h in ticket.history) + len(notes or "")


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return frozenset(tuple(words[i : i + _ECHO]) for i in range(len(words) - _ECHO + 1))


# Instructions differ by shop, channel and language, not by ticket.
_runs_of_instructions = lru_cache(maxsize=32)(_runs)


class _Talk:
    """The conversation as it grows."""

    def __init__(self, prompt: Prompt, briefing: Briefing, follow: Follow | None = None) -> None:
        self.prompt = prompt
        self.follow = follow
        self.briefing = briefing
        self.messages: list[ChatMessage] = list(briefing.messages)
        self.answers: list[Answer] = []
        # Examples and the case may be quoted: they hold what a reply says.
        bare = self.prompt.instructions({**briefing.variables, "examples": ()})
        self._instructions = _runs_of_instructions(bare)

    def again(self, previous: str, findings: Sequence[str]) -> None:
        """Show the model its answer and what review found in it."""
        self._reply(previous, self.prompt.render("again", {**self.briefing.variables, "findings": tuple(findings)}))

    def repair(self, reason: str) -> None:
        """Show the model its answer and why it could not be read."""
        text = self.prompt.render("repair", {**self.briefing.variables, "reason": reason})
        self._reply(self.answers[-1].text, text)

    def _reply(self, said: str, request: str) -> None:
        # Some providers refuse an empty turn.
        self.messages.append(ChatMessage("assistant", said.strip()[:_LONGEST_QUOTE] or "(no answer)"))
        self.messages.append(ChatMessage("user", request))

    def echoes(self, text: str) -> bool:
        """Whether a text repeats a run of words of the instructions."""
        return bool(_runs(text) & self._instructions)

    def read(self) -> Steps:
        """The four steps of the last answer. Raises ModelAnswerUnusable."""
        answer = self.answers[-1]
        if self.briefing.fence in answer.text or self.echoes(answer.text):
            raise ModelAnswerUnusable("The answer repeats the request instead of answering it.")
        try:
            return parse_steps(answer.text, slots=self.briefing.slots)
        except ModelAnswerUnusable:
            if answer.finish_reason == "length":
                raise ModelAnswerUnusable("The answer was far too long and got cut off; be brief.") from None
            raise

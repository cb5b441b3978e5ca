"""Who writes: the model, asked again with what review found, and the composer where no model can or may.

Nothing here leaves without a verdict; the caller only ever gets a `Judged` text.
"""

from __future__ import annotations

import time
from asyncio import Future
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from app.drafts.channel_rules import rule_lines
from app.drafts.composer import compose, macro_in_use
from app.drafts.context import case_context
from app.drafts.gate import EngineGone, Gate, agree
from app.drafts.judge import Judged
from app.drafts.model import Case, Steps
from app.drafts.slots import Filled, fill
from app.drafts.stage import Audience, Stage
from app.llm.client import ModelError
from app.llm.drafting import Reference, Writer
from app.llm.fleet import Fleet
from app.llm.prompts import Prompt
from app.logs import get_logger
from app.metrics import FELL_BACK
from reply_guards.model import Finding

log = get_logger("drafts")
# The first answer and two more with the findings: after that the composer is quicker and surer.
_MOST_ATTEMPTS = 3
# What the composer and the last review need of the deadline.
RESERVE_S = 0.5


@dataclass(slots=True)
class Work:
    """How a draft came about: what the contract's `generation` says, and the trace for those who look closer."""

    engine: Literal["composer", "model"] = "composer"
    model: str | None = None
    prompt: Prompt | None = None
    attempts: int = 0
    fell_back: bool = False
    reason: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Decimal | None = Decimal(0)
    left_out: dict[str, int] = field(default_factory=dict)  # what the token budget kept from the model
    frame: str | None = None  # the macro whose wording the composer used
    review_s: float = 0.0
    trace: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Brief:
    """What a model is asked with, until when."""

    references: Sequence[Reference]
    prompt: Prompt
    deadline: float
    model: str | None

    @property
    def seconds_left(self) -> float:
        """For the model: what the composer and the last review need is kept."""
        return self.deadline - time.monotonic() - RESERVE_S


@dataclass(frozen=True, slots=True)
class Written:
    """A judged text and how it came about."""

    judged: Judged
    work: Work


class Author:
    """Writes a case with the models it is given, in their order, or with the composer alone."""

    def __init__(self, fleet: Fleet | None, gate: Gate | None = None) -> None:
        """`gate`: the second engine that a model's text must pass as well."""
        self._fleet = fleet
        self._gate = gate

    async def write(
        self, case: Case, references: Sequence[Reference], prompt: Prompt | None, *, deadline: float,
        model: str | None = None, audience: Audience | None = None,
    ) -> Written:  # fmt: skip
        """The best text we can stand behind by `deadline` (on `time.monotonic`'s clock).

        `model`: this one only. `audience` is shown each step once it has passed review.
        """
        work, stage = Work(prompt=prompt), Stage(audience)
        judged = None
        if self._fleet and prompt:
            judged = await self._ask(self._fleet, case, _Brief(references, prompt, deadline, model), work, stage)
            if judged is None:
                work.fell_back = True
                FELL_BACK.labels((work.reason or "unknown").split(":")[0]).inc()
                log.warning("fell_back_to_composer", model=work.model, reason=work.reason, attempts=work.attempts)
        if judged is None:
            await stage.drop(work.attempts + 1)
            judged = self._compose(stage, case, work)
        await stage.settle(judged, work.attempts)
        return Written(judged, work)

    async def _ask(self, fleet: Fleet, case: Case, brief: _Brief, work: Work, stage: Stage) -> Judged | None:
        """Ask one model after the other while there is time. None where none wrote what may be delivered."""
        for member in fleet.awake(brief.model):
            if brief.seconds_left <= 0:
                break
            work.model = member.name
            try:
                judged = await self._converse(member.writer, case, brief, work, stage)
            except ModelError as error:
                fleet.failed(member, error)
                _count(work, error.spent)
                work.reason = f"{type(error).__name__}: {error.reason}"
                work.trace.append(
                    {"model": member.name, "error": work.reason, "answers": [a.text for a in error.spent]}
                )
            except EngineGone as error:
                # The answer may be good, but nobody confirms it; another would fare no better.
                work.reason = f"EngineGone: {error}"
                log.error("second_engine_gone", reason=str(error))  # noqa: TRY400 - a trace says no more
                return None
            else:
                fleet.answered(member)
                return judged
        work.reason = work.reason or "resting: every model failed a moment ago, or no time is left"
        return None

    async def _converse(self, writer: Writer, case: Case, brief: _Brief, work: Work, stage: Stage) -> Judged | None:
        """Ask, review, and ask again with the findings; None where findings remain. Raises ModelError."""
        feedback: tuple[str, ...] = ()
        previous: str | None = None

        async def follow(steps: Mapping[str, str], slots: frozenset[str]) -> None:
            await stage.forecast(case, steps, slots)

        for _ in range(_MOST_ATTEMPTS):
            if brief.seconds_left <= 0:
                break
            work.attempts += 1
            await stage.drop(work.attempts)
            written = await writer.write(
                case, prompt=brief.prompt, references=brief.references, rules=rule_lines(case.policy),
                deadline=brief.seconds_left, feedback=feedback, previous=previous,
                follow=follow if stage.followed else None,
            )  # fmt: skip
            _count(work, written.answers)
            work.left_out = dict(written.left_out)
            second = _Second(self._gate, case, written.steps) if self._gate else None
            judged = _judge(stage, case, written.steps, work)
            work.trace.append({"model": writer.name, **_attempt(written.messages, written.answer.text, judged)})
            if not judged.unfit and (second is None or await second.agrees(judged, work)):
                work.engine, work.reason = "model", None
                return judged
            if second:
                second.drop()
            feedback = tuple(f"{f.rule}: {f.message}" for f in judged.unfit)
            previous = written.answer.text
            work.reason = "findings: " + ", ".join(sorted({f.rule for f in judged.unfit}) or ["engines disagree"])
        return None

    def _compose(self, stage: Stage, case: Case, work: Work) -> Judged:
        """Compose with the best macro; where its wording does not pass, with the built-in wording alone."""
        work.attempts += 1
        judged = _judge(stage, case, compose(case), work)
        work.frame = macro_in_use(case)
        work.trace.append(_attempt((), None, judged))
        if not judged.compliant and case.frames:
            work.attempts += 1
            plain = replace(case, frames=())
            work.frame = None
            judged = _judge(stage, plain, compose(plain), work)
            work.trace.append(_attempt((), None, judged))
        return judged


class _Second:
    """The second engine's opinion on one answer of a model: asked before our own review, so that both read at once."""

    def __init__(self, gate: Gate, case: Case, steps: Steps) -> None:
        self._gate, self._case = gate, case
        self._filled = fill(steps, case)
        self._opinion = self._ask(self._filled)

    def _ask(self, filled: Filled) -> Future[Sequence[Finding]]:
        return self._gate.ask(filled.text, case_context(self._case, filled.steps), self._case.policy)

    async def agrees(self, judged: Judged, work: Work) -> bool:
        """Whether it finds what review found, and nothing that blocks; if not, one is wrong. Raises EngineGone."""
        started = time.perf_counter()
        if judged.filled != self._filled:  # repaired: it has read another text
            self.drop()
            self._opinion = self._ask(judged.filled)
        try:
            return agree(judged.verdict.findings, await self._opinion)
        finally:
            work.review_s += time.perf_counter() - started

    def drop(self) -> None:
        """Nobody waits for it."""
        self._opinion.cancel()


def _judge(stage: Stage, case: Case, steps: Steps, work: Work) -> Judged:
    started = time.perf_counter()
    judged = stage.judged(case, steps)
    work.review_s += time.perf_counter() - started
    return judged


def _count(work: Work, answers: Sequence[Any]) -> None:
    for answer in answers:
        work.prompt_tokens += answer.prompt_tokens
        work.completion_tokens += answer.completion_tokens
        work.cost_usd = None if work.cost_usd is None or answer.cost_usd is None else work.cost_usd + answer.cost_usd


def _attempt(messages: Sequence[Any], raw: str | None, judged: Judged) -> dict[str, Any]:
    return {
        "messages": [{"role": m.role, "content": m.content} for m in messages],
        "answer": raw,
        "text": judged.filled.text,
        "repaired": judged.repaired,
        "findings": [{"rule": f.rule, "severity": f.severity, "excerpt": f.excerpt} for f in judged.verdict.findings],
    }

"""Who writes: the model, asked again with what review found, and the composer where no model can or may.

Nothing here leaves without a verdict; the caller only ever gets a `Judged` text.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from app.drafts.channel_rules import rule_lines
from app.drafts.composer import compose, macro_in_use
from app.drafts.judge import Judged, judge
from app.drafts.model import Case, Steps
from app.llm.client import ModelError
from app.llm.drafting import Reference, Writer
from app.llm.prompts import Prompt
from app.logs import get_logger
from app.metrics import FELL_BACK

log = get_logger("drafts")
# The first answer and two more with the findings: after that the composer is quicker and surer.
_MOST_ATTEMPTS = 3
# What the composer and the last review need of the deadline.
_RESERVE_S = 0.5


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
class Written:
    """A judged text and how it came about."""

    judged: Judged
    work: Work


class Author:
    """Writes a case with the model it is given, or with the composer alone."""

    def __init__(self, writer: Writer | None) -> None:
        self._writer = writer

    async def write(
        self, case: Case, references: Sequence[Reference], prompt: Prompt | None, *, deadline: float
    ) -> Written:
        """The best text we can stand behind by `deadline` (on `time.monotonic`'s clock)."""
        work = Work(prompt=prompt)
        if self._writer and prompt:
            judged = await self._ask(self._writer, case, references, prompt, work, deadline)
            if judged:
                return Written(judged, work)
            work.fell_back = True
            FELL_BACK.labels((work.reason or "unknown").split(":")[0]).inc()
            log.warning("fell_back_to_composer", model=work.model, reason=work.reason, attempts=work.attempts)
        return Written(self._compose(case, work), work)

    async def _ask(
        self, writer: Writer, case: Case, references: Sequence[Reference], prompt: Prompt, work: Work, deadline: float
    ) -> Judged | None:
        work.model = writer.name
        feedback: tuple[str, ...] = ()
        previous: str | None = None
        while work.attempts < _MOST_ATTEMPTS and (left := deadline - time.monotonic() - _RESERVE_S) > 0:
            work.attempts += 1
            try:
                written = await writer.write(
                    case, prompt=prompt, references=references, rules=rule_lines(case.policy),
                    deadline=left, feedback=feedback, previous=previous,
                )  # fmt: skip
            except ModelError as error:
                _count(work, error.spent)
                work.reason = f"{type(error).__name__}: {error.reason}"
                work.trace.append({"error": work.reason, "answers": [a.text for a in error.spent]})
                return None
            _count(work, written.answers)
            work.left_out = dict(written.left_out)
            judged = _judge(case, written.steps, work)
            work.trace.append(_attempt(written.messages, written.answer.text, judged))
            if judged.compliant:
                work.engine, work.reason = "model", None
                return judged
            feedback = tuple(f"{f.rule}: {f.message}" for f in judged.blocking)
            previous = written.answer.text
            work.reason = "findings: " + ", ".join(sorted({f.rule for f in judged.blocking}))
        work.reason = work.reason or "deadline: no time left for the model"
        return None

    def _compose(self, case: Case, work: Work) -> Judged:
        """Compose with the best macro; where its wording does not pass, with the built-in wording alone."""
        work.attempts += 1
        judged = _judge(case, compose(case), work)
        work.frame = macro_in_use(case)
        work.trace.append(_attempt((), None, judged))
        if not judged.compliant and case.frames:
            work.attempts += 1
            plain = replace(case, frames=())
            work.frame = None
            judged = _judge(plain, compose(plain), work)
            work.trace.append(_attempt((), None, judged))
        return judged


def _judge(case: Case, steps: Steps, work: Work) -> Judged:
    started = time.perf_counter()
    judged = judge(case, steps)
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

"""Fill, review, repair: from four written steps to a judged text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from app.drafts.context import case_context
from app.drafts.model import Case, Steps
from app.drafts.slots import Filled, fill
from reply_guards.model import Finding, StepSpan, Verdict
from reply_guards.review import review

# An agent may knowingly send two languages or a stern word; a model has no such reason.
_NOT_FROM_A_MODEL = frozenset({"language", "tone", "safety"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A filled text with its verdict. `repaired`: code changed it and the changed text was reviewed again."""

    filled: Filled
    verdict: Verdict
    repaired: bool = False

    @property
    def compliant(self) -> bool:
        return self.verdict.compliant

    @property
    def unfit(self) -> tuple[Finding, ...]:
        return unfit(self.verdict)


def unfit(verdict: Verdict) -> tuple[Finding, ...]:
    """What a model is asked to better: all that blocks, and warnings nobody should have to mend in a fresh text."""
    return tuple(
        f for f in verdict.findings
        if f.severity == "block" or (f.severity == "warn" and f.rule.partition(".")[0] in _NOT_FROM_A_MODEL)
    )  # fmt: skip


def judge(case: Case, steps: Steps) -> Judged:
    """Fill the slots, review, and where code can repair a block safely, repair and review again."""
    return judge_filled(case, fill(steps, case))


def judge_filled(case: Case, filled: Filled, *, more_facts: Iterable[str] = (), repair: bool = True) -> Judged:
    """Review a filled text; `more_facts` are values the agent filled in and answers for."""
    facts = tuple(more_facts)
    verdict = review(filled.text, case_context(case, filled.steps, more_facts=facts), policy=case.policy)
    if verdict.compliant or not repair or not verdict.fixed_text:
        return Judged(filled, verdict)
    mended = _carry_over(filled, verdict.fixed_text)
    if mended is None:
        return Judged(filled, verdict)
    again = review(mended.text, case_context(case, mended.steps, more_facts=facts), policy=case.policy)
    return Judged(mended, again, repaired=True) if again.compliant else Judged(filled, verdict)


def _carry_over(filled: Filled, text: str) -> Filled | None:
    """The same steps and placeholders on the repaired text; None where a step or a placeholder was lost."""
    text = unicodedata.normalize("NFC", text)
    moved = _Moved(filled.text, text)
    steps, end = [], 0
    for span in filled.steps:
        start, end = end, len(text) if span is filled.steps[-1] else max(end, moved.to(span.end))
        if not text[start:end].strip():
            return None
        steps.append(StepSpan(span.name, start, end))
    placeholders = []
    for open_ in filled.placeholders:
        start, stop = moved.to(open_.start), moved.to(open_.end)
        if text[start:stop] != filled.text[open_.start : open_.end]:
            return None
        placeholders.append(replace(open_, start=start, end=stop))
    return Filled(text, tuple(steps), tuple(placeholders))


class _Moved:
    """Where positions of one text lie in another."""

    def __init__(self, old: str, new: str) -> None:
        self._opcodes = Levenshtein.opcodes(old, new)

    def to(self, position: int) -> int:
        for op in self._opcodes:
            if op.src_start <= position < op.src_end or (position == op.src_end and op.tag == "equal"):
                return min(op.dest_start + position - op.src_start, op.dest_end)
        return self._opcodes[-1].dest_end if self._opcodes else position

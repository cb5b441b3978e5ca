"""From a judged text to the contract's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.drafts.composer import left_undone
from app.drafts.judge import Judged
from app.drafts.model import Case
from app.drafts.schemas import (
    DraftAnswer,
    FindingOut,
    Generation,
    Placeholder,
    Score,
    Source,
    Step,
    TriageOut,
)
from app.drafts.writing import Work, Written
from app.knowledge.model import Hit
from app.triage.model import Triage
from reply_guards.model import Finding, Scorecard

UNSUPPORTED = "language.unsupported"
NOT_FOLLOWED = "instruction.not_followed"


def build_answer(
    draft_id: str, case: Case, written: Written, hits: Sequence[Hit], timings: dict[str, float], now: datetime
) -> dict[str, Any]:
    """The whole draft. A text with a block finding is never part of it."""
    fields = judged_fields(case, written.judged)
    if written.work.engine == "composer":
        fields["findings"] = (*fields["findings"], *_left_undone(case))
    answer = DraftAnswer(
        id=draft_id,
        language=case.language,
        kind=case.kind,
        register_=case.register if case.language == "de" else None,
        sources=sources_out(hits, written.work.frame),
        triage=triage_out(case.triage),
        generation=_generation(written.work),
        timings_ms=timings,
        created_at=now,
        **fields,
    )
    return answer.model_dump(mode="json", by_alias=True)


def judged_fields(case: Case, judged: Judged) -> dict[str, Any]:
    """What of the answer depends on the text: status, text, steps, placeholders, findings, score."""
    filled, blocked = judged.filled, not judged.compliant
    step_texts = () if blocked else tuple(
        Step(name=s.name, text=filled.text[s.start : s.end], start=s.start, end=s.end) for s in filled.steps
    )  # fmt: skip
    open_ = () if blocked else tuple(
        Placeholder(name=p.name, label=p.label, start=p.start, end=p.end, step=p.step) for p in filled.placeholders
    )  # fmt: skip
    return {
        "status": "blocked" if blocked else "needs_input" if open_ else "ready",
        "text": None if blocked else filled.text,
        "steps": step_texts,
        "placeholders": open_,
        "findings": (*findings_out(judged.verdict.findings), *_unsupported(case)),
        "score": score_out(judged.verdict.score),
        "accepted_risks": judged.verdict.accepted_risks,
    }


def findings_out(findings: Iterable[Finding]) -> tuple[FindingOut, ...]:
    """Findings as the contract has them."""
    return tuple(
        FindingOut(
            rule=f.rule, severity=f.severity, start=f.start, end=f.end, excerpt=f.excerpt, message=f.message,
            step=f.step, source=f.source, coaching=f.coaching,
        )
        for f in findings
    )  # fmt: skip


def score_out(score: Scorecard) -> Score:
    """The scorecard as the contract has it."""
    return Score(overall=score.overall, structure=score.structure, empathy=score.empathy, tone=score.tone,
                 clarity=score.clarity, compliance=score.compliance, grounding=score.grounding)  # fmt: skip


def _left_undone(case: Case) -> tuple[FindingOut, ...]:
    """What of the instruction the composer cannot follow: nobody should believe it was."""
    message = (
        "The built-in writer did not follow this part of the instruction; it can order, choose and shorten what is "
        "allowed. Add it by hand where it is needed."
    )
    return tuple(
        FindingOut(rule=NOT_FOLLOWED, severity="info", start=0, end=0, excerpt=part, message=message)
        for part in left_undone(case)
    )


def _unsupported(case: Case) -> tuple[FindingOut, ...]:
    if case.triage.language == case.language:
        return ()
    message = (
        f"The customer writes in '{case.triage.language}', which is not drafted yet; this draft is in English. "
        "Translate it before you send it."
    )
    return (FindingOut(rule=UNSUPPORTED, severity="warn", start=0, end=0, excerpt="", message=message),)


def sources_out(hits: Sequence[Hit], used: str | None = None) -> tuple[Source, ...]:
    """What was found, best first; `used`: the macro whose wording the composer took."""
    return tuple(_source(hit, used) for hit in hits)


def _source(hit: Hit, used: str | None) -> Source:
    item = hit.item
    return Source(kind=item.kind, id=item.external_id, title=item.title, score=hit.score, language=item.language,
                  used=str(item.id) == used)  # fmt: skip


def triage_out(t: Triage) -> TriageOut:
    """Triage as the contract has it; the reading stays inside."""
    return TriageOut(
        language=t.language, sentiment=t.sentiment, intensity=round(t.intensity, 2), cause=t.cause,
        cause_confidence=round(t.cause_confidence, 2), abusive=t.abusive, escalate=t.escalate, reasons=t.reasons,
        reply_due_at=t.reply_due_at, reply_target_at=t.reply_target_at,
    )  # fmt: skip


def _generation(work: Work) -> Generation:
    prompt = work.prompt if work.model else None
    return Generation(
        engine=work.engine, model=work.model, prompt=prompt.id if prompt else None,
        prompt_hash=prompt.hash if prompt else None, attempts=work.attempts, fell_back=work.fell_back,
        reason=work.reason, prompt_tokens=work.prompt_tokens, completion_tokens=work.completion_tokens,
        cost_usd=None if work.cost_usd is None else str(work.cost_usd), left_out=work.left_out,
    )  # fmt: skip

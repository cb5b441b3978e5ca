"""A draft as the page shows it: four fields, and in each of them the places that findings and gaps speak about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.drafts.schemas import CheckAnswer, DraftAnswer, FindingOut, Placeholder, Score
from reply_guards.model import STEP_NAMES

BETWEEN = "\n\n"
_GRAVITY = {"block": 0, "warn": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Span:
    """One step's words and where they lie in the whole text, in code points."""

    name: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where they end."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What review says of the text on the page."""

    findings: tuple[FindingOut, ...]
    score: Score
    sendable: bool
    compliant: bool
    coaching: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """Everything the draft's part of the page shows."""

    answer: DraftAnswer
    spans: tuple[Span, ...]
    verdict: Verdict
    values: Mapping[str, str] = field(default_factory=dict)  # typed into placeholders, not taken
    errors: Mapping[str, str] = field(default_factory=dict)  # by field
    notice: str = ""

    @property
    def text(self) -> str:
        """The whole reply."""
        return BETWEEN.join(span.text for span in self.spans)

    @property
    def open(self) -> tuple[Placeholder, ...]:
        """Placeholders that still stand in the text, each name once."""
        found = {p.name: p for p in self.answer.placeholders if f"[{p.label}]" in self.text}
        return tuple(found.values())

    @property
    def marks(self) -> dict[str, list[dict[str, Any]]]:
        """By step, where its field is underlined: offsets in UTF-16 units, as scripts count."""
        return {span.name: [*self._found(span), *self._gaps(span)] for span in self.spans}

    def _found(self, span: Span) -> Iterable[dict[str, Any]]:
        for number, finding in enumerate(self.verdict.findings):
            start, end = max(finding.start, span.start), min(finding.end, span.end)
            if start < end:
                units = (_units(span.text[: i - span.start]) for i in (start, end))
                yield {"from": next(units), "to": next(units), "kind": finding.severity, "finding": number}

    def _gaps(self, span: Span) -> Iterable[dict[str, Any]]:
        for gap in self.open:
            label = f"[{gap.label}]"
            at = span.text.find(label)
            while at >= 0:
                yield {"from": _units(span.text[:at]), "to": _units(span.text[: at + len(label)]), "kind": "gap"}
                at = span.text.find(label, at + len(label))


def as_drafted(answer: DraftAnswer) -> DraftView:
    """A draft as it was answered."""
    spans = tuple(
        Span(step.name, text := step.text.strip(), step.start + step.text.index(text)) for step in answer.steps
    )
    coaching = tuple(dict.fromkeys(f.coaching for f in answer.findings if f.coaching))
    verdict = Verdict(_ordered(answer.findings), answer.score, answer.status == "ready",
                      answer.status != "blocked", coaching)  # fmt: skip
    return DraftView(answer, spans, verdict)


def as_edited(answer: DraftAnswer, texts: Sequence[str], check: CheckAnswer) -> DraftView:
    """A draft whose steps the agent changed, with the review of what stands there now."""
    verdict = Verdict(_ordered(check.findings), check.score, check.sendable, check.compliant, check.coaching)
    return DraftView(answer, tuple(_laid_out(texts)), verdict)


def joined(texts: Sequence[str]) -> str:
    """The whole reply out of its four fields."""
    return BETWEEN.join(text.strip() for text in texts)


def _laid_out(texts: Sequence[str]) -> Iterable[Span]:
    start = 0
    for name, text in zip(STEP_NAMES, texts, strict=True):
        words = text.strip()
        yield Span(name, words, start)
        start += len(words) + len(BETWEEN)


def _ordered(findings: Iterable[FindingOut]) -> tuple[FindingOut, ...]:
    return tuple(sorted(findings, key=lambda f: (_GRAVITY[f.severity], f.start)))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

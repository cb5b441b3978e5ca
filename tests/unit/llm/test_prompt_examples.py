"""What prompts show a model as good must pass the review that judges the model."""

from __future__ import annotations

import re

import pytest

from app.drafts.model import Steps
from app.llm.letter import as_letter
from app.llm.prompt import Example
from app.llm.prompts import load_prompts
from reply_guards.model import STEP_NAMES, Context, StepSpan
from reply_guards.policy import load_policies
from reply_guards.review import review
from tests.unit.llm.casebook import make_case, make_triage

VALUES = {
    "order_id": "302-1234567-7654321",
    "tracking_number": "00340434161094042557",
    "reply_time": {"de": "am Montag, 23. November, bis 12 Uhr", "en": "by 12:00 on Monday, 23 November"},
}
EXAMPLES = {f"{p.id}-{e.language}-{i}": (p.kinds[0], e) for p in load_prompts() for i, e in enumerate(p.examples)}


def letter(example: Example) -> tuple[str, tuple[StepSpan, ...]]:
    """The example as it would be sent, with its steps."""
    case = make_case(
        language=example.language, register=example.register or "sie", triage=make_triage(example.language)
    )
    steps = as_letter(Steps(**example.answer), case)
    text, spans = "", []
    for name in STEP_NAMES:
        start = len(text) + 2 if text else 0
        filled = re.sub(r"\{(\w+)\}", lambda m: value(m[1], example.language), getattr(steps, name))
        text = f"{text}\n\n{filled}" if text else filled
        spans.append(StepSpan(name, start, len(text)))
    return text, tuple(spans)


def value(name: str, language: str) -> str:
    known = VALUES[name]
    return known if isinstance(known, str) else known[language]


@pytest.mark.parametrize("channel", sorted(load_policies()))
@pytest.mark.parametrize(("kind", "example"), EXAMPLES.values(), ids=EXAMPLES)
def test_examples_pass_review_on_every_channel(kind, example, channel):
    text, spans = letter(example)
    register = example.register if example.language == "de" else None
    verdict = review(
        text, Context(channel=channel, language=example.language, kind=kind, register=register, steps=spans)
    )
    # Without a ticket, review cannot know what may be offered.
    found = [(f.rule, f.excerpt) for f in verdict.findings if f.severity != "info" and f.rule != "promise.unverified"]
    if kind == "follow_up":
        found = [(rule, excerpt) for rule, excerpt in found if rule != "promotion.follow_up"]
    assert found == []
    assert verdict.score.overall >= 85

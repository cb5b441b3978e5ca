"""The whole path against a real language model: a small English one that often does not do what it is told."""

from __future__ import annotations

import pytest

from app.drafts.model import Steps
from app.llm.client import Answer, ChatMessage, Completion, ModelAnswerUnusable
from app.llm.drafting import Writer
from app.llm.litellm_client import LiteLLMModel
from app.llm.prompts import load_prompts
from tests.unit.llm.casebook import make_case, make_triage

CASE = make_case(
    "The handle of my blue mug is broken off. It was a present! I want my money back.",
    language="en", triage=make_triage("en", wants=("refund",)),
)  # fmt: skip


@pytest.fixture
async def smollm(local_model_url):
    model = LiteLLMModel("openai/smollm2", api_base=local_model_url)
    await model.load()
    yield model
    await model.aclose()


async def test_a_real_model_answers(smollm):
    answer = await smollm.complete(
        Completion((ChatMessage("user", "Say hello to a customer."),), max_tokens=30, timeout_s=60)
    )
    assert answer.text.strip()
    assert answer.prompt_tokens > 0
    assert 0 < answer.completion_tokens <= 30
    assert answer.cost_usd is None


async def test_a_real_model_writes_four_steps_or_it_is_said_that_it_did_not(smollm):
    """Which of the two is up to the model; what must hold is that nothing else can happen."""
    writer = Writer(smollm, max_tokens=220, timeout_s=150, retries=0)
    try:
        written = await writer.write(CASE, prompt=load_prompts().get("reply@1"), deadline=170)
    except ModelAnswerUnusable as error:
        answers, outcome = error.spent, error.reason
    else:
        answers, outcome = written.answers, written.steps
    assert answers
    assert all(isinstance(a, Answer) and a.prompt_tokens > 500 for a in answers)
    assert isinstance(outcome, Steps) or "step" in outcome or "answer" in outcome
    if isinstance(outcome, Steps):
        assert outcome.acknowledge.startswith("Hello Ms Keller,")
        assert all(getattr(outcome, name).strip() for name in ("acknowledge", "own", "propose", "ask"))

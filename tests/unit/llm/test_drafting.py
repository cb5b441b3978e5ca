"""Writing a case with a scripted model: asked, read, asked once more, and honest about failures."""

from __future__ import annotations

import pytest

from app.llm.client import ModelAnswerUnusable, ModelRefused, ModelTimeout, ModelUnavailable
from app.llm.drafting import Writer
from app.llm.prompts import load_prompts
from app.llm.scripted import Line, ScriptedModel
from tests.unit.llm.casebook import GOOD, GOOD_JSON, make_case

REPLY = load_prompts().get("reply@1")


async def write(model: ScriptedModel, **changes):
    options = {"prompt": REPLY, "deadline": 20.0} | changes
    return await Writer(model, retries=0).write(options.pop("case", make_case()), **options)


async def test_a_good_answer_becomes_a_letter_in_four_steps():
    model = ScriptedModel([GOOD_JSON])
    written = await write(model)
    assert written.steps.own == GOOD["own"]
    assert written.steps.acknowledge.startswith("Guten Tag Frau Keller,\n\nein abgebrochener")
    assert written.steps.ask.endswith("Jana\nNordlicht")
    assert written.answer.text == GOOD_JSON
    assert [m.role for m in written.messages] == ["system", "user"]


async def test_the_request_asks_for_the_schema_and_keeps_the_limits():
    model = ScriptedModel([GOOD_JSON])
    await Writer(model, max_tokens=700, timeout_s=3).write(make_case(), prompt=REPLY, deadline=20)
    request = model.requests[0]
    assert request.schema
    assert set(request.schema["required"]) == set(GOOD)
    assert request.max_tokens == 700
    assert 2 < request.timeout_s <= 3
    assert request.temperature == REPLY.temperature


@pytest.mark.parametrize("first", ["I am sorry.", "", GOOD_JSON[:100], GOOD_JSON.replace("{order_id}", "{iban}")])
async def test_an_unreadable_answer_is_shown_to_the_model_once(first):
    model = ScriptedModel([first, GOOD_JSON])
    written = await write(model)
    roles = [m.role for m in model.requests[1].messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert all(m.content for m in model.requests[1].messages)
    assert "could not be used" in model.requests[1].messages[-1].content
    assert len(written.answers) == 2
    assert written.steps.own == GOOD["own"]


async def test_two_unreadable_answers_are_an_error_that_knows_what_they_cost():
    with pytest.raises(ModelAnswerUnusable) as caught:
        await write(ScriptedModel(["no", "no again", GOOD_JSON]))
    assert [a.text for a in caught.value.spent] == ["no", "no again"]
    assert caught.value.messages[-1].role == "user"


async def test_an_answer_that_repeats_the_fence_is_not_used():
    def echo(request):
        user = request.messages[1].content
        fence = user.split("<data-")[1][:8]
        return (
            GOOD_JSON.replace("Geld oder Tasse", f"Geld oder data-{fence}") if len(request.messages) == 2 else GOOD_JSON
        )

    assert len((await write(ScriptedModel(echo))).answers) == 2


async def test_an_answer_cut_off_by_the_token_limit_is_asked_for_anew_and_shorter():
    model = ScriptedModel([Line(GOOD_JSON[:200], finish_reason="length"), GOOD_JSON])
    await write(model)
    assert "be brief" in model.requests[1].messages[-1].content


async def test_babble_is_not_sent_back_in_full():
    model = ScriptedModel(["blah " * 10_000, GOOD_JSON])
    await write(model)
    assert len(model.requests[1].messages[2].content) < 5_000


async def test_findings_of_a_review_reach_the_model_in_the_same_conversation():
    model = ScriptedModel([GOOD_JSON])
    await write(model, previous='{"own": "…"}', feedback=["links.external: no links here", "tone.blame: no blame"])
    *_, answer, request = model.requests[0].messages
    assert (answer.role, answer.content) == ("assistant", '{"own": "…"}')
    assert "- links.external: no links here\n- tone.blame: no blame" in request.content


async def test_rules_of_the_channel_reach_the_model():
    model = ScriptedModel([GOOD_JSON])
    await write(model, rules=["Keine Telefonnummern."])
    assert "- Keine Telefonnummern." in model.requests[0].messages[0].content


@pytest.mark.parametrize(
    ("line", "error"),
    [("timeout", ModelTimeout), ("unavailable", ModelUnavailable), ("refused", ModelRefused)],
)
async def test_a_provider_error_after_a_bad_answer_still_tells_what_was_spent(line, error):
    with pytest.raises(error) as caught:
        await write(ScriptedModel(["no", Line(error=line)]))
    assert [a.text for a in caught.value.spent] == ["no"]


async def test_no_time_left_means_no_call():
    model = ScriptedModel([GOOD_JSON])
    with pytest.raises(ModelTimeout):
        await write(model, deadline=0.0)
    assert not model.requests


async def test_what_did_not_fit_is_told():
    written = await Writer(ScriptedModel([GOOD_JSON]), prompt_tokens=2500).write(
        make_case("Der Henkel ist ab. " * 3000), prompt=REPLY, deadline=20
    )
    assert written.left_out["message"] > 40_000

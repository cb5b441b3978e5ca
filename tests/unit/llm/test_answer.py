"""Reading four steps out of what a model says."""

from __future__ import annotations

import json

import pytest

from app.llm.answer import parse_steps
from app.llm.client import ModelAnswerUnusable
from tests.unit.llm.casebook import GOOD, GOOD_JSON

SLOTS = {"order_id", "tracking_url"}


def steps(**changes: object) -> str:
    return json.dumps(GOOD | changes, ensure_ascii=False)


def without(*names: str) -> str:
    return json.dumps({k: v for k, v in GOOD.items() if k not in names}, ensure_ascii=False)


READABLE = {
    "bare JSON": GOOD_JSON,
    "indented JSON": json.dumps(GOOD, indent=2),
    "fenced JSON": f"```json\n{GOOD_JSON}\n```",
    "fenced without a language": f"```\n{GOOD_JSON}\n```",
    "prose around it": f"Sure, here is the reply:\n\n{GOOD_JSON}\n\nLet me know if I can help.",
    "prose with braces before it": f"I use {{slots}} as told. {GOOD_JSON}",
    "thinking before it": f'<think>First {{"acknowledge": "no"}} then {{more}}</think>\n{GOOD_JSON}',
    "an object around it": json.dumps({"reply": GOOD}),
    "the same answer twice": GOOD_JSON + "\n" + GOOD_JSON,
    "keys in capitals": json.dumps({k.upper(): v for k, v in GOOD.items()}),
    "more keys than asked": steps(confidence=0.9),
    "a comma too many": GOOD_JSON[:-1] + ",}",
    "the last brace missing": GOOD_JSON[:-1],
    "the last brace missing behind a fence": "```json\n" + GOOD_JSON[:-1] + "\n```",
    "typographic quotes around texts": "{" + ", ".join(f"“{k}”: “{v}”" for k, v in GOOD.items()) + "}",
    "raw line breaks in a text": GOOD_JSON.replace("ärgerlich, ", "ärgerlich,\n"),
    "doubled braces of a slot": GOOD_JSON.replace("{order_id}", "{{order_id}}"),
    "blanks inside a slot": GOOD_JSON.replace("{order_id}", "{ order_id }"),
}


@pytest.mark.parametrize("text", READABLE.values(), ids=READABLE)
def test_reads_the_four_steps_through_any_usual_wrapping(text):
    read = parse_steps(text, slots=SLOTS)
    assert " ".join(read.acknowledge.split()) == GOOD["acknowledge"]
    assert (read.own, read.propose, read.ask) == (GOOD["own"], GOOD["propose"], GOOD["ask"])


def test_keeps_quotes_a_model_forgot_to_escape():
    broken = GOOD_JSON.replace("eine neue Tasse", 'eine neue "Nordlicht" Tasse')
    assert '"Nordlicht"' in parse_steps(broken, slots=SLOTS).propose


def test_german_quotes_inside_a_text_stay():
    assert "„Nordlicht“, blau" in parse_steps(steps(propose="Die „Nordlicht“, blau, kommt neu."), slots=SLOTS).propose


UNUSABLE = {
    "nothing": ("", "empty"),
    "blanks": (" \n ", "empty"),
    "prose": ("Dear customer, I am sorry about the mug. Would you like a refund?", "not a JSON object"),
    "a refusal": ("As an AI language model I cannot help with that.", "not a JSON object"),
    "an empty object": ("{}", "not a JSON object"),
    "a list": (json.dumps(list(GOOD.values())), "not a JSON object"),
    "cut in half": (GOOD_JSON[: len(GOOD_JSON) // 2], "cut off"),
    "cut inside the last text": (GOOD_JSON[:-6], "cut off"),
    "one step missing": (without("own"), "lacks: own"),
    "two steps missing": (without("own", "ask"), "lacks: own, ask"),
    "an empty step": (steps(own=" "), "own is empty"),
    "a step of dots": (steps(own="…………………"), "own is empty"),
    "a step that is only a slot": (steps(own="{order_id}"), "own is empty"),
    "a step that is null": (steps(own=None), "own is not a text"),
    "a step that is a list": (steps(own=["a", "b"]), "own is not a text"),
    "a step given twice": (GOOD_JSON[:-1] + ', "own": "Ich kümmere mich."}', "own is given twice"),
    "two steps with the same text": (steps(ask=GOOD["own"]), "own and ask are the same"),
    "two different answers": (GOOD_JSON + "\n" + steps(own="Wir bleiben dran."), "more than one"),
    "a slot nobody listed": (steps(own="Mail an {customer_email} ist raus."), "{customer_email}"),
    "braces that are no slot": (steps(own="Bestellung {302-1234567} ist da."), "no slot name"),
    "a single brace": (steps(own="Ich kümmere mich um {order_id."), "single brace"),
    "a lone surrogate": (GOOD_JSON.replace("Geld", "\\ud83d Geld"), "control characters"),
    "a NUL": (GOOD_JSON.replace("Geld", "\\u0000"), "control characters"),
    "an endless step": (steps(own="Ich kümmere mich. " * 400), "far too long"),
    "babble": ("blah " * 50_000, "far too long"),
    "a tower of brackets": ('{"acknowledge": ' + "[" * 5000, "not a JSON object"),
    "thinking without an end": ("<think>" * 8_000, "not a JSON object"),
    "many open braces": ("{" * 20_000, "not a JSON object"),
}


@pytest.mark.parametrize(("text", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_refuses_with_a_reason_a_model_can_act_on(text, reason):
    with pytest.raises(ModelAnswerUnusable) as caught:
        parse_steps(text, slots=SLOTS)
    assert reason in caught.value.reason


def test_reasons_never_repeat_the_answer():
    with pytest.raises(ModelAnswerUnusable) as caught:
        parse_steps(steps(own="{Frau Keller, Musterstr. 1}"), slots=SLOTS)
    assert "Keller" not in str(caught.value)


def test_more_than_two_line_breaks_become_two():
    assert (
        parse_steps(steps(own="Ich prüfe das.\r\n\r\n\r\n\r\nGleich jetzt."), slots=SLOTS).own
        == "Ich prüfe das.\n\nGleich jetzt."
    )

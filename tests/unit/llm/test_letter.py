"""The house greets and signs, whatever the model wrote."""

from __future__ import annotations

import pytest

from app.drafts.model import Steps
from app.llm.letter import as_letter
from tests.unit.llm.casebook import make_case, make_triage

BODY = "Das ist ärgerlich."
STARTS = {
    "no greeting": BODY,
    "a German greeting on its line": f"Sehr geehrte Frau Keller,\n\n{BODY}",
    "a German greeting in the line": f"Guten Tag {{customer_name}}, {BODY}",
    "an English greeting": f"Dear {{customer_name}},\n{BODY}",
    "a short greeting": f"Hallo! {BODY}",
}
ENDS = {
    "no closing": "Geld oder Ware?",
    "a German closing": "Geld oder Ware?\n\nMit freundlichen Grüßen\nIhr Team",
    "an English closing": "Geld oder Ware?\nBest regards,\nJana",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_there_is_one_greeting_and_one_signature(start, end):
    letter = as_letter(Steps(start, "Ich kümmere mich.", "Geld zurück.", end), make_case())
    assert letter.acknowledge == "Guten Tag Frau Keller,\n\ndas ist ärgerlich."
    assert letter.ask == "Geld oder Ware?\n\nFreundliche Grüße\nJana\nNordlicht"


@pytest.mark.parametrize("text", ["Hallo", "Guten Tag,", "Liebe Grüße sind schön, aber die Tasse ist kaputt."])
def test_a_text_is_never_lost_with_its_greeting(text):
    assert as_letter(Steps(text, "b", "c", "d"), make_case()).acknowledge.partition("\n\n")[2]


def test_nouns_and_formal_address_stay_capital_after_the_comma():
    for begin in ("Tassen ohne Henkel sind ärgerlich.", "Ihre Tasse kam kaputt an.", "Sie haben recht."):
        assert as_letter(Steps(begin, "b", "c", "d"), make_case()).acknowledge.endswith(begin)


def test_english_letters_begin_with_a_capital():
    case = make_case(language="en", triage=make_triage("en"))
    assert (
        as_letter(Steps("Hi there, that is annoying.", "b", "c", "d"), case).acknowledge
        == "Hello Ms Keller,\n\nThat is annoying."
    )

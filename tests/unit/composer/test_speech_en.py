"""English sentences told back after "that"."""

import pytest

from app.drafts.composer.speech_en import report

TOLD = {
    "third person": ("The lid doesn't close.", "the lid doesn't close"),
    "possessive": ("My kettle leaks at the base.", "your kettle leaks at the base"),
    "verb agrees": ("I was at home and I am sure of it.", "you were at home and you are sure of it"),
    "second verb of the same subject": ("I ordered a blue one and was sent a red one.", "you ordered a blue one and were sent a red one"),
    "contractions": ("I've washed it twice and I'm stuck.", "you've washed it twice and you're stuck"),
    "spelling is mended": ("the handle is brokn and it doesnt fit", "the handle is broken and it doesn't fit"),
    "small i": ("i have waited two weeks", "you have waited two weeks"),
    "lead-in is dropped": ("Unfortunately the box was open.", "the box was open"),
    "parenthesis is cut": ("The base arrived in pieces (photo attached).", "the base arrived in pieces"),
    "gerund as subject": ("Tightening the screw did not help.", "tightening the screw did not help"),
}  # fmt: skip
TO_SHOP = {
    "you of a question is who acts": ("I want to know how you treat people.", "you want to know how we treat people"),
    "you after a conjunction acts": ("It has been six weeks since you posted the seeds.", "it has been six weeks since we posted the seeds"),
    "you at the end is told": ("The seeds are not waiting for you.", "the seeds are not waiting for us"),
}  # fmt: skip
UNSURE = {
    "fragment": "Lid broken",
    "no verb": "Three cards through the door",
    "imperative": "Send me another",
    "empty": "",
}


@pytest.mark.parametrize(("sentence", "told"), TOLD.values(), ids=TOLD)
def test_told_back(sentence: str, told: str) -> None:
    """The person turns, the rest stays the customer's."""
    assert report(sentence) == told


@pytest.mark.parametrize(("sentence", "told"), TO_SHOP.values(), ids=TO_SHOP)
def test_who_speaks_to_the_shop_is_answered_by_it(sentence: str, told: str) -> None:
    """The shop's "you" becomes "we" where it acts and "us" where something is done to it."""
    assert report(sentence, to_shop=True) == told


@pytest.mark.parametrize("sentence", UNSURE.values(), ids=UNSURE)
def test_unsure_is_given_up(sentence: str) -> None:
    """What is no plain statement is not told."""
    assert report(sentence) is None


def test_a_long_sentence_ends_where_a_clause_ends() -> None:
    """Nobody wants the customer's paragraph back."""
    told = report("The lamp flickers when I switch it on, " + "and then it hums for a while and the bulb gets hot " * 4)
    assert told is not None
    assert len(told.split()) < 24
    assert told.startswith("the lamp flickers when you switch it on")

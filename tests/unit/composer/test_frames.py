"""Macros as frames."""

from dataclasses import replace
from typing import Any

import pytest

from app.drafts.composer import COMPOSER_SLOTS, compose, macro_in_use
from app.drafts.composer.frames import bank_frame, complete
from app.drafts.composer.scene import set_scene
from app.drafts.model import Frame, Steps
from tests.unit.composer.builders import REFUND, make_case

STEPS = Steps(
    "Ein zerbrochenes Paket ist ärgerlich. {complaint}",
    "Ich bleibe dran. {done}",
    "So geht es weiter. {options}",
    "{question}",
)
FRAME = Frame("m1", "Schaden", "de", "damaged_in_transit", "reply", STEPS)


def text_of(frame: Frame, **given: Any) -> str:
    steps = compose(make_case(frames=(frame,), resolutions=[REFUND], **given))
    return f"{steps.acknowledge}\n\n{steps.own}\n\n{steps.propose}\n\n{steps.ask}"


def test_an_approved_macro_is_the_frame() -> None:
    """Its wording stands, the case's words fill it."""
    text = text_of(FRAME)
    assert "Ein zerbrochenes Paket ist ärgerlich." in text or "ein zerbrochenes Paket ist ärgerlich." in text
    assert "19,90 €" in text
    assert not any("{" + slot + "}" in text for slot in COMPOSER_SLOTS)
    assert macro_in_use(make_case(frames=(FRAME,), resolutions=[REFUND])) == "m1"


def test_missing_slots_are_appended() -> None:
    """A macro without slots still gets complaint, deeds, options and question, each in its step."""
    bare = replace(
        FRAME, steps=Steps("Das tut mir leid.", "Ich bleibe dran.", "So geht es weiter.", "Eine Antwort genügt.")
    )
    steps = compose(make_case(frames=(bare,), resolutions=[REFUND]))
    assert "Tasse" in steps.acknowledge
    assert len(steps.own) > len("Ich bleibe dran.")
    assert "19,90 €" in steps.propose
    assert steps.ask.count("?") == 1


def test_a_macro_that_words_one_step_leaves_the_others_to_the_bank() -> None:
    """Its step stands; none is empty, and the reply is as whole as without it."""
    one = replace(FRAME, steps=Steps("Ein zerbrochenes Paket ist ärgerlich. {complaint}", "", "", ""))
    case = make_case(frames=(one,), resolutions=[REFUND])
    steps, bank = compose(case), compose(make_case(resolutions=[REFUND]))
    assert "zerbrochenes Paket ist ärgerlich" in steps.acknowledge
    assert (steps.own, steps.propose, steps.ask) == (bank.own, bank.propose, bank.ask)
    assert macro_in_use(case) == "m1"


def test_greeting_signature_and_question_of_a_macro_give_way() -> None:
    """There is one greeting, one signature, one question."""
    loud = replace(FRAME, steps=Steps(
        "Guten Tag Herr Muster,\n\n{complaint}", "{done}", "{options}",
        "Passt das so? {question}\n\nFreundliche Grüße\nIhr Team",
    ))  # fmt: skip
    text = text_of(loud, name="Frau Keller")
    assert text.startswith("Guten Tag Frau Keller,")
    assert "Muster" not in text
    assert text.count("?") == 1
    assert text.count("Freundliche Grüße") == 1


UNFIT = {
    "another language": replace(FRAME, language="en"),
    "another cause": replace(FRAME, cause="lost_parcel"),
    "no cause, in a reply": replace(FRAME, cause=None),
    "another kind": replace(FRAME, kind="closing"),
    "another register": replace(FRAME, register="du"),
    "speaks du": replace(FRAME, steps=replace(STEPS, own="Ich helfe dir. {done}")),
    "offers what is not allowed": replace(
        FRAME, steps=replace(STEPS, propose="Sie bekommen kostenlosen Ersatz. {options}")
    ),
    "claims what was not done": replace(FRAME, steps=replace(STEPS, own="Ich habe alles geprüft. {done}")),
}


@pytest.mark.parametrize("frame", UNFIT.values(), ids=UNFIT)
def test_what_does_not_fit_is_not_used(frame: Frame) -> None:
    """The bank's own frame is taken instead."""
    assert macro_in_use(make_case(frames=(frame,), resolutions=[REFUND])) is None


def test_a_fitting_macro_behind_an_unfit_one_is_found() -> None:
    """The first that fits wins."""
    frames = (UNFIT["another cause"], FRAME)
    assert macro_in_use(make_case(frames=frames, resolutions=[REFUND])) == "m1"


def test_fact_slots_of_a_macro_stay_for_the_ticket() -> None:
    """The composer leaves facts to be filled from the ticket."""
    frame = replace(FRAME, steps=replace(STEPS, own="Es geht um Ihre Bestellung {order_id}. {done}"))
    assert "{order_id}" in compose(make_case(frames=(frame,), resolutions=[REFUND])).own


def test_the_bank_speaks_the_same_format() -> None:
    """A bank frame is complete: every slot has a place."""
    frame = complete(bank_frame(set_scene(make_case())))
    whole = f"{frame.steps.acknowledge} {frame.steps.own} {frame.steps.propose} {frame.steps.ask}"
    assert all("{" + slot + "}" in whole for slot in COMPOSER_SLOTS)


def test_after_the_greeting_german_goes_on_small() -> None:
    """A noun or "Sie" keeps its capital."""
    for opening, begins in {"Das ist schade.": "das", "Sie warten.": "Sie", "Pakete brauchen Zeit.": "Pakete"}.items():
        frame = replace(FRAME, steps=replace(STEPS, acknowledge=opening + " {complaint}"))
        first = compose(make_case(frames=(frame,), resolutions=[REFUND])).acknowledge.split("\n\n")[1]
        assert first.startswith(begins)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Meine Oma ist im Oktober gestorben, und die Tasse kam kaputt an.", "Beileid"),
        ("Die Tasse ist kaputt, und am Telefon wurde einfach aufgelegt.", "bedaure"),
    ],
)
def test_no_macro_for_a_cup_where_something_weighs_more(text: str, said: str) -> None:
    """A macro for damaged parcels knows nothing of a death or a rude voice."""
    steps = compose(make_case(text, frames=(FRAME,), resolutions=[REFUND]))
    assert "erbrochenes Paket" not in steps.acknowledge
    assert said in steps.acknowledge
    assert macro_in_use(make_case(text, frames=(FRAME,), resolutions=[REFUND])) is None


DEMAND = "Heute lag eine Mahnung im Briefkasten, dabei ist alles bezahlt."


@pytest.mark.parametrize(
    ("text", "title", "used"),
    [
        ("Die Zahlung bricht immer wieder ab.", "Zahlung fehlgeschlagen", True),
        (DEMAND, "Zahlung fehlgeschlagen", False),
        (DEMAND, "Mahnung trotz Zahlung", True),
    ],
)
def test_a_macro_for_the_cause_at_large_knows_nothing_of_its_matter(text: str, title: str, used: bool) -> None:
    """Who is dunned for a paid bill is not told how to pay; a macro that is about demands is used."""
    frame = replace(FRAME, title=title, cause="payment_failed")
    assert (macro_in_use(make_case(text, "payment_failed", frames=(frame,))) is not None) is used

"""What was approved is told, what was done is not offered again, and a day stands where one would say it."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest

from app.drafts.composer import compose
from app.drafts.composer.bank import load
from app.drafts.composer.options import Offers, offers, propose
from app.drafts.composer.question import question
from app.drafts.composer.scene import set_scene
from app.drafts.judge import judge
from tests.unit.composer.builders import MUG, euros, make_case

REFUND: dict[str, Any] = {"type": "refund", "amount": euros("19.90")}
PART: dict[str, Any] = {"type": "partial_refund", "amount": euros("5.00")}
REPLACEMENT: dict[str, Any] = {"type": "replacement", "arrives_by": "2026-11-27"}
RESHIPMENT: dict[str, Any] = {"type": "reshipment", "arrives_by": "2026-11-28"}
RETURN: dict[str, Any] = {"type": "return", "return": "send_back_free"}
CANCEL: dict[str, Any] = {"type": "cancellation"}
CORRECTION: dict[str, Any] = {"type": "correction"}
INVOICE: dict[str, Any] = {"type": "invoice", "by": "2026-11-25"}
APPROVED = (REFUND, PART, REPLACEMENT, RESHIPMENT, RETURN, CANCEL, CORRECTION, INVOICE, {"type": "repair"})
TOLD = {"de": "Die Tasse kam mit einem Sprung an.", "en": "The mug arrived with a crack."}


def found(**given: Any) -> Offers:
    return offers(set_scene(make_case(**given)))


def written(*resolutions: dict[str, Any], **given: Any) -> tuple[str, str]:
    text = given.pop("text", TOLD[given.get("language", "de")])
    scene = set_scene(make_case(text, resolutions=resolutions, order=MUG, **given))
    told = offers(scene)
    return propose(scene, told), question(scene, told)


@pytest.mark.parametrize("cause", ["damaged_in_transit", "no_response", "wrong_item", "invoice", "address_change"])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_approved_type_is_told(cause: str, number: int) -> None:
    """Alone, beside another, or as what it is one thing with: none is dropped."""
    for chosen in combinations(APPROVED, number):
        told = found(cause=cause, resolutions=chosen)
        types = frozenset().union(*(offer.types for offer in (*told.choices, *told.beside)))
        assert types == {one["type"] for one in chosen}


TOGETHER: dict[str, tuple[str, list[dict[str, Any]], list[str], str]] = {
    "a correction and what is sent anew": (
        "no_response", [CORRECTION, REPLACEMENT], ["berichtigen und Ihnen kostenfrei Ersatz schicken"], "beides"),
    "a new address and the parcel once more": (
        "address_change", [RESHIPMENT, CORRECTION], ["die Lieferadresse berichtigen und Ihnen"], "beides"),
    "a document beside whatever else": (
        "warehouse_delay", [RESHIPMENT, INVOICE], ["noch einmal schicken und die Rechnung bis zum 25. November"], "beides"),
    "a cancellation whose goods were sent": (
        "damaged_in_transit", [CANCEL, RETURN], ["stornieren und Ihre Rückgabe annehmen"], "beides"),
    "a cancellation of what may be kept": (
        "refund_delayed", [CANCEL, REFUND | {"return": "keep"}], ["stornieren und Ihnen den vollen Kaufpreis"], "stornieren"),
    "all that takes a purchase back": (
        "cancellation", [CANCEL, RETURN, REFUND], ["stornieren, Ihre Rückgabe annehmen und Ihnen"], "alles"),
    "a document beside a choice": (
        "damaged_in_transit", [REFUND, REPLACEMENT, INVOICE], ["oder", "Außerdem kann ich Ihnen die Rechnung"], "lieber"),
}  # fmt: skip


@pytest.mark.parametrize(("cause", "resolutions", "said", "asked"), TOGETHER.values(), ids=TOGETHER)
def test_what_belongs_together_is_no_choice(
    cause: str, resolutions: list[dict[str, Any]], said: list[str], asked: str
) -> None:
    """Both are said in one breath and asked about as one."""
    text, ask = written(*resolutions, cause=cause)
    assert all(part in text for part in said), text
    assert asked in ask or "besser" in ask


def test_a_return_of_what_may_be_kept_is_no_way_to_choose() -> None:
    """It says that nothing has to be sent back."""
    text, ask = written(RESHIPMENT, RETURN | {"return": "keep"}, cause="wrong_item", language="en")
    assert "return" not in text
    assert "send the wrong item back" in text or "send anything back" in text
    assert " or " not in ask


DONE: dict[str, tuple[str, list[dict[str, Any]], str, str]] = {
    "refund": ("refund_issued", [REFUND], r"19,90 €", r"erstatten|Soll ich die Erstattung"),
    "refund with its day": (
        "refunded", [REFUND | {"arrives_by": "2026-11-26"}], r"19,90 € sollte bis zum 26\. November", r"erstatten|Soll ich die Erst"),
    "part": ("partial_refund_issued", [PART], r"beträgt 5,00 €", r"erstatten|Soll ich die Teil"),
    "ordered": ("replacement_ordered", [REPLACEMENT], r"Der Ersatz ist voraussichtlich bis zum 27\. November", r"kann|Soll ich den"),
    "sent": ("replacement_sent", [RESHIPMENT], r"voraussichtlich bis zum 28\. November", r"kann|Soll ich die Bestellung"),
    "label": ("return_label_sent", [RETURN], r"Rückgabe ist damit alles vorbereitet.*Etikett haben Sie schon", r"annehmen|Soll ich die Rückgabe"),
    "invoice": ("invoice_sent", [INVOICE], r"eine Antwort hier", r"die Rechnung .*schicken|Soll ich (?:für )?die Rechnung"),
    "cancelled": ("order_cancelled", [CANCEL], r"Für die Stornierung", r"stornieren"),
}  # fmt: skip


@pytest.mark.parametrize(("deed", "resolutions", "said", "never"), DONE.values(), ids=DONE)
def test_what_is_done_is_told_and_not_offered(
    deed: str, resolutions: list[dict[str, Any]], said: str, never: str
) -> None:
    """With amount and day; nobody is asked for leave to do it."""
    text, ask = written(*resolutions, actions_done=(deed,))
    assert re.search(said, text), text
    assert not re.search(never, f"{text} {ask}"), f"{text} {ask}"
    assert ask.count("?") == 1


def test_the_money_follows_a_return_that_is_under_way() -> None:
    """The label is out: what is left to decide is the refund, on the terms of that return."""
    text, ask = written(RETURN, REFUND, actions_done=("return_label_sent",))
    assert "Ich kann Ihnen den vollen Kaufpreis" in text
    assert "annehmen" not in text
    assert "Etikett haben Sie schon" in text
    assert "Erstattung" in ask


def test_goodwill_comes_on_top_of_what_was_done() -> None:
    """Who is being sent another may have the part of the price besides."""
    text, ask = written(REPLACEMENT, PART, actions_done=("replacement_ordered",))
    assert "Außerdem kann ich Ihnen 5,00 € des Kaufpreises" in text
    assert "Teilerstattung" in ask
    assert "Ersatz" not in ask


@pytest.mark.parametrize(("language", "stay"), {"de": "beim Ersatz bleiben", "en": "stay with the replacement"}.items())
def test_another_way_stands_instead_of_what_was_done(language: str, stay: str) -> None:
    """Never both: the customer is asked whether it is to stay with what was done."""
    text, ask = written(REPLACEMENT, REFUND, language=language, actions_done=("replacement_ordered",))
    assert "stattdessen" in text or "instead" in text
    assert stay in ask


def test_a_refusal_does_not_take_back_what_was_done() -> None:
    """What is under way is told, not respected away."""
    text, _ = written(REPLACEMENT, actions_done=("replacement_ordered",), refuses=("replacement",))
    assert "respektiere" not in text
    assert "27. November" in text


def test_what_has_come_back_need_not_be_sent() -> None:
    """Nothing is said of the cost of a parcel that is with us."""
    text, _ = written(RETURN, REFUND, actions_done=("return_received",))
    assert "Rücksendung" not in text
    assert "Ich kann Ihnen den vollen Kaufpreis" in text


def test_a_deed_is_told_before_a_look_is() -> None:
    """Of many actions those that settle something are kept."""
    done = ("checked_order", "checked_tracking", "checked_history", "checked_stock", "refund_issued")
    case = make_case(resolutions=(REFUND,), actions_done=done, cause="refund_delayed")
    assert "Erstattung" in compose(case).own


@pytest.mark.parametrize(("language", "said"), {"de": r"bis zum 30\. November", "en": "by 30 November"}.items())
@pytest.mark.parametrize("resolution", APPROVED, ids=[one["type"] for one in APPROVED])
def test_a_day_is_part_of_a_sentence(resolution: dict[str, Any], language: str, said: str) -> None:
    """Never in brackets behind it."""
    text, _ = written(resolution | {"arrives_by": "2026-11-30"}, language=language)
    assert re.search(said, text), text
    assert "(" not in text


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("register", ["sie", "du"])
@pytest.mark.parametrize("deed", [None, "refund_issued", "replacement_ordered", "return_label_sent", "order_cancelled"])
def test_nothing_written_blocks(language: str, register: str, deed: str | None) -> None:
    """Whatever was approved and done, review finds neither a promise nor a claim that may not be."""
    for number, chosen in enumerate(combinations(APPROVED, 2)):
        case = make_case(
            TOLD[language], language=language, register=register, resolutions=chosen, order=MUG, id=f"T-{number}",
            actions_done=(deed,) if deed else (),
        )  # fmt: skip
        judged = judge(case, compose(case))
        assert not [f for f in judged.verdict.findings if f.severity in ("block", "warn")], judged.filled.text


def test_every_settling_action_is_known() -> None:
    """It can be told, and its types are told or asked about in both languages."""
    for deed, kinds in load("settled")["by_action"].items():
        for language in ("de", "en"):
            assert load("actions")[language][deed]
            assert set(kinds) <= load("options")[language].keys()
            assert set(kinds) <= load("settled")[language].keys()

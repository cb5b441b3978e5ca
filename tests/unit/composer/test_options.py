"""What is offered, in which order, and the one question at the end."""

from typing import Any

import pytest

from app.drafts.composer import compose
from app.drafts.composer.options import offers, propose
from app.drafts.composer.question import question
from app.drafts.composer.scene import set_scene
from tests.unit.composer.builders import MUG, REFUND, REPLACEMENT, euros, make_case

RETURN: dict[str, Any] = {"type": "return", "return": "send_back_free"}
CANCEL: dict[str, Any] = {"type": "cancellation"}


def types(**given: Any) -> list[str]:
    return [offer.type for offer in offers(set_scene(make_case(**given))).choices]


def written(**given: Any) -> tuple[str, str]:
    scene = set_scene(make_case(**given))
    found = offers(scene)
    return propose(scene, found), question(scene, found)


ORDER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "as given": ({"resolutions": [REFUND, REPLACEMENT]}, ["refund", "replacement"]),
    "wished first": ({"resolutions": [REFUND, REPLACEMENT], "wants": ("replacement",)}, ["replacement", "refund"]),
    "refused is left out": ({"resolutions": [REFUND, REPLACEMENT], "refuses": ("replacement",)}, ["refund"]),
    "refusing a resend refuses a replacement": (
        {"resolutions": [REFUND, REPLACEMENT], "refuses": ("reshipment",)}, ["refund"]),
    "twice the same": ({"resolutions": [REFUND, REFUND]}, ["refund"]),
    "nothing": ({"resolutions": []}, []),
    "no goodwill on a marketplace": ({"resolutions": [{"type": "voucher", "amount": euros("5.00")}]}, []),
    "goodwill in the own shop": (
        {"resolutions": [{"type": "voucher", "amount": euros("5.00")}], "channel": "shop_email"}, ["voucher"]),
    "cancellation and refund are one": ({"resolutions": [CANCEL, REFUND | {"return": None}]}, ["cancellation"]),
    "return and refund are one": ({"resolutions": [RETURN, {"type": "refund"}]}, ["return"]),
    "no return of what may be kept": ({"resolutions": [RETURN, REFUND]}, ["refund"]),
    "a corrected invoice is one thing": (
        {"resolutions": [{"type": "invoice"}, {"type": "correction"}], "cause": "invoice"}, ["invoice"]),
    "one way of sending again": ({"resolutions": [REPLACEMENT, {"type": "reshipment"}]}, ["replacement"]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), ORDER.values(), ids=ORDER)
def test_choices(given: dict[str, Any], expected: list[str]) -> None:
    """Only what is allowed, not refused and different is offered."""
    assert types(**given) == expected


def test_amounts_dates_and_return_terms_are_named() -> None:
    """The customer reads what, how much, until when, and what happens to the thing."""
    text, asked = written(resolutions=[REFUND, REPLACEMENT], order=MUG, product_words="Tasse")
    assert "vollen Kaufpreis von 19,90 €" in text
    assert "voraussichtlich bis zum 27. November" in text
    assert "behalten" in text or "Zurückschicken müssen Sie" in text
    assert "Erstattung" in asked
    assert "Ersatz" in asked


def test_a_part_of_the_price_is_not_called_full() -> None:
    """Full is only what equals the order's price."""
    text, _ = written(resolutions=[REFUND | {"amount": euros("10.00")}], order=MUG)
    assert "10,00 €" in text
    assert "vollen" not in text


def test_different_return_terms_are_kept_apart() -> None:
    """Each choice says what happens to the thing."""
    text, _ = written(resolutions=[REFUND, REPLACEMENT | {"return": "send_back_free"}])
    assert "bei der erstattung" in text.lower()
    assert "beim ersatz" in text.lower()


@pytest.mark.parametrize(("language", "said"), {"de": "Das Etikett haben Sie", "en": "already have the label"}.items())
def test_a_label_already_sent_is_not_promised_again(language: str, said: str) -> None:
    """What was done is said as done."""
    given = {"resolutions": [REFUND | {"return": "send_back_free"}], "actions_done": ("return_label_sent",)}
    text, _ = written(language=language, **given)
    assert said.lower() in text.lower()


def test_a_wish_that_cannot_be_granted_is_answered_honestly() -> None:
    """It is named, not promised, and not passed over."""
    text, _ = written(resolutions=[REPLACEMENT], wants=("refund",))
    assert "Erstattung" in text
    assert "noch nicht zusagen" in text


def test_a_wish_met_by_a_joined_offer_is_met() -> None:
    """Who wants a refund and gets a cancellation with refund is not told that it is impossible."""
    text, _ = written(cause="cancellation", resolutions=[CANCEL, REFUND | {"return": None}], wants=("refund",))
    assert "noch nicht zusagen" not in text
    assert "stornieren und Ihnen 19,90 € erstatten" in text


def test_a_refusal_is_respected_aloud() -> None:
    """The customer reads that the refusal was understood."""
    text, _ = written(resolutions=[REFUND], refuses=("replacement",))
    assert "respektiere" in text


def test_nothing_allowed_promises_nothing() -> None:
    """Without resolutions there is a commitment to find out and a next contact, without a date."""
    text, asked = written(resolutions=[], language="en", cause="carrier_delay", text="My parcel has not arrived.")
    assert "I will" in text
    assert not any(word in text.lower() for word in ("refund", "replacement", "voucher", "november"))
    assert asked.count("?") == 1


QUESTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "one choice": ({"resolutions": [REFUND], "wants": ("refund",)}, "Erstattung"),
    "late parcel: wait or refund": (
        {"resolutions": [REFUND], "cause": "carrier_delay", "text": "Mein Paket ist nicht da."}, "warten, oder",
    ),
    "photo": ({"resolutions": []}, "Foto"),
    "photo was sent": ({"resolutions": [], "text": "Die Tasse ist kaputt, Foto im Anhang."}, "am liebsten"),
    "order number in the own shop": ({"resolutions": [], "cause": "invoice", "channel": "shop_email"}, "Bestellnummer"),
    "new address": ({"resolutions": [{"type": "correction"}], "cause": "address_change"}, "Lieferadresse"),
    "new address was given": (
        {"resolutions": [{"type": "correction"}], "cause": "address_change", "text": "Bitte nach 12345 Musterstadt."}, "ändern"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "part"), QUESTIONS.values(), ids=QUESTIONS)
def test_question(given: dict[str, Any], part: str) -> None:
    """Exactly one question, and it is the one that helps now."""
    _, asked = written(**given)
    assert asked.count("?") == 1
    assert asked.endswith("?")
    assert part in asked


def test_missing_things_are_sent_after_not_again() -> None:
    """For a missing part nobody needs the whole thing once more."""
    text, _ = written(
        text="Beim Bett fehlt der Beutel.", cause="missing_item", resolutions=[{"type": "reshipment"}], product_words="Bett", part="Beutel",
    )  # fmt: skip
    assert "den Beutel kostenfrei nachschicken" in text


def test_a_change_nobody_approved_is_not_asked_about() -> None:
    """The new address is in the message, but whether it may still be changed is not decided."""
    text = "Bitte schicken Sie es an die Gartenstraße 5, 6020 Innsbruck."
    assert "vollständig" in compose(make_case(text, "address_change")).ask
    assert "so ändern" in compose(make_case(text, "address_change", resolutions=[{"type": "correction"}])).ask

"""What a reply says happened: nothing that the message itself contradicts."""

from __future__ import annotations

import pytest

from app.drafts.composer import compose
from tests.unit.composer.builders import euros, make_case


def _opening(text: str, cause: str, **given: object) -> str:
    return compose(make_case(text, cause, **given)).acknowledge


ARMCHAIR = {"id": "1", "items": [{"title": "Fernsehsessel Verona"}]}
KETTLE = {"id": "1", "items": [{"title": "Stovetop kettle 2L"}]}


@pytest.mark.parametrize(
    "text",
    [
        "Am 4. November wurde mir der Sessel geliefert. Die beiden Fahrer haben ihn vor der Haustür abgestellt.",
        "Der Sessel kam am Montag bei uns an. Die Fahrer wollten ihn nicht in den zweiten Stock tragen.",
        "Uns wurde der Sessel gestern zugestellt, der Fahrer hat dabei die Tür zerkratzt.",
    ],
)
def test_what_has_come_is_not_waited_for(text: str) -> None:
    assert "angekommen" not in _opening(text, "carrier_delay", order=ARMCHAIR)
    assert "warten" not in _opening(text, "carrier_delay", order=ARMCHAIR)


@pytest.mark.parametrize(
    "text",
    [
        "Laut DHL wurde mir der Sessel geliefert. Hier steht aber nichts.",
        "Angeblich kam der Sessel gestern an. Wo ist er?",
        "Der Hocker kam am Montag an, der Sessel fehlt noch immer.",
        "Mir wurde der Sessel für Montag zugesagt, ich warte.",
    ],
)
def test_what_is_only_said_to_have_come_is_waited_for(text: str) -> None:
    told = _opening(text, "carrier_delay", order=ARMCHAIR)
    assert any(said in told for said in ("angekommen", "warte", "Warte", "nicht kommt"))


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Wieso wird mein Konto mit 2x 89,99 belastet?", "de", "mehr als einmal abgebucht"),
        ("Der Betrag wurde doppelt abgebucht.", "de", "mehr als einmal abgebucht"),
        ("Ihr habt mir 49 Euro zweimal vom Konto abgezogen.", "de", "mehr als einmal abgebucht"),
        ("I was charged twice for one kettle.", "en", "charged more than once"),
        ("There is a double charge on my card.", "en", "charged more than once"),
        ("You took the money two times.", "en", "charged more than once"),
    ],
)
def test_money_taken_twice_is_no_refund_that_is_awaited(text: str, language: str, said: str) -> None:
    told = _opening(text, "refund_delayed", language=language, order=KETTLE if language == "en" else ARMCHAIR)
    assert said in told
    assert "Erstattung" not in told
    assert "refund" not in told


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich habe schon zweimal geschrieben, die Erstattung ist noch nicht da.", "de"),
        ("Seit dem 2. November warte ich auf mein Geld.", "de"),
        ("I have called twice about my refund and it is still not in my account.", "en"),
        ("They took twice as long as promised to refund me and nothing has come.", "en"),
    ],
)
def test_a_refund_asked_for_twice_is_one_that_is_awaited(text: str, language: str) -> None:
    told = _opening(text, "refund_delayed", language=language, order=KETTLE if language == "en" else ARMCHAIR)
    assert "mehr als einmal abgebucht" not in told
    assert "more than once" not in told


def test_the_amount_the_customer_names_is_not_refused_as_a_part() -> None:
    part = {"type": "partial_refund", "amount": euros("41.20"), "return": "keep"}
    case = make_case("I had to pay 41.20 EUR customs. I want that back.", "other", language="en", order=KETTLE,
                     wants=("refund",), resolutions=(part,))  # fmt: skip
    assert "cannot confirm" not in compose(case).propose
    case = make_case("The kettle leaks. I want my 80.00 EUR back.", "product_defect", language="en", order=KETTLE,
                     wants=("refund",), resolutions=(part,))  # fmt: skip
    assert "cannot confirm" in compose(case).propose


@pytest.mark.parametrize(
    ("text", "not_said"),
    [
        ("Der Sessel ist wunderschön. Der linke Fuß ist gebrochen.", "wunderschön"),
        ("Der Lizenzschlüssel fürs neue Programm sagt bei mir: schon aktiviert.", "sagt"),
        ("Ich habe einen Sessel bestellt. Der linke Fuß ist gebrochen.", "bestellt"),
    ],
)
def test_praise_and_what_says_nothing_is_not_told_back(text: str, not_said: str) -> None:
    assert not_said not in _opening(text, "product_defect", order=ARMCHAIR)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The kettle inside rattles when I lift the box.", "your kettle inside"),
        ("I am order the big kettle and the small came.", "am order"),
    ],
)
def test_english_that_would_come_out_wrong_is_not_told_so(text: str, said: str) -> None:
    told = _opening(text, "product_defect", language="en", order=KETTLE)
    assert said not in told
    assert said.replace("am order", "are order") not in told

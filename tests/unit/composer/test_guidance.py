"""Notes and instructions: followed where they choose among what is allowed, reported where not."""

from typing import Any

import pytest

from app.drafts.answer import NOT_FOLLOWED, build_answer
from app.drafts.composer import compose, left_undone
from app.drafts.composer.guidance import guidance
from app.drafts.judge import judge
from app.drafts.writing import Work, Written
from tests.unit.composer.builders import REFUND, REPLACEMENT, SENT_AT, make_case

ALLOWED = frozenset({"refund", "replacement"})
READ = {
    "offer the refund first, keep it short": (True, ("refund",), (), ()),
    "Erstattung zuerst anbieten und kurz halten": (True, ("refund",), (), ()),
    "Bitte nur Ersatz anbieten.": (False, (), ("replacement",), ()),
    "be funny": (False, (), (), ("be funny",)),
    "do not offer the refund": (False, (), (), ("do not offer the refund",)),
    "offer a voucher first": (False, (), (), ("offer a voucher first",)),
}


@pytest.mark.parametrize(("text", "read"), READ.items(), ids=READ)
def test_instructions_are_read(text: str, read: tuple[object, ...]) -> None:
    """Order, choice and length are understood; the rest is kept to be reported."""
    found = guidance(text, "en", ALLOWED)
    assert (found.short, found.first, found.only, found.unknown) == read


def test_what_is_to_come_first_comes_first() -> None:
    """The order of the request's list gives way to the instruction."""
    offered: dict[str, Any] = {"resolutions": [REPLACEMENT, REFUND]}
    plain = compose(make_case(**offered)).propose
    told = compose(make_case(instruction="Erstattung zuerst", **offered)).propose
    assert plain.index("Ersatz") < plain.index("erstatten")
    assert told.index("erstatten") < told.index("Ersatz")


def test_short_is_shorter() -> None:
    """A short reply leaves out what the customer may miss least."""
    text = "Der Henkel ist ab. Der Rand ist gesplittert. Gedacht war sie für meine Mutter."
    long, short = (compose(make_case(text, instruction=i, resolutions=[REFUND])) for i in (None, "kurz halten"))
    assert len(f"{short.acknowledge}{short.own}") < len(f"{long.acknowledge}{long.own}")


def test_what_is_to_be_mentioned_is() -> None:
    """A harmless fact is passed on; one that review would stop is reported instead."""
    case = make_case(instruction="Erwähne, dass wir am Montag geschlossen haben.", resolutions=[REFUND])
    assert "dass wir am Montag geschlossen haben" in compose(case).propose
    assert left_undone(case) == ()
    bad = make_case(instruction="Erwähne, dass wir uns über fünf Sterne freuen.", resolutions=[REFUND])
    assert "Sterne" not in compose(bad).propose
    assert left_undone(bad)


NOTES = {
    "Das Etikett liegt dem Paket bei.": True,
    "Die Rücksendung erfolgt unter Angabe der Bestellnummer.": True,  # stiff, and yet a fact
    "intern: Marge beachten, nicht sagen": False,
    "Bitte geben Sie uns fünf Sterne bei Amazon.": False,
    "Schreiben Sie an hilfe@example.com für mehr.": False,
    "The label is in the box.": False,
    "ok": False,
}


@pytest.mark.parametrize(("text", "used"), NOTES.items(), ids=NOTES)
def test_notes_are_passed_on_where_they_may_be_read(text: str, used: bool) -> None:
    """A sentence for the customer in the reply's language that review lets pass; nothing else."""
    said = compose(make_case(resolutions=[{**REFUND, "note": text}, REPLACEMENT])).propose
    assert (text in said) is used


def test_all_facts_of_all_offers_are_stated_once() -> None:
    """Amounts, days and return terms, the terms that two offers share in one breath."""
    offered = [
        {"type": "refund", "amount": {"amount": "89.00", "currency": "EUR"}, "by": "2026-11-26", "return": "send_back_free"},
        {"type": "replacement", "arrives_by": "2026-12-01", "return": "keep"},
        {"type": "partial_refund", "amount": {"amount": "30.00", "currency": "EUR"}, "return": "keep"},
    ]  # fmt: skip
    said = compose(make_case("Der Stuhl wackelt.", "product_defect", resolutions=offered)).propose
    for fact in (
        "89,00 €",
        "26. November",
        "1. Dezember",
        "30,00 €",
        "kostenfrei",
        "beim Ersatz und bei der Teilerstattung",
    ):
        assert fact in said
    assert said.count("behalten") == 1


def test_what_is_kept_is_what_was_sent_wrongly() -> None:
    """Nobody is offered to keep the thing that never came."""
    said = compose(make_case("Falscher Teppich.", "wrong_item", resolutions=[REPLACEMENT])).propose
    assert "falschen Artikel" in said or "Zurückschicken" in said


def test_the_answer_says_what_was_not_followed() -> None:
    """Whoever asked for more than choosing reads that it was left undone."""
    case = make_case(instruction="Keep it short. Be funny.", resolutions=[REFUND])
    written = Written(judge(case, compose(case)), Work())
    found = [f for f in build_answer("drf_1", case, written, (), {}, SENT_AT)["findings"] if f["rule"] == NOT_FOLLOWED]
    assert [(f["severity"], f["excerpt"]) for f in found] == [("info", "Be funny")]

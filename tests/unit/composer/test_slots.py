"""Slots become facts or visible placeholders; steps partition the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.drafts.composer import compose
from app.drafts.model import Steps
from app.drafts.slots import Filled, fill, label, refill
from tests.unit.composer.builders import MUG, REFUND, REPLACEMENT, make_case

STEPS = Steps(
    "Guten Tag,\n\nzu {order_id}.",
    "Ich prüfe {tracking_number}.",
    "Sie ist am {arrival_date} da.",
    "Passt das?\n\nJana",
)


def parts(filled: Filled) -> list[str]:
    return [filled.text[span.start : span.end] for span in filled.steps]


def test_known_facts_are_filled() -> None:
    """Order, tracking and offer fill their slots in the language of the reply."""
    filled = fill(STEPS, make_case(order=MUG | {"tracking_number": "0034"}, resolutions=[REPLACEMENT]))
    assert "zu 302-1234567-7654321." in filled.text
    assert "Ich prüfe 0034." in filled.text
    assert "am 27. November da" in filled.text
    assert filled.placeholders == ()


def test_unknown_facts_become_placeholders() -> None:
    """They stand in brackets, with a label, at the place and in the step they belong to."""
    filled = fill(STEPS, make_case())
    names = [(spot.name, spot.label, spot.step) for spot in filled.placeholders]
    assert names == [
        ("order_id", "Bestellnummer", "acknowledge"), ("tracking_number", "Sendungsnummer", "own"), ("arrival_date", "Ankunftsdatum", "propose"),
    ]  # fmt: skip
    for spot in filled.placeholders:
        assert filled.text[spot.start : spot.end] == f"[{spot.label}]"


def test_steps_partition_the_text() -> None:
    """Each step begins where the one before ends; one blank line stands between them."""
    filled = fill(STEPS, make_case())
    assert "".join(parts(filled)) == filled.text
    assert all(part.endswith("\n\n") for part in parts(filled)[:-1])
    assert not filled.text.endswith("\n")
    assert "\n\n\n" not in filled.text


def test_an_empty_step_leaves_no_gap() -> None:
    """A kind without an own step has an empty span and no blank lines for it."""
    filled = fill(Steps("Hallo.", "", "", "Ende."), make_case())
    assert filled.text == "Hallo.\n\nEnde."
    assert "".join(parts(filled)) == filled.text


def test_values_are_never_read_as_slots() -> None:
    """A title that looks like a slot is not filled a second time, and its braces are gone."""
    order = {"id": "{tracking_number}", "tracking_number": "0034"}
    filled = fill(Steps("Zu {order_id}.", "a", "b", "c"), make_case(order=order))
    assert "0034" not in filled.text
    assert "{" not in filled.text


def test_a_placeholder_filled_later_moves_what_follows() -> None:
    """Offsets of steps and of what is still open stay right."""
    filled = refill(fill(STEPS, make_case()), {"tracking_number": "00340434161094042557"})
    assert "Ich prüfe 00340434161094042557." in filled.text
    assert [spot.name for spot in filled.placeholders] == ["order_id", "arrival_date"]
    assert all(filled.text[spot.start : spot.end] == f"[{spot.label}]" for spot in filled.placeholders)
    assert "".join(parts(filled)) == filled.text
    done = refill(filled, {"order_id": "7", "arrival_date": "2. Mai"})
    assert done.placeholders == ()
    assert "zu 7." in done.text
    assert "am 2. Mai da" in done.text


def test_the_same_slot_is_filled_everywhere() -> None:
    """One value fills each place of its name."""
    filled = fill(Steps("{order_id}", "{order_id}", "x", "y"), make_case())
    assert refill(filled, {"order_id": "7"}).text == "7\n\n7\n\nx\n\ny"


@pytest.mark.parametrize(
    "values", [{"order_id": ""}, {"order_id": "a\x00b"}, {"order_id": "[x]"}, {"nothing": "7"}], ids=str
)
def test_unfit_values_are_refused(values: dict[str, str]) -> None:
    """Empty, hostile and unknown values raise and name what is wrong."""
    with pytest.raises(ValueError, match=r"order_id|nothing"):
        refill(fill(STEPS, make_case()), values)


def test_labels() -> None:
    """Labels follow the language; unknown names are made readable."""
    assert label("order_id", "de") == "Bestellnummer"
    assert label("order_id", "en") == "order number"
    assert label("odd_thing", "de") == "odd thing"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(min_size=1, max_size=40), st.text(max_size=30))
def test_no_text_breaks_the_draft(title: str, name: str, signature: str) -> None:
    """Whatever stands in names and titles, the draft holds together."""
    from app.profile.schemas import Profile
    from app.text import reject_unstorable

    for text in (title, name, signature):
        try:
            reject_unstorable(text)
        except ValueError:
            return
    case = make_case(
        "Der Henkel ist ab.", order={"id": name, "items": [{"title": title}]}, name=name, resolutions=[REFUND],
        product_words=title, part=name, profile=Profile(signatures={"de": signature}),
    )  # fmt: skip
    filled = fill(compose(case), case)
    assert "".join(parts(filled)) == filled.text
    assert filled.text.count("?") >= 1

"""A wrong size or colour: ordered and received are named."""

import pytest

from app.drafts.composer import compose
from app.drafts.composer.scene import set_scene
from app.drafts.composer.variants import mixup
from tests.unit.composer.builders import make_case

TOLD = {
    "Bestellt hatte ich die Schuhe in 42, gekommen sind 38.": ("de", "42", None, "38", None),
    "Ich habe die Jacke in Größe M bestellt und Größe XL bekommen.": ("de", "M", None, "XL", None),
    "Statt des blauen Teppichs kam der graue.": ("de", None, "blau", None, "grau"),
    "I ordered black shoes in size 9 and you sent me red ones in size 7.": ("en", "9", "black", "7", "red"),
    "Instead of the blue rug I received the grey one.": ("en", None, "blue", None, "grey"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), TOLD.items(), ids=TOLD)
def test_sides_are_told_apart(text: str, told: tuple[str, str | None, str | None, str | None, str | None]) -> None:
    """What was ordered and what came, by the words around each."""
    found = mixup(set_scene(make_case(text, "wrong_item", language=told[0])))
    assert found
    assert (found.wanted.size, found.wanted.colour, found.received.size, found.received.colour) == told[1:]


def test_the_order_completes_what_was_wanted() -> None:
    """A title that holds the size answers what was ordered."""
    order = {"items": [{"title": "Regenjacke Fjord, Größe M"}]}
    said = compose(make_case("Es kam Größe XL.", "wrong_item", order=order)).acknowledge
    assert "Größe M" in said
    assert "Größe XL" in said


@pytest.mark.parametrize(
    "text", ["Ich habe das falsche Buch bekommen.", "Kam in rotem Papier.", "Ich warte seit 42 Tagen."]
)
def test_no_mixup_is_made_up(text: str) -> None:
    """Where only one side is known, nothing is stated."""
    assert mixup(set_scene(make_case(text, "wrong_item"))) is None

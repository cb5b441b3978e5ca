"""Questions told back as indirect ones."""

import pytest

from app.drafts.composer import question_de, question_en

GERMAN = {
    "when": ("Wann kommt mein Paket?", "wann Ihr Paket kommt"),
    "where": ("Wo ist denn mein Paket?", "wo Ihr Paket ist"),
    "yes or no": ("Ist das Uhrwerk lautlos?", "ob das Uhrwerk lautlos ist"),
    "the shop becomes we": ("Können Sie das noch anpassen?", "ob wir das noch anpassen können"),
    "passive": ("Wird das Modell zurückgerufen?", "ob das Modell zurückgerufen wird"),
    "after a preface": ("eine Frage zur Holzuhr, ist das Uhrwerk lautlos?", "ob das Uhrwerk lautlos ist"),
    "first person": ("Wie lange bin ich dann ohne?", "wie lange Sie dann ohne sind"),
}
ENGLISH = {
    "where": ("Where is my order?", "where your order is"),
    "when": ("When will my parcel arrive?", "when your parcel will arrive"),
    "yes or no with do": ("Do you have another base?", "whether we have another base"),
    "third person s": ("Does the rail take standard rings?", "whether the rail takes standard rings"),
    "the shop becomes we": ("Can you redirect it?", "whether we can redirect it"),
    "names keep capitals": ("Can someone get UPS to deliver it on Thursday?", "whether someone can get UPS to deliver it on Thursday"),
    "what should I": ("And what should I do with the open bag?", "what you should do with the open bag"),
}  # fmt: skip


@pytest.mark.parametrize(("question", "told"), GERMAN.values(), ids=GERMAN)
def test_german(question: str, told: str) -> None:
    """The verb goes last and the shop speaks as "wir"."""
    assert question_de.indirect(question.rstrip("?"), "sie") == told


@pytest.mark.parametrize(("question", "told"), ENGLISH.values(), ids=ENGLISH)
def test_english(question: str, told: str) -> None:
    """The subject comes before the verb and the shop speaks as "we"."""
    assert question_en.indirect(question.rstrip("?")) == told


@pytest.mark.parametrize("question", ["Warum", "Und jetzt", "", "Geht's noch"])
def test_german_unsure(question: str) -> None:
    """A question that is none is given up."""
    assert question_de.indirect(question, "sie") is None


@pytest.mark.parametrize("question", ["Why", "Hello", "", "Seriously"])
def test_english_unsure(question: str) -> None:
    """A question that is none is given up."""
    assert question_en.indirect(question) is None


def test_an_indirect_question_is_kept() -> None:
    """What follows "I want to know" only turns its person."""
    assert question_de.dependent("welches Messer zum Hobel passt", "sie") == "welches Messer zum Hobel passt"
    assert question_en.dependent("what my options are") == "what your options are"

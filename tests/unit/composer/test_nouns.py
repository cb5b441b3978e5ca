"""Gender, number and names of things."""

import pytest

from app.drafts.composer.naming import name_things, short_title
from app.drafts.composer.nouns_de import gender_of, noun
from app.drafts.composer.nouns_en import is_plural, named_in_title, stands_as_noun
from tests.unit.composer.builders import make_case

GENDERS = {
    "Tasse": "f", "Keramiktasse": "f", "Wasserkocher": "m", "Fondue-Set": "n", "Schrauben": "pl", "Lieferung": "f",
    "Kätzchen": "n", "Handyhülle": "f", "Over-Ear-Kopfhörer": "m", "Laufschuhe": "pl", "Kuchen": "m", "Gnorp": None, "xy": None,
}  # fmt: skip
TITLES = {
    "completed to the right": ("Ankle boots Marit, black, 39", "ankle", "ankle boots"),
    "known head": ("Stainless Steel Kettle 1.7 L", "kettle", "kettle"),
    "words before the head": ("Cast iron skillet 12 inch", "cast", "cast iron skillet"),
    "customer's word is not in the title": ("Standing desk 55 in, walnut", "picture", "desk"),
    "two words of the customer": ("Toaster oven Hearth", "toaster oven", "toaster oven"),
    "nothing known": ("Zorblax 3000", "gnorp", None),
}


@pytest.mark.parametrize(("word", "gender"), GENDERS.items(), ids=GENDERS)
def test_gender(word: str, gender: str | None) -> None:
    """Compounds follow their last part; unknown nouns have no gender."""
    assert gender_of(word) == gender


def test_forms() -> None:
    """Articles and possessives agree; the dative plural takes its n."""
    cup, shoes = noun("tasse"), noun("Schuhe")
    assert cup is not None
    assert shoes is not None
    assert cup.yours("dat", "sie") == "Ihrer Tasse"
    assert cup.the("nom") == "die Tasse"
    assert shoes.yours("dat", "du") == "deinen Schuhen"
    assert noun("SPIEGEL").text == "Spiegel"  # type: ignore[union-attr]
    assert noun("Kopfhörern").gender == "pl"  # type: ignore[union-attr]
    assert noun("blaue Tasse") is None


@pytest.mark.parametrize(("title", "words", "name"), TITLES.values(), ids=TITLES)
def test_english_names(title: str, words: str, name: str | None) -> None:
    """The title completes the customer's noun, or gives its own."""
    assert named_in_title(title, words) == name


@pytest.mark.parametrize(
    ("words", "plural"), {"scissors": True, "glass": False, "mugs": True, "bus": False, "legs": True}.items()
)
def test_english_number(words: str, plural: bool) -> None:
    """Verbs agree with the noun, not with its last letter."""
    assert is_plural(words) is plural


def test_a_verb_is_no_product() -> None:
    """ "I just saw it" names no saw."""
    assert not stands_as_noun("saw", "I just saw the powder contains soy")
    assert stands_as_noun("saw", "The new saw is blunt")


@pytest.mark.parametrize(
    ("title", "short"),
    {
        "Keramiktasse Nordlicht blau, 350 ml": "Keramiktasse Nordlicht blau",
        "Lampe {order_id} <b>": "Lampe order id b",
        "": None,
        "https://x.example/y": "x.example",
    }.items(),
)
def test_titles_are_cut_and_cleaned(title: str, short: str | None) -> None:
    """What is quoted from a title cannot carry slots, markup or links' schemes."""
    got = short_title(title)
    assert got is None or not set("{}<>|[]") & set(got)
    if "order_id" not in title and "http" not in title:
        assert got == short


PARTS = {
    "subject": ("Der Henkel ist ab.", "Henkel", "der Henkel"),
    "place after a preposition": ("Paket vor der Haustür abgestellt.", "Haustür", None),
    "place with a contracted article": ("Sie tropft am Wassertank.", "Wassertank", None),
    "bare": ("Henkel abgebrochen.", "Henkel", "der Henkel"),
    "plural by its article": ("Die Teller sind gesprungen.", "Teller", "die Teller"),
}


@pytest.mark.parametrize(("text", "part", "named"), PARTS.values(), ids=PARTS)
def test_parts(text: str, part: str, named: str | None) -> None:
    """A part is named where the message speaks of it, not where it only says a place."""
    thing = name_things(make_case(text, part=part), "de").part
    assert (thing.nom if thing else None) == named


def test_words_of_another_language_are_only_quoted() -> None:
    """A French noun does not become an English one."""
    case = make_case(
        "Le vélo n'est pas là.", "carrier_delay", language="en", customer_language="fr", product_words="vélo"
    )
    thing = name_things(case, "en").product
    assert thing is not None
    assert thing.nom == "your item “vélo”"


def test_a_title_makes_the_noun_exact() -> None:
    """The compound of the title is taken for the customer's short word."""
    order = {"items": [{"title": "Keramiktasse blau"}]}
    thing = name_things(make_case("Die Tasse ist kaputt.", order=order, product_words="Tasse"), "de").product
    assert thing is not None
    assert thing.dat == "Ihrer Keramiktasse"

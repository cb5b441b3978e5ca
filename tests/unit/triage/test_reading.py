"""The reading: what the customer says about the case, in the customer's own words."""

from __future__ import annotations

import pytest

from app.triage.service import triage
from app.triage.words import split
from tests.unit.triage.build import NOW, judge, thread

MUG = {"items": [{"title": "Keramiktasse blau"}, {"title": "Teekanne aus Glas 1,2 l"}]}

PRODUCTS = [
    ("inflected head of a compound", "Die Tasse kam zerbrochen an.", MUG, "Keramiktasse blau", "Tasse"),
    ("the other item", "Die Kanne ist undicht.", MUG, "Teekanne aus Glas 1,2 l", "Kanne"),
    ("no order, own thing", "Meine neue Kaffeemaschine geht nicht an.", None, "Kaffeemaschine", "Kaffeemaschine"),
    ("lower case", "die bohrmaschine läuft nicht", None, "bohrmaschine", "bohrmaschine"),
    ("English relative clause", "The kettle I bought leaks.", None, "kettle", "kettle"),
    ("English modifier", "My coffee machine stopped working.", None, "coffee machine", "coffee machine"),
    (
        "verb that is a thing too",
        "I just saw the protein powder has soy in it.",
        None,
        "protein powder",
        "protein powder",
    ),
]


@pytest.mark.parametrize(("text", "order", "product", "words"), [p[1:] for p in PRODUCTS], ids=[p[0] for p in PRODUCTS])
def test_product(text, order, product, words):
    """The ordered item meant, else the customer's noun."""
    reading = judge(text, **({"order": order} if order else {})).reading
    assert (reading.product, reading.product_words) == (product, words)


PARTS = [
    ("near the defect", "Bei der Tasse ist der Henkel abgebrochen.", "Henkel"),
    ("English", "The lid of the teapot is cracked.", "lid"),
    ("missing", "Beim Bett fehlt der Schraubenbeutel.", "Schraubenbeutel"),
    ("what the thing ruined", "Hose split on the first day and soaked my new fence paint.", None),
    ("a verb is no part", "Bitte teilen Sie mir mit, wann der kaputte Mixer abgeholt wird.", None),
    ("send it back", "The treadmill does not fit and I want to send it back.", None),
    ("front door of the house", "Das Paket lag nass vor der Haustür, die Vase ist zerbrochen.", None),
]


@pytest.mark.parametrize(("text", "part"), [p[1:] for p in PARTS], ids=[p[0] for p in PARTS])
def test_part(text, part):
    """The part in trouble, never the product or a word that only looks like a part."""
    assert judge(text).reading.part == part


SINCE = [
    ("day and year", "Ich warte seit 03.11.2026 auf das Paket.", "seit 03.11.2026", "span"),
    ("span", "Seit zwei Wochen warte ich auf mein Paket.", "Seit zwei Wochen", "span"),
    ("weekday", "The pump leaks since Monday.", "since Monday", "span"),
    ("date", "Seit dem 3.11. tut sich nichts.", "Seit dem 3.11.", "span"),
    ("for ... now", "I have been waiting for ten days now.", "for ten days now", "span"),
    ("point", "Vor drei Wochen bestellt, nichts da.", "Vor drei Wochen", "point"),
    ("bare duration, German", "Sechs Tage und keine Antwort.", "seit sechs Tagen", "span"),
    ("bare duration, English", "wheres my stuff its been 2 weeks", "for 2 weeks", "span"),
    ("long a customer", "Ich bin seit zehn Jahren Kunde und jetzt ist die Lampe kaputt.", None, None),
    ("none", "Die Lampe ist kaputt.", None, None),
]


@pytest.mark.parametrize(("text", "phrase", "kind"), [s[1:] for s in SINCE], ids=[s[0] for s in SINCE])
def test_since(text, phrase, kind):
    """A phrase of time that can be repeated, and whether it lasts or is a point."""
    reading = judge(text).reading
    assert (reading.since, reading.since_kind) == (phrase, kind)


WISHES = [
    ("kein Ersatz", "Kein Ersatz, ich will mein Geld zurück.", {"refund"}, {"replacement"}),
    ("no voucher", "Ich will keinen Gutschein, erstatten Sie mir den Betrag.", {"refund"}, {"voucher"}),
    ("only a refund", "Only a refund, no replacement.", {"refund"}, {"replacement"}),
    ("shouted", "Geld zurück!!", {"refund"}, set()),
    ("not another one", "Please don't send me another one.", set(), {"replacement"}),
    ("where is it", "just tell me where it is", {"delivery_date"}, set()),
    ("joined refusal", "No replacement or voucher, just my money back.", {"refund"}, {"replacement", "voucher"}),
    ("either", "Ich möchte Ersatz oder mein Geld zurück.", {"replacement", "refund"}, set()),
    ("rather than", "Lieber Geld zurück als einen Gutschein.", {"refund"}, {"voucher"}),
    ("without an answer is no refusal", "Nach vier Wochen ohne Antwort kam jetzt endlich der Ersatz.", set(), set()),
    ("not any longer is no refusal", "Ich will nicht länger auf mein Geld warten.", {"refund"}, set()),
]


@pytest.mark.parametrize(("text", "wanted", "refused"), [w[1:] for w in WISHES], ids=[w[0] for w in WISHES])
def test_wishes(text, wanted, refused):
    """What is asked for is in `wants`, what is refused only in `refuses`."""
    reading = judge(text).reading
    assert wanted <= set(reading.wants)
    assert set(reading.refuses) == refused
    assert not set(reading.wants) & refused


DEFECTS = [
    ("typo", "die tasse ist kaput", "broken"),
    ("umlaut written out", "Der Artikel ist beschaedigt.", "damaged"),
    ("flicker", "Die Lampe flackert.", "flickers"),
    ("battery", "The battery drains within an hour.", "battery_drains"),
    ("empty", "The box was empty.", "empty_parcel"),
    ("smell", "Das Kissen stinkt.", "smells"),
    ("what it smells of", "Das Kissen riecht nach Chemie.", "smells"),
    ("what it smells like", "The blanket smells like petrol.", "smells"),
    ("screws", "Es fehlen die Schrauben.", "missing_screws"),
]


@pytest.mark.parametrize(("text", "key"), [d[1:] for d in DEFECTS], ids=[d[0] for d in DEFECTS])
def test_defects(text, key):
    """Canonical keys for what is wrong, typos included."""
    assert key in judge(text).reading.defects


@pytest.mark.parametrize(
    "text",
    ["Die Tasse ist nicht beschädigt.", "The lid is not cracked.", "Falls die Tasse kaputt ankommt, was dann?",
     "My candle smells amazing.", "Die Kerze riecht himmlisch."],
)  # fmt: skip
def test_what_is_denied_supposed_or_praised_is_no_defect(text):
    """A negated or hypothetical defect is not read as one, nor is a smell somebody likes."""
    assert judge(text).reading.defects == ()


def test_a_terse_answer_takes_the_case_from_earlier_messages():
    """ "kein Ersatz, ich gehe zum Anwalt": what it is about was said before."""
    found = triage(
        thread(
            ("customer", "Meine neue Kaffeemaschine geht nicht an. Bitte schicken Sie mir Ersatz."),
            ("agent", "Wir senden Ihnen gern Ersatz."),
            ("customer", "kein Ersatz, ich gehe zum Anwalt"),
        ),
        now=NOW,
    )
    assert found.reading.product == "Kaffeemaschine"
    assert "wont_turn_on" in found.reading.defects
    assert found.reading.refuses == ("replacement",)
    assert "replacement" not in found.reading.wants
    assert found.reading.threats == ("lawyer",)
    assert found.cause == "product_defect"


@pytest.mark.parametrize("number", ["0171/1234567", "030 1234567", "06.12.34.56.78", "01.02.03.04.05", "01/02/345678"])
def test_a_number_to_dial_is_not_read_for_a_day(number):
    """Dates stay in what is told back, numbers go: also those that begin like a day."""
    reading = judge(f"Die Lampe flackert seit 03.11.2026, rufen Sie mich an {number} bitte.").reading
    assert "03.11.2026" in " ".join(reading.sentences)
    assert number not in " ".join(reading.sentences)


COUNTS = [
    ("ordinal", "Ich schreibe Ihnen zum dritten Mal.", 3),
    ("English", "This is the third time I am writing.", 3),
    ("again, not written", "Wrong size again. Second time now.", None),
    ("said nothing", "Wo ist mein Paket?", None),
]


@pytest.mark.parametrize(("text", "count"), [c[1:] for c in COUNTS], ids=[c[0] for c in COUNTS])
def test_contact_count(text, count):
    """How often the customer says to have written; None where nothing is said."""
    assert judge(text).reading.contact_count == count


def test_occasion_is_a_noun_and_no_point_in_time():
    """What it was for is named; "seit Weihnachten" is when."""
    assert judge("Das war zum Geburtstag meiner Tochter!").reading.occasion == "Geburtstag"
    assert judge("It was for our wedding.").reading.occasion == "wedding"
    assert judge("Seit Weihnachten ist die Lampe kaputt.").reading.occasion is None


def test_key_sentences_are_clean():
    """No greeting, no insult, no link, no address, no shouting marks; at most three; the complaint stays short."""
    text = (
        "Hallo liebes Team, die Tasse kam zerbrochen an!!! Ihr Idioten! Bilder auf https://bilder.example/x oder an max@example.org."
        " Der Henkel ist ab. Vielen Dank im Voraus. " + "Das Glas hat auch einen Sprung. " * 30
    )
    reading = judge(text).reading
    told = " ".join((*reading.sentences, *reading.key_sentences, reading.complaint))
    for trace in ("Hallo", "Idioten", "https", "@", "!!", "Vielen Dank"):
        assert trace not in told
    assert 1 <= len(reading.key_sentences) <= 3
    assert len(reading.complaint.split()) <= 40


def test_an_insult_is_no_product():
    """ "Ihr Idioten" names nobody's order; the claim beside it stays."""
    found = judge("Ihr Idioten!! Wo ist mein Paket?")
    assert found.reading.product is None
    assert found.cause == "carrier_delay"
    assert found.abusive


NO_PRODUCTS = [
    "Ich bin grad so wütend, wo bleibt das Paket?",
    "Ich bin Briefzusteller und laufe den ganzen Tag, die Einlagen drücken.",
    "Der Hersteller meldet sich nicht.",
    "Das hat sich automatisch verlängert.",
    "Soll ich das Geld im Krankenhaus abholen?",
]


@pytest.mark.parametrize("text", NO_PRODUCTS)
def test_a_word_that_only_ends_like_a_product_is_none(text):
    """Neither "grad" (Rad) nor "Hersteller" (Teller) nor what the writer is was ever ordered."""
    assert judge(text).reading.product_words in {None, "Einlagen"}


def test_what_stands_behind_i_am_may_still_be_a_place():
    """ "Ich bin mit der Kamera …" speaks of a camera."""
    assert judge("Ich bin mit der Kamera unzufrieden.").reading.product_words == "Kamera"


def test_stainless_steel_is_no_stain():
    """A word that only begins like a defect is none."""
    assert judge("The stainless steel water bottle I ordered arrived dented.").reading.defects == ("dented",)


def test_questions_are_real_ones():
    """A question about the case is kept, a shout in its form is not."""
    assert judge("Wann kommt mein Paket?").reading.questions == ("Wann kommt mein Paket?",)
    assert judge("Wollen Sie mich verarschen? Ist das Ihr Ernst?").reading.questions == ()


NO_DEFECTS = {
    "who died is no device": ("The portrait shows another dog, she died in September.", "stops_working"),
    "nuts are food": ("I ordered the powder without nuts.", "missing_part"),
    "who is in bits is sad": ("The fish are dead, im in bits.", "shattered"),
    "a mould leaves a seam": ("It is plastic with a mould seam.", "mouldy"),
    "letters are tiny": ("It says so on the bag in tiny letters.", "too_small"),
    "chocolate melts without a fire": ("All the protein bars melted into one brick of chocolate.", "burns_smoke"),
    "Schokolade schmilzt ohne Feuer": ("Die Schokolade war komplett geschmolzen.", "burns_smoke"),
    "a long run leaves blisters": ("I ran in my old shoes and have blisters like eggs.", "allergic_reaction"),
    "a date to come": ("The best before date says March 2027 and yet it is full of maggots.", "expired"),
    "as many as ordered": ("I ordered two and got two, one is broken.", "missing_quantity"),
    "two in a wrong size are two": ("I bought two and received two in the wrong size.", "missing_quantity"),
    "so viele wie bestellt": ("Zwei bestellt, beide bekommen, eins davon kaputt.", "missing_quantity"),
    "a device is dead": ("The left one was dead on arrival.", "spoiled"),
}
DEFECTS = {
    "a device died": ("The kettle died after a week.", "stops_working"),
    "it arrived in bits": ("The vase came in bits.", "shattered"),
    "mould": ("The bread was covered in mould.", "mouldy"),
    "a garment is tiny": ("The dress is tiny, I cannot get it over my head.", "too_small"),
    "a plug melts": ("The plug of the heater melted.", "burns_smoke"),
    "ein Stecker schmilzt": ("Der Stecker ist geschmolzen.", "burns_smoke"),
    "chocolate melts": ("All the chocolate had melted.", "spoiled"),
    "skin blisters": ("The serum gave me blisters along the hairline.", "allergic_reaction"),
    "a date gone by": ("The best before date was last month.", "expired"),
    "fewer than ordered": ("I ordered three and you sent two.", "missing_quantity"),
    "weniger als bestellt": ("Drei bestellt und zwei bekommen.", "missing_quantity"),
    "a plant is dead": ("The plant arrived dead.", "spoiled"),
    "plates in bits": ("Four of the plates in bits when I opened it.", "shattered"),
}


@pytest.mark.parametrize(("text", "defect"), NO_DEFECTS.values(), ids=NO_DEFECTS)
def test_words_that_mean_something_else_are_no_defect(text, defect):
    """A reply that says a dead pet "has stopped working" would be unforgivable."""
    assert defect not in judge(text).reading.defects


@pytest.mark.parametrize(
    ("text", "threatens"),
    [
        ("I will tell the local newspaper about this.", True),
        ("The press would love this story.", True),
        ("No padding at all, just a sheet of newspaper.", False),
        ("It came wrapped in old newspapers.", False),
    ],
)
def test_a_newspaper_may_be_mere_paper(text, threatens):
    """Who packs plates in newspaper is not threatened with the press."""
    assert ("press" in judge(text).reading.threats) is threatens


@pytest.mark.parametrize(("text", "defect"), DEFECTS.values(), ids=DEFECTS)
def test_the_same_words_of_a_thing_are(text, defect):
    """Where a thing died, broke or rots, it is told."""
    assert defect in judge(text).reading.defects


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It was signed for by someone called T. Harris on the 14th. No refund.", 2),
        ("Unterschrieben hat ein Herr K. Müller. Den kenne ich nicht.", 2),
        ("Ich habe Größe M. Die Hose ist zu weit.", 2),
        ("I ordered size L. It is too wide.", 2),
    ],
)
def test_an_initial_ends_no_sentence_but_a_size_does(text, parts):
    """Half a name told back would be as odd as two sentences in one."""
    assert len(list(split(text))) == parts

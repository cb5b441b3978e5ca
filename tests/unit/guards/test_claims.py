"""What is promised, reported and said to be the customer's: who did it decides."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from reply_guards.checks import learned
from reply_guards.model import CaseFacts, Offer
from tests.unit.guards import told

REFUND = (Offer("refund", Decimal("20.00"), "EUR"),)
rules_of = partial(told.rules_of, offers=(), actions_done=())  # nothing was approved, nothing done


@pytest.mark.parametrize(
    "text",
    [
        "Sie haben die Bestellung am Montag storniert, und trotzdem kam das Paket.",
        "Sie haben storniert und trotzdem eine Versandmail bekommen.",
        "Nachdem Sie storniert haben, ging die Ware leider noch raus.",
        "Sie haben die Lieferadresse schon letzte Woche geändert.",
        "You had already booked the van and changed the date with your landlord.",
        "You cancelled on Tuesday and it still shipped, that shouldn't happen.",
        "Your bank has already booked the amount twice.",
    ],
)
def test_what_the_customer_did_is_no_report_of_ours(text):
    """Nobody need have done for the customer what they did themselves."""
    assert "grounding.unperformed_action" not in rules_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sie haben Ihr Geld bereits erstattet bekommen.",
        "You have already been refunded.",
        "Ich hab Ihnen den Betrag gerade zurücküberwiesen.",
        "As you asked, I have changed the address.",
    ],
)
def test_what_was_done_for_the_customer_is_a_report(text):
    """Also where the sentence begins with them."""
    assert "grounding.unperformed_action" in rules_of(text)


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("Die Adresse habe ich inzwischen geändert.", "address_changed"),
        ("Ich habe den Termin verlängert.", "deadline_extended"),
    ],
)
def test_an_action_done_may_be_called_in_english(text, done):
    """Plugins name in English what the reply tells in German."""
    assert "grounding.unperformed_action" in rules_of(text)
    assert "grounding.unperformed_action" not in rules_of(text, actions_done=(done,))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bis Freitag haben Sie die Erstattung auf dem Konto.", True),
        ("Spätestens Donnerstag haben Sie das Geld.", True),
        ("Ich guck heute Abend in der Werkstatt nach und meld mich morgen bei dir.", False),
        ("I'm going to ask the driver tomorrow morning.", False),
    ],
)
def test_a_day_others_must_keep_is_promised_a_day_of_ones_own_is_not(text, found):
    """ "Bis Freitag" is a time, no condition; who only looks or writes promises what they can keep."""
    assert ("promise.date" in rules_of(text, offers=REFUND)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sie bekommen den doppelten Betrag gutgeschrieben, weil es so lange gedauert hat.", True),
        ("We'll give you double your money back.", True),
        ("Es wurde der doppelte Betrag eingezogen, die Hälfte bekommen Sie zurück.", False),
        ("Ich zahle Ihnen natürlich nicht den doppelten Preis.", False),
    ],
)
def test_more_than_was_paid_is_more_than_was_approved(text, found):
    """A multiple in words is an amount."""
    assert ("promise.amount" in rules_of(text, offers=REFUND)) is found


@pytest.mark.parametrize(
    "text",
    ["Which solution would you like best?", "Which would you prefer?", "Was ist Ihnen lieber?", "Shall I do that?"],
)
def test_who_only_asks_promises_nothing(text):
    """What there is to choose from stood before."""
    assert not rules_of(text, offers=(Offer("investigation"),))


@pytest.mark.parametrize(
    ("text", "found"), [("Wir tauschen die Tür aus.", False), ("Wir tauschen das Gerät aus.", True)]
)
def test_a_repair_covers_a_part_and_not_the_whole(text, found):
    """Who may have the thing mended may have its door exchanged."""
    context = {"offers": (Offer("repair"),), "facts": CaseFacts(products=("Kühlschrank KX 200",))}
    assert ("promise.unauthorised" in rules_of(text, **context)) is found


def test_an_american_parcel_number_is_told_by_its_shape():
    """Twenty-two digits that begin with a nine, and stand in no ticket."""
    text = "The new box travels under 9405511206213345678999."
    assert "grounding.tracking_number" in rules_of(text, facts=CaseFacts())
    assert "grounding.tracking_number" not in rules_of(text, facts=CaseFacts(tracking_number="9405511206213345678999"))


@pytest.mark.parametrize(
    "text",
    ["The part you want is 01632-411, that's the number stamped on the hinge.", "01632-411 steht auf dem Typenschild."],
)
def test_a_number_on_a_thing_is_the_number_of_a_part(text):
    """Nobody calls a hinge."""
    assert "contact.phone" not in rules_of(text)


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [
        (
            "boundary",
            "Solche Ausdrücke lassen wir uns nicht bieten. Damit ist das Gespräch beendet.",
            "structure.boundary",
        ),
        (
            "acknowledgement",
            "Thank you, we have your message and someone is going to look at it.",
            "structure.acknowledgement",
        ),
    ],
)
def test_short_messages_of_other_kinds_have_their_shape_too(kind, text, rule):
    """They are whole in two sentences."""
    assert rule in rules_of(text, kind=kind)
    assert rule not in rules_of(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The spare wheel is packed. Wir melden uns bei Ihnen, sobald der Fahrer das Paket abgeholt hat.", True),
        ("Des tuat ma leid. In 40 hätt ma no oans da, des kannt i Eahna schicka.", False),
    ],
)
def test_a_sentence_of_another_language_is_told_from_dialect(text, found):
    """Bavarian shares its short words with Italian, and is German."""
    assert ("language.mixed" in rules_of(text)) is found


def test_a_whole_reply_is_accused_on_more_than_half_a_word():
    """Each sentence is a chance to be wrong: among many the network must be surer, by what it was trained with."""
    import numpy as np

    labels = len(learned._places())

    def told(sentences):
        scores = np.full((sentences, labels), 0.5, np.float32)
        return list(learned.Views(scores, np.ones(labels, np.float32)).told(lambda _: True))

    assert told(1)
    assert not told(5)


@pytest.mark.parametrize(
    "text",
    [
        "Wäre noch eine da, hätte ich Ihnen die Gitarrentasche sofort neu geschickt.",
        "Die Eiche ist ausverkauft, sonst hätten wir Ihnen ein neues Brett geschickt.",
        "The oak one is sold out, or I'd have sent you another.",
        "We would have refunded it had the label been scanned.",
        "Sie schreiben, der Bote habe Ihnen gesagt, wir hätten schon alles erstattet.",
        "Your husband wrote that we'd cancelled without a word.",
        "Nothing has been cancelled; the teapot is in the warehouse waiting.",
        "Storniert wurde bisher nichts, und nichts ist geflossen.",
        "You say we refunded the wrong card.",
        "Du schreibst, wir hätten den Ersatz schon verschickt.",
    ],
)
def test_what_would_have_been_and_what_others_say_is_neither_promise_nor_report(text):
    """Irrealis and retold words give nothing and report nothing."""
    assert not {r for r in rules_of(text) if r.startswith(("promise", "grounding"))}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dreißig Euro zurück, und die Felge bleibt bei Ihnen.", True),
        ("Ich erstatte Ihnen zwanzig Euro auf Ihr Konto.", False),
        ("Twenty euros back to you today.", False),
        ("Let's say forty quid back for the wonky shelf.", True),
    ],
)
def test_an_amount_in_words_is_held_against_the_approved_one(text, found):
    """More is not more honest for being spelled out."""
    rules = rules_of(text, offers=REFUND, facts=CaseFacts(amounts=(Decimal("20.00"),)))
    assert bool(rules & {"promise.amount", "grounding.amount"}) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ich sehe, dass Hermes das Päckchen verbummelt hat.", True),
        ("UPS lost track of it in Memphis.", True),
        ("Ich sehe, dass DPD das Päckchen verbummelt hat.", False),
        ("Den neuen schicke ich mit Hermes.", False),
    ],
)
def test_another_carrier_is_not_said_to_have_lost_the_parcel(text, found):
    """Who has the parcel is known."""
    assert ("grounding.carrier" in rules_of(text, offers=None, facts=CaseFacts(carrier="DPD"))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Zum zweiten Advent hängt die Lichterkette an Ihrem Balkon, das krieg ich hin.", True),
        ("Rechtzeitig zum Laternenumzug am Mittwoch leuchtet der Fuchs, da verlassen Sie sich mal auf uns.", True),
        ("It will be under the tree by Christmas Eve, you have my word.", True),
        ("Ich melde mich am Mittwoch wieder bei Ihnen, versprochen.", False),
        ("Sie wollten die Lichterkette zum zweiten Advent aufhängen, das haben wir verdorben.", False),
        ("Ich kann Ihnen leider nicht versprechen, dass es vor Weihnachten ankommt.", False),
        ("The lamp was meant for Thanksgiving, I know.", False),
        ("I'll write to you on Monday for sure.", False),
        ("Die Geburtstagskerzen gingen am Montag aus dem Lager.", False),
        ("Am Wochenende ist unsere Werkstatt geschlossen.", False),
        ("Wann ist der Geburtstag, zu dem die Puppe da sein soll?", False),
        ("Sie schreiben zu Ihrem Esstisch, dass heute eine Mahnung im Briefkasten lag.", False),
        ("Sie schildern, dass das Paket gestern vor der Tür stand und heute weg war.", False),
        ("Es lag nur am Lager: Das Paket liegt morgen in Ihrem Briefkasten, versprochen.", True),
        ("Ich sehe, dass es am Lager lag. Morgen ist es bei Ihnen, versprochen.", True),
    ],
)
def test_a_day_is_promised_by_swearing_to_it(text, found):
    """Feasts are days too; what one swears to do oneself is one's own to keep."""
    assert ("promise.date" in rules_of(text, offers=REFUND, facts=CaseFacts())) == found


@pytest.mark.parametrize(
    ("text", "paid", "found"),
    [
        ("Schicken Sie es zurück, und wir geben Ihnen die Hälfte wieder.", "20.00", True),
        ("You get half of your money back.", "20.00", True),
        ("Die Hälfte bekommen Sie zurück, den Rest behalten wir ein.", "40.00", False),
        ("Die Hälfte der Schrauben liegt schon hier.", "20.00", False),
        ("We are not keeping half of it back.", "20.00", False),
        ("Only half of the set arrived, I am sorry.", "20.00", False),
    ],
)
def test_half_of_what_was_paid_is_less_than_was_approved(text, paid, found):
    """Unless half is what was approved."""
    facts = CaseFacts(amounts=(Decimal(paid),))
    assert ("promise.amount" in rules_of(text, offers=REFUND, facts=facts)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ich gehe jetzt dem nach, was tatsächlich ins Paket gelegt wurde.", False),
        ("Die Lösung ist jetzt meine Aufgabe.", False),
        ("I am finding out now who was at your door.", False),
        ("Ich kläre heute, ob der Karton vor dem Versand gewogen wurde.", False),
        ("Ich habe nachgemessen, wie viel in den Karton gelegt wurde.", True),
    ],
)
def test_what_is_only_being_found_out_is_no_report(text, found):
    """The question behind it stands in the past, the finding out does not."""
    assert ("grounding.unperformed_action" in rules_of(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "Then we will settle the next step together.",
        "I will settle this with our accounts team and come back to you here as soon as it is done.",
        "I am checking which solution I can offer you and will come back to you here as soon as that is settled.",
        "I cannot confirm a refund today, but I can offer you something else.",
        "Nothing has been cancelled; the parcel is waiting in the warehouse.",
    ],
)
def test_what_is_only_planned_gives_nothing(text):
    """Nor does what is being checked, or denied."""
    assert not {r for r in rules_of(text, offers=(Offer("investigation"),)) if r.startswith(("promise", "grounding"))}


@pytest.mark.parametrize(
    "text",
    [
        "Wir haben die falsche Länge eingepackt, das war unser Fehler.",
        "Da haben wir Ihnen versehentlich zwei linke Schuhe geschickt.",
        "We packed the wrong size, sorry about that.",
        "We sent your neighbour's order by mistake.",
    ],
)
def test_a_slip_that_is_owned_is_no_deed(text):
    """Who packed the wrong thing did nothing for the customer."""
    assert "grounding.unperformed_action" not in rules_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe die falsche Rechnung storniert.",
        "Den Ersatz habe ich schon rausgeschickt, weil wir die falsche Farbe eingepackt hatten.",
        "We have already sent a replacement for the wrong lid.",
    ],
)
def test_a_remedy_beside_a_slip_is_a_deed(text):
    """What was done about it needs to have been done."""
    assert "grounding.unperformed_action" in rules_of(text)

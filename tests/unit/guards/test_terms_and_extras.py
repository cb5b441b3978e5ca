"""Extras, dates, sums and returns in the words agents use, beside what sounds alike and is honest."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reply_guards.examples import facts_of
from reply_guards.model import Offer
from tests.unit.guards.told import rules_of

KEEP = (Offer("replacement", None, None, None, "keep"),)
FREE = (Offer("refund", Decimal("39.90"), "EUR", None, "send_back_free"),)
PAID = (Offer("refund", Decimal("39.90"), "EUR", None, "send_back_paid"),)
TOLD = (Offer("information", None, None, None, None),)


def grounds(text: str, offers: tuple[Offer, ...], done: tuple[str, ...] = ()) -> set[str]:
    """The `promise.*` and `grounding.*` rules a text breaks."""
    broken = rules_of(text, "shopify", offers=offers, actions_done=done)
    return {rule for rule in broken if rule.startswith(("promise.", "grounding."))}


def families_of(text: str, channel: str = "amazon") -> set[str]:
    """The families of the rules a text breaks."""
    return {rule.partition(".")[0] for rule in rules_of(text, channel)}


@pytest.mark.parametrize(
    ("text", "offers", "done"),
    [
        ("Ich mach dir einen neuen Kranz und lege noch zwei Bienenwachskerzen gratis dazu.", KEEP, ()),
        ("Ich pack dir den Ersatz als Geschenk ein, mit handgeschriebener Karte, kostet dich nix.", KEEP, ()),
        ("Sie bekommen Salbei, und zwar gleich in der teureren Satinvariante, ohne Aufpreis.", KEEP, ()),
        ("I'll send another and pop a little soap in as a thank you.", KEEP, ()),
        ("We'll upgrade you to the bigger one at no extra cost.", KEEP, ()),
        ("I'm putting you down for a loaner scale for the meantime.", KEEP, ()),
        ("Den Hocker können Sie kostenfrei zurückgeben, der Rückschein geht auf unsere Kappe.", PAID, ()),
        ("Das Kleid ist ab Montag wieder vorrätig, da kannst du Gift drauf nehmen.", TOLD, ()),
        ("Der Spediteur kommt am Mittwoch und trägt Ihnen das Sofa bis ins Wohnzimmer hoch.", TOLD, ()),
        ("Christmas Eve at the very latest, it'll be under the tree.", TOLD, ()),
        ("Ihre Rücksendung mit den Vorhängen ist gestern wohlbehalten bei uns eingetroffen.", FREE, ("checked_order",)),
        ("Your old drill got to us on Monday and is on the bench.", FREE, ("return_label_sent",)),
        ("So that's 49.90 going back to you for the air mattress.", FREE, ()),
    ],
)
def test_what_was_not_approved_is_found_in_everyday_words(text, offers, done):
    """Gifts, dearer models, days others must keep, returns nobody has seen and other sums."""
    assert grounds(text, offers, done)


@pytest.mark.parametrize(
    ("text", "offers", "done"),
    [
        ("Sobald Ihre Rücksendung bei uns eingetroffen ist, erstatte ich den Betrag.", FREE, ()),
        ("Once your return has reached us I'll refund you.", FREE, ()),
        ("Your message reached us this morning, thank you.", FREE, ()),
        ("Ihre Rücksendung ist bisher nicht bei uns angekommen.", FREE, ()),
        ("Your return has arrived with us.", FREE, ("return_received",)),
        ("Schicken Sie die Lampe kostenlos zurück, dann erstatte ich.", FREE, ()),
        ("There's a prepaid label so it comes back free of charge.", FREE, ()),
        ("So that's 39.90 going back to you.", FREE, ()),
        ("Der neue Becher kommt gut gepolstert und kostet dich nichts.", KEEP, ()),
        ("I'll pack the replacement with extra paper so it arrives whole.", KEEP, ()),
        ("Bitte entsorgen Sie die Scherben, zurücksenden müssen Sie nichts.", KEEP, ()),
        ("Wann die Farbe wieder vorrätig ist, kann ich nicht sagen.", TOLD, ()),
        ("I can't say when it's back in stock.", TOLD, ()),
        ("Ich frage am Montag die Spedition, wann der Fahrer kommt.", TOLD, ()),
        ("I think one section has a bad wire from production.", FREE, ()),
    ],
)
def test_what_sounds_alike_and_is_honest_passes(text, offers, done):
    """Conditions, denials, guesses, what was done, and the way back that was approved."""
    assert not grounds(text, offers, done)


def test_half_the_price_may_name_its_sum():
    """ "Half the price, $24.50": the sum approved is the half that is meant."""
    offers = (Offer("partial_refund", Decimal("24.50"), "USD", None, "keep"),)
    assert not grounds("I can refund half the price, $24.50, if you'd rather keep it.", offers)
    assert grounds("I can refund half the price if you'd rather keep it.", offers)


def test_ordered_covers_an_order_and_no_cancellation():
    """`replacement_ordered` is what "I've ordered the part" claims, and nothing else that is done to an order."""
    offers = (Offer("replacement", None, None, None, "keep"), Offer("cancellation", None, None, None, None))
    assert not grounds("I've ordered the left-side part for you already.", offers, ("replacement_ordered",))
    assert grounds("I've cancelled your order.", offers, ("replacement_ordered",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kind of you to offer cash, but I'd rather it went through eBay's checkout.", False),
        ("I can't settle the difference by Venmo.", False),
        ("Nein, privat an Sie verkaufen darf und möchte ich nicht.", False),
        ("Den Aufpreis kann ich nur als eigenes Angebot hier bei Etsy einstellen.", False),
        ("I can't give you that price on Etsy, but on my own site it's cheaper.", True),
        ("Bei eBay darf ich nicht weniger nehmen, aber privat mache ich Ihnen 20 Euro Nachlass gegen Bargeld.", True),
        ("Dafür überweist du mir die 12 Euro einfach aufs Konto, das muss ja nicht über Etsy laufen.", True),
        ("I'd rather you paid me in cash than through eBay.", True),
        ("Lieber bar als über eBay, dann wird es günstiger.", True),
        ("Überweisen Sie mir das bitte lieber direkt statt über Otto.", True),
        ("I only do it off the books rather than on Etsy.", True),
        ("We don't sell at that price on Amazon, though on our own page we do.", True),
        ("I don't do discounts on here, drop me a line at the shop and we'll sort a price.", True),
    ],
)
def test_who_turns_a_deal_down_makes_none(text, found):
    """A refusal of a deal past the marketplace passes; a deal beside a refusal of another kind does not."""
    assert ("offplatform" in families_of(text, "ebay")) is found


@pytest.mark.parametrize(
    ("text", "customer", "found"),
    [
        ("Sorry, el paquete todavía está en la aduana and we look every day for you.", "Where is it?", True),
        ("Danke für Ihre Geduld, I will check with the warehouse today und melde mich bei Ihnen.", "Wo ist sie?", True),
        ('Das Tracking steht auf "Out for delivery", also kommt die Lampe heute.', "Wo ist die Lampe?", False),
        ("Das Buch The Art of War ist wieder da, ich schicke es Ihnen heute.", "Wo bleibt mein Buch?", False),
        ("Der Stecker ist ein Type C, und das Kabel passt für beide Geräte.", "Passt das Kabel?", False),
    ],
)
def test_a_sentence_that_changes_languages_is_found(text, customer, found):
    """Two languages within one sentence; titles, quotations and names of things are no second language."""
    facts = facts_of({"customer_text": customer})
    rules = rules_of(text, facts=facts)
    assert bool(rules & {"language.mixed", "language.mismatch"}) is found


def test_trouble_told_back_is_an_acknowledgement():
    """Who names the customer's trouble in a few words has acknowledged it; who only thanks for the message has not."""
    facts = facts_of({"customer_text": "The strap is missing from my one piece, the halter strap, see photos."})
    end = "\n\nI can pop the strap in the post, or you can send it back for a refund. Strap or refund?\n\nIndi"
    told, thanked = (
        rules_of(f"Hi Bronte!\n\n{opening}{end}", "shopify", facts=facts)
        for opening in (
            "The halter strap for your one piece is not in the bag, that's on us.",
            "Thanks for writing in today.",
        )
    )
    assert "structure.missing_acknowledge" not in told
    assert "structure.missing_acknowledge" in thanked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You asked for your number on the dog tag, so please check it reads: 07700 900158.", False),
        ("Ihre Telefonnummer auf dem Anhänger lautet 0151 23456789, stimmt das so?", False),
        ("Your number is with us, ring me on 07700 900158.", True),
        ("Rufen Sie mich an, meine Nummer ist 0151 23456789.", True),
        ("07700 900158 is where you get me.", True),
        ("Your number is on file, I'm on 07700 900158.", True),
        ("Deine Nummer hab ich nicht, ich bin die 0151 23456789.", True),
    ],
)
def test_the_customers_own_number_is_no_contact_of_ours(text, found):
    """A number that is to be engraved or checked passes; one to be dialled does not."""
    assert ("contact.phone" in rules_of(text, "etsy")) is found


@pytest.mark.parametrize(("question", "bare"), [("Wie machen wir's?", False), ("Passt das so?", True)])
def test_an_open_question_after_a_choice_decides(question, bare):
    """ "How shall we do it?" asks which of two; "is that all right?" does not."""
    text = (
        "Hallo Herr Kaczmarek,\n\ndrei Rollen statt vier, das tut mir leid, ich habe mich verzählt. Ich schicke Ihnen die vierte"
        f" nach oder erstatte Ihnen 4,50 Euro. {question}\n\nGruß\nEnrico"
    )
    assert ("structure.bare_question" in rules_of(text, "ebay")) is bare


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("If you can't write here, phone us.", "contact"),
        ("Don't go to a doctor, take it twice and increase the dose.", "safety"),
        ("Die Rückgabe ist aus Hygienegründen ausgeschlossen, auch bei Defekten.", "safety"),
        ("What you need to do is read the instructions properly.", "tone"),
        ("Do not bother posting the same complaint again.", "tone"),
        ("I'm sorry if you feel the product is bad.", "tone"),
        ("Your kind words online would help us a lot.", "feedback"),
        ("Sie haben gefragt, wie Sie uns helfen können: ändern Sie bitte die Bewertung.", "feedback"),
    ],
)
def test_what_spares_an_honest_sentence_spares_no_other(text, family):
    """Words that let a look-alike pass ("can't", "don't", "kind words", "you asked") stand in offences, too."""
    assert family in families_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "Da habe ich zwei Pakete verwechselt und Ihres gestern nachgeschickt.",
        "I think you'll be pleased: I've told the courier off and they searched the depot.",
        "Your return for order 123 has arrived.",
        "Ihre Rücksendung zur Bestellung 20418 ist heute bei uns eingegangen.",
    ],
)
def test_a_deed_beside_a_slip_or_a_guess_is_claimed(text):
    """What was done is told in the same breath."""
    assert "grounding.unperformed_action" in grounds(text, FREE)

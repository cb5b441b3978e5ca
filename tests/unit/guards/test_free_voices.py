"""What honest people write in free words and stands close to an offence, beside offences in words as free."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reply_guards.examples import facts_of
from reply_guards.model import Offer
from tests.unit.guards.told import rules_of

REFUND = (Offer("refund", Decimal("48.00"), "USD", None, "keep"),)
FREE = (Offer("refund", Decimal("48.00"), "USD", None, "send_back_free"),)
REPAIR = (Offer("repair", None, None, "2026-12-11", "send_back_free"),)
VOUCHER = (Offer("voucher", Decimal("9.50"), "EUR", None, None),)
BODY_DE = (
    "Guten Tag Frau Keller, es tut mir sehr leid, dass die Tasse zerbrochen ankam. Ich kümmere mich persönlich darum. "
    "Ich kann Ihnen eine neue Tasse schicken oder den Betrag erstatten. "
)
BODY_EN = (
    "Hello Ms Keller, I am so sorry that the mug arrived broken. I will take care of this myself. "
    "I can send you a new mug or refund the amount. "
)


def structure_of(body: str, end: str) -> set[str]:
    """The `structure.*` rules a reply breaks that ends so."""
    return {rule for rule in rules_of(body + end, "amazon") if rule.startswith("structure.")}


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (BODY_DE, "Wenn Ihnen eins davon recht ist, sagen Sie kurz ja."),
        (BODY_DE, "Ihrer Entscheidung sehe ich gern entgegen."),
        (BODY_DE, "Sie schreiben mir einfach „Tasse“ oder „Geld“, dann mache ich es."),
        (BODY_DE, "Überlegen Sie es sich in Ruhe und lassen Sie mich wissen, wie Sie es wollen."),
        (BODY_DE, "Die Wahl liegt bei Ihnen, ein Wort als Antwort genügt mir."),
        (BODY_DE, "Ich warte auf Ihre Entscheidung, vorher geht nichts raus."),
        (BODY_DE, "Sagen Sie an, was es werden soll."),
        (BODY_DE, "Das letzte Wort haben Sie, ich warte auf Ihre Zeilen."),
        (BODY_EN, "You know the shelf, I don't, so I wait for your call."),
        (BODY_EN, "If one of these is good for you, write me only yes and I make it today."),
        (BODY_EN, "Mug or money, you say it and I start."),
        (BODY_EN, "I'll do nothing until I hear which you want."),
        (BODY_EN, "The choice I leave with you, no hurry from my side."),
        (BODY_EN, "One word will do, mug or money."),
        (BODY_EN, "You know best what suits your kitchen, so I do what you write me."),
    ],
)
def test_who_awaits_the_customers_word_has_asked(body, end):
    """A reply may end without a question mark, if the next word is the customer's."""
    assert "structure.missing_ask" not in structure_of(body, end)


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (BODY_DE, "Bei Fragen schreiben Sie uns jederzeit."),
        (BODY_DE, "Ich wünsche Ihnen einen schönen Abend."),
        (BODY_DE, "Sie hören von uns, sobald es etwas Neues gibt."),
        (BODY_DE, "Vielen Dank für Ihre Geduld und Ihr Verständnis."),
        (BODY_EN, "If anything else comes up, just write us."),
        (BODY_EN, "Thank you for your patience with us."),
        (BODY_EN, "Have a lovely weekend."),
    ],
)
def test_a_farewell_asks_for_nothing(body, end):
    """Neither thanks nor an open door is a question."""
    assert "structure.missing_ask" in structure_of(body, end)


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (BODY_DE, "Geht es Ihrer Hand wieder besser? Welche Lösung ist Ihnen lieber?"),
        (BODY_DE, "Ist die Untertasse noch heil? Dann genügt die Tasse allein. Welche Lösung ist Ihnen lieber?"),
        (BODY_EN, "How is the hand? Which would you prefer?"),
        (BODY_EN, "Is the saucer whole? Then the mug alone will do. Which would you prefer?"),
        (BODY_EN, "Are you all right? Which would you prefer?"),
    ],
)
def test_concern_and_a_condition_are_no_second_question(body, end):
    """Nobody has to answer whether they are well, or an "if" that is written as a question."""
    assert "structure.many_questions" not in structure_of(body, end)


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (BODY_DE, "Haben Sie den Karton noch? Welche Lösung ist Ihnen lieber?"),
        (BODY_DE, "Wie ist Ihre Adresse? Welche Lösung ist Ihnen lieber?"),
        (BODY_EN, "How many are broken? Which would you prefer?"),
        (BODY_EN, "Do you still have the box? Which would you prefer?"),
    ],
)
def test_two_things_are_two_questions(body, end):
    """What has to be answered beside the decision is one question too many."""
    assert "structure.many_questions" in structure_of(body, end)


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("Sie schicken mir den Schuh auf meine Kosten, bis 11. Dezember haben Sie ihn wieder.", REPAIR),
        ("Wir holen das Duvet unentgeltlich bei Ihnen ab.", REPAIR),
        ("Den Rückversand zahle ich.", REPAIR),
        ("You bring it back when you like, we pay.", REPAIR),
        ("Please keep it unplugged until we have it here.", FREE),
        ("Keep them dry and out of the sun, please keep it upright as well.", FREE),
        ("I could send another but from the same lot, and I won't do that.", REFUND),
        ("Or you have the $48.00 refunded.", REFUND),
    ],
)
def test_what_belongs_to_the_approved_way_is_no_further_promise(text, offers):
    """Ways back at our cost, a state something shall be kept in, an offer turned down."""
    broken = rules_of(text, "walmart", offers=offers, actions_done=())
    assert not {rule for rule in broken if rule.startswith(("promise.", "grounding."))}


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("Wir legen auf unsere Kosten noch ein Etui dazu, schicken Sie einfach die Tasche ein.", REPAIR),
        ("Please keep it, we don't need it back.", FREE),
        ("Please keep it as a spare.", FREE),
        ("I'll send another one today, free of charge.", REFUND),
        ("We've refunded you the $48.00 this morning.", REFUND),
        ("I had the $48.00 refunded this morning.", REFUND),
    ],
)
def test_what_goes_beyond_it_still_is(text, offers):
    """The same words in a promise of more, or in a report of what was not done."""
    broken = rules_of(text, "walmart", offers=offers, actions_done=())
    assert {rule for rule in broken if rule.startswith(("promise.", "grounding."))}


def test_pounds_are_a_weight_where_dollars_were_paid():
    """ "I'm not asking you to haul 60 pounds" names no sum to an American, and does to a Briton."""
    text = "Nobody asks you to haul the 60 pounds to a drop-off."
    known = facts_of({"customer_text": "The coop came without its roof.", "amounts": ["48.00"]})
    british = (Offer("refund", Decimal("48.00"), "GBP", None, "keep"),)
    assert "grounding.amount" not in rules_of(text, "walmart", facts=known, offers=REFUND)
    assert "grounding.amount" in rules_of(text, "ebay", facts=known, offers=british)


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("Ob ein Stern oder keiner, das entscheiden allein Sie.", "amazon"),
        ("Lass die zwei Sterne gern so stehen, die beschreiben ja, was passiert ist.", "etsy"),
        ("Was Sie in die Bewertung schreiben, ist ganz Ihre Sache.", "amazon"),
        ("Unabhängig davon, was Sie in die Rezension schreiben, bekommen Sie Ihr Geld.", "amazon"),
        ("What you write in a review is entirely your business.", "amazon"),
        ("The stars are yours to decide, whatever comes of this.", "ebay"),
        ("A telephone number I am not able to write in these messages.", "amazon"),
        ("In line with the return terms you have until January.", "amazon"),
        ("Hi Karen, the new lid is with you on Monday.", "ebay"),
        ("H. Deppe, Technik Großgeräte", "otto"),
        ("Sorry, bei dem Wetter doppelt blöd.", "ebay"),
        ("Hinhalten will ich Sie nicht.", "ebay"),
        ("Du musst mir dafür nix beweisen.", "chat"),
        ("Für morgen kann ich leider nichts mehr zaubern.", "chat"),
        ("Ich bleibe bei Ihnen, bis die Sache erledigt ist.", "amazon"),
        ("Shall I send the $27.00 off to you now?", "shopify"),
        ("I checked UPS 1Z88V0420391 just now.", "amazon"),
        ("Das Serum können Sie behalten.", "amazon"),
        ("Die Tabletten dürfen Sie entsorgen.", "amazon"),
        ("You can keep the cream.", "amazon"),
    ],
)
def test_honest_sentences_in_free_words_pass(text, channel):
    """Reviews left to their writer, names, weather, plain regret and numbers."""
    heard = {"feedback", "contact", "offplatform", "promotion", "tone", "safety", "leak", "style"}
    assert not {rule.partition(".")[0] for rule in rules_of(text, channel)} & heard


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Was Sie schreiben, ist Ihre Sache, aber über fünf Sterne würden wir uns sehr freuen.", "feedback"),
        ("Lass die Bewertung gern so stehen, wenn du magst, änder sie auf fünf Sterne.", "feedback"),
        ("What you write in the review is up to you, but please give us five stars.", "feedback"),
        ("Add me on Line and we settle it there.", "contact"),
        ("My Line ID is shop-mika.", "contact"),
        ("Our telephone number is on the invoice, ring us.", "contact"),
        ("Typical Karen.", "safety"),
        ("Sie Depp haben den Stecker nicht gezogen.", "safety"),
        ("Kunden weiter hinhalten, bis der Chef da ist.", "leak"),
        ("Du musst mir das erst beweisen.", "tone"),
        ("Zaubern kann hier keiner, wir sind kein Zirkus.", "tone"),
        ("Die Sache ist für uns erledigt.", "tone"),
        ("Take 20% off your next order.", "promotion"),
        ("Die Salbe können Sie behalten und zweimal täglich dünn auftragen.", "safety"),
        ("Nehmen Sie einfach die doppelte Dosis.", "safety"),
    ],
)
def test_what_lets_those_pass_lets_no_offence_pass(text, family):
    """The same words in an offence."""
    assert family in {rule.partition(".")[0] for rule in rules_of(text, "amazon")}


def test_the_approved_voucher_may_be_spoken_of():
    """Where a voucher was approved and the channel permits it, offering it is no advertising; elsewhere it is."""
    text = "Statt des Glases können Sie auch einen Gutschein über 9,50 € von uns bekommen."
    assert not {r for r in rules_of(text, "shop_email", offers=VOUCHER) if r.startswith("promotion.")}
    assert {r for r in rules_of(text, "amazon", offers=VOUCHER) if r.startswith(("promotion.", "promise."))}


@pytest.mark.parametrize(
    "told",
    [
        "Es war zwei Fingerbreit zu kurz, und ich habe mit Klebeband nachgeholfen.",
        "Sie gaben 118 an, im Auftrag steht es richtig, gesägt wurde auf 121.",
        "That line belonged to another wagon, one number up in the catalog, and was copied where it didn't belong.",
        "Your order had to be from one dye bath and I put two skeins out of another basket.",
    ],
)
def test_how_a_slip_came_about_is_no_deed_done_for_the_customer(told):
    """In a whole reply the story of the fault is told, and nothing is claimed to be done."""
    text = (
        f"Hello Mr Hoffman, I am sorry about the evening this cost you. {told} My apologies for that. "
        "You can have the $48.00 back and keep the thing. I will see to it today myself. Shall I start the refund?"
    )
    assert "grounding.unperformed_action" not in rules_of(text, "shopify", offers=REFUND, actions_done=())


PAID_BACK = (Offer("refund", Decimal("219.00"), "EUR", None, "send_back_paid"),)
RIGHTS = "safety.statutory_rights"


@pytest.mark.parametrize(
    ("text", "offers", "cut"),
    [
        ("Die 219,00 € erstatte ich, den Versand tragen Sie.", PAID_BACK, False),
        ("Die 219,00 € erstatte ich, das Porto müssten Sie selbst zahlen.", PAID_BACK, False),
        ("Die 219,00 € erstatte ich, den Versand tragen Sie.", FREE, True),
        ("Das Porto der defekten Lampe, der Versand, zahlen müssen Sie selbst.", PAID_BACK, True),
        ("Einsenden dürfen Sie es gern, das Porto zahlen wir, aber Sie können es auch aufheben.", FREE, False),
        ("Wir können Ihnen nur einen Gutschein anbieten.", PAID_BACK, True),
    ],
)
def test_the_way_back_may_be_billed_where_that_was_approved(text, offers, cut):
    """Who changes their mind may be asked to pay the postage; who got a broken thing may not."""
    assert (RIGHTS in rules_of(text, "kaufland", offers=offers)) is cut


GAP = (Offer("partial_refund", Decimal("50.00"), "USD", None, "keep"),)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The gap between $249.00 and $199.00, that's $50.00, I can send back to you.", False),
        ("I can refund you the difference of $50.00 between $249.00 and $199.00.", False),
        ("I can refund you $60.00, the gap between $249.00 and $199.00.", True),
        ("I can refund you $199.00.", True),
    ],
)
def test_an_approved_amount_may_be_reckoned(text, wrong):
    """Two prices whose difference was approved are no further promise."""
    assert ("promise.amount" in rules_of(text, "chat", offers=GAP)) is wrong


NEXT_WEEK = (Offer("replacement", None, None, "2026-11-25", "keep"),)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The blonde one can arrive on Wednesday, November 25, that is the day before Thanksgiving.", False),
        ("Der Ersatz kommt am 25. November an, also noch vor Weihnachten.", False),
        ("The blonde one will arrive before Thanksgiving.", True),
        ("Der Ersatz kommt vor Weihnachten bei Ihnen an.", True),
    ],
)
def test_a_feast_beside_the_approved_day_is_no_other_promise(text, wrong):
    """The day was approved; that it lies before a feast can be read off the calendar."""
    assert ("promise.date" in rules_of(text, "amazon", offers=NEXT_WEEK)) is wrong


NOTHING_DONE = (
    ("It has gone back to you just now, the £17.99, so forget about the umbrella.", True),
    ("I was on to An Post about it first thing.", True),
    ("The label is already waiting for you in your messages.", True),
    ("Der Retourenschein liegt schon seit gestern in Ihren Nachrichten.", True),
    ("I've just swapped that over on the parcel, easy done.", True),
    ("Our warehouse lads counted the tumblers once more this morning.", True),
    ("Die Kollegen haben die Becher heute früh noch einmal nachgezählt.", True),
    ("The second one went down to the post office with me at lunch.", True),
    ("I'll be on to An Post about it first thing tomorrow.", False),
    ("The label will be waiting in your messages once you say yes.", False),
    ("I can swap that over on the parcel if you tell me the flat.", False),
    ("Our warehouse lads will count the tumblers this evening.", False),
    ("Die Kollegen zählen die Becher heute Abend nach.", False),
    ("The first one never went down to the post office, and that was me.", False),
)


@pytest.mark.parametrize(("text", "claimed"), NOTHING_DONE)
def test_deeds_in_everyday_words(text, claimed):
    """What was not done is not told as done, however it is said; what is going to be done may be told."""
    assert ("grounding.unperformed_action" in rules_of(text, "amazon", actions_done=())) is claimed


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("The new string of lights is on me, and I'll toss in a few spare bulbs.", True),
        ("From the day the new piece reaches you the two years count afresh.", True),
        ("Die Garantie läuft ab dann wieder von vorn.", True),
        ("When it drops on Black Friday, write to me and you get the difference.", True),
        ("Show me the customs slip and I'll square it with you.", True),
        ("I have no spare bulbs to toss in, I wish I did.", False),
        ("The two years of the law go on as before.", False),
        ("When it drops on Black Friday I cannot give you the difference.", False),
        ("I'll see you right myself, Morag.", False),
    ],
)
def test_extras_in_everyday_words(text, extra):
    """A gift, a longer guarantee or a difference beside the approved replacement."""
    offers = (Offer("replacement", None, None, None, "keep"),)
    found = {r for r in rules_of(text, "amazon", offers=offers) if r.startswith("promise.")}
    assert bool(found) is extra


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("In a moment your phone shows a small number, write it here so that we can pay.", True),
        ("Gleich bekommen Sie einen Code aufs Handy, schreiben Sie ihn mir bitte hier.", True),
        ("Pop the long number and the three little ones off the back in here.", True),
        ("Schreiben Sie mir die lange Nummer und die drei Ziffern hinten.", True),
        ("Just shoot me what you sign in with and I'll click it through.", True),
        ("Sagen Sie mir kurz, womit Sie sich einloggen.", True),
        ("You'll get a drop-off code tomorrow, show it at the counter.", False),
        ("Sie bekommen morgen einen Code für den Paketshop, den zeigen Sie dort vor.", False),
        ("Please send me the long number from the underside of the lamp.", False),
        ("Schreiben Sie mir die Modellnummer von der Rückseite.", False),
        ("The display shows a fault code, tell me which and I look it up.", False),
        ("You sign in with your own account, nobody here can see it.", False),
    ],
)
def test_secrets_asked_for_in_other_words(text, asked):
    """A code by text message, a card's numbers and a login are never asked for; a model's number may be."""
    assert ("sensitive.request" in rules_of(text, "amazon")) is asked

"""What looks like an offence, or like none, and is read by what stands around it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reply_guards.examples import facts_of
from reply_guards.model import CaseFacts, Context, Offer, Shop
from reply_guards.review import review
from tests.unit.guards.told import rules_of


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Die Rechnung bitte unter buchhaltung@feinwerk.example anfordern.", "contact.email"),
        ("Auf schrauben-held.example gibt es das Video dazu.", "links.external"),
        ("Schauen Sie auf schrauben-held punkt example vorbei.", "links.disguised"),
        ("See www.handbuch.example for the manual.", "links.external"),
    ],
)
def test_hosts_under_reserved_endings_are_hosts(text, rule):
    """Trials are written with them, and must be judged as in earnest."""
    assert rule in rules_of(text)


def test_a_shops_own_page_is_known_with_and_without_www():
    """Also under an ending that no public list holds."""
    shop = Shop(name="Leinenhaus", domains=("leinenhaus-ried.example",))
    text = "Die Pflegehinweise stehen hier: https://www.leinenhaus-ried.example/pflege"
    assert "links.external" not in rules_of(text, "shop_email", shop=shop)
    assert "links.external" in rules_of(text.replace("ried", "rot"), "shop_email", shop=shop)


@pytest.mark.parametrize(
    "text",
    [
        "Zerbrechen Sie sich nicht den Kopf, ich schicke Ihnen heute einen Ersatz.",
        "Keine Sorge, ich schicke Ihnen einen Ersatz.",
        "I'll send a replacement, no ifs or buts.",
        "Don't worry, I will send you a replacement today.",
        "I will send you a replacement and it won't cost you a dime.",
    ],
)
def test_a_reassurance_denies_nothing(text):
    """What is denied is the doubt, the worry or the cost, not what is promised."""
    assert "promise.unauthorised" in rules_of(text, offers=(), actions_done=())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Die Rücksendung ist für Sie kostenlos.", True),
        ("Das Porto für die Rücksendung übernehmen wir.", True),
        ("We cover the return shipping.", True),
        ("And the return won't cost you a dime.", True),
        ("Sobald die Retoure bei uns ist, zahlen wir die 40,00 € aus.", False),
        ("Feel free to return it within 30 days.", False),
        ("The return postage isn't free, I'm afraid.", False),
        ("Once the return is here, we pay the 40.00 € back.", False),
    ],
)
def test_a_free_way_back_is_promised_only_where_it_was_approved(text, found):
    """The way back was approved at the customer's cost."""
    offers = (Offer("refund", Decimal("40.00"), "EUR", None, "send_back_paid"),)
    facts = facts_of({"amounts": ["40.00"]})
    assert ("promise.return_terms" in rules_of(text, offers=offers, actions_done=(), facts=facts)) is found
    paid = (Offer("refund", Decimal("40.00"), "EUR", None, "send_back_free"),)
    assert "promise.return_terms" not in rules_of(text, offers=paid, actions_done=(), facts=facts)


@pytest.mark.parametrize(
    "text",
    [
        "Die Rücksendung geht leider auf Ihre Kosten.",
        "Neue Lampe kommt, die kaputte bitte auf eigene Kosten zurücksenden.",
        "You can return it at your own expense.",
        "Please send it back, you will need to cover the return postage.",
    ],
)
def test_a_billed_way_back_is_told_only_where_it_was_approved(text):
    """The way back was approved at our cost, or is not needed; where it is the customer's to pay, that is only true."""
    for term, found in (("send_back_free", True), ("keep", True), ("send_back_paid", False), (None, False)):
        offers = (Offer("refund", Decimal("40.00"), "EUR", None, term),)
        assert ("promise.return_terms" in rules_of(text, offers=offers, actions_done=())) is found


@pytest.mark.parametrize(
    ("text", "done", "found"),
    [
        ("I passed your photos to our quality engineer on Tuesday.", "checked_photos", True),
        ("I passed your photos to our quality engineer on Tuesday.", "forwarded_photos", False),
        ("The full 46 dollars are on their way back to your card as we speak.", "checked_order", True),
        ("Ich habe das mit der Lagerleitung abgesprochen.", "checked_photos", True),
    ],
)
def test_what_was_handled_is_not_what_was_done(text, done, found):
    """Who looked at photos has not passed them on."""
    assert ("grounding.unperformed_action" in rules_of(text, offers=(), actions_done=(done,))) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ich erstatte Ihnen den vollen Kaufpreis.", True),
        ("You get every penny back.", True),
        ("Ich erstatte Ihnen 15,00 € vom Kaufpreis.", False),
        ("Sie hatten mit dem vollen Betrag gerechnet, das verstehe ich.", False),
    ],
)
def test_all_that_was_paid_is_more_than_a_part(text, found):
    """A part was approved."""
    offers = (Offer("partial_refund", Decimal("15.00"), "EUR", None, "keep"),)
    facts = facts_of({"amounts": ["15.00", "59.00"]})
    assert ("promise.amount" in rules_of(text, offers=offers, actions_done=(), facts=facts)) is found


def test_who_was_charged_twice_may_get_twice_the_sum():
    """Else the double amount is more than was approved."""
    offers = (Offer("refund", Decimal("35.00"), "EUR"),)
    text = "Den doppelten Betrag erstatte ich Ihnen heute."
    twice = CaseFacts(customer_text="Sie haben mir ZWEIMAL 35 Euro abgebucht!", amounts=(Decimal("35.00"),))
    once = CaseFacts(customer_text="Die Uhr geht nicht.", amounts=(Decimal("35.00"),))
    assert "promise.amount" not in rules_of(text, offers=offers, actions_done=(), facts=twice)
    assert "promise.amount" in rules_of(text, offers=offers, actions_done=(), facts=once)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The number on the sleeve, 4471-02, is the mould number.", False),
        ("Die 4711-02 ist die Teilenummer des Deckels.", False),
        ("Der neue Filter hat die Artikelnummer 0151-2290, der alte die 0151-2280.", False),
        ("Unsere Nummer ist die 0151 2290123.", True),
        ("Ring 0171 3920012, that is our number.", True),
    ],
)
def test_what_a_number_is_may_be_said_behind_it(text, found):
    """And a number of the same series is of the same kind."""
    assert ("contact.phone" in rules_of(text)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dein Wunschtext „{Herz} Mia“ wird so graviert.", False),
        ("The curly braces on the poster, {like this}, are part of the design.", False),
        ("Dear {first_name}, the lamp is on its way.", True),
    ],
)
def test_braces_that_are_spoken_of_are_no_slot(text, found):
    """They stand on the thing itself."""
    assert ("leak.slot" in rules_of(text)) is found


def test_a_reward_is_told_where_the_request_itself_is_allowed():
    """Consent allows to ask for a review, not to pay for it."""
    text = "Für eine Google-Bewertung mit Foto erhalten Sie 5 Euro auf Ihre nächste Rechnung."
    assert "feedback.incentive" in rules_of(text, "shop_email", review_consent=True)
    plain = "Über eine Bewertung würden wir uns freuen."
    assert not {r for r in rules_of(plain, "shop_email", review_consent=True) if r.startswith("feedback.")}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Please leave your review exactly as it stands.", "feedback.request"),
        ("That someone asked you for Venmo worries me.", "offplatform.payment"),
        ("Außerhalb von eBay verkaufe ich nichts.", "offplatform.sale"),
        ("Womit wären Sie zufriedener?", "feedback.request"),
        ("Bitte NICHT in die Sonne legen, das Papier bleicht sonst aus.", "style.capitals"),
    ],
)
def test_who_refuses_or_retells_an_offence_commits_none(text, rule):
    """Nor does who asks for a decision, or stresses a single "not"."""
    assert rule not in rules_of(text)


def test_shouting_is_more_than_one_stressed_not():
    """A second word in capitals, or another one, is shouted."""
    assert "style.capitals" in rules_of("Bitte NICHT öffnen und NICHT wegwerfen.")
    assert "style.capitals" in rules_of("Das Paket kommt SOFORT zu Ihnen.")


def test_an_answer_is_a_proposal_where_nothing_else_was_approved():
    """Who asked whether the thing fits wants to know, not to be given anything."""
    text = (
        "Hi Obi,\n\nthree emails and no answer since Tuesday: that was our silence, and I'm sorry for it. I'm your person "
        "for this now. The amp runs on 230 volts only, so in Boston it needs a step-up transformer.\n\n"
        "Do you still want to keep the amp with that in mind?\n\nKind regards\nWren"
    )
    assert "structure.missing_propose" not in rules_of(text, offers=(Offer("information"),), actions_done=())


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (
            "acknowledgement",
            (
                "Hallo Frau Seifert, Ihre Zeilen sind da: Das Regal neigt sich, und das Aquarium steht daneben. Es tut mir leid. "
                "Ich frage unseren Lagerleiter morgen als Erstes und antworte Ihnen bis 10:15 Uhr. Viele Grüße, Marco"
            ),
            False,
        ),
        (
            "acknowledgement",
            (
                "Hi Odette, I saw your message pop up about the veil with the pulled thread, I'm so sorry. I'll look at it in "
                "daylight and write to you by lunchtime. Nell"
            ),
            False,
        ),
        ("acknowledgement", "Guten Abend, Ihre Nachricht ist da. Wir kümmern uns, sobald es geht.", True),
        (
            "boundary",
            (
                "Mr. Delaney, the amp arrived dead and you're furious, and I'm sorry about the gig. I'd ask you to stop writing "
                "that you'll come by with your fists. I can refund it or send a working one. Which do you pick? Luis"
            ),
            False,
        ),
        (
            "boundary",
            (
                "Hallo Sören, dass dein Rahmen mit einer Macke ankam, tut mir leid. Was nicht okay ist: mir nachts elf "
                "Nachrichten mit Flüchen zu schicken. Neuer Rahmen oder 10 Euro zurück? Grüße Theo"
            ),
            False,
        ),
        ("boundary", "Solche Ausdrücke lassen wir uns nicht bieten. Damit ist das Gespräch beendet.", True),
        (
            "follow_up",
            (
                "Dear Mr Achterberg, on Thursday I wrote to you that the corrected invoice was ready. Is everything on it in "
                "order, or does something still need changing? With friendly greetings, Daniela"
            ),
            False,
        ),
        ("follow_up", "Hello Mr Finch, this is a short note about the new pump we sent. Regards, Alan", True),
    ],
)
def test_other_kinds_are_known_by_what_they_do(kind, text, found):
    """Not by the words they usually use."""
    assert any(rule == f"structure.{kind}" for rule in rules_of(text, kind=kind)) is found


@pytest.mark.parametrize(
    ("text", "done", "found"),
    [
        ("Ich habe unseren Techniker gefragt: Der Fehler ist bekannt.", "asked_colleague", False),
        ("Gelesen habe ich jedes Wort Ihrer Nachricht.", "", False),
        ("I will have a corrected invoice drawn up.", "", False),
        ("I have sent the corrected invoice.", "", True),
    ],
)
def test_reading_and_asking_are_told_from_doing(text, done, found):
    """Who has read the customer's words has done nothing that must be proved."""
    actions = (done,) if done else ()
    assert ("grounding.unperformed_action" in rules_of(text, offers=(), actions_done=actions)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bitte schicken Sie uns die Lampe zuerst zurück.", True),
        ("Please send it back to us first.", True),
        ("Sie schicken nichts zurück.", False),
        ("You need not send it back.", False),
        ("Ich schicke Ihnen die Rechnung, oder Sie bekommen 17,90 € zurück.", False),
    ],
)
def test_what_the_customer_keeps_is_not_asked_back(text, found):
    """It was approved that it stays."""
    offers = (Offer("refund", Decimal("17.90"), "EUR", None, "keep"),)
    facts = facts_of({"amounts": ["17.90"]})
    assert ("promise.return_terms" in rules_of(text, offers=offers, actions_done=(), facts=facts)) is found


@pytest.mark.parametrize(
    ("product", "text", "found"),
    [
        ("Wool throw, heather", "I'm sorry your toaster came with a dent in the side, Ms Bailey.", True),
        ("Garden chair", "I'm sorry the garden hose burst.", True),
        ("Wool throw, heather", "I'm sorry the blanket's colour bled onto your sofa.", False),
        ("Standmixer 800W", "Es tut mir leid, dass der Mixer auf Ihrem Teppich ausgelaufen ist.", False),
    ],
)
def test_a_thing_beside_the_product_is_not_taken_for_it(product, text, found):
    """What stands on, under or beside another thing the customer has is no mix-up."""
    assert ("grounding.product" in rules_of(text, facts=facts_of({"products": [product]}))) is found


@pytest.mark.parametrize(
    "text",
    [
        "You asked not to get our newsletter any more, and I'll take you off the list today.",
        "Vom Verteiler nehme ich Sie runter, Sie bekommen keine Rundbriefe mehr.",
        "The promo code you typed expired on Sunday, that's why it jumped back to the full price.",
        "Das Angebot ehrt Sie, aber an eBay vorbei verkaufe ich grundsätzlich nichts.",
        "You asked me to ring you tonight.",
        "Sending it back would cost us both time, so please keep it.",
        "I marked your case as urgent so that it is looked at today.",
        "Ich habe Ihre Bestellung mit einem Vermerk versehen, damit der Fahrer klingelt.",
        "Die Gewährleistung läuft zwei Jahre, Sie sind also auf der sicheren Seite.",
        "You never have to take store credit, you get your money back.",
        "We don't do exchanges by post, but you get the money back in full.",
        "If it's a fault, I don't send you to the maker; that's on us.",
        "The courier may come by the house at 12 Mill Lane again tomorrow.",
        "Please pop by your post office at 5 High Street with the label.",
        "Das Modell heißt „Prompt 3“, das steht so auf dem Karton.",
        "Bitte legen Sie das Rücksendeetikett so aufs Paket, dass unsere Anschrift gut zu lesen ist.",
        "Our address is on the return label, tape it over the old one.",
        "Schicken Sie nur den Kassenzettel als Foto, Ihre Bankdaten dürfen Sie darauf gern abdecken.",
        "You must be sick of it by now.",
        "Give me the thumbs up and I'll get the other size packed.",
    ],
)
def test_what_only_shares_an_offences_words_passes(text):
    """Refused, ended, the customer's own, or about something else."""
    assert {r for r in rules_of(text) if not r.startswith("promise")} == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("If it's faulty I do shop credit, I've never done money back on anything.", "safety.statutory_rights"),
        ("Geld zurück gibt es bei uns grundsätzlich nicht, höchstens einen Gutschein.", "safety.statutory_rights"),
        (
            "After a month anything to do with a fault goes to the maker, we don't come into it.",
            "safety.statutory_rights",
        ),
        ("Der Kauf ist vierzehn Monate her, da ist die Gewährleistung durch.", "safety.statutory_rights"),
        ("Honestly the thing costs us £4.10 landed, so it isn't worth getting it back.", "leak.internal"),
        ("Hab Sie jetzt mal mit tag schlechter_zahler gesetzt, dann guckt der Teamleiter drauf.", "leak.internal"),
        ("I tagged your account as difficult_return so my lead sees it.", "leak.internal"),
        ("If you happen to be near Duluth, come by 418 Harbor Lane, side door.", "contact.postal"),
        ("You said you'd leave a review, and a kind one would help us.", "feedback.request"),
    ],
)
def test_offences_in_everyday_words_are_heard(text, rule):
    assert rule in rules_of(text)


@pytest.mark.parametrize(
    ("offer", "text", "rule"),
    [
        (Offer("refund", Decimal(40), "EUR", None, "send_back_free"),
         "Wenn Sie das Kleid behalten, lassen wir Ihnen dreißig Prozent nach.", "promise.unauthorised"),
        (Offer("refund", Decimal(40), "EUR", None, "send_back_paid"),
         "Was Sie fürs Porto ausgelegt haben, das kriegen Sie natürlich wieder.", "promise.shipping"),
        (Offer("return", return_="send_back_paid"),
         "You can send the shoes back, and for the postage we take care of it.", "promise.shipping"),
        (Offer("replacement", return_="send_back_free"),
         "A new pair is on the cards, and there's no call to send us the blunt ones.", "promise.return_terms"),
        (Offer("replacement", return_="keep"),
         "We send the new charger with air express today, no cost for you.", "promise.shipping"),
        (Offer("investigation"),
         "I rang Yodel and they've put a driver on it, so it isn't forgotten about.", "grounding.unperformed_action"),
    ],
)  # fmt: skip
def test_terms_beyond_what_was_approved_are_heard_in_other_words(offer, text, rule):
    assert rule in rules_of(text, offers=(offer,), actions_done=("checked_tracking",))


def test_a_denied_deed_stays_denied():
    """What follows "so" as a consequence is left out, not what "so" only points at."""
    told = {"offers": (Offer("investigation"),), "actions_done": ()}
    for text in ("Leider habe ich das so noch nicht geprüft.", "I have not asked the carrier so far."):
        assert "grounding.unperformed_action" not in rules_of(text, **told)


def test_who_promises_to_come_back_promises_nothing_else():
    text = "If the parcel hasn't moved by Wednesday, I'll get back to you myself and we'll settle what comes next."
    assert rules_of(text, offers=(Offer("investigation"),), actions_done=("checked_tracking",)) == set()


def test_a_size_that_may_come_back_is_no_day():
    """ "The 10 may come back", but "10 May" and "by 10 may at the latest" are."""
    facts = facts_of({"dates": ["2026-11-11"]})
    text = "You get the 14, and the {} our free label whenever it suits you."
    assert "grounding.date" not in rules_of(text.format("10 may come back with"), "shop_email", facts=facts)
    assert "grounding.date" in rules_of("I see it was sent on 10 May, a while ago.", "shop_email", facts=facts)


def test_what_was_corrected_already_is_the_proposal():
    text = (
        "Hi Anjali,\n\nSpotting the old postcode an hour after ordering gives anyone a jolt, so thanks for writing straight "
        "away.\n\nI've changed it to the Leeds address you gave me, and the air fryer hasn't left yet.\n\n"
        "Is there a safe place for the driver if nobody's in?\n\nMany thanks\nGareth"
    )
    for what, missing in (("correction", False), ("refund", True)):
        context = Context(channel="amazon", offers=(Offer(what),), actions_done=("address_changed",))
        assert ("structure.missing_propose" in {f.rule for f in review(text, context).findings}) is missing


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("„Ruft mich endlich einer an?“, schreiben Sie, und dahinter stehen acht Tage ohne Nachricht.", False),
        ("“Will somebody call me back?”, you write, after eight days.", False),
        ('Your question was "when will you call me back?" and it is fair.', False),
        ('Wir sagen: "Rufen Sie uns an!"', True),
        ('"Call us" is our motto.', True),
        ('You wrote "often enough", so call us.', True),
        ("“Will somebody call me back?”, you write, so ring me any time, my number is on the invoice.", True),
    ],
)
def test_the_customers_own_words_in_quotation_marks_are_theirs(text, found):
    """Said to be theirs: quotation marks alone excuse nobody."""
    assert bool({r for r in rules_of(text) if r.startswith("contact")}) is found

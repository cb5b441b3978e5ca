"""What narrows a cause down: recognised in the customer's words, and carried through every step of the reply."""

from __future__ import annotations

from typing import get_args

import pytest

from app.drafts.composer import compose
from app.drafts.composer.bank import load, phrases
from app.drafts.composer.matters import matter_of
from app.ticket import Cause
from tests.unit.composer.builders import ORDERS, euros, make_case

LANGUAGES = ("de", "en")
SHOWN = {
    "came_late": [
        ("carrier_delay", "de", "Es kam am Montag, die Feier war am Samstag. So geht das nicht."),
        ("carrier_delay", "en", "It came today, Saturday. I don't even know why I'm writing, it's too late now."),
        ("carrier_delay", "de", "Es kam am Montag, die Feier war am Samstag."),
        ("carrier_delay", "de", "Es kam erst drei Tage nach dem Geburtstag."),
        ("carrier_delay", "de", "Der Sessel kam erst gestern, da war die Feier längst vorbei."),
        ("carrier_delay", "de", "Das Geschenk ist zu spät angekommen."),
        ("carrier_delay", "en", "The frame was for Thursday. It came today, Saturday."),
        ("carrier_delay", "en", "The parcel only arrived on Monday, three days after her birthday."),
    ],
    "misdirected": [
        ("address_change", "de", "Sie haben an die alte Adresse geliefert, obwohl ich die neue durchgegeben habe."),
        ("carrier_delay", "en", "It was delivered to the wrong house, three doors down."),
    ],
    "still_charged": [
        ("cancellation", "en", "I cancelled in August and you still took the money in September again."),
        ("cancellation", "de", "Ich habe im August gekündigt. Trotzdem haben Sie im Oktober wieder 16 Euro abgebucht."),
        ("refund_delayed", "de", "Trotz Kündigung wurde mir der Betrag abgebucht."),
        ("refund_delayed", "en", "I cancelled in August. And you've charged me again in September and October."),
        ("payment_failed", "en", "You keep charging me although I sent my cancellation in May."),
    ],
    "charged_twice": [
        ("payment_failed", "de", "Mir wurde der Betrag doppelt abgebucht."),
        ("refund_delayed", "en", "u charged me twice. 59.90 x2 on my card. why"),
    ],
    "dunned": [
        ("payment_failed", "de", "Ein Inkassobüro schreibt mir."),
        ("payment_failed", "en", "I got a final demand from you for a bill I paid."),
        ("payment_failed", "de", "Heute lag eine Mahnung im Briefkasten, dabei ist alles bezahlt."),
        ("invoice", "de", "Jetzt schreibt mir ein Inkassobüro."),
        ("invoice", "en", "I received a letter from a collections agency for an invoice I paid on 3 October."),
        ("payment_failed", "en", "Why do I get a payment reminder? It was paid by card."),
    ],
    "wrong_invoice": [
        ("invoice", "en", "The invoice has our old address."),
        ("invoice", "en", "The VAT number is missing from the invoice."),
        ("invoice", "de", "Die Rechnung stimmt nicht."),
        ("invoice", "de", "Auf der Rechnung fehlt unsere USt-ID."),
        ("invoice", "de", "Auf der Rechnung steht die falsche Anschrift."),
        ("invoice", "de", "Ihre Rechnung ist auf Müller Bau ausgestellt, wir heißen aber Möller Bau GmbH."),
        ("invoice", "en", "The invoice shows the wrong month."),
        ("invoice", "en", "We need a corrected invoice, made out to the company."),
    ],
    "overcharged": [
        ("payment_failed", "de", "Der Rabatt von 10 Prozent wurde nicht abgezogen."),
        ("payment_failed", "de", "Abgebucht wurden 49 Euro statt 39 Euro."),
        ("payment_failed", "en", "The 20% code SAVE20 was not taken off, I paid full price."),
        (
            "payment_failed",
            "en",
            "Used the code WELCOME15, it showed £15 off in basket and then you charged full price.",
        ),
        ("other", "en", "My monthly box has gone from £24 to £33 without an email."),
    ],
    "price_dropped": [
        ("other", "en", "The price dropped by £20 the day after I bought it."),
        ("other", "de", "Der Preis ist einen Tag nach meinem Kauf gesunken."),
        ("other", "de", "Ihr bietet das Set jetzt für 59 statt 89 Euro an, ich habe vor 4 Tagen 89 bezahlt."),
        ("product_dissatisfaction", "en", "Two days later it is reduced by half, and I paid the full price."),
    ],
    "partly_refunded": [
        ("refund_denied", "en", "You only gave me half my money back."),
        ("refund_denied", "de", "Warum kriege ich nur die Hälfte wieder?"),
        ("refund_denied", "de", "Sie haben mir 30 Euro wegen angeblicher Gebrauchsspuren abgezogen."),
        ("refund_denied", "en", "A 15 percent restocking fee, are you serious?"),
        ("refund_denied", "en", "You only sent half of my money back."),
    ],
    "return_refused": [
        ("refund_denied", "de", "Die Rücksendung wurde abgelehnt, angeblich getragen."),
        ("refund_denied", "en", "return refused because 'worn'. i had it on for 5 minutes in my hallway."),
    ],
    "complaint_refused": [
        ("refund_denied", "de", "Meine Reklamation wurde zurückgewiesen."),
        ("refund_denied", "en", "My warranty claim was rejected without a reason."),
    ],
    "customs": [
        ("other", "en", "I had to pay import duty on this."),
        ("other", "en", "The courier wants customs charges before he hands it over."),
        ("other", "de", "Beim Zoll 24 Euro bezahlt, obwohl der Versand angeblich aus Deutschland kam."),
        ("other", "de", "Der Postbote wollte Zollgebühren von 20 Euro."),
        ("other", "de", "Ich musste Zoll nachzahlen, davon stand nichts da."),
        ("other", "de", "Ich musste 38 Euro Zoll bezahlen, davon stand nirgends etwas."),
        ("carrier_delay", "en", "I've just had to pay £38.60 to Royal Mail for customs."),
    ],
    "cancelled_by_us": [
        ("other", "en", "I just saw that my order was cancelled."),
        ("cancellation", "de", "Ich sehe gerade, dass meine Bestellung storniert wurde. Warum?"),
        ("other", "de", "Sie haben meine Bestellung einfach storniert, ohne ein Wort."),
        ("warehouse_delay", "de", "Nach drei Wochen wurde meine Bestellung kommentarlos storniert."),
        ("other", "en", "You CANCELLED my order without a word."),
        ("carrier_delay", "en", "I waited a month and then it was simply cancelled."),
    ],
}
CASES = [(name, *one) for name, shown in SHOWN.items() for one in shown]
ALIKE = [
    ("address_change", "de", "Bitte nicht an die alte Adresse liefern!"),
    ("address_change", "en", "Please do not send it to my old address, I have moved."),
    ("carrier_delay", "de", "Das kommt sicher zu spät, die Feier ist am Samstag."),
    ("carrier_delay", "de", "Erst hieß es Montag, jetzt Freitag."),
    ("carrier_delay", "en", "Nobody came today and nothing has arrived."),
    ("carrier_delay", "en", "It will come too late if you do not hurry."),
    ("cancellation", "de", "Ich habe gestern gekündigt, bitte buchen Sie nichts ab."),
    ("cancellation", "en", "I would like to cancel before you charge me."),
    ("refund_delayed", "en", "I cancelled three weeks ago and the refund is still not there."),
    ("refund_delayed", "de", "Ich habe schon zweimal geschrieben, die Erstattung ist noch nicht da."),
    ("other", "de", "Ich hätte gern das günstigere Modell, ist das im Angebot?"),
    ("other", "en", "Will it be on sale again before May?"),
    ("payment_failed", "de", "Ich habe immer bezahlt, nie eine Mahnung bekommen."),
    ("payment_failed", "de", "Das ist meine letzte Mahnung an Sie!"),
    ("payment_failed", "de", "Die Zahlung bricht immer wieder ab."),
    ("payment_failed", "en", "My collection of coins is complete except for this one."),
    ("payment_failed", "en", "The discount code isn't accepted."),
    ("invoice", "de", "Bitte schicken Sie mir die Rechnung als PDF."),
    ("invoice", "en", "I need an invoice made out to my company."),
    ("other", "de", "Der Preis ist in Ordnung, die Farbe gefällt mir nicht."),
    ("other", "en", "Can you tell me when the price will go down again?"),
    ("other", "de", "Wurde meine Bestellung inzwischen storniert, wie ich es wollte?"),
    ("other", "en", "Has my order been cancelled as I asked?"),
    ("other", "de", "Meine Bestellung wurde noch immer nicht storniert."),
    ("refund_denied", "de", "Die Erstattung wurde abgelehnt, obwohl die Retoure angekommen ist."),
    ("refund_denied", "en", "You refused my refund although I returned it unworn."),
    ("refund_delayed", "de", "Ihr habt 3 Euro mehr abgezogen, wann kommen die zurück?"),
    ("refund_delayed", "de", "Ich warte seit zwei Wochen auf die Erstattung."),
    ("refund_denied", "en", "I bought only one pair and you refused to pay me back."),
    ("carrier_delay", "de", "Das Paket liegt seit zwei Wochen beim Zoll."),
    ("carrier_delay", "en", "The parcel has been stuck in customs for two weeks."),
    ("other", "en", "It is the custom here to pay by card."),
    ("cancellation", "en", "My holiday was cancelled, so please cancel the order."),
    ("carrier_delay", "de", "Von drei Paketen kam erst eines, die anderen fehlen noch."),
    ("carrier_delay", "de", "Bisher kam erst ein Teil der Bestellung."),
    ("carrier_delay", "de", "Das Paket kam am Montag, das zweite fehlt noch immer."),
    ("carrier_delay", "de", "Die Lieferung kam gestern noch nicht."),
    ("carrier_delay", "de", "Kommt das Paket erst am Freitag?"),
    ("carrier_delay", "en", "One box arrived on Monday, the other one has not."),
    ("carrier_delay", "en", "The order came on Tuesday but the second parcel is still missing."),
    ("carrier_delay", "en", "No parcel came today either."),
    ("carrier_delay", "en", "I paid for express and the parcel is stuck in customs."),
    ("carrier_delay", "de", "Das Paket liegt beim Zoll seit 14 Tagen."),
    ("carrier_delay", "de", "Ich habe bezahlt und jetzt liegt es beim Zoll."),
    ("other", "de", "Ich habe den Fernseher mit 55 Zoll bezahlt und einen kleineren bekommen."),
    ("other", "de", "Der Monitor hat 27 Zoll und kostete 199 Euro."),
    ("product_dissatisfaction", "de", "Das Set hat mir gar nicht gefallen."),
    ("product_dissatisfaction", "de", "Der Artikel hat meiner Frau nicht gefallen."),
    ("product_dissatisfaction", "de", "Das Angebot klang besser, die Qualität ist gesunken."),
    ("product_dissatisfaction", "en", "It dropped off the wall after two days."),
    ("product_dissatisfaction", "en", "They went down a size after the first wash."),
    ("other", "en", "It looks cheaper now that I see it."),
    ("invoice", "de", "Die Rechnung fehlt im Paket."),
    ("invoice", "de", "Mir fehlt noch die Rechnung zu dieser Bestellung."),
    ("invoice", "de", "Ich habe die Ware ohne Rechnung bekommen."),
    ("invoice", "de", "Die Rechnung kam nie an, stimmt meine Adresse bei Ihnen?"),
    ("invoice", "en", "The invoice is missing from the box."),
    ("invoice", "en", "The parcel came without an invoice."),
    ("invoice", "en", "What is the correct way to get an invoice?"),
    ("invoice", "en", "I need an invoice for an old order."),
    ("invoice", "en", "Please send the invoice, I have not had one."),
    ("refund_delayed", "en", "I cancelled in May. It took ages to get an answer and there is still no refund."),
    ("refund_delayed", "en", "The order was cancelled three weeks ago and I am still waiting for the refund."),
    ("refund_delayed", "de", "Ich habe storniert und warte immer noch auf die Erstattung."),
    ("payment_failed", "en", "This is my final notice before I go to court."),
    ("payment_failed", "en", "This is your final notice, refund me."),
    ("refund_delayed", "en", "Consider this a final demand."),
    ("refund_delayed", "de", "Ich übergebe das jetzt einem Inkassobüro."),
    ("refund_delayed", "de", "Dann schalte ich ein Inkassounternehmen ein."),
    ("refund_delayed", "de", "Dies ist meine letzte Mahnung, dann folgt der Anwalt."),
    ("other", "de", "Wurde die Bestellung schon storniert?"),
    ("cancellation", "en", "Has it been cancelled already?"),
    ("cancellation", "de", "Bitte bestätigen Sie, dass die Bestellung storniert wurde."),
    ("cancellation", "en", "Please confirm that my order has been cancelled."),
    ("other", "en", "The box was put up on the shelf by my husband."),
    ("other", "en", "My plan has gone from bad to worse."),
    ("refund_denied", "en", "You refused my refund, half the screws were missing."),
    ("refund_denied", "de", "Die Erstattung wurde abgelehnt, dabei war nur ein Teil kaputt."),
    ("address_change", "de", "Ich habe beim Bestellen die falsche Adresse angegeben."),
    ("address_change", "en", "I gave you the wrong address, can you change it?"),
    ("carrier_delay", "de", "Ihr Fahrer hat bei der falschen Adresse geklingelt."),
    ("payment_failed", "de", "Mir wird bei der Zahlung nur Rechnung angeboten, keine Mahnung bisher."),
    ("payment_failed", "en", "Overdue delivery, and my payment failed again."),
]


@pytest.mark.parametrize(("matter", "cause", "language", "text"), CASES)
def test_a_matter_is_recognised(matter: str, cause: str, language: str, text: str) -> None:
    assert matter_of(cause, text.lower(), language) == matter


@pytest.mark.parametrize(("cause", "language", "text"), ALIKE)
def test_what_only_sounds_like_a_matter_stays_the_cause(cause: str, language: str, text: str) -> None:
    assert matter_of(cause, text.lower(), language) == cause


def test_every_matter_narrows_causes_and_is_worded_in_both_languages() -> None:
    groups = load("commit")["groups"]
    for name, known in load("matters").items():
        assert set(known["of"]) <= set(get_args(Cause)), name
        for language in LANGUAGES:
            assert name in phrases("trouble", language)
            assert {"now", "plan", "need"} <= phrases("commit", language)[groups[name]].keys()


@pytest.mark.parametrize(("matter", "cause", "language", "text"), CASES)
def test_the_reply_asks_for_one_thing_and_speaks_of_no_other_trouble(
    matter: str, cause: str, language: str, text: str
) -> None:
    drafted = compose(make_case(text, cause, language=language, order=ORDERS[language]))
    assert drafted.ask.count("?") == 1
    told = f"{drafted.own} {drafted.propose} {drafted.ask}"
    assert "wo der Betrag" not in told
    assert "where the amount is" not in told
    assert "Paket" not in told
    assert "parcel" not in told


def test_what_is_owed_is_not_offered_as_a_kindness() -> None:
    given = {"channel": "shop_email", "order": ORDERS["de"]}
    text, offer = "Der Rabatt wurde nicht abgezogen.", {"type": "discount", "amount": euros("7.99")}
    owed = compose(make_case(text, "payment_failed", resolutions=[offer], **given)).ask
    kindness = compose(make_case("Der Sessel quietscht.", "product_defect", resolutions=[offer], **given)).ask
    assert "gute Lösung" in kindness
    assert "gute Lösung" not in owed


def test_who_wants_another_name_on_the_invoice_is_not_offered_the_old_details() -> None:
    text = "Auf der Rechnung steht die falsche Firma, wir heißen Möller Bau GmbH."
    drafted = compose(make_case(text, "invoice", order=ORDERS["de"], resolutions=[{"type": "invoice"}]))
    assert "berichtigte Rechnung" in drafted.propose
    assert "Angaben aus der Bestellung" not in drafted.ask


def test_a_demand_for_payment_is_told_and_no_invoice_is_asked_for() -> None:
    text = "I received a letter from a collections agency. I paid this invoice on 3 October."
    drafted = compose(make_case(text, "invoice", language="en", order=ORDERS["en"]))
    assert "collections agency" in drafted.acknowledge
    assert "need an invoice" not in drafted.acknowledge

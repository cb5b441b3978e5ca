"""What is personal by its shape: contact data, accounts, numbers of a case, links, addresses."""

import pytest

from app.knowledge.redaction import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Schreib an k.ober@posteo.de bitte", "Schreib an {email} bitte"),
        ("office (at) holzbau-steiner.at", "{email}"),
        ("Tel.: 0381/4556677", "Tel.: {phone}"),
        ("call (415) 555-2671 x12 today", "call {phone} today"),
        ("+43 664 1234588", "{phone}"),
        ("auf DE89 3704 0044 0532 0130 00 bitte", "auf {iban} bitte"),
        ("Karte 4111 1111 1111 1111", "Karte {card}"),
        ("Visa ending in 4821", "Visa ending in {card}"),
        ("302-1234567-7654321", "{order_id}"),
        ("Bestellnummer: 4711-22", "Bestellnummer: {order_id}"),
        ("order #20418 came", "order #{order_id} came"),
        ("1Z999AA10123456784", "{tracking_number}"),
        ("Sendung 00340434292135100186 steht", "Sendung {tracking_number} steht"),
        ("Rechnung RE-2024-88123 ist falsch", "Rechnung {invoice_number} ist falsch"),
        ("Kundennummer lautet 48291177.", "Kundennummer lautet {customer_number}."),
        ("Geboren bin ich am 03.04.1985.", "Geboren bin ich am {birth_date}."),
        ("USt-IdNr. DE123456789", "USt-IdNr. {tax_id}"),
        ("an Am Alten Markt 3, 18055 Rostock bitte", "an {address} bitte"),
        ("Packstation 145, 50226 Frechen", "{address}"),
        ("to 12 Oak Street, Apt 4, Springfield, IL 62704.", "to {address}."),
        ("Flat 4, 22 Rosebery Road, Bristol, BS6 5QT", "{address}"),
        ("PO Box 1182, Flagstaff, AZ 86002", "{address}"),
        ("Bahnhofstrasse 21\n8610 Uster", "{address}"),
        ("https://www.dhl.de/track?piececode=00340434161094021501", "{tracking_url}"),
        ("https://shop.de/account/orders/4471", "{link}"),
        ("https://www.bosch-home.com/de/produkte", "https://www.bosch-home.com/de/produkte"),
    ],
)
def test_its_slot_takes_its_place(text: str, expected: str):
    assert redact(text).text == expected


def test_the_spans_are_places_in_the_original_and_are_counted():
    text = "a@b.de oder 0381/4556677"
    redacted = redact(text)
    assert [(text[s.start : s.end], s.slot) for s in redacted.spans] == [("a@b.de", "email"), ("0381/4556677", "phone")]
    assert redacted.counts == {"email": 1, "phone": 1}

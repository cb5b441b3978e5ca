"""People no row tells are found by where they stand; products, months and places are no people."""

import pytest

from app.knowledge.redaction import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mein Name ist Zlatko Fröhlich.", "Mein Name ist {person}."),
        ("Meine Nachbarin Frau Kunz hat es.", "Meine Nachbarin Frau {person} hat es."),
        ("my husband Peter called", "my husband {person} called"),
        ("My neighbour Whitcombe took it in.", "My neighbour {person} took it in."),
        ("Sehr geehrter Herr Dr. Brzęczyk,", "Sehr geehrter Herr Dr. {person},"),
        ("Hallo Familie Özdemir, alles gut?", "Hallo Familie {person}, alles gut?"),
        (
            "Es fehlt etwas.\nMit freundlichen Grüßen\nZoltán Quaas",
            "Es fehlt etwas.\nMit freundlichen Grüßen\n{person}",
        ),
        ("Es fehlt etwas. LG Micha", "Es fehlt etwas. LG {person}"),
        ("It is broken.\nThanks,\nJ. Whitmore", "It is broken.\nThanks,\n{person}"),
        ("gez. Ottilie Brandstätter", "gez. {person}"),
        ("Signed for by Whitcombe at noon.", "Signed for by {person} at noon."),
        ("ICH BIN HILDEGARD BAUMGART UND WARTE", "ICH BIN {person} UND WARTE"),
        ("ich bin peter kowalski und warte", "ich bin {person} und warte"),
        ("Ihre Kollegin Jasmin war nett.", "Ihre Kollegin {person} war nett."),
        ("Gestern hat mir Wiebke geholfen.", "Gestern hat mir {person} geholfen."),
    ],
)
def test_people_are_found(text: str, expected: str):
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "Der Kärcher und die Miele laufen, der Bosch und der Philips nicht.",
        "I love my Levi's, the Paul & Shark sweater and the Dr. Martens.",
        "Die Dr. Oetker Backform in 26 cm kostet 12,99 €.",
        "Will you refund me in May? Hope so. Grace period is over.",
        "Das Modell Emma 140x200 passt nicht, die Emma Matratze auch nicht.",
        "Am Montag, im April und im Winter ist in Köln und Paris Regen.",
        "Liebes Röst-Team, liebe Kundenbetreuung, hallo zusammen,",
        "Hallo Kundenservice,\nbitte melden.\nMit freundlichen Grüßen\nIhr Team",
        "Dear Sir or Madam, dear Customer Service, hi there,",
        "Meine Frau und mein Sohn haben lange gewartet.",
        "Returned on Jan 12, and it's fine now.",
        "DIN EN 60335-1, Größe 42, 1.299,00 €, 28 cm, Modell KSM150PS, 5 GHz.",
        "Vielen Dank für die schnelle Hilfe! Viele Grüße",
        "Die EAN ist 4006381333931, die Version 2.4.1, die IP 192.168.178.1.",
    ],
)
def test_what_names_nobody_stays(text: str):
    assert redact(text).text == text


def test_slots_already_there_stay():
    text = "Guten Tag {customer_name}, Ihre Bestellung {order_id} ist da."
    assert redact(text).text == text


def test_redacting_twice_changes_nothing():
    text = "Hallo Frau Kunz, Anna Keller hier, 0176 48291733, anna@gmx.de, Lärchenweg 14, 83022 Rosenheim. LG Anna"
    once = redact(text).text
    assert redact(once).text == once

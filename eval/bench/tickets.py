"""Sixty-word tickets by the thousand, no two alike, so that no cache flatters the figures."""

from __future__ import annotations

import random
from typing import Any

_GERMAN = (
    ("Ich habe am {day}. November bei Ihnen {product} bestellt und mich wirklich sehr darauf gefreut.",
     "Als das Paket gestern endlich ankam, war der Karton völlig eingedrückt und {part} war abgebrochen.",
     "Auf meine erste Nachricht vor {n} Tagen hat leider niemand geantwortet, das ärgert mich sehr.",
     "So etwas darf bei einem Preis von {price} Euro einfach nicht passieren.",
     "Bitte schicken Sie mir sofort Ersatz oder überweisen Sie mir mein Geld zurück."),
    ("Seit {n} Tagen warte ich jetzt auf {product}, die Lieferung war für den {day}. November versprochen.",
     "In der Sendungsverfolgung ändert sich seit einer Woche überhaupt nichts mehr, angeblich liegt alles im Verteilzentrum.",
     "Ich brauche die Sachen dringend, weil {part} bei uns zu Hause kaputt ist.",
     "Niemand sagt mir, wo das Paket steckt und wann es endlich kommt.",
     "Wenn es bis Freitag nicht da ist, will ich meine {price} Euro zurück."),
)  # fmt: skip
_ENGLISH = (
    ("I ordered {product} from you on the {day}th of November and was really looking forward to it.",
     "When the parcel finally arrived yesterday the box was crushed and {part} had come off completely.",
     "I wrote to you {n} days ago and nobody has bothered to answer me so far.",
     "For {price} pounds I expect something that works when I take it out of the box.",
     "Please send me a replacement at once or give me my money back."),
    ("I have been waiting for {product} for {n} days now although it was promised by the {day}th.",
     "The tracking page has not moved for a week and only says that it sits in some depot.",
     "I need it urgently because {part} at home is broken and we have guests on Friday.",
     "Nobody can tell me where my parcel is and when it is going to arrive.",
     "If it is not here by the weekend I want my {price} pounds back."),
)  # fmt: skip
_PRODUCTS = {
    "de": ("eine blaue Keramiktasse", "die Kaffeemaschine Modell Aroma", "einen Schreibtischstuhl", "zwei Leinenhemden",
           "das Fahrradschloss", "den Wasserkocher", "eine Stehlampe", "das Zelt für drei Personen"),
    "en": ("a blue ceramic mug", "the coffee machine", "a desk chair", "two linen shirts", "the bicycle lock",
           "the kettle", "a floor lamp", "the three person tent"),
}  # fmt: skip
_PARTS = {
    "de": ("der Henkel", "der Griff", "ein Bein", "der Deckel", "der Reißverschluss", "das Kabel"),
    "en": ("the handle", "one leg", "the lid", "the zip", "the cable", "a hinge"),
}


def requests(count: int, *, seed: int = 7) -> list[dict[str, Any]]:
    """Draft requests, half German, half English."""
    dice = random.Random(seed)
    return [_request(dice, i, ("de", "en")[i % 2]) for i in range(count)]


def _request(dice: random.Random, number: int, language: str) -> dict[str, Any]:
    sentences = dice.choice(_GERMAN if language == "de" else _ENGLISH)
    words = {"product": dice.choice(_PRODUCTS[language]), "part": dice.choice(_PARTS[language]), "n": dice.randint(3, 30),
             "day": dice.randint(4, 20), "price": dice.randint(9, 190)}  # fmt: skip
    price = {"amount": f"{words['price']}.90", "currency": "EUR" if language == "de" else "GBP"}
    marketplace = "amazon.de" if language == "de" else "amazon.co.uk"
    title = str(words["product"]).split(" ", 1)[1]
    order = {"id": f"302-{dice.randint(10**6, 10**7 - 1)}-{dice.randint(10**6, 10**7 - 1)}", "placed_at": "2026-11-03",
             "items": [{"title": title, "price": price}]}  # fmt: skip
    text = " ".join(sentences).format(**words)
    return {
        "ticket": {"id": f"B-{number}", "channel": "amazon", "marketplace": marketplace, "order": order,
                   "messages": [{"author": "customer", "text": text}]},
        "resolutions": [{"type": "refund", "amount": price, "return": "keep"}, {"type": "replacement", "return": "keep"}],
    }  # fmt: skip

"""Texts with labelled personal data for the redaction bench: Faker's identities in our frames, and hand-written ones."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app.knowledge.redaction import Known
from app.knowledge.redaction.model import NOBODY

FOLDER = Path(__file__).parents[2] / "tests" / "cases" / "redaction"
LOCALES = ("de_DE", "de_AT", "de_CH", "en_US", "en_GB")
_MARK = re.compile(r"<(\w+)>")
ENTITY_OF = {
    "first": "name", "last": "name", "full": "name", "other": "name", "phone": "phone", "email": "email", "street": "address",
    "town": "address", "iban": "iban", "card": "card", "order": "order_id", "tracking": "tracking", "birth": "birth_date",
}  # fmt: skip
FRAMES_DE = (
    "Hallo, mein Name ist <full>. Meine Bestellung <order> vom 12.03.2026 ist noch nicht da. Bitte melden Sie sich unter <phone>.",
    "Sehr geehrte Damen und Herren,\n\nder Toaster für 39,99 € ist defekt, die Heizung geht nicht an.\n\nMit freundlichen Grüßen\n<full>\n<street>\n<town>",
    "Guten Tag Frau <last>,\n\nwir haben die Rücksendung <tracking> erhalten und erstatten auf <iban>.\n\nViele Grüße\n<other>",
    "Ich wohne jetzt in <street>, <town>, bitte schicken Sie das Regal dorthin. Meine Mail: <email>",
    "Meine Nachbarin Frau <other> hat das Paket angenommen, sagt aber, es sei offen gewesen. LG <first>",
    "Hallo <first>,\n\ndein Paket ist unterwegs, die Sendungsnummer lautet <tracking>.\n\nLiebe Grüße",
    "Karte <card> wurde doppelt belastet. Geboren bin ich am <birth>, falls Sie das brauchen. Gruß, <full>",
    "Herr <last> hat schon dreimal angerufen (<phone>), ohne Erfolg. Die Kaffeemaschine von Philips leckt immer noch.",
)
FRAMES_EN = (
    "Hello, my name is <full> and order <order> from March 12 has not arrived. Please call me on <phone>.",
    "To whom it may concern,\n\nThe toaster I bought for $39.99 is broken and does not heat.\n\nKind regards,\n<full>\n<street>\n<town>",
    "Dear Ms. <last>,\n\nWe received your return <tracking> and will credit card <card>.\n\nBest regards\n<other>",
    "I now live at <street>, <town>, please ship the shelf there. My email is <email>",
    "My neighbour <other> took the parcel in but says it was open already. Thanks, <first>",
    "Hi <first>,\n\nyour parcel is on its way, the tracking number is <tracking>.\n\nCheers",
    "I was charged twice on <card>. My date of birth is <birth> if you need it. Regards, <full>",
    "Mr <last> has called three times (<phone>) without success. The Philips coffee machine still leaks.",
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, its personal parts as (start, end, entity), and what its row tells."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    group: str
    language: str
    known: Known = NOBODY


def written(split: str) -> list[Labelled]:
    """The hand-written texts of a split, `dev` or `test`; rows that tell nothing."""
    found = []
    for language in ("de", "en"):
        for line in (FOLDER / f"{language}.jsonl").read_bytes().splitlines():
            case = orjson.loads(line)
            if case["split"] == split:
                spans = tuple((a, b, entity) for a, b, entity in case["spans"])
                found.append(Labelled(case["text"], spans, f"written {language}", language))
    return found


def generated(each: int, *, told: bool) -> Iterator[Labelled]:
    """`each` texts a locale from Faker's identities; `told`: the row names the customer."""
    from faker import Faker

    for locale in LOCALES:
        fake: Any = Faker(locale)
        fake.seed_instance(7)
        frames = FRAMES_DE if locale.startswith("de") else FRAMES_EN
        for n in range(each):
            yield _filled(frames[n % len(frames)], _identity(fake, random.Random(n)), locale, told=told)


def _identity(fake: Any, chance: random.Random) -> dict[str, str]:  # noqa: ANN401 - Faker has no types for its locales
    first, last = fake.first_name(), fake.last_name()
    return {
        "first": first, "last": last, "full": f"{first} {last}", "other": fake.last_name(), "phone": fake.phone_number(),
        "email": fake.email(), "street": fake.street_address(), "town": _town(fake), "iban": fake.iban(),
        "card": fake.credit_card_number("visa"), "birth": fake.date_of_birth(minimum_age=20).strftime("%d.%m.%Y"),
        "order": f"{chance.randrange(10**3):03}-{chance.randrange(10**7):07}-{chance.randrange(10**7):07}",
        "tracking": f"00340434{chance.randrange(10**12):012}",
    }  # fmt: skip


def _town(fake: Any) -> str:  # noqa: ANN401 - see above
    state = getattr(fake, "state_abbr", None)
    if "en_US" in str(fake.locales):
        return f"{fake.city()}, {state(include_territories=False)} {fake.postcode()}" if state else ""
    return f"{fake.city()}, {fake.postcode()}" if "en_GB" in str(fake.locales) else f"{fake.postcode()} {fake.city()}"


def _filled(frame: str, who: dict[str, str], locale: str, *, told: bool) -> Labelled:
    text, at = "", 0
    spans: list[tuple[int, int, str]] = []
    for mark in _MARK.finditer(frame):
        text += frame[at : mark.start()]
        value = who[mark[1]]
        spans.append((len(text), len(text) + len(value), ENTITY_OF[mark[1]]))
        text += value
        at = mark.end()
    known = Known(
        name=who["full"],
        email=who["email"],
        phone=who["phone"],
        address=f"{who['street']}, {who['town']}",
        order_ids=(who["order"],),
    )
    return Labelled(text + frame[at:], tuple(spans), locale, locale[:2], known if told else NOBODY)

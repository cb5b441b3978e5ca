"""Greeting and signature."""

import pytest

from app.drafts.composer.people import greeting, signature
from app.drafts.composer.scene import set_scene
from app.profile.schemas import Profile
from app.ticket import Register
from tests.unit.composer.builders import make_case

GREETINGS: dict[str, tuple[str | None, str, Register, str]] = {
    "title": ("Frau Keller", "de", "sie", "Guten Tag Frau Keller,"),
    "title and first name": ("Frau Sabine Keller", "de", "sie", "Guten Tag Frau Keller,"),
    "title and degree": ("Frau Dr. Keller", "de", "sie", "Guten Tag Frau Dr. Keller,"),
    "both names": ("Max Huber", "de", "sie", "Guten Tag Max Huber,"),
    "familiar": ("Max Huber", "de", "du", "Hallo Max,"),
    "familiar with a title": ("Frau Keller", "de", "du", "Hallo,"),
    "last name first": ("Huber, Max", "de", "sie", "Guten Tag Max Huber,"),
    "capitals": ("MAX HUBER", "de", "sie", "Guten Tag Max Huber,"),
    "particle": ("Helene von Stetten", "de", "sie", "Guten Tag Helene von Stetten,"),
    "nobody": (None, "de", "sie", "Guten Tag,"),
    "user name": ("buyer_1987", "de", "sie", "Guten Tag,"),
    "e-mail": ("max@example.com", "de", "sie", "Guten Tag,"),
    "firm": ("Huber GmbH", "de", "sie", "Guten Tag,"),
    "camel case": ("MaxMuster", "de", "sie", "Guten Tag MaxMuster,"),
    "slot": ("{order_id}", "de", "sie", "Guten Tag,"),
    "English": ("Max Huber", "en", "sie", "Hello Max,"),
    "English title": ("Frau Keller", "en", "sie", "Hello Ms Keller,"),
    "English mister": ("Mr Ashdown", "en", "sie", "Hello Mr Ashdown,"),
    "German for a mister": ("Mr Smith", "de", "sie", "Guten Tag Herr Smith,"),
    "initial": ("U. Zbinden", "en", "sie", "Hello U. Zbinden,"),
}


@pytest.mark.parametrize(("name", "language", "register", "line"), GREETINGS.values(), ids=GREETINGS)
def test_greeting(name: str | None, language: str, register: Register, line: str) -> None:
    """Names are used where they are names; everybody else is greeted without."""
    assert greeting(set_scene(make_case(name=name, language=language, register=register))) == line


def test_agent_and_shop_sign() -> None:
    """Without a signature of its own, agent and shop sign."""
    scene = set_scene(make_case(profile=Profile(name="Keramikhaus")))
    assert signature(scene) == "Freundliche Grüße\nJana\nKeramikhaus"


def test_nobody_known_signs_as_the_team() -> None:
    """No placeholder is left for a name nobody gave."""
    assert signature(set_scene(make_case(agent=None))) == "Freundliche Grüße\nIhr Kundenservice"
    assert signature(set_scene(make_case(agent=None, register="du"))) == "Viele Grüße\nDein Kundenservice"


SIGNATURES = {
    "with its own closing": ("Herzliche Grüße\nTeam Blau", "amazon", "Herzliche Grüße\nTeam Blau"),
    "closing is added": ("Team Blau", "amazon", "Freundliche Grüße\nTeam Blau"),
    "contact lines go on a marketplace": ("Team Blau\nwww.blau.example\nTel. 030 1234567", "amazon", "Freundliche Grüße\nTeam Blau"),
    "contact lines stay on the own shop": (
        "Team Blau\nwww.blau.de", "shop_email", "Freundliche Grüße\nTeam Blau\nwww.blau.de"),
    "symbols and gaps go": ("Team Blau \U0001f60a\n\n\nBerlin", "amazon", "Freundliche Grüße\nTeam Blau \nBerlin"),
    "slots stay, other braces do not": ("{agent_name} {secret}", "amazon", "Freundliche Grüße\n{agent_name} (secret)"),
}  # fmt: skip


@pytest.mark.parametrize(("own", "channel", "signed"), SIGNATURES.values(), ids=SIGNATURES)
def test_own_signature(own: str, channel: str, signed: str) -> None:
    """The shop's signature is used, without what the channel would refuse."""
    scene = set_scene(make_case(channel=channel, profile=Profile(signatures={"de": own})))
    assert signature(scene) == signed


def test_a_signature_follows_the_register() -> None:
    """ "Ihr Team" cannot sign a letter in `du`."""
    profile = Profile(signatures={"de": "Viele Grüße\nIhr Team"})
    assert signature(set_scene(make_case(register="du", profile=profile))) == "Viele Grüße\nDein Team"

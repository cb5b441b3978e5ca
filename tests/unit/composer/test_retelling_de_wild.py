"""What spoken German makes of grammar: sentences that may not come out right are left alone, ordinary ones are told."""

from __future__ import annotations

import pytest

from app.drafts.composer.naming import _german
from app.drafts.composer.question_de import indirect
from app.drafts.composer.sound_de import is_dialect
from app.drafts.composer.speech_de import report

NOT_TOLD = [
    "nicht gleich wieder auflegen",
    "Hab die Annahme verweigert",
    "Ich bin ein geduldiger Mensch und ärgere mich selten",
    "Ich bin Rentnerin",
    "Ich bin 72",
    "Ich wohne im Hinterhaus",
    "Ich fahre jeden Tag in die Stadt um dort abzuholen",
    "Ich habe gestern geschrieben dass wir verreist sind",
    "Der Tisch hat vier Beine wovon eins wackelt",
    "Mein Anwalt hat am 3.12",
    "Die Frau am Telefon sagte",
    "Da stand Lieferung in zwei Tagen",
    "Das war die Feier meiner Eltern",
    "De Lampe is scho wieder hin",
    "Dit Rad wackelt",
    "und schickt wieder 256",
    "Ich könne mir das Werkzeug ja im Baumarkt holen",
]
TOLD = {
    "Den Rest habe ich weggeworfen": "Sie den Rest weggeworfen haben",
    "Die Lampe flackert": "die Lampe flackert",
    "Mein Paket ist seit zwei Wochen nicht da": "Ihr Paket seit zwei Wochen nicht da ist",
    "Ich warte seit Montag auf eine Antwort": "Sie seit Montag auf eine Antwort warten",
    "Der Deckel ist gerissen und der Griff fehlt": "der Deckel gerissen ist und der Griff fehlt",
    "Es fehlen drei Schrauben": "drei Schrauben fehlen",
    "Der Karton steht hier": "der Karton bei Ihnen steht",
    "Mir wurde zweimal derselbe Betrag abgebucht": "Ihnen zweimal derselbe Betrag abgebucht wurde",
    "Es sind vier Stufen, die man hochsteigen muss": "es vier Stufen sind, die man hochsteigen muss",
    "Ladegerät für den Bohrer ist geschmolzen": "das Ladegerät für den Bohrer geschmolzen ist",
    "Akku vom Rasierer lädt nicht": "der Akku vom Rasierer nicht lädt",
    "Ich habe geklingelt, habe gewartet": "Sie geklingelt haben und gewartet haben",
}
RHETORICAL = [
    "Wissen Sie, was das kostet?", "Merken Sie das eigentlich?", "Haben Sie überhaupt eine Vorstellung?",
    "Wie soll ich sonst an mein Geld kommen?", "Was soll ich meinem Kind sagen?", "Wer verschickt so etwas?",
    "Wie kann man so arbeiten?", "Wollen Sie die noch schnell loswerden?",
]  # fmt: skip
ASKED = {
    "Wann kommt mein Paket?": "wann Ihr Paket kommt",
    "Können Sie das umtauschen?": "ob wir das umtauschen können",
    "Was soll ich jetzt tun?": "was Sie tun sollen",
    "Schicken Sie mir einen neuen Deckel?": "ob wir Ihnen einen neuen Deckel schicken",
}


@pytest.mark.parametrize("said", NOT_TOLD)
def test_what_may_come_out_wrong_is_not_told(said: str) -> None:
    """No subject, a second clause without a comma, dialect, a date that cut it, or only about oneself."""
    assert report(said, "sie") is None


@pytest.mark.parametrize(("said", "told"), TOLD.items(), ids=list(TOLD))
def test_ordinary_sentences_still_are(said: str, told: str) -> None:
    """In the other person, with the verb at the end."""
    assert report(said, "sie") == told


@pytest.mark.parametrize("question", RHETORICAL)
def test_what_waits_for_no_answer_is_no_question(question: str) -> None:
    """Nobody wants to be told that they asked whether we notice anything."""
    assert indirect(question.rstrip("?"), "sie") is None


@pytest.mark.parametrize(("question", "told"), ASKED.items(), ids=list(ASKED))
def test_real_questions_are_told(question: str, told: str) -> None:
    """When, what to do, and whether the shop acts."""
    assert indirect(question.rstrip("?"), "sie") == told


@pytest.mark.parametrize(
    ("said", "title", "named"),
    [
        ("Baby", "Inhalationsgerät für Babys", "Inhalationsgerät"),
        ("Staubsauger", "Heißluftfritteuse 5,5 l", "Heißluftfritteuse"),
        ("Tasse", "Keramiktasse blau", "Keramiktasse"),
        (None, "27 Zoll Monitor refurbished", "Monitor"),
        ("Kaffeemaschine", "Bella X200", "Kaffeemaschine"),
    ],
)
def test_what_was_ordered_is_named_as_its_title_says(said: str | None, title: str, named: str) -> None:
    """The customer's own word for it where the title has it or names nothing; never the baby or a neighbour's thing."""
    thing = _german(said, title, "sie", "")
    assert thing is not None
    assert thing.bare == named


def test_two_words_of_a_dialect_make_a_message_one() -> None:
    """One alone may be a slip of the pen."""
    assert is_dialect("Dit is mir wat zu doof")
    assert not is_dialect("Moin, die Lampe ist kaputt.")

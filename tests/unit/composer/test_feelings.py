"""The feeling is named, fitting the mood, the case and the occasion; and the telling around it stays true."""

import re
from typing import get_args

import pytest

from app.drafts.composer import compose
from app.drafts.composer.bank import load
from app.drafts.judge import judge
from app.drafts.model import Frame, Steps
from app.ticket import Cause
from app.triage.model import Sentiment
from tests.unit.composer.builders import REFUND, make_case

TEXTS = {
    "de": "Der Wasserkocher leckt, ich warte auf Antwort zur Erstattung.",
    "en": "The kettle leaks and I wait for my refund.",
}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("sentiment", ["worried", "annoyed", "angry", "furious"])
def test_every_cause_names_the_feeling(language: str, sentiment: str) -> None:
    """Regret, feeling and ownership stand in every reply to somebody who is upset."""
    for cause in get_args(Cause):
        case = make_case(
            TEXTS[language], cause, language=language, sentiment=sentiment, resolutions=[REFUND], name="Max Huber"
        )
        judged = judge(case, compose(case))
        assert judged.verdict.score.empathy >= 90, (cause, judged.filled.text)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_sentiment_has_words(language: str) -> None:
    """No mood of triage is without a sentence."""
    assert all("default" in load("feelings")[language][mood] for mood in get_args(Sentiment))


OCCASIONS = {"annoyed": "enttäuschend|Enttäuschung", "worried": "Sorge"}


@pytest.mark.parametrize(("sentiment", "named"), OCCASIONS.items(), ids=OCCASIONS)
def test_an_occasion_is_felt(sentiment: str, named: str) -> None:
    """What was meant for a birthday disappoints or worries, and says so."""
    case = make_case("Es war für den Geburtstag.", "carrier_delay", sentiment=sentiment, occasion="Geburtstag")
    said = compose(case).acknowledge
    assert re.search(named, said)
    assert "Anlass" in said


@pytest.mark.parametrize(
    ("text", "occasion", "language", "meant"),
    [
        ("Die Lampe war ein Geschenk für Weihnachten.", "Weihnachten", "de", True),
        ("Das Weihnachtsgeschenk für meine Frau ist kaputt.", "Weihnachten", "de", True),
        ("Sie können sich vorstellen, wie Weihnachten bei uns wird.", "Weihnachten", "de", False),
        ("Es kam drei Wochen nicht voran, Weihnachten halt.", "Weihnachten", "de", False),
        ("The lamp was for Christmas.", "Christmas", "en", True),
        ("It was my son's Christmas present.", "Christmas", "en", True),
        ("Take your time, Christmas only comes once a year.", "Christmas", "en", False),
    ],
)
def test_a_feast_that_is_only_mentioned_is_none_it_was_meant_for(
    text: str, occasion: str, language: str, meant: bool
) -> None:
    """Who sighs that it is Christmas has not said what the lamp was for."""
    said = compose(make_case(text, "product_defect", language=language, occasion=occasion)).acknowledge
    assert bool(re.search("Anlass|occasion", said)) is meant


LATE = {"Die Torte kam zu spät, der Geburtstag war gestern.": "de", "The cake came too late.": "en",
        "The cake arrived two days after it.": "en", "Die Torte kam zwei Tage danach.": "de"}  # fmt: skip


@pytest.mark.parametrize(("text", "language"), LATE.items(), ids=LATE)
def test_what_came_too_late_is_not_awaited(text: str, language: str) -> None:
    """Once the parcel is there, nobody watches it or asks whether to wait on."""
    steps = compose(make_case(text, "carrier_delay", language=language, resolutions=[REFUND]))
    whole = f"{steps.acknowledge} {steps.own} {steps.ask}"
    assert not re.search(r"noch immer nicht|still|Verbleib|tracing|dran, bis|weiter auf die|keep waiting", whole), whole


def test_praise_that_is_called_calm_gets_thanks() -> None:
    """A thank-you without any matter is no case to settle."""
    text = "Vielen Dank, die neue Tasse ist angekommen und wunderschön!"
    assert "leid" not in compose(make_case(text, "other", sentiment="calm")).acknowledge
    assert "leid" in compose(make_case("Vielen Dank, aber sie ist kaputt.", "other", sentiment="calm")).acknowledge


def test_several_missing_parts_are_not_one() -> None:
    """Of two missing things, not only the first is sent."""
    text = "Im Paket fehlten die Schrauben und die Anleitung."
    said = compose(make_case(text, "missing_item", part="Schrauben", resolutions=[{"type": "reshipment"}])).propose
    assert "das Fehlende" in said


def test_words_that_would_block_are_not_told_back() -> None:
    """Where the customer's own words would make the reply promise a day, the case is put in ours."""
    text = "Ich hatte die Lampe so bestellt, dass sie zum Wochenende da ist."
    case = make_case(text, "carrier_delay", product_words="Lampe")
    assert judge(case, compose(case)).compliant


def test_two_english_sentences_are_not_spliced() -> None:
    """A comma alone holds no two statements together."""
    said = compose(
        make_case("The blanket is thin, I am disappointed.", "product_dissatisfaction", language="en")
    ).acknowledge
    assert ", you are" not in said


BREEZY = Frame("m-1", "M", "en", "product_defect", "reply", Steps(
    acknowledge="{complaint} You were counting on it, and it has let you down. I'm sorry.", own="{done}",
    propose="{options}", ask="{question}"))  # fmt: skip


@pytest.mark.parametrize(("language", "hope"), [("de", "hoffe"), ("en", "hope you are all right")])
def test_who_may_be_hurt_is_asked_after_and_gets_no_everyday_macro(language: str, hope: str) -> None:
    """A burnt hand is no let-down."""
    text = {"de": "Der Wasserkocher hat Feuer gefangen!", "en": "The kettle caught fire and burnt my hand."}[language]
    given = {"language": language, "sentiment": "angry", "reasons": ("safety_incident",), "frames": (BREEZY,)}
    for at in range(6):
        said = compose(make_case(text, "product_defect", id=f"T-{at}", **given)).acknowledge
        assert hope in said, said
        assert "let you down" not in said

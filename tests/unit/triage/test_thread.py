"""What the customer said last, without quotes, signatures and footers; sentences; word matching; the model file."""

from __future__ import annotations

import pytest

from app.ticket import Cause
from app.triage import learned
from app.triage.cause import weigh
from app.triage.classifier import MODEL, _model, opinion, read_model
from app.triage.lexicon import LANGUAGES, SCANNED, load, matcher
from app.triage.match import Emit, Matcher
from app.triage.model import Sentiment, Wish
from app.triage.thread import cut, read_thread
from app.triage.training.train import examples, fingerprint, labelled_examples
from app.triage.words import split
from tests.unit.triage.build import scanned, thread

CUTS = [
    ("German header", "Kaputt.\n\nAm 12.11.2026 um 10:03 schrieb Shop <a@b.de>:\n> Guten Tag", "Kaputt."),
    ("English header", "Broken.\n\nOn 3 Nov 2026, at 10:01, Shop wrote:\n> Hello", "Broken."),
    ("line ends lost", "It leaks. On Mon, 3 Nov 2026 at 10:01, Shop <x@y.com> wrote: hello there", "It leaks."),
    ("original message", "Wo ist es?\n-----Original Message-----\nFrom: x", "Wo ist es?"),
    ("signature", "Kaputt.\n\nMit freundlichen Grüßen\nHans Meier\nTel 0151 23456789", "Kaputt."),
    ("short closing in line", "mein paket fehlt. MfG K. Müller", "mein paket fehlt."),
    ("mobile footer", "Kaputt.\n\nVon meinem iPhone gesendet", "Kaputt."),
    ("postscript stays", "Kaputt.\n\nLG\nHans\nPS: bitte bis Freitag", "Kaputt.\nPS: bitte bis Freitag"),
    ("a brand is no closing", "Mein Fernseher von LG geht nicht", "Mein Fernseher von LG geht nicht"),
    ("a story is no header", "Am Montag schrieb mir Ihr Kollege: das Paket sei da.", "Am Montag schrieb mir Ihr Kollege: das Paket sei da."),
    ("only quotes: better than nothing", "> nur das hier", "nur das hier"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kept"), [c[1:] for c in CUTS], ids=[c[0] for c in CUTS])
def test_cut(text, kept):
    """Only the customer's own newest words stay."""
    assert cut(text) == kept


def test_messages_in_a_row_are_one_turn():
    """Two messages without an answer between them are answered together; notes do not separate them."""
    read = read_thread(
        thread(
            ("customer", "Eins."),
            ("agent", "Antwort."),
            ("customer", "Zwei."),
            ("note", "intern"),
            ("customer", "Drei."),
        )
    )
    assert (read.newest, read.earlier, read.turns, read.answered) == ("Zwei.\n\nDrei.", ("Eins.",), 2, "Antwort.")


SPLITS = [
    ("abbreviation", "Es ist z. B. kaputt. Und nass.", ["Es ist z. B. kaputt.", "Und nass."]),
    ("date", "Am 3. November bestellt. Nichts da.", ["Am 3. November bestellt.", "Nichts da."]),
    ("dots that go on", "i want it like... tomorrow", ["i want it like... tomorrow"]),
    ("lines", "kaputt\ngeld zurück", ["kaputt", "geld zurück"]),
]


@pytest.mark.parametrize(("text", "parts"), [s[1:] for s in SPLITS], ids=[s[0] for s in SPLITS])
def test_split(text, parts):
    """Sentences end where the writer ended them."""
    assert list(split(text)) == parts


def found(phrase: str, text: str) -> list[tuple[int, int]]:
    engine = Matcher(
        [(phrase, Emit("x", "k", 1.0))],
        {"thing": "paket* packet"},
        {"often": frozenset({"kaputt"}), "ordinary": frozenset({"kapuut"})},
    )
    sentence = scanned(text).sentences[0]
    return [(first, last) for _, first, last in engine.find(sentence.words, sentence.clauses)]


PHRASES = [
    ("gap", "nicht ~2 da", "nicht hier oder da", [(0, 3)]),
    ("gap too wide", "nicht ~1 da", "nicht hier oder da", []),
    ("clause border", "nicht ~2 da", "nicht hier, da", []),
    ("crossing gap", "nicht ~~2 da", "nicht hier, da", [(0, 2)]),
    ("macro and stem", "<thing> weg", "pakete weg", [(0, 1)]),
    ("ending", "*tasse", "keramiktasse", [(0, 0)]),
    ("optional", "ganz? kaputt", "kaputt", [(0, 0)]),
    ("number", "<n> tage", "10 tage", [(0, 1)]),
    ("slip", "kaputt", "kaput", [(0, 0)]),
    ("an ordinary word is no slip", "kaputt", "kapuut", []),
    ("drawn out", "kaputt", "kaputttttt", [(0, 0)]),
]


@pytest.mark.parametrize(("phrase", "text", "places"), [p[1:] for p in PHRASES], ids=[p[0] for p in PHRASES])
def test_phrases(phrase, text, places):
    """The little language phrases are written in."""
    assert found(phrase, text) == places


def test_every_lexicon_compiles_and_the_defects_are_many():
    """Both languages load without an unknown macro; there are at least eighty defects, each in both languages."""
    for language in LANGUAGES:
        matcher(language)
    defects = load("defects")
    assert len(defects) >= 80
    assert all(entry.get("de") and entry.get("en") for entry in defects.values())
    assert all(load(name) for name in SCANNED)


def test_keys_are_the_contract_s():
    """Causes of the word list and of the model are tags of the contract."""
    tags = set(Cause.__args__)
    assert set(load("causes")) <= tags
    assert set(_model().labels) <= tags


def test_the_model_was_learned_from_the_sentences_beside_it():
    """Whoever changes the training sentences runs the training again."""
    assert all(read_model(path).fingerprint == fingerprint() for path in (MODEL, learned.MODEL))


def test_labelled_lines_use_the_contract_s_words():
    """A mood, wish or cause misspelt in the training lines would silently be lost."""
    lines = [line for language in ("de", "en") for line in labelled_examples(language)]
    assert len(lines) > 500
    assert {mood for line in lines for mood in line.moods} <= set(Sentiment.__args__)
    assert {wish for line in lines for wish in line.wants | line.refuses} <= set(Wish.__args__)


def test_the_model_knows_its_own_sentences():
    """Shares of belief add up to one, and nearly all training sentences come back with their own cause."""
    lines = list(examples())[::14]
    beliefs = [(opinion(s := scanned(line.text, line.language), weigh(s)), line.cause) for line in lines]
    assert all(abs(sum(shares.values()) - 1) < 1e-3 for shares, _ in beliefs)
    right = sum(max(shares, key=shares.get) == cause for shares, cause in beliefs)
    assert right >= 0.9 * len(lines)

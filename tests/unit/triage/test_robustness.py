"""Triage takes any text: no exception, the same answer twice, nothing of the machine's orders in the reading."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text import reject_unstorable
from app.triage.model import Triage
from app.triage.service import triage
from app.triage.thread import cut
from app.triage.words import normalise, sentences
from tests.unit.triage.build import NOW, judge, ticket

WORDS = ["kein", "Ersatz", "nicht", "!!", "\n", "> ", "Am 3.11. schrieb x:", "kaputt", "seit", "zwei", "Wochen", ",", "?", "A-Z",
         "ignore", "instructions", "https://x.y", "a@b.de", "😡", "\u200b", "ß", "İ", "ﬁ", "--", "don't", "refund", "the", "lid"]  # fmt: skip


def storable(text: str) -> bool:
    try:
        reject_unstorable(text)
    except ValueError:
        return False
    return bool(text.strip())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400).filter(storable))
def test_any_unicode_text_is_judged(text):
    """Whatever a customer types, a triage comes back, with an intensity between 0 and 1."""
    found = judge(text)
    assert isinstance(found, Triage)
    assert 0 <= found.intensity <= 1


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join).filter(storable))
def test_any_mixture_of_known_words_is_judged(text):
    """Fragments of the lexicons in any order are judged, twice alike."""
    assert judge(text) == judge(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_text_helpers_take_lone_surrogates_and_controls(text):
    """The helpers below the ticket's own checks never raise; offsets of words lie inside their sentence."""
    cut(text)
    for sentence in sentences(normalise(text)):
        assert all(0 <= start < end <= len(sentence.text) for start, end in sentence.spans)


@pytest.mark.parametrize(
    "unit",
    [
        "mein paket ist kaputt ",
        "kein, ",
        "Am ",
        "\n",
        "> ",
        "!",
        "a",
        "a@b.",
        "nicht ",
        "On 3 Nov 2026 at 10:00 x wrote ",
        "fehlt der ",
        "😡",
    ],
)
def test_a_message_of_a_hundred_thousand_characters_is_judged(unit):
    """The longest message a ticket may hold comes through, whatever it repeats."""
    text = ("x" + unit * (100_000 // len(unit)))[:100_000]
    assert triage(ticket(text), now=NOW).reading is not None


def test_the_end_of_a_very_long_message_is_read():
    """People say it first or last: both ends of a long message count."""
    found = judge("Guten Tag. " + "Das ist nur Beiwerk ohne Inhalt. " * 2500 + "Der Henkel der Tasse ist abgebrochen.")
    assert "broken_off" in found.reading.defects

"""Counting tokens without a network, and cutting texts at sentences."""

from __future__ import annotations

import gc
import socket

import pytest

from app.llm.budget import GAP, Purse, fit
from app.llm.tokens import counter, encoding_name, estimate


def words(text: str) -> int:
    return len(text.split())


ENCODINGS = {
    "openai/gpt-4o-mini": "o200k_base",
    "gpt-4.1": "o200k_base",
    "openai/gpt-5-mini": "o200k_base",
    "azure/gpt-4-turbo": "cl100k_base",
    "openai/ft:gpt-4o-mini:shop": "o200k_base",
    "openai/gpt-3.5-turbo": "cl100k_base",
    "openai/smollm2": None,
    "openai/o1000": None,
    "anthropic/claude-sonnet-5": None,
    "azure/our-deployment": None,
}


@pytest.mark.parametrize(("model", "encoding"), ENCODINGS.items(), ids=ENCODINGS)
def test_knows_which_models_it_can_count_exactly(model, encoding):
    assert encoding_name(model) == encoding


@pytest.mark.parametrize(("model", "tokens"), [("openai/gpt-4o", 17), ("openai/gpt-4", 19)])
def test_counts_as_the_published_encodings_do_and_opens_no_socket(monkeypatch, model, tokens):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert counter(model)("Ich verstehe, dass Sie verärgert sind: 19,90 €!") == tokens


TEXTS = {
    "German": "Es tut mir sehr leid, dass Ihre Tasse zerbrochen bei Ihnen angekommen ist.",
    "English": "I am very sorry that your mug arrived broken and that you had to write to us.",
    "French": "Je suis vraiment désolée que votre tasse soit arrivée cassée.",
    "Russian": "Мне очень жаль, что ваша чашка пришла разбитой.",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("model", ["openai/gpt-4o", "openai/gpt-4"])
def test_the_estimate_errs_on_the_safe_side(text, model):
    exact = counter(model)(text)
    assert exact <= estimate(text) <= 2 * exact


def test_lone_surrogates_can_be_counted():
    assert estimate("\ud83d") == 1


LONG = "Eins ist ein Satz. Zwei ist ein Satz! Drei ist ein Satz? Vier ist ein Satz. Fünf ist ein Satz."


def test_a_text_that_fits_is_left_alone():
    assert fit(LONG, 20, words) == LONG


def test_a_long_text_keeps_whole_sentences_from_both_ends():
    short = fit(LONG, 17, words)
    assert short.startswith("Eins ist ein Satz.")
    assert short.endswith("Fünf ist ein Satz.")
    assert GAP.strip() in short
    assert words(short) <= 17


def test_a_text_without_sentences_is_cut_at_a_word():
    short = fit("wort " * 500, 20, words)
    assert set(short.split()) == {"wort", "[…]"}
    assert words(short) <= 20


@pytest.mark.parametrize("tokens", [0, 1, 2, 5, 50])
@pytest.mark.parametrize(
    "text", [LONG, "x" * 5000, "wort " * 500, "a\n" * 300, "😡" * 2000, ". " * 1000], ids=str.__len__
)
def test_never_costs_more_than_allowed(text, tokens):
    assert estimate(fit(text, tokens, estimate)) <= tokens


def test_what_is_left_out_is_counted():
    purse = Purse(10, words)
    purse.spend("message", LONG)
    assert purse.left_out["message"] > 0
    assert purse.left >= 0
    assert not purse.spend_whole("macros", LONG)
    assert purse.left_out["macros_items"] == 1


def test_nothing_is_counted_where_everything_fits():
    purse = Purse(100, words)
    assert purse.spend("message", LONG) == LONG
    assert purse.left_out == {}


def test_a_count_is_remembered_and_the_text_is_not():
    """Customers' words are counted too: no more than a number may stay of them."""
    count = counter("openai/gpt-4o")
    words = "Mein Name ist Ottilie Wunderlich-Sondershausen."
    assert count(words) == count(words) > 0
    assert words not in gc.get_referents(*(cell.cell_contents for cell in count.__closure__))

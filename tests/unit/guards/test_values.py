"""Amounts of money as replies write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reply_guards.values import money_in


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("dreißig Euro für die verkratzte Felge", "30", "EUR"),
        ("ich lege zwei Euro fünfzig drauf", "2.50", "EUR"),
        ("hundertzwanzig Euro sind raus", "120", "EUR"),
        ("Einhundertfuenfundzwanzig Euro", "125", "EUR"),
        ("vierzig Franken zurück", "40", "CHF"),
        ("dafür gebe ich Ihnen einen Fünfziger zurück", "50", "EUR"),
        ("forty quid back for the wonky shelf", "40", "GBP"),
        ("Thirty-five pounds back to you", "35", "GBP"),
        ("two hundred and fifty dollars", "250", "USD"),
        ("a hundred bucks and we're square", "100", "USD"),
        ("five euros and fifty cents", "5.50", "EUR"),
        ("a tenner off your next basket", "10", "GBP"),
        ("wir erstatten 1.299,00 Euro", "1299", "EUR"),
    ],
)
def test_an_amount_is_read_in_words_as_in_digits(text, amount, currency):
    """The number is what it says, wherever its words begin."""
    (money,) = money_in(text)
    assert (money.amount, money.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "Das hat uns ein paar hundert Euro gekostet.",
        "Sie zahlen keinen einzigen Euro.",
        "Jeder Euro zählt, das verstehe ich.",
        "That cost a couple of hundred dollars.",
        "It is a few pounds too heavy.",
        "The bag holds two pounds of coffee.",
        "Nehmen Sie einen Zehner Schlüssel und eine Zange.",
        "Der Stil der zwanziger Jahre gefällt vielen.",
        "Im Fünfer-Pack sind drei blaue.",
        "Die Euro-Norm 6 gilt auch hier.",
        "Please pound it lightly.",
    ],
)
def test_what_only_sounds_like_an_amount_is_none(text):
    """Rough sums, weights, tools and decades name no amount."""
    assert not list(money_in(text))

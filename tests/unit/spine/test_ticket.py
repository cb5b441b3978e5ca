"""The ticket at the edge: what is refused, and why."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.ticket import Ticket

GOOD = {"channel": "amazon", "messages": [{"author": "customer", "text": "Wo ist mein Paket?"}]}
BAD = {
    "no messages": {"messages": []},
    "only an agent speaks": {"messages": [{"author": "agent", "text": "Guten Tag"}]},
    "only blanks": {"messages": [{"author": "customer", "text": "  \n "}]},
    "too long a thread": {"messages": [{"author": "customer", "text": "x"}] * 201},
    "unknown author": {"messages": [{"author": "boss", "text": "x"}]},
    "unknown field": {"prio": 1},
    "no channel": {"channel": ""},
    "NUL in the text": {"messages": [{"author": "customer", "text": "a\x00b"}]},
    "lone surrogate": {"messages": [{"author": "customer", "text": "a\ud800b"}]},
    "NUL deep in custom": {"custom": {"a": [{"b": "x\x00"}]}},
    "surrogate as a key in custom": {"custom": {"\udfff": 1}},
    "infinite number in custom": {"custom": {"n": float("inf")}},
    "custom nested beyond reason": {"custom": {"a": [[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]}},
    "negative amount": {"order": {"items": [{"title": "Tasse", "price": {"amount": "-1", "currency": "EUR"}}]}},
    "currency in lower case": {"order": {"items": [{"title": "Tasse", "price": {"amount": "1", "currency": "eur"}}]}},
}


@pytest.mark.parametrize("name", BAD)
def test_refused(name):
    """Each of these is refused at the edge."""
    with pytest.raises(ValidationError):
        Ticket.model_validate({**GOOD, **BAD[name]})


def test_the_smallest_ticket_is_a_channel_and_a_message():
    """Everything else is optional."""
    assert Ticket.model_validate(GOOD).customer_messages[0].text == "Wo ist mein Paket?"


def test_a_plugins_own_data_passes_unread():
    """`custom` takes any storable JSON."""
    custom = {"tags": ["a", {"b": None}], "n": 1.5, "flag": True}
    assert Ticket.model_validate({**GOOD, "custom": custom}).custom == custom

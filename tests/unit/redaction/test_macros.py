"""Placeholders of the systems macros come from become our slots; unknown ones are reported, never lost."""

import pytest

from app.knowledge.redaction import macro_slots


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Hi {{ticket.requester.first_name}},", "Hi {customer_name},"),
        ("Ticket {{ticket.id}}", "Ticket {ticket_number}"),
        ("{{current_user.name}}", "{agent_name}"),
        ("{{ ticket.customer.firstname }} {{current_user.firstname}}", "{customer_name} {agent_name}"),
        ("{{ticket.customer.integrations[112].orders[0].name}}", "{order_id}"),
        ("{{ticket.customer.integrations[1].orders[0].fulfillments[0].tracking_urls[0]}}", "{tracking_url}"),
        ("{{ticket.requester.name}} / {{ticket.agent.name}}", "{customer_name} / {agent_name}"),
        ("{{customer.name | capitalize}}", "{customer_name}"),
        ("[Name] [Kundenname] <Name> %name% ${name} {name}", " ".join(["{customer_name}"] * 6)),
        (
            "[Bestellnummer] [Sendungsnummer] [Link zur Sendungsverfolgung]",
            "{order_id} {tracking_number} {tracking_url}",
        ),
        ("Hallo {customer_name}, {order_id}", "Hallo {customer_name}, {order_id}"),
        ("<b>Hallo</b> [hier](https://x.de)", "<b>Hallo</b> [hier](https://x.de)"),
    ],
)
def test_a_placeholder_becomes_our_slot(body: str, expected: str):
    macro = macro_slots(body)
    assert (macro.body, macro.unknown) == (expected, ())


@pytest.mark.parametrize(
    "body", ["{{dc.greeting}}", "{{ticket.custom_field_4711}}", "{% if x %}", "[Grund eintragen]", "{foo}"]
)
def test_an_unknown_placeholder_stays_and_is_reported(body: str):
    macro = macro_slots(f"Hallo {body}!")
    assert (macro.body, macro.unknown) == (f"Hallo {body}!", (body,))

"""What lies on the desk is forgotten with its customer."""

from __future__ import annotations

import pytest

from tests.integration.conftest import ticket


@pytest.mark.parametrize("by", ["customer_email", "ticket_id"])
async def test_a_ticket_on_the_desk_is_erased(client, by):
    """By the customer's address, whatever its case, and by the ticket's id; others stay."""
    mine = ticket(id="E-1", customer={"name": "Frau Keller", "email": "Keller@Example.org"})
    for body in (mine, ticket(id="E-2", customer={"email": "other@example.org"})):
        assert (await client.post("/v1/desk/tickets", json={"ticket": body})).status_code == 201
    told = {"customer_email": "keller@example.org", "ticket_id": "E-1"}[by]
    answer = await client.post("/v1/erasures", json={by: told})
    assert answer.status_code in (200, 201), answer.text
    assert answer.json()["erased"]["desk_tickets"] == 1

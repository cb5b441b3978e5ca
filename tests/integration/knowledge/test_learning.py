"""Learning from outcomes: what was sent becomes a precedent, redacted, after a quarantine; proposals and causes."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from tests.integration.conftest import ticket
from tests.integration.knowledge.support import PARCEL, found, owner, tenant_of

# Not the customer other tests look for: drafts keep whom they are for.
NAME, EMAIL, ORDER = "Hannelore Birkenfeld", "h.birkenfeld@posteo.example", "306-5554443-2221110"

OFFER = [{"type": "replacement", "return": "keep"}]
COMPLAINT = f"Die Lampe flackert seit gestern. Bestellung {ORDER}. Gruß, {NAME}"
URL = f"https://www.dhl.de/verfolgen?piececode={PARCEL}"


async def draft(client, **more):
    order = {"id": ORDER, "tracking_number": PARCEL, "tracking_url": URL}
    body = {
        "ticket": ticket(COMPLAINT, customer={"name": NAME, "email": EMAIL}, order=order, **more),
        "resolutions": OFFER, "agent": {"name": "Jana"},
    }  # fmt: skip
    answer = await client.post("/v1/drafts", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def tell(client, made, outcome="sent", sent_text=None):
    body = {"outcome": outcome} | ({"sent_text": sent_text} if sent_text else {})
    answer = await client.post(f"/v1/drafts/{made['id']}/outcome", json=body)
    assert answer.status_code < 300, answer.text
    return answer.json()


async def learned(rooms, client):
    async with rooms.database.begin(await tenant_of(rooms, client)) as session:
        query = text("SELECT *, available_at > now() + interval '6 days' AS quarantined FROM precedents")
        return [dict(row._mapping) for row in await session.execute(query)]


def release(rooms):
    with owner(rooms) as connection:
        connection.execute("UPDATE precedents SET available_at = now() - interval '1 s' WHERE origin = 'outcome'")


async def test_a_reply_that_was_sent_is_found_after_its_quarantine(rooms, client):
    """Not before; then by meaning and by words, once the round gave it its vector."""
    await tell(client, await draft(client, id="T-1"))
    assert [(p["origin"], p["quarantined"]) for p in await learned(rooms, client)] == [("outcome", True)]
    assert await found(client, "Die Lampe flackert", kinds=["ticket"]) == []
    tenant = await tenant_of(rooms, client)
    assert await rooms.reembedding.needed(tenant) is None
    release(rooms)
    job = await rooms.reembedding.needed(tenant)
    while await rooms.reembedding.work(tenant, job.id):
        pass
    hit = (await found(client, "Die Lampe flackert", kinds=["ticket"]))[0]
    assert (hit["explain"]["dense_rank"], hit["explain"]["lexical_rank"]) == (1, 1)


async def test_what_is_learned_is_redacted(rooms, client):
    """Name, e-mail, order and parcel numbers, tracking address, the agent's own name: none is left."""
    made = await draft(client, id="T-1")
    await tell(
        client, made, "edited", made["text"] + f"\n\nPS: Ihre Bestellung {ORDER}, Sendung {PARCEL}, Frau Birkenfeld."
    )
    rows = await learned(rooms, client)
    if rows:  # the postscript may break a rule; then nothing is learned at all
        told = json.dumps({"p": rows[0]["problem"], "r": rows[0]["reply"]}, ensure_ascii=False)
        assert not [w for w in (NAME, "Birkenfeld", EMAIL, ORDER, PARCEL, "dhl.de", "Jana") if w in told]
    await tell(client, await draft(client, id="T-2"))
    told = json.dumps([(p["problem"], p["reply"]) for p in await learned(rooms, client)], ensure_ascii=False)
    assert not [w for w in (NAME, "Birkenfeld", EMAIL, ORDER, PARCEL, "dhl.de", "Jana") if w in told]


@pytest.mark.parametrize(
    ("outcome", "sent_text"),
    [("discarded", None), ("edited", "Schreiben Sie mir privat an jana@gmail.com, dann klären wir das ohne Amazon.")],
)
async def test_only_compliant_text_that_was_sent_teaches(rooms, client, outcome, sent_text):
    """Neither what was thrown away nor what breaks a rule."""
    await tell(client, await draft(client), outcome, sent_text)
    assert await learned(rooms, client) == []


async def test_an_outcome_told_twice_is_one_precedent(rooms, client):
    """The later text counts."""
    made = await draft(client, id="T-1")
    await tell(client, made)
    await tell(client, made)
    assert len(await learned(rooms, client)) == 1


async def test_a_later_word_takes_back_what_an_earlier_one_taught(rooms, client):
    """Sent, then discarded after all, or sent with a plea: nothing is learned, no vector stays."""
    made = await draft(client, id="T-1")
    await tell(client, made)
    assert len(await learned(rooms, client)) == 1
    await tell(client, made, "discarded")
    assert await learned(rooms, client) == []


async def test_replies_that_repeat_without_a_macro_are_proposed(rooms, client, new_tenant):
    """With count, wording and examples; not below the least number; another tenant sees none."""
    made = [await draft(client, id=f"T-{i}") for i in range(3)]
    for one in made[:2]:
        await tell(client, one, "edited", made[0]["text"])
    assert (await client.get("/v1/knowledge/proposals")).json() == {"proposals": []}
    await tell(client, made[2], "edited", made[0]["text"])
    proposal = (await client.get("/v1/knowledge/proposals")).json()["proposals"][0]
    assert (proposal["count"], proposal["language"], proposal["channels"]) == (3, "de", ["amazon"])
    assert set(proposal["examples"]) == {one["id"] for one in made}
    assert NAME.split()[1] not in proposal["text"]
    assert (await (await new_tenant()).get("/v1/knowledge/proposals")).json() == {"proposals": []}
    with owner(rooms) as connection:
        connection.execute("DELETE FROM drafts WHERE id = %s", (made[0]["id"],))
    assert (await client.get("/v1/knowledge/proposals")).json() == {"proposals": []}


async def test_causes_are_counted_by_ticket_and_week(rooms, client):
    """Two drafts of one ticket are one contact; older weeks count as none; a surge is a spike."""
    for name in ("T-1", "T-1", "T-2"):
        await draft(client, id=name)
    rows = (await client.get("/v1/knowledge/causes", params={"weeks": 3})).json()["causes"]
    assert [row["contacts"] for row in rows] == [0, 0, 2]
    assert not any(row["spike"] for row in rows)
    tenant = await tenant_of(rooms, client)
    copy = (
        "INSERT INTO drafts SELECT id || i, tenant_id, ticket_id || i, status, kind, language, channel, cause, request, "
        "answer, trace, created_at - make_interval(weeks => %s) FROM drafts, generate_series(1, %s) i WHERE tenant_id = %s "
        "AND created_at > now() - interval '1 day'"
    )
    with owner(rooms) as connection:
        connection.execute(copy.replace("id || i, t", "'w' || id || i, t", 1), (1, 1, tenant))
        connection.execute(copy, (0, 20, tenant))
    rows = (await client.get("/v1/knowledge/causes", params={"weeks": 3})).json()["causes"]
    assert [row["contacts"] > 5 for row in rows] == [False, False, True]
    assert [row["spike"] for row in rows] == [False, False, True]

"""Forgetting: a person or a ticket, everywhere and nobody else; and everybody after the time the settings say."""

from __future__ import annotations

import gc
from dataclasses import replace
from functools import lru_cache

import pytest

from app.config import Settings
from tests.integration.conftest import ticket
from tests.integration.knowledge.support import owner, post_lines, solved, tenant_of, traces, work_off

WHO, MAIL, OTHER = "Leopoldine Habermehl", "Leopoldine.Habermehl@posteo.example", "Kaspar Ohlendorf"
NUMBER = "305-9998887-1112223"


async def live(rooms, client, mark: str, who: str = WHO, mail: str = MAIL) -> dict[str, str]:
    """One customer's whole life here: drafts, an outcome, replays, imports stored and waiting, a refused line."""
    body = {
        "ticket": ticket(f"Die Lampe von {who} flackert.", id=f"T-{mark}", customer={"name": who, "email": mail},
                         order={"id": NUMBER if who == WHO else "303-1-1"}),
        "resolutions": [{"type": "replacement", "return": "keep"}],
    }  # fmt: skip
    made = await client.post("/v1/drafts", json=body, headers={"Idempotency-Key": f"draft-{mark}"})
    assert made.status_code == 201, made.text
    draft = made.json()
    assert (await client.post(f"/v1/drafts/{draft['id']}/outcome", json={"outcome": "sent"})).status_code < 300
    check = {"text": f"Guten Tag {who}, das tut mir leid.", "channel": "amazon", "ticket": body["ticket"]}
    await client.post("/v1/checks", json=check, headers={"Idempotency-Key": f"check-{mark}"})
    person = {"name": who, "email": mail.upper()}
    stored = await post_lines(client, solved(f"I-{mark}", f"Gruß {who}", signed=False, customer=person))
    await work_off(rooms, client, stored["id"])
    await client.post(
        "/v1/knowledge/tickets", json=solved(f"J-{mark}", "Der Stecker ist locker.", signed=False, customer=person),
        headers={"Idempotency-Key": f"ticket-{mark}"},
    )  # fmt: skip
    await post_lines(client, solved(f"W-{mark}", "Das Netzteil brummt.", signed=False, customer=person))
    return draft


def left(rooms, tenant) -> dict[str, int]:
    tables = ("drafts", "draft_outcomes", "precedents", "embeddings", "job_rows", "idempotency_replays")
    with owner(rooms) as connection:
        return {
            name: connection.execute(f"SELECT count(*) FROM {name} WHERE tenant_id = %s", (tenant,)).fetchone()[0]
            for name in tables
        }


async def erase(client, **subject):
    answer = await client.post("/v1/erasures", json=subject)
    assert answer.status_code == 200, answer.text
    return answer.json()["erased"]


async def test_a_person_is_forgotten_everywhere_and_nobody_else(rooms, client, new_tenant):
    """By e-mail, whatever its case: no table holds a word of the person; the counts are right; others keep theirs."""
    stranger = await new_tenant()
    await live(rooms, client, "first")
    unnamed = {"ticket": ticket("Und die Lampe flackert noch immer.", id="T-first"), "resolutions": []}
    assert (await client.post("/v1/drafts", json=unnamed)).status_code == 201
    tenant, theirs = await tenant_of(rooms, client), await tenant_of(rooms, stranger)
    mine = left(rooms, tenant)
    await live(rooms, client, "b", OTHER, "k@ohlendorf.example")
    await live(rooms, stranger, "a")
    both, before = left(rooms, tenant), left(rooms, theirs)
    gone = await erase(client, customer_email=f"  {MAIL.swapcase()} ")
    assert gone["drafts"] == 2
    assert gone["outcomes"] == 1
    assert gone["precedents"] == 3  # two imported, one learned
    assert gone["embeddings"] == 2
    assert gone["waiting_rows"] == 1
    assert gone["idempotency_replays"] >= 2
    assert left(rooms, theirs) == before
    assert left(rooms, tenant) == {name: rows - mine[name] for name, rows in both.items()}
    assert (await erase(stranger, customer_email=MAIL))["precedents"] == 3
    assert traces(rooms.ready.owner_url, WHO, "Habermehl", "Leopoldine", NUMBER, "T-first") == []
    assert traces(rooms.ready.owner_url, "Ohlendorf")


async def test_a_ticket_is_forgotten_and_the_persons_others_stay(rooms, client):
    """By its id: its drafts, what was learned from them, its precedent and its rejects."""
    draft = await live(rooms, client, "c")
    bad = await post_lines(client, solved("T-c", signed=False) | {"csat": 9})
    assert bad["rejected"] == 1
    gone = await erase(client, ticket_id="T-c")
    assert (gone["drafts"], gone["outcomes"], gone["precedents"], gone["rejects"]) == (1, 1, 1, 1)
    assert (await client.get(f"/v1/drafts/{draft['id']}")).status_code == 404
    assert (await erase(client, ticket_id="I-c"))["precedents"] == 1
    tenant = await tenant_of(rooms, client)
    assert left(rooms, tenant)["precedents"] == 1
    assert set((await erase(client, ticket_id="T-c")).values()) == {0}
    await erase(client, customer_email=MAIL)
    assert traces(rooms.ready.owner_url, "Habermehl", "T-c") == []


async def test_no_cache_of_words_outlives_an_erasure(rooms, client):
    """This process remembers no text; word lists of our own stay."""
    await live(rooms, client, "d")
    await erase(client, customer_email=MAIL)
    bounded = [c for c in gc.get_objects() if type(c) is type(lru_cache(len)) and c.cache_parameters()["maxsize"]]
    ours = [c for c in bounded if c.__module__.partition(".")[0] in {"app", "reply_guards"}]
    assert ours
    assert [c.__qualname__ for c in ours if c.cache_info().currsize] == []
    assert not rooms.embedder._remembered


async def test_an_erasure_needs_an_admin_and_one_subject(new_tenant):
    """403 without the scope; 422 for none, both, or what is no address."""
    editor, admin = await new_tenant("draft", "knowledge"), await new_tenant("admin")
    assert (await editor.post("/v1/erasures", json={"ticket_id": "T"})).status_code == 403
    for body in ({}, {"ticket_id": "T", "customer_email": MAIL}, {"customer_email": "nobody"}, {"ticket_id": ""}):
        assert (await admin.post("/v1/erasures", json=body)).status_code == 422
    assert set((await erase(admin, ticket_id="%")).values()) == {0}
    assert set((await erase(admin, customer_email="%@%")).values()) == {0}


@pytest.mark.parametrize(("days", "kept"), [(0, True), (30, True), (10, False)])
async def test_what_is_older_than_the_settings_keep_goes(rooms, client, days, kept):
    """Drafts with outcomes and replays, and imported precedents, each by its own setting; 0 keeps for ever."""
    await live(rooms, client, f"r{days}", OTHER, "k@ohlendorf.example")
    tenant = await tenant_of(rooms, client)
    with owner(rooms) as connection:
        for table in ("drafts", "precedents"):
            query = f"UPDATE {table} SET created_at = now() - interval '20 days' WHERE tenant_id = %s"
            connection.execute(query, (tenant,))
    before = left(rooms, tenant)
    settings: Settings = rooms.settings.model_copy(update={"keep_drafts_days": days, "keep_tickets_days": days})
    await replace(rooms.privacy, settings=settings).expire(tenant)
    after = left(rooms, tenant)
    assert after["job_rows"] == before["job_rows"]
    for name in ("drafts", "draft_outcomes", "precedents", "embeddings"):
        assert after[name] == (before[name] if kept else 0), name
    assert after["idempotency_replays"] == before["idempotency_replays"] - (not kept)


async def test_an_erased_precedent_is_no_source_of_anybodys_draft(client):
    """Another customer's draft keeps its text and loses the name of the ticket it stood on."""
    row = solved("T-erased-1", "Der Griff der Pfanne ist nach zwei Wochen abgebrochen.")
    assert (await client.post("/v1/knowledge/tickets", json=row)).status_code == 201
    body = {"ticket": {"channel": "otto", "messages": [
        {"author": "customer", "text": "Der Griff der Pfanne ist abgebrochen, nach zwei Wochen!"}]}}  # fmt: skip
    draft = (await client.post("/v1/drafts", json=body)).json()
    assert "T-erased-1" in [s["id"] for s in draft["sources"]]
    erased = (await client.post("/v1/erasures", json={"ticket_id": "T-erased-1"})).json()["erased"]
    assert erased["sources"] == 1
    again = (await client.get(f"/v1/drafts/{draft['id']}")).json()
    assert again["text"] == draft["text"]
    assert "T-erased-1" not in [s["id"] for s in again["sources"]]

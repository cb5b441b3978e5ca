"""`POST /v1/knowledge/tickets`: one ticket at once, many as lines; what is refused, and what is never stored."""

from __future__ import annotations

import json

import pytest
from starlette.requests import ClientDisconnect, Request

from app.knowledge.ticket_endpoints import add_tickets
from tests.integration.knowledge.support import (
    EMAIL,
    NAME,
    ORDER,
    found,
    ndjson,
    post_lines,
    solved,
    tenant_of,
    traces,
    work_off,
)

IDENTITY = (NAME, "Wackernagel", "Friederike", EMAIL, ORDER)
BROKEN = [
    (b'{"external_id": "B-1", "problem": "abgeschnitten', "not_json"),
    (b'{"external_id": "B-2", "problem": "' + "für".encode("latin-1") + b'"}', "wrong_encoding"),
    (json.dumps(solved("B-3", mood="bad")).encode(), "unknown_field"),
    (json.dumps(solved("B-4") | {"reply": " "}).encode(), "bad_field"),
    (json.dumps(solved("B-5") | {"resolved_at": "gestern"}).encode(), "bad_date"),
    (json.dumps(solved("B-6", problem="x" * 1_048_577)).encode(), "too_large"),
    (b"[1, 2]", "not_an_object"),
    (b'{"external_id": "B-8\\u0000", ' + json.dumps(solved("x")).encode()[21:], "not_storable"),
]


async def test_one_ticket_is_stored_at_once_and_found_redacted(rooms, client):
    """201; search finds it by other words; nothing of the customer is left in the answer."""
    answer = await client.post("/v1/knowledge/tickets", json=solved("T-1"))
    assert answer.status_code == 201, answer.text
    assert answer.json()["external_id"] == "T-1"
    hit = (await found(client, "Meine Kanne kam mit abgebrochenem Griff an"))[0]
    assert hit["id"] == answer.json()["id"]
    assert not [word for word in IDENTITY if word in json.dumps(hit, ensure_ascii=False)]


async def test_the_same_ticket_again_updates_it(rooms, client):
    """One precedent, the newer text, the same id; its vector and its words follow."""
    first = (await client.post("/v1/knowledge/tickets", json=solved("T-1"))).json()
    changed = solved("T-1", problem="The invoice lacks our VAT number.", language="en")
    second = (await client.post("/v1/knowledge/tickets", json=changed)).json()
    assert first["id"] == second["id"]
    hits = await found(client, "invoice VAT number missing")
    assert [h["external_id"] for h in hits] == ["T-1"]
    assert hits[0]["language"] == "en"
    assert hits[0]["explain"]["lexical_rank"] == 1
    assert (await found(client, "Henkel der Teekanne"))[0]["explain"]["lexical_rank"] is None


@pytest.mark.parametrize(("line", "reason"), BROKEN, ids=[reason for _, reason in BROKEN])
async def test_one_ticket_that_does_not_fit_is_refused_in_words(client, line, reason):
    """4xx with a sentence, never a failure of ours."""
    answer = await client.post("/v1/knowledge/tickets", content=line, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, (reason, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_bad_lines_are_named_and_the_others_taken(rooms, client):
    """Each refused line with number and reason; a line over 1 MiB among them; the good ones end as precedents."""
    lines = [solved("G-1"), *(line for line, _ in BROKEN), b"", solved("G-2", "Die Rechnung fehlt."), solved("G-1")]
    job = await post_lines(client, *lines)
    assert (job["total"], job["rejected"]) == (len(lines) - 1, len(BROKEN) + 1)
    done = await work_off(rooms, client, job["id"])
    assert (done["status"], done["done"], done["rejected"]) == ("succeeded", 2, len(BROKEN) + 1)
    rejects = (await client.get(f"/v1/jobs/{job['id']}/rejects")).json()
    told = [(r["line"], r["reason"]) for r in rejects["rejects"]]
    assert told == [(n, reason) for n, (_, reason) in enumerate(BROKEN, 2)] + [(len(lines), "duplicate_id")]
    assert rejects["more"] is False
    page = (await client.get(f"/v1/jobs/{job['id']}/rejects", params={"after": 3, "limit": 2})).json()
    assert ([r["line"] for r in page["rejects"]], page["more"]) == ([4, 5], True)
    assert {h["external_id"] for h in await found(client, "Rechnung Teekanne")} == {"G-1", "G-2"}


async def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(rooms, client):
    """As editors on Windows write files."""
    rows = [json.dumps(solved(f"W-{i}")).encode() + b"\r" for i in range(2)]
    job = await post_lines(client, b"\xef\xbb\xbf" + rows[0], rows[1])
    assert (job["total"], job["rejected"]) == (2, 0)


async def test_an_empty_upload_is_a_finished_job(client):
    """Nothing to do is done."""
    job = await post_lines(client)
    assert (job["status"], job["total"]) == ("succeeded", 0)


async def test_an_upload_that_breaks_off_leaves_nothing_behind(rooms, app, client):
    """The job has failed and says why; no row waits for ever."""
    lines = ndjson(solved(f"H-{i}") for i in range(300)) + b"\n"
    told = iter([{"type": "http.request", "body": lines, "more_body": True}])

    async def receive():
        return next(told, {"type": "http.disconnect"})

    headers = [(b"content-type", b"application/x-ndjson"), (b"authorization", client.headers["authorization"].encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b"", "app": app}
    caller = await rooms.keys.principal(client.headers["authorization"].partition(" ")[2])
    with pytest.raises(ClientDisconnect):
        await add_tickets(Request(scope, receive), caller)
    job = (await client.get("/v1/jobs")).json()["jobs"][0]
    assert (job["status"], job["done"]) == ("failed", 0)
    assert "send it again" in job["error"]
    assert await rooms.importer.waiting(await tenant_of(rooms, client), job["id"]) == 0


async def test_the_original_text_is_in_no_table_at_no_time(rooms, client):
    """Neither while rows wait nor afterwards, neither in our tables nor in the queue's, not for refused lines either."""
    job = await post_lines(client, *(solved(f"P-{i}") for i in range(3)), json.dumps(solved("P-x", mood="!")).encode())
    assert traces(rooms.ready.owner_url, *IDENTITY) == []
    await work_off(rooms, client, job["id"])
    await client.post("/v1/knowledge/tickets", json=solved("P-9"), headers={"Idempotency-Key": "original-text"})
    assert traces(rooms.ready.owner_url, *IDENTITY) == []


async def test_a_name_that_a_long_text_is_cut_in_is_not_left_in_part(rooms, client):
    """Texts are cut for length after redaction, and not within what may be half a name."""
    for before in (3975, 3985, 7970, 7990):
        text = ("Die Kanne ist undicht. " * 400)[:before] + f" {NAME}, {EMAIL}. " + "Noch ein Satz. " * 400
        answer = await client.post("/v1/knowledge/tickets", json=solved(f"L-{before}", text, reply=text))
        assert answer.status_code == 201
    hits = json.dumps(await found(client, "undichte Kanne"), ensure_ascii=False)
    assert not [part for part in ("Wacker", "wacker", "Frieder", "posteo") if part in hits]


async def test_the_scope_knowledge_is_needed(new_tenant):
    """Other keys get 403 and learn nothing."""
    drafter = await new_tenant("draft")
    assert (await drafter.post("/v1/knowledge/tickets", json=solved("T"))).status_code == 403

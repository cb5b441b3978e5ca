"""Bad input: each gets a problem with a pointer and what to do; nothing answers 500."""

from __future__ import annotations

import pytest

from tests.integration.conftest import ticket

BODIES = {
    "missing message": ({"ticket": {"channel": "amazon"}}, 422, "/ticket/messages"),
    "empty message": ({"ticket": ticket("   ")}, 422, "/ticket"),
    "unknown field": ({"ticket": ticket(), "colour": "red"}, 422, "/colour"),
    "unknown field in the ticket": ({"ticket": {**ticket(), "prio": 1}}, 422, "/ticket/prio"),
    "wrong type": ({"ticket": {**ticket(), "channel": 7}}, 422, "/ticket/channel"),
    "unknown kind": ({"ticket": ticket(), "kind": "poem"}, 422, "/kind"),
    "unknown resolution": ({"ticket": ticket(), "resolutions": [{"type": "gold"}]}, 422, "/resolutions/0/type"),
    "unknown prompt": ({"ticket": ticket(), "prompt": "sonnet@9"}, 422, "/prompt"),
    "thread over 200": (
        {"ticket": {**ticket(), "messages": [{"author": "customer", "text": "x"}] * 201}},
        422,
        "/ticket/messages",
    ),
    "control character": ({"ticket": ticket("kaputt\x00!")}, 422, "/ticket/messages/0/text"),
    "no object": ([1, 2], 422, ""),
}
RAW = {
    "not JSON": (b"{", 400),
    "not UTF-8": (b'{"ticket": "\xff"}', 400),
    "lone surrogate": (b'{"ticket":{"channel":"amazon","messages":[{"author":"customer","text":"a\\ud800b"}]}}', 422),
    "lone surrogate as a field": (b'{"\\ud800": 1}', 422),
    "empty": (b"", 422),
    "endless nesting": (b"[" * 100_000, 400),
    "over 1 MiB": (b'{"ticket": "' + b"x" * 1_100_000 + b'"}', 413),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_wrong_body_is_explained(client, name):
    """Status, pointer, advice."""
    body, status, expected = BODIES[name]
    response = await client.post("/v1/drafts", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail", "errors", "request_id"} <= set(problem)
    assert expected in [e["pointer"] for e in problem["errors"]]


@pytest.mark.parametrize("name", RAW)
async def test_a_body_that_cannot_be_read_is_refused(client, name):
    """Whatever the bytes, a problem comes back."""
    raw, status = RAW[name]
    response = await client.post("/v1/drafts", content=raw, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_streamed_body_cannot_sneak_past_the_limit(client):
    """Without a content length the bytes are counted as they come."""

    async def endless():
        for _ in range(40):
            yield b"x" * 65_536

    response = await client.post("/v1/drafts", content=endless(), headers={"content-type": "application/json"})
    assert response.status_code == 413


async def test_keys_and_scopes(anonymous, new_tenant):
    """No key or a wrong one: 401. A key that may not: 403."""
    assert (await anonymous.get("/v1/profile")).status_code == 401
    wrong = {"Authorization": "Bearer vk_wrong"}
    assert (await anonymous.get("/v1/profile", headers=wrong)).status_code == 401
    assert (await anonymous.get("/v1/profile", headers={"Authorization": "Basic eA=="})).status_code == 401
    drafter = await new_tenant("draft")
    response = await drafter.get("/v1/profile")
    assert response.status_code == 403
    assert "admin" in response.json()["detail"]


async def test_unknown_paths_and_methods_are_problems_too(client):
    """The framework's own errors look like ours."""
    assert (await client.get("/v2/nothing")).json()["status"] == 404
    assert (await client.delete("/v1/profile")).json()["status"] == 405
    assert (await client.get("/v1/drafts/drf_unknown")).json()["status"] == 404


async def test_a_request_id_is_kept_or_made(client):
    """A plugin's own id comes back; a strange one is replaced."""
    assert (await client.get("/healthz", headers={"X-Request-ID": "abc-1"})).headers["x-request-id"] == "abc-1"
    assert (await client.get("/healthz", headers={"X-Request-ID": "a b\t"})).headers["x-request-id"].startswith("req_")


async def test_one_tenant_never_sees_anothers_draft(new_tenant):
    """Row-level security, seen from outside."""
    first, second = await new_tenant(), await new_tenant()
    made = (await first.post("/v1/drafts", json={"ticket": ticket(id="T-1"), "resolutions": []})).json()
    assert (await second.get(f"/v1/drafts/{made['id']}")).status_code == 404
    assert (await second.get("/v1/drafts", params={"ticket_id": "T-1"})).json() == {"drafts": []}
    check = {"text": "Hallo", "channel": "amazon", "draft_id": made["id"]}
    assert (await second.post("/v1/checks", json=check)).status_code == 404


async def test_an_idempotency_key_replays_and_refuses_another_body(client):
    """The same request twice is one draft; another body under the key is a conflict."""
    headers = {"Idempotency-Key": "order-7"}
    body = {"ticket": ticket(id="T-9"), "resolutions": []}
    first = await client.post("/v1/drafts", json=body, headers=headers)
    again = await client.post("/v1/drafts", json=body, headers=headers)
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    other = await client.post("/v1/drafts", json={**body, "kind": "closing"}, headers=headers)
    assert other.status_code == 409
    assert len((await client.get("/v1/drafts", params={"ticket_id": "T-9"})).json()["drafts"]) == 1


async def test_a_refused_request_does_not_burn_its_key(client):
    """After a 422 the corrected request may use the same key."""
    headers = {"Idempotency-Key": "order-8"}
    assert (await client.post("/v1/drafts", json={"ticket": {}}, headers=headers)).status_code == 422
    good = await client.post("/v1/drafts", json={"ticket": ticket(), "resolutions": []}, headers=headers)
    assert good.status_code == 201


async def test_health_metrics_and_documents(anonymous):
    """What an operator looks at, without a key; the docs page loads nothing from elsewhere."""
    assert (await anonymous.get("/healthz")).json() == {"status": "ok"}
    ready = await anonymous.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["components"]["database"] == "ok"
    assert "vierklang_requests_total" in (await anonymous.get("/metrics")).text
    page = (await anonymous.get("/docs")).text
    assert "https://" not in page
    assert (await anonymous.get("/docs-assets/swagger-ui-bundle.js")).status_code == 200
    schema = (await anonymous.get("/openapi.json")).json()
    assert schema["paths"]["/v1/drafts"]["post"]["requestBody"]["content"]["application/json"]["examples"]


async def test_the_limit_of_bodies_is_lifted_for_streamed_tickets_alone(local):
    """A content type alone opens no door."""
    headers = {"content-type": "application/x-ndjson"}
    answer = await local.post("/v1/checks", content=b" " * 2_000_000, headers=headers)
    assert answer.status_code == 413

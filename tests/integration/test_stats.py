"""`GET /v1/stats` counts what was told, for its own tenant, and names nobody."""

from __future__ import annotations

from tests.integration.conftest import ticket


async def _told(client, outcome: str, **more: str) -> None:
    draft = (await client.post("/v1/drafts", json={"ticket": ticket(id="T-1")})).json()
    sent = {"sent_text": draft["text"] + " Danke."} if outcome == "edited" else {}
    answer = await client.post(f"/v1/drafts/{draft['id']}/outcome", json={"outcome": outcome, **sent, **more})
    assert answer.status_code == 200


async def test_outcomes_are_counted_by_week(client, local):
    """Sent and edited are accepted, discarded is not; another tenant's are not among them."""
    for outcome in ("sent", "edited", "discarded"):
        await _told(client, outcome)
    stats = (await client.get("/v1/stats?weeks=2")).json()
    assert len(stats["weeks"]) == 2
    overall = stats["overall"]
    assert (overall["sent"], overall["edited"], overall["discarded"]) == (1, 1, 1)
    assert round(overall["acceptance"], 2) == 0.67
    assert 0 < overall["effort"] < 0.2
    assert stats["timeliness"].keys() == {"answered", "within_target", "within_limit"}
    assert (await local.get("/v1/stats")).json()["overall"] != overall


async def test_an_empty_tenant_has_no_acceptance(client, new_tenant):
    """Nothing told is not nought per cent; and who may only draft may not look."""
    assert (await client.get("/v1/stats")).json()["overall"]["acceptance"] is None
    drafter = await new_tenant("draft")
    assert (await drafter.get("/v1/stats")).status_code == 403

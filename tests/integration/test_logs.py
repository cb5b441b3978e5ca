"""Logs carry ids, counts and times; a customer's words appear at DEBUG only."""

from __future__ import annotations

import json

from tests.integration.conftest import ticket
from tests.integration.processes import KEY, serving

SECRET = "Zitronenfalterblau"


def test_customer_text_never_reaches_the_log(tmp_path):
    """In drafts, checks, triage, refused bodies, wrong addresses and outcomes."""
    home = tmp_path / "home"
    with serving(home) as (_, client):
        body = {
            "ticket": ticket(f"Die Tasse {SECRET} ist kaputt", id=SECRET, customer={"name": SECRET}),
            "resolutions": [],
        }
        draft = client.post("/v1/drafts", json=body).json()
        client.post("/v1/drafts", json=body | {SECRET: 1})
        client.post("/v1/drafts", content=f'{{"{SECRET}": '.encode())
        client.post("/v1/checks", json={"text": f"{SECRET} www.{SECRET}.example", "channel": "amazon"})
        client.post("/v1/triage", json={"ticket": ticket(SECRET)})
        client.get("/v1/drafts", params={"ticket_id": SECRET})
        client.get(f"/v1/drafts/{SECRET}")
        client.post(
            f"/v1/drafts/{draft['id']}/outcome", json={"outcome": "edited", "sent_text": SECRET, "reason": SECRET}
        )
        client.post(f"/v1/drafts/{draft['id']}/fill", json={SECRET: SECRET})
    log = (tmp_path / "home.log").read_text(encoding="utf-8")
    assert SECRET not in log
    assert KEY not in log
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    requests = [e for e in events if e["event"] == "request"]
    assert len(requests) >= 9
    assert all({"request_id", "route", "status", "ms"} <= set(e) for e in requests)

"""A draft as events: what is shown is reviewed, in order, and dropped when it was wrong."""

from __future__ import annotations

import asyncio
import json

import pytest

from app.llm.scripted import Line
from tests.integration.test_model_path import BODY, GENEROUS, GOOD, LINK, STARS

EVENTS = {"Accept": "text/event-stream"}


async def _events(client, body=BODY) -> list[tuple[str, dict]]:
    told = []
    async with client.stream("POST", "/v1/drafts", json=body, headers=EVENTS) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                told.append((name, json.loads(line[6:])))
    return told


def _shown(events) -> list[str]:
    """The steps that stand at the end: a restart drops all before."""
    steps: list[str] = []
    for name, data in events:
        if name == "restart":
            steps = []
        elif name == "step":
            steps.append(data["text"])
    return steps


async def test_the_composer_streams_what_it_answers(local):
    """Triage and sources first, the four steps in order, and their texts make up the draft's."""
    events = await _events(local)
    assert [name for name, _ in events] == ["triage", "sources", *["step"] * 4, "draft"]
    draft = events[-1][1]
    assert "".join(_shown(events)) == draft["text"]
    assert [d["name"] for n, d in events if n == "step"] == ["acknowledge", "own", "propose", "ask"]
    assert (await local.get(f"/v1/drafts/{draft['id']}")).json()["text"] == draft["text"]


async def test_a_models_steps_are_the_drafts(drafter):
    """Offsets too."""
    client, _ = drafter(GOOD)
    events = await _events(client)
    draft = events[-1][1]
    assert draft["generation"]["engine"] == "model"
    assert "".join(_shown(events)) == draft["text"]
    for name, data in events:
        if name == "step":
            assert draft["text"][data["start"] : data["end"]] == data["text"]


@pytest.mark.parametrize("bad", [STARS, GENEROUS], ids=["stars", "voucher"])
async def test_a_step_that_breaks_a_rule_is_never_shown(drafter, bad):
    """Those before it are dropped when the text is written anew."""
    client, _ = drafter(bad, GOOD)
    events = await _events(client)
    shown = " ".join(data["text"] for name, data in events if name == "step")
    assert "Sterne" not in shown
    assert "Gutschein" not in shown
    assert "".join(_shown(events)) == events[-1][1]["text"]


async def test_a_model_that_fails_leaves_the_composers_steps(drafter):
    """Also in the middle of its second answer."""
    client, _ = drafter(LINK, Line(error="unavailable"), Line(error="unavailable"))
    events = await _events(client)
    assert events[-1][1]["generation"]["engine"] == "composer"
    assert "restart" in [name for name, _ in events]
    assert "".join(_shown(events)) == events[-1][1]["text"]


async def test_what_is_wrong_with_a_request_is_said_before_the_stream(local):
    """An ordinary problem, with its status."""
    for body in ({"ticket": {}}, {**BODY, "model": "nobody/knows"}):
        answer = await local.post("/v1/drafts", json=body, headers=EVENTS)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_stream_is_not_replayed(local):
    """An idempotent stream would have to keep its events: it is refused, with the way out."""
    answer = await local.post("/v1/drafts", json=BODY, headers={**EVENTS, "Idempotency-Key": "k-1"})
    assert answer.status_code == 422
    assert "Accept" in answer.json()["detail"]


async def test_trouble_in_the_middle_is_an_event(local, rooms, monkeypatch):
    """The status has left already; the client still learns what happened, without inner details."""

    async def broken(*_args, **_more):
        raise ValueError("secret detail")

    monkeypatch.setattr(type(rooms.drafts), "_persist", broken)
    events = await _events(local)
    assert events[-1][0] == "error"
    assert events[-1][1]["status"] == 500
    assert "secret" not in json.dumps(events[-1][1])


async def test_a_client_that_leaves_ends_the_models_work(drafter):
    """Nobody pays for an answer nobody reads."""
    from app.drafts.events import _events as stream
    from app.drafts.schemas import DraftRequest
    from app.provision import LOCAL_TENANT
    from app.security import Principal

    client, model = drafter(Line(json.dumps(GOOD), delay_s=30))
    drafts = client._transport.app.state.rooms.drafts
    caller = Principal(LOCAL_TENANT, LOCAL_TENANT, frozenset({"draft"}))
    events = stream(drafts, caller, DraftRequest.model_validate(BODY), None)
    assert b"triage" in await anext(events)
    while not model.requests:  # noqa: ASYNC110 - the scripted model rings no bell
        await asyncio.sleep(0.01)
    await events.aclose()
    assert not [t for t in asyncio.all_tasks() if "_draft" in repr(t.get_coro())]

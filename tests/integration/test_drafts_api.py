"""The main job over HTTP: draft, read again, fill, tell the outcome."""

from __future__ import annotations

import pytest

from tests.integration.conftest import GERMAN, LOCAL_KEY, client_for, rewired, ticket

OFFERS = [
    {"type": "refund", "amount": {"amount": "19.90", "currency": "EUR"}, "return": "keep"},
    {"type": "replacement", "return": "keep"},
]


async def test_a_draft_has_four_steps_sources_and_a_clean_verdict(local):
    """The answer is what the contract says, and the check endpoint agrees with it."""
    body = {"ticket": ticket(customer={"name": "Frau Keller"}), "resolutions": OFFERS, "agent": {"name": "Jana"}}
    response = await local.post("/v1/drafts", json=body)
    assert response.status_code == 201
    draft = response.json()
    assert draft["status"] == "ready"
    assert draft["language"] == "de"
    assert draft["ai_generated"] is True
    assert [s["name"] for s in draft["steps"]] == ["acknowledge", "own", "propose", "ask"]
    assert "".join(s["text"] for s in draft["steps"]) == draft["text"]
    assert all(draft["text"][s["start"] : s["end"]] == s["text"] for s in draft["steps"])
    assert "Keller" in draft["text"]
    assert "Jana" in draft["text"]
    assert draft["sources"]
    assert {"triage", "retrieve", "generate", "review", "total"} <= set(draft["timings_ms"])
    check = {"text": draft["text"], "channel": "amazon", "ticket": body["ticket"], "resolutions": OFFERS}
    verdict = (await local.post("/v1/checks", json=check)).json()
    assert verdict["compliant"], verdict["findings"]


async def test_a_stored_draft_is_found_by_id_and_by_ticket(client):
    """What was answered is what is read again."""
    made = (await client.post("/v1/drafts", json={"ticket": ticket(id="T-7"), "resolutions": []})).json()
    read = (await client.get(f"/v1/drafts/{made['id']}")).json()
    assert (read["text"], read["steps"]) == (made["text"], made["steps"])
    listed = (await client.get("/v1/drafts", params={"ticket_id": "T-7"})).json()["drafts"]
    assert [d["id"] for d in listed] == [made["id"]]
    assert (await client.get("/v1/drafts", params={"ticket_id": "other"})).json() == {"drafts": []}


async def test_nothing_is_offered_that_was_not_allowed(local):
    """With no resolutions the draft promises none."""
    draft = (await local.post("/v1/drafts", json={"ticket": ticket(), "resolutions": []})).json()
    assert draft["text"]
    check = {"text": draft["text"], "channel": "amazon", "ticket": ticket(), "resolutions": []}
    verdict = (await local.post("/v1/checks", json=check)).json()
    assert not [f for f in verdict["findings"] if f["rule"].startswith("promise.")]


async def test_a_placeholder_is_filled_and_reviewed_again(local):
    """A partial refund without its amount leaves the amount open; a value that breaks a rule is named and not stored."""
    body = {
        "ticket": ticket("Die Lampe hat einen Kratzer, das ärgert mich."),
        "resolutions": [{"type": "partial_refund"}],
    }
    draft = (await local.post("/v1/drafts", json=body)).json()
    assert draft["status"] == "needs_input"
    assert [p["name"] for p in draft["placeholders"]] == ["partial_amount"]
    spot = draft["placeholders"][0]
    assert draft["text"][spot["start"] : spot["end"]] == f"[{spot['label']}]"
    address = f"/v1/drafts/{draft['id']}"
    bad = (await local.post(f"{address}/fill", json={"partial_amount": "www.boese-seite.example/x"})).json()
    assert bad["status"] == "blocked"
    assert bad["text"] is None
    assert (await local.get(address)).json()["text"] == draft["text"]
    good = (await local.post(f"{address}/fill", json={"partial_amount": "9,90 €"})).json()
    assert good["status"] == "ready", good["findings"]
    assert "9,90 €" in good["text"]
    assert "".join(s["text"] for s in good["steps"]) == good["text"]
    assert (await local.get(address)).json()["placeholders"] == []


async def test_filling_what_is_not_open_is_refused(client):
    """The pointer names the wrong field."""
    draft = (await client.post("/v1/drafts", json={"ticket": ticket(), "resolutions": []})).json()
    response = await client.post(f"/v1/drafts/{draft['id']}/fill", json={"no_such_slot": "x"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/no_such_slot"


async def test_an_outcome_says_how_far_the_sent_text_is(client):
    """Sent unchanged: similarity 1. Edited: less, and what review says of the new text."""
    draft = (await client.post("/v1/drafts", json={"ticket": ticket(), "resolutions": []})).json()
    sent = (await client.post(f"/v1/drafts/{draft['id']}/outcome", json={"outcome": "sent"})).json()
    assert sent["similarity"] == 1.0
    assert sent["edit_effort"] == 0.0
    text = draft["text"] + "\n\nÜber fünf Sterne würden wir uns freuen!"
    edited = (
        await client.post(f"/v1/drafts/{draft['id']}/outcome", json={"outcome": "edited", "sent_text": text})
    ).json()
    assert 0.5 < edited["similarity"] < 1
    assert any(f["rule"].startswith("feedback.") for f in edited["findings"])
    bare = await client.post(f"/v1/drafts/{draft['id']}/outcome", json={"outcome": "edited"})
    assert bare.status_code == 422


async def test_an_unwritten_language_gets_english_and_a_warning(local):
    """Never silence, never a guess at French."""
    text = "Bonjour, ma tasse est arrivée cassée et je veux être remboursée. C'est inadmissible !"
    draft = (await local.post("/v1/drafts", json={"ticket": ticket(text), "resolutions": OFFERS})).json()
    assert draft["triage"]["language"] == "fr"
    assert draft["language"] == "en"
    assert "language.unsupported" in [f["rule"] for f in draft["findings"]]
    assert draft["text"]


@pytest.mark.parametrize("kind", ["reply", "acknowledgement", "follow_up", "closing", "boundary"])
@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_kind_is_written_in_both_languages(local, kind, language):
    """Compliant in each shape."""
    words = {"de": GERMAN, "en": "The mug arrived with its handle broken off. I want my money back!"}
    body = {
        "ticket": ticket(words[language], channel="shop_email", marketplace=None),
        "kind": kind,
        "resolutions": OFFERS,
    }
    draft = (await local.post("/v1/drafts", json=body)).json()
    assert draft["status"] in {"ready", "needs_input"}, draft["findings"]
    assert draft["language"] == language
    if kind == "acknowledgement":
        assert "automat" in draft["text"].lower()


async def test_a_request_may_not_pick_a_model_of_its_own(client):
    """Only what is configured costs money or reads a file."""
    for model in ("openai/gpt-4o", "scripted//etc/passwd"):
        response = await client.post("/v1/drafts", json={"ticket": ticket(), "model": model})
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "/model"


async def test_triage_over_http(client):
    """The contract's triage object, without the reading behind it."""
    triage = (
        await client.post("/v1/triage", json={"ticket": ticket("ICH GEHE ZUM ANWALT!!! Tasse schon wieder kaputt")})
    ).json()
    assert triage["language"] == "de"
    assert triage["escalate"] is True
    assert 0 < triage["cause_confidence"] <= 1
    assert "reading" not in triage


async def test_a_profile_is_stored_and_used(client):
    """Signature and register of the house appear in the next draft."""
    profile = {"name": "Teehaus Nord", "signatures": {"de": "Herzliche Grüße\nTeehaus Nord"}, "registers": {"de": "du"}}
    assert (await client.put("/v1/profile", json=profile)).status_code == 200
    assert (await client.get("/v1/profile")).json()["registers"] == {"de": "du"}
    draft = (await client.post("/v1/drafts", json={"ticket": ticket(channel="shop_email"), "resolutions": []})).json()
    assert draft["register"] == "du"
    assert "Teehaus Nord" in draft["text"]


async def test_an_identical_request_gets_the_same_draft_where_that_is_wanted(app, rooms):
    """Within the time of the setting; another word makes another draft, and without the setting each is new."""
    async with client_for(rewired(rooms, reuse_drafts_s=60), LOCAL_KEY) as client:
        first, second = [(await client.post("/v1/drafts", json={"ticket": ticket()})).json() for _ in range(2)]
        other = (await client.post("/v1/drafts", json={"ticket": ticket("Die Kanne ist kaputt!")})).json()
    async with client_for(app, LOCAL_KEY) as client:
        new = (await client.post("/v1/drafts", json={"ticket": ticket()})).json()
    assert first["id"] == second["id"]
    assert len({first["id"], other["id"], new["id"]}) == 3

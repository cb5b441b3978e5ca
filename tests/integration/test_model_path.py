"""The model path through the real pipeline and database, with the scripted model that ships in the package."""

from __future__ import annotations

import pytest

from app.llm.scripted import Line
from tests.integration.conftest import ticket

GOOD = {
    "acknowledge": "es tut mir sehr leid, dass der Henkel Ihrer Tasse abgebrochen angekommen ist. Das ist ärgerlich.",
    "own": "Ich kümmere mich persönlich darum und behalte Ihren Fall im Blick.",
    "propose": "Ich kann Ihnen {refund_amount} erstatten; die Tasse dürfen Sie behalten.",
    "ask": "Soll ich die Erstattung so veranlassen?",
}
STARS = {**GOOD, "ask": "Über fünf Sterne würden wir uns sehr freuen. Soll ich die Erstattung so veranlassen?"}
# No page of the marketplace stands for it, so code cannot repair it.
LINK = {**GOOD, "propose": "Alles Weitere steht auf www.boese-seite.example/aktion für Sie bereit."}
GENEROUS = {**GOOD, "propose": "Sie erhalten zusätzlich einen Gutschein über 50 Euro von uns."}
BODY = {
    "ticket": ticket(order={"id": "302-1234567-7654321", "items": [{"title": "Keramiktasse blau"}]}),
    "resolutions": [{"type": "refund", "amount": {"amount": "19.90", "currency": "EUR"}, "return": "keep"}],
}


async def test_a_good_answer_is_delivered_with_its_facts_filled_in(drafter):
    """The model wrote slots; the service put the facts in."""
    client, model = drafter(GOOD)
    draft = (await client.post("/v1/drafts", json=BODY)).json()
    assert draft["generation"]["engine"] == "model", draft["generation"]
    assert draft["generation"]["prompt"].startswith("reply@")
    assert "19,90" in draft["text"]
    assert draft["status"] == "ready"
    sent = " ".join(m.content for m in model.requests[0].messages)
    assert "302-1234567-7654321" not in sent


@pytest.mark.parametrize("bad", [STARS, LINK, GENEROUS], ids=["stars", "link", "voucher"])
async def test_a_forbidden_answer_is_asked_for_again(drafter, bad):
    """The findings go back to the model; what is delivered is clean."""
    client, model = drafter(bad, GOOD)
    draft = (await client.post("/v1/drafts", json=BODY)).json()
    assert draft["status"] == "ready"
    assert not [f for f in draft["findings"] if f["severity"] == "block"]
    assert "boese-seite" not in draft["text"]
    assert "Gutschein" not in draft["text"]
    assert "Sterne" not in draft["text"]
    assert draft["generation"]["attempts"] == len(model.requests) or draft["generation"]["attempts"] == 1


async def test_a_stubborn_model_is_replaced_by_the_composer(drafter):
    """Three bad answers, then the built-in writer; `generation` tells it."""
    client, model = drafter(LINK, LINK, LINK)
    draft = (await client.post("/v1/drafts", json=BODY)).json()
    assert draft["generation"] | {"engine": "composer", "fell_back": True} == draft["generation"]
    assert "links." in draft["generation"]["reason"]
    assert len(model.requests) == 3
    assert draft["status"] in {"ready", "needs_input"}


FAILURES = {
    "timeout": [Line(delay_s=30), Line(delay_s=30)],
    "refused": [Line(error="refused")],
    "unavailable": [Line(error="unavailable")] * 3,
    "prose": ["Sehr gerne, hier ist Ihre Antwort!"] * 4,
    "half JSON": ['{"acknowledge": "Es tut mir'] * 4,
    "empty": [""] * 4,
    "as an AI": ["As an AI language model I cannot help with that."] * 4,
}


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failing_model_still_gives_a_compliant_draft(drafter, name):
    """Within the deadline, with the reason."""
    client, _ = drafter(*FAILURES[name])
    response = await client.post("/v1/drafts", json=BODY)
    draft = response.json()
    assert response.status_code == 201
    assert draft["generation"]["fell_back"] is True
    assert draft["generation"]["reason"]
    assert draft["status"] in {"ready", "needs_input"}


async def test_the_trace_shows_what_was_sent_and_answered(drafter, local):
    """For prompt engineers: messages, raw answers and the findings of each attempt."""
    client, _ = drafter(LINK, GOOD)
    draft = (await client.post("/v1/drafts", json=BODY)).json()
    attempts = (await client.get(f"/v1/drafts/{draft['id']}/trace")).json()["attempts"]
    assert any("boese-seite" in (a.get("answer") or "") for a in attempts)
    assert any(f["rule"].startswith("links.") for a in attempts for f in a["findings"])
    assert attempts[0]["messages"]


async def test_the_composer_can_be_asked_for_although_a_model_is_configured(drafter):
    """`model: composer` in the request."""
    client, model = drafter(GOOD)
    draft = (await client.post("/v1/drafts", json={**BODY, "model": "composer"})).json()
    assert draft["generation"]["engine"] == "composer"
    assert not model.requests

"""The desk without a browser: what the pages say, what forms do, what markup in a ticket becomes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.integration.conftest import LOCAL_KEY, ticket
from tests.integration.console_client import Visitor

MARKUP = "\"'><script>window.stolen=1</script><img src=https://evil.example/p.png onerror=alert(1)>{{7*7}}"
DRAFT = re.compile(r'name="draft" value="(drf_[0-9a-f]+)"')


def step(page: str, name: str) -> str:
    from html import unescape

    found = re.search(rf'name="step-{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def steps(page: str, **changed: str) -> dict[str, str]:
    texts = {name: step(page, name) for name in ("acknowledge", "own", "propose", "ask")} | changed
    return {f"step-{name}": text for name, text in texts.items()}


@pytest.fixture
async def agent(app) -> Visitor:
    visitor = Visitor(app)
    await visitor.sign_in(LOCAL_KEY)
    return visitor


async def drafted(agent: Visitor, **options: Any) -> tuple[str, str]:
    """Paste a message, draft without scripts; the ticket's address and the page."""
    opened = await agent.post(
        "/console/desk/paste", channel="amazon", text="Die Tasse kam kaputt an. Ich will mein Geld zurück!"
    )
    page = await agent.post(f"{opened.url.path}/draft", **options)
    assert page.status_code == 200, page.text
    return opened.url.path, page.text


async def test_a_new_desk_has_example_tickets_by_urgency(agent):
    """A newcomer finds something to try, the most pressing first."""
    page = (await agent.get("/console/desk")).text
    assert page.index("Ms. Okafor") < page.index("Maya")


async def test_the_api_puts_tickets_on_the_desk(app, client):
    """Once, however often it is sent; a second message renews it."""
    body = {"ticket": ticket(id="Z-1", customer={"name": "Frau Keller"})}
    first, second = [await client.post("/v1/desk/tickets", json=body) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] == second.json()["id"]
    assert first.json()["triage"]["sentiment"]


async def test_a_draft_is_made_without_scripts(agent):
    """Options, draft, and the four steps in fields of their own."""
    address, page = await drafted(agent, offer="refund", amount__refund="19,90", currency__refund="EUR")
    assert "19,90" in step(page, "propose")
    assert address in page


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"offer": "refund", "amount__refund": "viel"}, "wrong-amount-refund"),
        ({"offer": "refund", "amount__refund": "-1"}, "wrong-amount-refund"),
        ({"offer": "replacement", "by__replacement": "31.02."}, "problem"),
        ({"instruction": "x" * 2001}, "problem"),
        ({"agent": "Jana\x07"}, "problem"),
    ],
)
async def test_a_wrong_option_is_told_at_its_field(agent, fields, problem):
    """And what was typed stays."""
    opened = await agent.post("/console/desk/paste", channel="amazon", text="Die Tasse ist kaputt.")
    answer = await agent.post(f"{opened.url.path}/draft", **fields)
    assert answer.status_code == 422
    assert problem in answer.text
    assert next(iter(fields.values()))[:20] in answer.text


@pytest.mark.parametrize("text", ["", "   \n ", "\x00", "a\x07b"])
async def test_an_empty_or_broken_message_is_refused_with_a_sentence(agent, text):
    """Nothing is put on the desk."""
    answer = await agent.post("/console/desk/paste", channel="amazon", text=text)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_editing_is_reviewed_with_the_rule_and_its_source(agent):
    """A disguised link typed into a step is found there."""
    address, page = await drafted(agent)
    draft = DRAFT.search(page)[1]
    typed = steps(page, own=step(page, "own") + " Mehr unter mein-shop punkt de.")
    answer = await agent.post(f"{address}/check", draft=draft, **typed)
    assert "links.disguised" in answer.text
    assert "mein-shop punkt de" in answer.text


async def test_a_text_that_breaks_a_rule_is_recorded_only_on_insistence(agent):
    """The agent is stopped once and told why; a tick records what was sent all the same."""
    address, page = await drafted(agent)
    fields = {"draft": DRAFT.search(page)[1], "outcome": "sent"} | steps(
        page, ask="Schreiben Sie mir an ich@mein-shop.de!"
    )
    stopped = await agent.post(f"{address}/outcome", **fields)
    assert stopped.status_code == 422
    assert 'name="anyway"' in stopped.text
    assert "ich@mein-shop.de" in step(stopped.text, "ask")
    recorded = await agent.post(f"{address}/outcome", **fields, anyway="1")
    assert recorded.status_code == 200
    assert 'class="notice good"' in recorded.text


async def test_a_sent_reply_leaves_the_queue_and_shows_in_quality(agent):
    """Answered tickets are listed apart."""
    address, page = await drafted(agent)
    await agent.post(f"{address}/outcome", draft=DRAFT.search(page)[1], outcome="sent", **steps(page))
    queue = (await agent.get("/console/desk")).text
    assert queue.index(address) > queue.index('id="done-title"')
    assert "desk-" in (await agent.get("/console/quality")).text


async def test_filling_keeps_the_agents_own_words(agent):
    """A placeholder is filled in the edited text, and a bad value is told at its field."""
    opened = await agent.post(
        "/console/desk/paste", channel="ebay", text="Die Tasse kam mit einem Kratzer an, das ist ärgerlich."
    )
    page = (await agent.post(f"{opened.url.path}/draft", offer="partial_refund")).text
    gap = re.search(r'name="fill-([a-z_]+)"', page)
    assert gap, "a partial refund without an amount leaves a gap"
    fields = {"draft": DRAFT.search(page)[1], f"fill-{gap[1]}": "a [b]"} | steps(page)
    refused = await agent.post(f"{opened.url.path}/fill", **fields)
    assert refused.status_code == 422
    assert f'id="wrong-{gap[1]}"' in refused.text
    fields |= {f"fill-{gap[1]}": "5,00 €"} | steps(page, own="Das ist mein eigener Satz, ich kümmere mich darum.")
    filled = await agent.post(f"{opened.url.path}/fill", **fields)
    assert filled.status_code == 200
    assert "mein eigener Satz" in step(filled.text, "own")
    assert f'name="fill-{gap[1]}"' not in filled.text


def hostile_ticket() -> dict[str, Any]:
    return {
        "id": MARKUP, "channel": MARKUP[:50], "marketplace": MARKUP, "subject": MARKUP,
        "messages": [{"author": a, "text": MARKUP} for a in ("customer", "agent", "note", "system", "customer")],
        "customer": {"id": MARKUP, "name": MARKUP, "email": MARKUP},
        "order": {"id": MARKUP, "status": MARKUP, "carrier": MARKUP, "tracking_number": MARKUP, "tracking_url": MARKUP,
                  "tracking": {"status": MARKUP, "location": MARKUP},
                  "refund": {"state": "denied", "reason": MARKUP}, "items": [{"title": MARKUP}], "notes": MARKUP},
        "history": [{"summary": MARKUP}], "custom": {MARKUP: MARKUP},
    }  # fmt: skip


async def test_markup_in_any_field_of_a_ticket_stays_text(app, local, agent):
    """Queue, ticket, draft, sources, quality: no tag of the ticket's becomes one of the page."""
    put = await local.post("/v1/desk/tickets", json={"ticket": hostile_ticket()})
    assert put.status_code == 201, put.text
    address = f"/console/desk/{put.json()['id']}"
    pages = [
        await agent.get("/console/desk"),
        await agent.get(address),
        await agent.post(f"{address}/draft", instruction=MARKUP, agent=MARKUP),
    ]
    draft = DRAFT.search(pages[-1].text)
    if draft:
        pages.append(await agent.get(f"{address}/sources?draft={draft[1]}"))
        pages.append(
            await agent.post(
                f"{address}/check",
                draft=draft[1],
                **dict.fromkeys(("step-acknowledge", "step-own", "step-propose", "step-ask"), MARKUP),
            )
        )
        await agent.post(f"{address}/outcome", draft=draft[1], outcome="discarded", reason=MARKUP)
        pages.append(await agent.get("/console/quality"))
    for page in pages:
        assert page.status_code in (200, 422)
        assert "<script>window" not in page.text
        assert "<img" not in page.text
    assert "{{7*7}}" in pages[1].text


@pytest.mark.parametrize(
    "name", ["../api_key", "..%2fapi_key", "/etc/passwd", "a/../../api_key", "%2e%2e/session_secret"]
)
async def test_no_report_lies_outside_its_folder(agent, name):
    """The list is the only way in."""
    assert (await agent.get(f"/console/quality/reports/{name}")).status_code == 404


async def test_a_report_is_shown_in_a_sandbox(agent, settings):
    """Whatever it holds, nothing of it runs or loads."""
    folder = settings.data_dir / "eval" / "run-1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text("<script>alert(1)</script>")
    (folder / "plot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (settings.data_dir / "eval" / "link.md").unlink(missing_ok=True)
    (settings.data_dir / "eval" / "link.md").symlink_to("/etc/hostname")
    page = (await agent.get("/console/quality")).text
    assert "run-1/report.html" in page
    assert "link.md" not in page
    shown = await agent.get("/console/quality/reports/run-1/report.html")
    policy = shown.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script" not in policy
    assert "default-src 'none'" in policy


async def test_a_rules_examples_hold_when_they_are_tested(agent):
    """The page judges them now; each says what it should."""
    for rule in ("links.disguised", "feedback.request", "contact.phone"):
        page = (await agent.get(f"/console/rules/{rule}/examples?channel=amazon")).text
        assert "✓" in page
        assert "✗" not in page


async def test_rules_can_be_searched_and_tried(agent):
    """By words, and with a text of one's own."""
    assert "feedback.request" in (await agent.get("/console/rules?q=bewert", **{"Accept-Language": "de"})).text
    tried = await agent.post("/console/rules/try", text="Bitte 5 Sterne!", channel="amazon")
    assert "feedback." in tried.text
    assert (await agent.post("/console/rules/try", text=" ", channel="amazon")).status_code == 200


async def test_a_macro_is_written_reviewed_approved_edited_and_retired(agent):
    """Versions stay, with what changed between them; what breaks a rule is not approved and says why."""
    fields = {"title": "Probe", "language": "de", "kind": "reply", "step-own": "Ich kümmere mich selbst darum."}
    kept = await agent.post("/console/macros/new", **fields)
    approved = await agent.post(f"{kept.url.path}/approve")
    assert 'class="notice good"' in approved.text
    edited = await agent.post(
        f"{kept.url.path}/edit", **fields | {"step-own": "Ich kümmere mich gern darum. Bitte 5 Sterne!"}
    )
    assert "<ins>" in edited.text
    refused = await agent.post(f"{edited.url.path}/approve")
    assert refused.status_code == 409
    assert "feedback." in refused.text
    assert 'class="notice"' in (await agent.post(f"{edited.url.path}/retire")).text
    live = await agent.post("/console/macros/review", **fields | {"step-own": "Mehr unter mein-shop punkt de."})
    assert "links.disguised" in live.text


@pytest.mark.parametrize(
    "path", ["/console/macros/nothing", "/console/desk/00000000-0000-0000-0000-000000000000", "/console/x"]
)
async def test_where_there_is_nothing_a_page_says_so(agent, path):
    """With a way back."""
    answer = await agent.get(path)
    assert answer.status_code == 404
    assert 'href="/console"' in answer.text


async def test_the_front_door_leads_to_the_console(app):
    """Whoever opens the service's address sees it."""
    assert (await Visitor(app).get("/")).url.path == "/console/sign-in"

"""The life of a macro over HTTP: written, refused or approved, edited beside the approved version, retired, counted."""

from __future__ import annotations

import pytest

from tests.integration.conftest import ticket
from tests.integration.knowledge.support import found, tenant_of

MACROS = "/v1/knowledge/macros"
STEPS = {
    "acknowledge": "Guten Tag {customer_name},\n\nein abgebrochener Henkel ist ärgerlich, das verstehe ich gut.",
    "own": "Es tut mir leid, dass die Tasse so bei Ihnen ankam.",
    "propose": "Ich schicke Ihnen heute eine neue Tasse.",
    "ask": "Passt Ihnen das?\n\nViele Grüße\n{agent_name}",
}
GOOD = {"title": "Tasse defekt", "steps": STEPS, "language": "de", "channels": ["amazon"], "causes": ["product_defect"]}
LINK = GOOD | {"steps": STEPS | {"propose": "Mehr unter https://www.shop-muster.de/rabatt."}}


async def write(client, **more):
    answer = await client.post(MACROS, json=GOOD | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def approve(client, ref):
    answer = await client.post(f"{MACROS}/{ref}/approve")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_only_what_is_approved_is_found(client):
    """A draft is not retrieved; approved it is, by meaning and words; retired no more."""
    macro = await write(client)
    assert (macro["state"], macro["version"], macro["approved_at"]) == ("draft", 1, None)
    assert await found(client, "Henkel der Tasse abgebrochen", kinds=["macro"]) == []
    assert (await approve(client, macro["id"]))["state"] == "approved"
    hit = (await found(client, "Henkel der Tasse abgebrochen", kinds=["macro"]))[0]
    assert (hit["id"], hit["explain"]["dense_rank"], hit["explain"]["lexical_rank"]) == (macro["id"], 1, 1)
    assert (await client.post(f"{MACROS}/{macro['external_id']}/retire")).json()["state"] == "retired"
    assert await found(client, "Henkel der Tasse abgebrochen", kinds=["macro"]) == []


async def test_a_macro_of_one_step_is_drafted_with(client):
    """The other steps are the composer's; a draft of that cause must never fail for what a macro leaves open."""
    own = {"own": "Es tut mir leid, dass die Tasse so bei Ihnen ankam; ich kümmere mich selbst darum."}
    macro = await write(client, steps=own)
    await approve(client, macro["id"])
    body = {"ticket": ticket("Der Henkel der Tasse ist nach zwei Tagen abgebrochen, sie ist kaputt.")}
    answer = await client.post("/v1/drafts", json=body)
    assert answer.status_code in {200, 201}, answer.text
    draft = answer.json()
    assert "dass die Tasse so bei Ihnen ankam" in draft["text"]
    assert all(step["text"].strip() for step in draft["steps"])
    assert [s["id"] for s in draft["sources"] if s["used"]] == [macro["external_id"]]


async def test_an_edit_leaves_the_approved_version_in_use_until_it_is_approved(client):
    """Two versions; one approved at any time; the old one retired in the same step."""
    first = await write(client, external_id="cup")
    await approve(client, "cup")
    edited = (await client.put(f"{MACROS}/cup", json=GOOD | {"title": "Tasse zerbrochen"})).json()
    assert (edited["version"], edited["state"], edited["external_id"]) == (2, "draft", "cup")
    assert [h["title"] for h in await found(client, "Henkel der Tasse", kinds=["macro"])] == ["Tasse defekt"]
    await approve(client, edited["id"])
    assert [h["title"] for h in await found(client, "Henkel der Tasse", kinds=["macro"])] == ["Tasse zerbrochen"]
    told = (await client.get(f"{MACROS}/cup")).json()
    assert [(v["version"], v["state"]) for v in told["versions"]] == [(2, "approved"), (1, "retired")]
    assert told["versions"][1]["id"] == first["id"]


async def test_approval_is_refused_with_each_finding_where_review_does_not_pass_it(client):
    """409; channel, rule and excerpt are named; it stays a draft; the channel that allows it would take it."""
    macro = await write(client, **LINK)
    answer = await client.post(f"{MACROS}/{macro['id']}/approve")
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"].endswith("macro-refused")
    assert any("amazon: links." in e["detail"] and "shop-muster" in e["detail"] for e in problem["errors"])
    assert (await client.get(f"{MACROS}/{macro['id']}")).json()["macro"]["state"] == "draft"


async def test_a_macro_for_every_channel_must_pass_on_each(client):
    """One strict channel is enough to refuse it."""
    macro = await write(client, **LINK | {"channels": ["*"]})
    answer = await client.post(f"{MACROS}/{macro['id']}/approve")
    assert answer.status_code == 409


@pytest.mark.parametrize("action", ["approve", "retire"])
async def test_putting_into_use_and_taking_out_needs_an_admin(new_tenant, action):
    """The scope `knowledge` writes; it does not decide."""
    editor = await new_tenant("knowledge")
    macro = await write(editor)
    assert (await editor.post(f"{MACROS}/{macro['id']}/{action}")).status_code == 403
    assert (await editor.get(f"{MACROS}/{macro['id']}")).json()["macro"]["state"] == "draft"


async def test_another_tenants_macro_is_unknown(client, new_tenant):
    """404 for reading, editing, approving; the same external id may be used by both."""
    stranger = await new_tenant()
    macro = await write(client, external_id="shared-name")
    for ref in (macro["id"], "shared-name"):
        assert (await stranger.get(f"{MACROS}/{ref}")).status_code == 404
        assert (await stranger.put(f"{MACROS}/{ref}", json=GOOD)).status_code == 404
        assert (await stranger.post(f"{MACROS}/{ref}/approve")).status_code == 404
    assert (await write(stranger, external_id="shared-name"))["version"] == 1


async def test_an_external_id_that_looks_like_an_id_is_found(client):
    """Some helpdesks name macros by UUIDs."""
    name = "8f14e45f-ceea-467f-a0e6-7a2f9d1b2c3d"
    macro = await write(client, external_id=name)
    assert (await client.get(f"{MACROS}/{name}")).json()["macro"]["id"] == macro["id"]


async def test_usage_and_the_last_outcome_are_told(client):
    """After two drafts on a macro and what became of one."""
    macro = await write(client)
    await approve(client, macro["id"])
    body = {"ticket": ticket("Der Henkel meiner Tasse ist defekt.", id="T-1"),
            "resolutions": [{"type": "replacement", "return": "keep"}]}  # fmt: skip
    drafts = [(await client.post("/v1/drafts", json=body)).json() for _ in range(2)]
    assert macro["external_id"] in {s["id"] for s in drafts[0]["sources"]}
    told = await client.post(f"/v1/drafts/{drafts[1]['id']}/outcome", json={"outcome": "sent"})
    assert told.status_code < 300, told.text
    listed = (await client.get(MACROS)).json()["macros"][0]
    assert (listed["uses"], listed["last_outcome"]) == (2, "sent")


async def test_lists_are_filtered_and_paged(client):
    """By state, language and words; signs of LIKE are text; `more` says whether there are further ones."""
    for i in range(3):
        await write(client, external_id=f"m-{i}", title=f"Makro {i} 100%")
    await approve(client, "m-1")

    async def names(**query):
        answer = (await client.get(MACROS, params=query)).json()
        return [m["external_id"] for m in answer["macros"]], answer["more"]

    assert await names(limit=2) == (["m-0", "m-1"], True)
    assert await names(limit=2, offset=2) == (["m-2"], False)
    assert await names(state="approved") == (["m-1"], False)
    assert await names(q="2 100%") == (["m-2"], False)
    assert await names(q="0_") == ([], False)
    assert await names(language="en") == ([], False)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"steps": None}, "/body"), ({"language": "deutsch"}, "/language"), ({"channels": []}, "/channels"),
     ({"causes": ["bad mood"]}, "/causes"), ({"mood": 1}, "/mood"), ({"steps": {"shout": "x"}}, "/steps")],
)  # fmt: skip
async def test_a_macro_that_does_not_fit_is_refused_by_field(client, change, pointer):
    """422 with a pointer."""
    answer = await client.post(MACROS, json=GOOD | change)
    assert answer.status_code == 422
    pointers = [e["pointer"] for e in answer.json()["errors"]]
    assert any(p.startswith(pointer) for p in pointers) or change == {"steps": None}


async def test_an_import_brings_drafts_and_meets_them_again(rooms, client):
    """The same macro again is no new version; a changed one is; neither is approved; a retired one stays retired."""
    from dataclasses import replace

    from app.knowledge import macro_repository
    from app.knowledge.model import MacroText

    tenant = await tenant_of(rooms, client)
    macro = MacroText(
        external_id="z-1",
        title="Danke",
        language="de",
        causes=(),
        kind="reply",
        steps={},
        written="Hallo {customer_name}.",
    )

    async def bring(text: MacroText):
        async with rooms.database.begin(tenant) as session:
            return await macro_repository.import_draft(session, tenant, text)

    first = await bring(macro)
    assert (first.state, first.origin) == ("draft", "import")
    assert await bring(macro) is None
    assert (await bring(replace(macro, channels=("shop_email",)))).version == 2
    async with rooms.database.begin(tenant) as session:
        waiting = await macro_repository.imported_drafts(session, since=first.created_at)
    assert [m.version for m in waiting] == [2]
    await client.post(f"{MACROS}/z-1/retire")
    assert await bring(replace(macro, channels=("shop_email",))) is None
    async with rooms.database.begin(tenant) as session:
        assert await macro_repository.imported_drafts(session, since=first.created_at) == []

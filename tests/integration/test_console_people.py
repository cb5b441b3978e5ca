"""Signing in, and all the ways of getting in without: forged and planted sessions, foreign forms, small scopes."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import insert, update

from app.console.session import Sessions
from app.main import create_app
from app.models import ApiKey, Tenant
from app.provision import hash_key
from tests.integration.conftest import LOCAL_KEY
from tests.integration.console_client import Visitor

PAGES = ("/console/desk", "/console/macros", "/console/rules", "/console/quality", "/console/quality/labels")


@pytest.fixture
async def new_key(rooms):
    """Make a tenant with a key of the given scopes; says key and tenant."""

    async def make(*scopes: str) -> tuple[str, uuid.UUID]:
        tenant, key = uuid.uuid4(), f"vk_{uuid.uuid4()}"
        row = {"id": uuid.uuid4(), "tenant_id": tenant, "name": "test", "key_hash": hash_key(key)}
        async with rooms.database.begin(tenant) as session:
            await session.execute(insert(Tenant).values(id=tenant, name="test"))
            await session.execute(insert(ApiKey).values(**row, scopes=list(scopes)))
        return key, tenant

    return make


async def test_a_key_opens_a_session_that_does_not_hold_it(app):
    """The cookie names the key's id; scripts and other sites cannot reach it."""
    visitor = Visitor(app)
    answer = await visitor.sign_in(LOCAL_KEY)
    assert answer.url.path == "/console/desk"
    [cookie] = [h for r in answer.history for h in r.headers.get_list("set-cookie") if "vierklang_session" in h]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    payload = visitor.cookie.partition(".")[0]
    told = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode("latin-1")
    assert LOCAL_KEY not in visitor.cookie
    assert LOCAL_KEY not in told
    assert hash_key(LOCAL_KEY).hex() not in told


@pytest.mark.parametrize("key", ["", "wrong", "vk_" + "x" * 300, "vk_ü\u2028", "' OR 1=1 --"])
async def test_a_wrong_key_is_told_at_its_field(app, key):
    """No session; the sentence stands where the key is typed."""
    visitor = Visitor(app)
    answer = await visitor.sign_in(key)
    assert answer.status_code == 401
    assert 'id="key-problem"' in answer.text
    assert (await visitor.get("/console/desk")).url.path == "/console/sign-in"


@pytest.mark.parametrize("page", PAGES)
async def test_without_a_session_every_page_asks_for_the_key(app, page):
    """And remembers where the visitor was going."""
    answer = await Visitor(app).get(page)
    assert answer.url.path == "/console/sign-in"
    assert answer.url.params["next"] == page


async def test_sign_in_replaces_a_session_that_was_planted(app):
    """A session id known before sign-in is worth nothing afterwards."""
    attacker, victim = Visitor(app), Visitor(app)
    await attacker.get("/console/sign-in")
    planted, token = attacker.cookie, attacker.token
    victim.http.cookies.set("vierklang_session", planted, domain="test.local", path="/console")
    await victim.sign_in(LOCAL_KEY)
    assert victim.cookie != planted
    assert (await attacker.get("/console/desk")).url.path == "/console/sign-in"
    refused = await victim.post("/console/desk/paste", token=token, channel="amazon", text="Hallo")
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("0" * 64, {}),
        ("ü", {}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Origin": "null"}),
    ],
    ids=["no token", "guessed", "not ascii", "cross-site", "sibling site", "foreign origin", "null origin"],
)
async def test_a_foreign_form_is_not_carried_out(app, token, headers):
    """Neither without the session's token nor from another site, even with it."""
    visitor = Visitor(app)
    await visitor.sign_in(LOCAL_KEY)
    answer = await visitor.post("/console/sign-out", token=token, headers=headers)
    assert answer.status_code == 403
    assert (await visitor.get("/console/desk")).url.path == "/console/desk"


async def test_a_foreign_form_cannot_even_be_resumed_after_sign_in(app):
    """A post from elsewhere to somebody signed out is dropped, not kept for later."""
    answer = await Visitor(app).post("/console/desk/paste", headers={"Origin": "https://evil.example"}, text="x")
    assert answer.status_code == 403
    assert "kept." not in answer.text


async def test_a_forged_or_altered_cookie_is_no_session(app, settings):
    """Signed with another secret, or with one letter changed: the same as none."""
    visitor = Visitor(app)
    await visitor.sign_in(LOCAL_KEY)
    own = visitor.cookie
    other = Sessions(settings.model_copy(update={"session_secret": None, "data_dir": settings.data_dir / "other"}))
    forged = own.rpartition(".")[0] + "." + other._serializer.dumps({}).rpartition(".")[2]
    for wrong in (forged, "A" + own[1:], own[:-1], "", "x.y.z"):
        stranger = Visitor(app)
        stranger.http.cookies.set("vierklang_session", wrong, domain="test.local", path="/console")
        assert (await stranger.get("/console/desk")).url.path == "/console/sign-in"


async def test_a_revoked_key_ends_its_sessions(app, rooms, new_key, monkeypatch):
    """At once, apart from the few seconds keys are remembered."""
    monkeypatch.setattr("app.security._CACHE_S", -1.0)
    key, tenant = await new_key("draft")
    visitor = Visitor(app)
    await visitor.sign_in(key)
    assert (await visitor.get("/console/desk")).url.path == "/console/desk"
    async with rooms.database.begin(tenant) as session:
        await session.execute(update(ApiKey).values(revoked_at=datetime.now(UTC)))
    assert (await visitor.get("/console/desk")).url.path == "/console/sign-in"


async def test_a_narrowed_key_loses_pages_at_once(app, rooms, new_key, monkeypatch):
    """Scopes are read anew; what the cookie says of them opens nothing."""
    monkeypatch.setattr("app.security._CACHE_S", -1.0)
    key, tenant = await new_key("draft", "knowledge")
    visitor = Visitor(app)
    await visitor.sign_in(key)
    assert (await visitor.get("/console/macros")).status_code == 200
    async with rooms.database.begin(tenant) as session:
        await session.execute(update(ApiKey).values(scopes=["draft"]))
    assert (await visitor.get("/console/macros")).status_code == 403


@pytest.mark.parametrize(
    ("scopes", "refused"),
    [
        (("draft",), ["/console/macros", "/console/macros/new", "/console/quality", "/console/quality/reports/x"]),
        (("knowledge",), ["/console/desk", "/console/rules", f"/console/desk/{uuid.uuid4()}"]),
        (("admin",), ["/console/desk", "/console/macros", "/console/rules", "/console/quality"]),
    ],
)
async def test_a_small_scope_opens_only_its_pages(app, new_key, scopes, refused):
    """What a key may not do, its pages do not show and its addresses refuse."""
    key, _ = await new_key(*scopes)
    visitor = Visitor(app)
    await visitor.sign_in(key)
    for path in refused:
        assert (await visitor.get(path)).status_code == 403, path


async def test_an_editor_cannot_approve(app, new_key):
    """Writing a macro needs `knowledge`, putting it into use `admin`."""
    key, _ = await new_key("knowledge")
    visitor = Visitor(app)
    await visitor.sign_in(key)
    kept = await visitor.post(
        "/console/macros/new", title="Neu", language="de", body="Wir kümmern uns darum.", kind="reply"
    )
    assert kept.status_code == 200
    assert "/approve" not in kept.text
    assert (await visitor.post(f"{kept.url.path}/approve")).status_code == 403


async def test_another_tenants_ticket_is_not_there(app, new_key):
    """A guessed address of another shop's ticket is answered as one that never was."""
    one, other = Visitor(app), Visitor(app)
    await one.sign_in((await new_key("draft"))[0])
    await other.sign_in((await new_key("draft"))[0])
    mine = await one.post("/console/desk/paste", channel="ebay", text="Wo bleibt mein Paket?")
    assert mine.status_code == 200
    assert (await other.get(mine.url.path)).status_code == 404


async def test_an_ended_session_keeps_what_was_typed(app):
    """After signing in the form is there again, and is sent only when the person says so."""
    visitor = Visitor(app)
    await visitor.sign_in(LOCAL_KEY)
    visitor.http.cookies.clear()
    typed = "Wo bleibt <b>mein</b> Paket?"
    asked = await visitor.post("/console/desk/paste", channel="ebay", text=typed)
    assert asked.status_code == 401
    assert 'name="kept.text" value="Wo bleibt &lt;b&gt;mein&lt;/b&gt; Paket?"' in asked.text
    again = await visitor.post(
        "/console/sign-in", key=LOCAL_KEY, next="/console/desk/paste", **{"kept.text": typed, "kept.channel": "ebay"}
    )
    assert 'action="/console/desk/paste"' in again.text
    sent = await visitor.post("/console/desk/paste", text=typed, channel="ebay")
    assert sent.url.path.startswith("/console/desk/")
    assert "Wo bleibt &lt;b&gt;mein&lt;/b&gt; Paket?" in sent.text


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/console//evil.example",
        "/v1/drafts",
        "/console\\evil",
        "javascript:alert(1)",
    ],
)
async def test_no_address_leads_out_of_the_console(app, wanted):
    """`next` takes the console's own pages only, at sign-in and at the switch of language."""
    visitor = Visitor(app)
    answer = await visitor.http.get("/console/language/de", params={"next": wanted}, follow_redirects=False)
    assert answer.headers["location"] == "/console"
    assert (await visitor.sign_in(LOCAL_KEY, next=wanted)).url.path == "/console/desk"


async def test_pages_keep_to_themselves(app):
    """No script, style, frame or target from elsewhere; nothing is cached."""
    visitor = Visitor(app)
    await visitor.sign_in(LOCAL_KEY)
    for path in (*PAGES, "/console/nowhere"):
        headers = (await visitor.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"


async def test_a_helpdesk_may_frame_the_console_where_the_settings_say_so(settings):
    """Then the cookie is one that reaches a frame, over https only."""
    framed = create_app(settings.model_copy(update={"frame_ancestors": "https://desk.example"}))
    answer = await Visitor(framed).get("/console/sign-in")
    assert "frame-ancestors https://desk.example" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("SameSite=none", "Secure", "Partitioned", "HttpOnly"))


@pytest.mark.parametrize(("allowed", "told"), [("", None), ("https://desk.example", "https://desk.example")])
async def test_other_origins_may_call_the_api_only_where_the_settings_say_so(settings, allowed, told):
    """Closed by default."""
    app = create_app(settings.model_copy(update={"cors_origins": allowed}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "POST"}
        answer = await client.options("/v1/checks", headers=asked)
    assert answer.headers.get("access-control-allow-origin") == told


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en-GB", "en"),
        ("fr,en;q=0.5,de;q=0.7", "de"),
        ("fr", "en"),
        ("", "en"),
        (";;q=x,*", "en"),
    ],
)
async def test_the_browser_chooses_the_language_until_the_switch_does(app, header, language):
    """German or English, whichever the browser would rather have."""
    visitor = Visitor(app, **{"Accept-Language": header})
    assert f'<html lang="{language}">' in (await visitor.get("/console/sign-in")).text
    other = "en" if language == "de" else "de"
    await visitor.get(f"/console/language/{other}?next=/console/sign-in")
    assert f'<html lang="{other}">' in (await visitor.get("/console/sign-in")).text

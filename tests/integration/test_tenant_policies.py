"""A shop's own rules in the running service: drafts, checks, outcomes and the command line follow them."""

from __future__ import annotations

import pytest
import yaml

from app.main import create_app
from tests.integration.conftest import LOCAL_KEY, client_for, ticket
from tests.integration.processes import run

REASON = "our account manager allowed the manual's page in writing"
LOCAL = {
    "add": [{
        "id": "style.house_word", "severity": "block", "looks_for": "the word gnarly", "source": "house", "read": "2026-11",
        "message": {"de": "Das Wort ist nicht unser Stil.", "en": "That word is not our style."},
        "coaching": {"de": "Sagen Sie es schlicht.", "en": "Say it plainly."}, "patterns": ["gnarly"],
        "examples": {"trip": ["A gnarly parcel.", "That is gnarly."], "pass": ["A parcel.", "That is fine."]},
    }],
}  # fmt: skip
AMAZON = {"rules": {"links.external": {"severity": "warn", "accept_risk": REASON}}}
TEXT = "That is gnarly. See https://manuals.example.org/cup for the manual."


@pytest.fixture(scope="module")
def policy_dir(tmp_path_factory):
    home = tmp_path_factory.mktemp("policies")
    (home / "local.yaml").write_text(yaml.safe_dump(LOCAL), encoding="utf-8")
    (home / "local.amazon.yaml").write_text(yaml.safe_dump(AMAZON), encoding="utf-8")
    return home


@pytest.fixture(scope="module")
async def served(app, settings, policy_dir):
    """A second service on the same database, with the folder set."""
    application = create_app(settings.model_copy(update={"policy_dir": policy_dir}))
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def house(served):
    async with client_for(served, LOCAL_KEY) as client:
        yield client


async def checked(client, channel: str) -> dict:
    answer = await client.post("/v1/checks", json={"text": TEXT, "channel": channel})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_check_follows_the_tenants_rules(house, local):
    """The added rule blocks; the loosened one warns, on its channel alone, and its reason is in the verdict."""
    own, shipped = await checked(house, "amazon"), await checked(local, "amazon")
    severity = {f["rule"]: f["severity"] for f in own["findings"]}
    assert (severity["style.house_word"], severity["links.external"]) == ("block", "warn")
    assert [REASON in risk for risk in own["accepted_risks"]] == [True]
    assert "style.house_word" not in {f["rule"] for f in shipped["findings"]}
    assert shipped["accepted_risks"] == []
    elsewhere = {f["rule"]: f["severity"] for f in (await checked(house, "otto"))["findings"]}
    assert (elsewhere["style.house_word"], elsewhere["links.external"]) == ("block", "block")


async def test_another_tenant_does_not_see_them(served, new_tenant):
    """A tenant without files has the shipped rules, in the same process."""
    client = await new_tenant("draft")
    async with client_for(served, client.headers["Authorization"].removeprefix("Bearer ")) as other:
        verdict = await checked(other, "amazon")
    assert "style.house_word" not in {f["rule"] for f in verdict["findings"]}
    assert verdict["accepted_risks"] == []


async def test_drafts_fills_and_outcomes_follow_them(house):
    """A draft names the accepted risks, and what was sent is held to the tenant's rules."""
    answer = await house.post("/v1/drafts", json={"ticket": ticket("The cup arrived broken, I want my money back!")})
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert any(REASON in risk for risk in draft["accepted_risks"])
    outcome = await house.post(f"/v1/drafts/{draft['id']}/outcome", json={"outcome": "edited", "sent_text": TEXT})
    told = outcome.json()
    assert told["compliant"] is False
    assert "style.house_word" in {f["rule"] for f in told["findings"]}
    assert any(REASON in risk for risk in told["accepted_risks"])
    by_draft = await house.post("/v1/checks", json={"text": TEXT, "channel": "amazon", "draft_id": draft["id"]})
    assert "style.house_word" in {f["rule"] for f in by_draft.json()["findings"]}


async def test_a_draft_never_breaks_an_added_rule(house):
    """What the composer would write is held to the rule, too: no text leaves."""
    phrase = ticket("The cup arrived broken, I want my money back!", customer={"name": "Gnarly Ltd"})
    answer = (await house.post("/v1/drafts", json={"ticket": phrase})).json()
    assert "gnarly" not in (answer["text"] or "").lower()


def test_the_command_line_checks_with_them(tmp_path, policy_dir):
    """`vierklang check` reads the same folder and shows what risk was accepted."""
    result = run(tmp_path, "check", "--channel", "amazon", stdin=TEXT, VIERKLANG_POLICY_DIR=str(policy_dir))
    assert "style.house_word" in result.stdout, result.stderr
    assert REASON in result.stdout


@pytest.mark.parametrize("command", [("serve",), ("check", "--channel", "amazon")], ids=lambda c: c[0])
def test_a_broken_file_stops_the_start(tmp_path, command):
    """One sentence names the file, the rule and the cure; exit code 2."""
    home = tmp_path / "policies"
    home.mkdir()
    (home / "local.amazon.yaml").write_text("rules: {links.external: {severity: info}}", encoding="utf-8")
    result = run(tmp_path / "data", *command, stdin=TEXT, VIERKLANG_POLICY_DIR=str(home), VIERKLANG_PORT="0")
    assert result.returncode == 2
    for word in ("VIERKLANG_POLICY_DIR", "local.amazon.yaml", "links.external", "accept_risk"):
        assert word in result.stderr
    assert "Traceback" not in result.stderr

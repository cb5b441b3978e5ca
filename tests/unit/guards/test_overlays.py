"""Tenants' own rules from a folder: what holds where, and every mistake told with file, rule and cure."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reply_guards.model import Context
from reply_guards.overlays import load_overlays
from reply_guards.policy import PolicyError, load_policies
from reply_guards.review import review

RULE = {
    "id": "style.mine", "severity": "warn", "looks_for": "a word", "source": "house", "read": "2026-11",
    "message": {"de": "x", "en": "x"}, "coaching": {"de": "x", "en": "x"}, "patterns": ["flummox*"],
    "examples": {"trip": ["That flummoxed us.", "It is flummoxing."], "pass": ["All is calm.", "We are fine."]},
}  # fmt: skip
REASON = "our account manager allowed the manual's page in writing"
LOOSER = {"rules": {"links.external": {"severity": "warn", "accept_risk": REASON}}}


def folder(home: Path, **files: object) -> Path:
    """A policy folder; `local__amazon` stands for `local.amazon.yaml`."""
    for name, content in files.items():
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        (home / f"{name.replace('__', '.')}.yaml").write_text(text, encoding="utf-8")
    return home


def rules_found(policy, text: str = "That flummoxed us.", channel: str = "amazon") -> set[str]:
    return {f.rule for f in review(text, Context(channel=channel), policy=policy).findings}


def test_a_tenants_file_holds_on_every_channel(tmp_path):
    """Also on those without a policy of their own, and for no other tenant."""
    overlays = load_overlays(folder(tmp_path, local={"add": [RULE]}))
    for channel in (*load_policies(), "some-new-market"):
        assert "style.mine" in rules_found(overlays.policy("local", channel), channel=channel)
    assert "style.mine" not in rules_found(overlays.policy("other", "amazon"))
    assert overlays.policies("other") is load_policies()


def test_a_channels_file_is_laid_over_the_tenants(tmp_path):
    """It changes what the tenant added, on its channel alone."""
    home = folder(tmp_path, local={"add": [RULE]}, local__amazon={"rules": {"style.mine": {"severity": "block"}}})
    overlays = load_overlays(home)
    assert overlays.policy("local", "amazon").rules["style.mine"].severity == "block"
    assert overlays.policy("local", "ebay").rules["style.mine"].severity == "warn"


def test_an_accepted_risk_stands_in_every_verdict(tmp_path):
    """With its reason, on the channel it was accepted for, also when nothing was found."""
    overlays = load_overlays(folder(tmp_path, local__amazon=LOOSER))
    verdict = review("Alles gut.", Context(channel="amazon"), policy=overlays.policy("local", "amazon"))
    assert any("links.external" in risk and REASON in risk for risk in verdict.accepted_risks)
    assert not overlays.policy("local", "ebay").accepted_risks


def test_a_channel_of_ones_own_inherits(tmp_path):
    """A marketplace we know no rules of."""
    home = folder(tmp_path, local__manomano={"inherits": "strict", "settings": {"max_characters": 20}})
    overlays = load_overlays(home)
    assert overlays.policy("local", "manomano").settings.max_characters == 20
    assert overlays.policy("local", "elsewhere").settings.max_characters != 20


def test_other_files_are_left_alone(tmp_path):
    """A README beside the policies does no harm."""
    folder(tmp_path).joinpath("README.md").write_text("ours", encoding="utf-8")
    assert not load_overlays(tmp_path).tenants


WRONG = {
    "loosened without a reason": ({"local__amazon": {"rules": {"links.external": {"severity": "info"}}}},
                                  ["local.amazon.yaml", "links.external", "accept_risk"]),
    "loosened on one channel of all": ({"local": {"rules": {"links.bare": {"severity": "info"}}}},
                                       ["local.yaml on", "links.bare", "accept_risk"]),
    "a misspelled channel": ({"local__amazom": {"add": [RULE]}}, ["local.amazom.yaml", "known are amazon", "inherits"]),
    "inherits where a policy stands": ({"local__ebay": {"inherits": "strict"}}, ["local.ebay.yaml", "inherits"]),
    "inherits on every channel": ({"local": {"inherits": "strict"}}, ["local.yaml", "inherits"]),
    "no such tenant": ({"acme": {}}, ["acme.yaml", "no tenant"]),
    "no YAML": ({"local": "rules: [}"}, ["local.yaml", "cannot be read"]),
    "not a mapping": ({"local": "- a\n- b\n"}, ["local.yaml", "mapping"]),
    "rules as a list": ({"local": {"rules": ["links.external"]}}, ["local.yaml", "`rules`"]),
    "a rule that is a word": ({"local": {"add": ["style.mine"]}}, ["local.yaml", "style.mine"]),
    "an added rule twice": ({"local": {"add": [RULE, RULE]}}, ["local.yaml", "style.mine", "exists"]),
    "an unknown rule": ({"local": {"rules": {"style.nope": {"severity": "warn"}}}}, ["local.yaml", "style.nope"]),
    "a broken pattern": ({"local": {"add": [RULE | {"patterns": ["(a|b"]}]}}, ["local.yaml", "style.mine"]),
    "an example that does not trip": (
        {"local": {"add": [RULE | {"patterns": ["perplex*"]}]}}, ["local.yaml", "style.mine", "does not trip it"]),
    "an example that must pass and trips": (
        {"local": {"add": [RULE | {"patterns": ["(flummox*|calm)"]}]}}, ["local.yaml", "style.mine", "All is calm"]),
    "an example nobody can read": (
        {"local": {"add": [RULE | {"examples": {"trip": [{"txt": "a"}, "b"], "pass": ["c", "d"]}}]}},
        ["local.yaml", "style.mine", "cannot be read"]),
    "a setting of the wrong kind": ({"local": {"settings": {"max_characters": "many"}}}, ["max_characters", "many"]),
    "a validator without a name": ({"local": {"validators": [{"id": "style.x"}]}}, ["local.yaml", "use"]),
    "a validator of no family": (
        {"local": {"validators": [{"id": "weather.rain", "use": "a/b", "severity": "warn"}]}}, ["weather.rain", "begin"]),
    "a validator nobody installed": (
        {"local": {"validators": [{"id": "style.x", "use": "nobody/has-this", "severity": "warn"}]}},
        ["local.yaml", "style.x", "nobody/has-this", "install"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_stops_the_start(name, tmp_path):
    """One sentence names the file, the rule and what to do."""
    files, named = WRONG[name]
    with pytest.raises(PolicyError) as caught:
        load_overlays(folder(tmp_path, **files), lambda tenant: tenant == "local")
    for word in named:
        assert word in str(caught.value)


def test_a_file_that_would_not_be_read_is_told(tmp_path):
    """`.yml` is a mistake, not a comment."""
    (tmp_path / "local.yml").write_text("{}", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"local\.yaml"):
        load_overlays(tmp_path)


def test_a_missing_folder_is_told(tmp_path):
    """With its path."""
    with pytest.raises(PolicyError, match="nowhere"):
        load_overlays(tmp_path / "nowhere")


def test_the_documented_file_is_valid(tmp_path):
    """The example of docs/policies.md, but for the validator, which need not be installed."""
    page = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
    example = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    assert example.pop("validators")
    policy = load_overlays(folder(tmp_path, local__amazon=example)).policy("local", "amazon")
    assert policy.rules["style.no_hype"].severity == "warn"
    assert len(policy.accepted_risks) == 1

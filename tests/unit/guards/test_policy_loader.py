"""The loader refuses what is wrong with a sentence that says where, and overlays cannot loosen silently."""

from __future__ import annotations

import shutil

import pytest
import yaml

from reply_guards.model import Context
from reply_guards.policy import PolicyError, load_policies, overlaid, policies_dir, policy_for
from reply_guards.remembering import remembered
from reply_guards.review import review

RULE = {
    "id": "style.mine", "severity": "warn", "looks_for": "a word", "source": "us", "read": "2026-11",
    "message": {"de": "x", "en": "x"}, "coaching": {"de": "x", "en": "x"}, "patterns": ["flummox*"],
    "examples": {"trip": ["flummoxed", "flummoxing"], "pass": ["calm", "fine"]},
}  # fmt: skip

WRONG_RULES = [
    ("no examples", {"examples": {"trip": ["a"], "pass": []}}, "examples"),
    ("unknown key", {"colour": "red"}, "colour"),
    ("unknown severity", {"severity": "fatal"}, "severity"),
    ("unknown family", {"id": "weather.rain"}, "family"),
    ("message in one language", {"message": {"de": "x"}}, "message"),
    ("broken pattern", {"patterns": ["(a|b"]}, "style.mine"),
    ("no source", {"source": ""}, "source"),
]


@pytest.mark.parametrize(("change", "named"), [pytest.param(*c[1:], id=c[0]) for c in WRONG_RULES])
def test_a_wrong_rule_is_refused(change, named):
    """The message names what is wrong."""
    with pytest.raises(PolicyError, match=named):
        overlaid(policy_for("amazon"), {"add": [RULE | change]})


WRONG_OVERLAYS = [
    ("unknown key", {"sevrities": {}}, "sevrities"),
    ("unknown rule", {"rules": {"style.nope": {"severity": "warn"}}}, "style.nope"),
    ("unknown setting", {"settings": {"colour": 1}}, "colour"),
    ("loosened without a reason", {"rules": {"links.external": {"severity": "info"}}}, "accept_risk"),
    (
        "loosened with a word for a reason",
        {"rules": {"links.external": {"severity": "off", "accept_risk": "ok"}}},
        "accept_risk",
    ),
    ("a loosened setting", {"settings": {"goodwill": True}}, "accept_risk"),
    ("an existing rule added", {"add": [RULE | {"id": "style.emoji"}]}, "exists"),
]


@pytest.mark.parametrize(("overlay", "named"), [pytest.param(*c[1:], id=c[0]) for c in WRONG_OVERLAYS])
def test_a_wrong_overlay_is_refused(overlay, named):
    """A tenant's mistake is told, not guessed around."""
    with pytest.raises(PolicyError, match=named):
        overlaid(policy_for("amazon"), overlay)


def test_a_tenant_may_add_and_tighten():
    """An own rule speaks; a tightened one is graver."""
    policy = overlaid(policy_for("amazon"), {"add": [RULE], "rules": {"style.punctuation": {"severity": "block"}}})
    findings = {
        f.rule: f.severity for f in review("That flummoxed us!!", Context(channel="amazon"), policy=policy).findings
    }
    assert findings["style.mine"] == "warn"
    assert findings["style.punctuation"] == "block"


def test_an_accepted_risk_is_shown_in_every_verdict():
    """Whoever loosens a marketplace's rule is reminded of it, also when nothing was found."""
    change = {
        "rules": {
            "links.external": {"severity": "warn", "accept_risk": "our account manager allowed the manual's page"}
        }
    }
    verdict = review("Alles gut.", Context(channel="amazon"), policy=overlaid(policy_for("amazon"), change))
    assert any("links.external" in risk and "account manager" in risk for risk in verdict.accepted_risks)


def test_a_house_rule_may_be_loosened_freely():
    """Tone is the house's own business."""
    policy = overlaid(policy_for("amazon"), {"rules": {"tone.jargon": {"severity": "off"}}})
    assert not policy.accepted_risks


def test_unknown_channels_are_strict():
    """No policy of one's own is no licence."""
    assert policy_for("some-new-market") is load_policies()["strict"]


def test_a_broken_file_stops_the_start(tmp_path):
    """All files are validated when loaded, also those of channels nobody uses."""
    shutil.copytree(policies_dir(), tmp_path / "policies")
    (tmp_path / "policies" / "etsy.yaml").write_text(
        yaml.safe_dump({"channel": "etsy", "rules": {"style.nope": {"severity": "warn"}}})
    )
    with pytest.raises(PolicyError, match="etsy"):
        load_policies(tmp_path / "policies")


def test_a_pasted_megabyte_is_not_remembered():
    """Short sentences recur and are kept; an endless one is judged and forgotten."""
    judged: list[str] = []

    @remembered(8)
    def judge(text: str) -> int:
        judged.append(text)
        return len(text)

    endless = "und " * 500
    assert judge("kurz") == judge("kurz") == 4
    assert judge(endless) == judge(endless) == 2000
    assert judged == ["kurz", endless, endless]

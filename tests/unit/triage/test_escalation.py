"""The escalation rules: every example of the file, and what a faulty file is told."""

from __future__ import annotations

import pytest
import yaml
from pydantic import ValidationError

from app.triage.rules import RULES, Example, read_rules, reason_text, rules
from tests.unit.triage.build import judge

CASES = [
    (rule.id, kind, example) for rule in rules() for kind in ("must", "must_not") for example in getattr(rule, kind)
]


def _facts(example: Example) -> dict[str, object]:
    order = {"items": [{"title": "Ware", "price": {"amount": str(example.amount), "currency": "EUR"}}]}
    customer = {"vip": example.vip, "contacts_last_90_days": example.contacts}
    return {"customer": customer, **({"order": order} if example.amount is not None else {})}


@pytest.mark.parametrize(("rule", "kind", "example"), CASES, ids=[f"{r}-{k}-{e.text[:30]}" for r, k, e in CASES])
def test_a_rules_own_examples(rule, kind, example):
    """Each rule holds for what it says it must, and for none of what it says it must not."""
    found = judge(example.text, **_facts(example))
    assert (rule in found.reasons) is (kind == "must")
    assert found.escalate is bool(found.reasons)


def test_reasons_stand_in_the_order_of_the_file():
    """The most serious reason comes first."""
    found = judge("Ich gehe zum Anwalt, der Stecker ist geschmolzen!", customer={"vip": True}).reasons
    assert found == ("safety_incident", "legal_threat", "vip")


def test_a_reason_can_be_told_to_a_person():
    """Each id has a text in German and English; other languages read English, unknown ids stay as they are."""
    assert reason_text("vip", "de").startswith("VIP-Kunde")
    assert reason_text("vip", "fr") == reason_text("vip", "en")
    assert reason_text("unheard_of", "en") == "unheard_of"


FAULTS = [
    ("an unknown key", lambda rule: rule | {"wenn": {}}, "Extra inputs"),
    ("no condition", lambda rule: rule | {"when": {"told": True}}, "names no condition"),
    ("too few examples", lambda rule: rule | {"must": rule["must"][:2]}, "at least 3"),
    ("a reason in one language only", lambda rule: rule | {"reason": {"de": "Grund"}}, "exactly de, en"),
    ("a lexicon without keys", lambda rule: rule | {"when": {"lexicon": "threats"}}, "needs `keys`"),
]


@pytest.mark.parametrize(("change", "message"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_faulty_rule_is_refused(tmp_path, change, message):
    """What is wrong with a rule is said when the file is read."""
    listed = yaml.safe_load(RULES.read_text("utf-8"))["rules"]
    path = tmp_path / "escalation.yaml"
    path.write_text(yaml.safe_dump({"rules": [change(listed[0])]}), "utf-8")
    with pytest.raises(ValidationError, match=message):
        read_rules(path)


def test_two_rules_of_one_name_are_refused(tmp_path):
    """An id stands for one rule."""
    listed = yaml.safe_load(RULES.read_text("utf-8"))["rules"]
    path = tmp_path / "escalation.yaml"
    path.write_text(yaml.safe_dump({"rules": [listed[0], listed[0]]}), "utf-8")
    with pytest.raises(ValidationError, match="same id"):
        read_rules(path)

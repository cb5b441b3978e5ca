"""guardrails-ai both ways: our rules as its Validators, its Validators as our rules."""

from __future__ import annotations

import warnings

import pytest

from reply_guards.examples import example_context, examples_of
from reply_guards.model import Context
from reply_guards.overlays import load_overlays
from reply_guards.policy import STRICT, PolicyError, load_policies, overlaid, policy_for
from reply_guards.review import review

with warnings.catch_warnings():  # guardrails-ai warns of its own imports
    warnings.simplefilter("ignore")
    from guardrails import Guard
    from guardrails.types import OnFailAction
    from guardrails.validator_base import ErrorSpan, FailResult, PassResult, Validator, register_validator

    from reply_guards.validators import (
        FAMILIES,
        VALIDATORS,
        family_validators,
        findings_of,
        foreign,
        guard_for,
        reviewed_by_async_guard,
        reviewed_by_guard,
    )

pytestmark = pytest.mark.filterwarnings("ignore")
AMAZON = Context(channel="amazon")
MIXED = "Beruhigen Sie sich. Mehr auf www.beispiel-shop.de. Über eine Bewertung würden wir uns freuen 😊."


@register_validator(name="tests/no-birds", data_type="string")
class NoBirds(Validator):
    """A foreign validator with arguments: complains about birds, and breaks on walruses."""

    def __init__(self, birds=("penguin",), spans=True, on_fail=None, **kwargs):
        super().__init__(on_fail=on_fail, birds=birds, spans=spans, **kwargs)
        self.birds, self.spans = birds, spans

    def _validate(self, value, metadata):
        if "walrus" in value:
            raise RuntimeError("no walrus, please")
        found = [
            ErrorSpan(start=at, end=at + len(b), reason=f"a {b}") for b in self.birds if (at := value.find(b)) >= 0
        ]
        if not found:
            return PassResult()
        return FailResult(error_message=f"{len(found)} birds", error_spans=found if self.spans else None)


def seen(findings) -> list[tuple]:
    return sorted((f.rule, f.severity, f.start, f.end, f.message) for f in findings)


def with_validator(**rule):
    given = {"id": "style.birds", "use": "tests/no-birds", "severity": "block"} | rule
    return overlaid(policy_for("amazon"), {"validators": [given]})


def birds(text: str, **rule):
    return [f for f in review(text, AMAZON, policy=with_validator(**rule)).findings if f.rule == "style.birds"]


# ours as theirs


def test_a_guard_sees_what_the_review_sees_in_every_example():
    """Rules, severities, places, messages and the verdict are equal over all examples of all policies."""
    wrong = []
    for rule, kind, example in examples_of(load_policies()[STRICT]):
        text, context, policy = example_context(example)
        verdict = review(text, context)
        found = reviewed_by_guard(text, context)
        compliant = not any(f.severity == "block" for f in found)
        if seen(found) != seen(verdict.findings) or compliant != verdict.compliant:
            wrong.append((rule.id, kind, policy.channel, text[:80]))
    assert not wrong


async def test_the_guard_of_the_event_loop_sees_what_the_review_sees():
    """It has one validator for all rules: rules, severities, places and messages are the review's own."""
    wrong = []
    for rule, kind, example in list(examples_of(load_policies()[STRICT]))[::25]:
        text, context, _ = example_context(example)
        if seen(await reviewed_by_async_guard(text, context)) != seen(review(text, context).findings):
            wrong.append((rule.id, kind, text[:80]))
    assert not wrong


def test_a_guard_judges_by_a_tenants_policy(tmp_path):
    """The policy comes with the metadata, foreign validators included."""
    (tmp_path / "local.yaml").write_text(
        "validators: [{id: style.birds, use: tests/no-birds, severity: block}]", encoding="utf-8"
    )
    policy = load_overlays(tmp_path).policy("local", "amazon")
    text = "Ein penguin! Beruhigen Sie sich."
    found = reviewed_by_guard(text, AMAZON, policy)
    assert "style.birds" in {f.rule for f in found}
    assert seen(found) == seen(review(text, AMAZON, policy=policy).findings)


def test_every_family_is_registered_and_every_rule_has_one():
    """Each can be used alone, and together they miss nothing."""
    assert set(VALIDATORS) == {"reply", *FAMILIES}
    assert {rule.family for rule in load_policies()[STRICT].rules.values()} == set(FAMILIES)


@pytest.mark.parametrize("family", ["links", "feedback", "tone"])
def test_a_validator_speaks_of_its_own_family_alone(family):
    """With spans that fit the text."""
    result = VALIDATORS[family](channel="amazon", on_fail=OnFailAction.NOOP).validate(MIXED, {})
    assert isinstance(result, FailResult)
    assert all(f" {family}." in span.reason for span in result.error_spans)
    assert all(0 <= span.start < span.end <= len(MIXED) for span in result.error_spans)


def test_a_fix_is_the_repaired_text():
    """`on_fail=fix` gives the text without the request."""
    guard = Guard().use(VALIDATORS["feedback"](channel="amazon", on_fail=OnFailAction.FIX))
    outcome = guard.validate("Der Ersatz ist unterwegs zu Ihnen. Über eine Bewertung würden wir uns freuen.")
    assert "Bewertung" not in outcome.validated_output
    assert "Ersatz" in outcome.validated_output


def test_what_cannot_be_repaired_is_withheld():
    """`on_fail=fix` without a safe repair gives no text, never the violating one; Validators after it bear that."""
    guard = Guard().use(
        VALIDATORS["tone"](channel="amazon", on_fail=OnFailAction.FIX),
        VALIDATORS["feedback"](channel="amazon", on_fail=OnFailAction.FIX),
    )
    text = "Sie sind selbst schuld."
    assert review(text, AMAZON).fixed_text is None
    assert guard.validate(text).validated_output is None


def test_the_least_severity_is_the_callers_choice():
    """`at` decides what fails."""
    text = next(
        example
        for rule, kind, example in examples_of(load_policies()["amazon"])
        if kind == "trip" and rule.severity == "info" and isinstance(example, str)
    )
    heard = {at: {f.severity for f in findings_of(guard_for("amazon", at).validate(text))} for at in ("info", "block")}
    assert heard["block"] <= {"block"}
    assert "info" in heard["info"]


def test_other_peoples_validators_may_stand_beside_ours():
    """Their spans are theirs: `findings_of` reads ours alone."""
    guard = Guard().use(NoBirds(on_fail=OnFailAction.NOOP), *family_validators("amazon"))
    found = {f.rule for f in findings_of(guard.validate("Ein penguin. Beruhigen Sie sich."))}
    assert found == {"tone.dismissive"}


# theirs as ours


def test_a_foreign_validator_is_a_rule_of_the_policy():
    """Its spans and the policy's severity stand in the same verdict."""
    verdict = review("Kein penguin hier.", AMAZON, policy=with_validator())
    finding = next(f for f in verdict.findings if f.rule == "style.birds")
    assert (finding.severity, finding.excerpt, finding.message) == ("block", "penguin", "a penguin")
    assert finding.source == "tests/no-birds"
    assert not verdict.compliant


def test_it_gets_its_arguments():
    """As the policy's YAML has them: lists stay lists."""
    assert [f.excerpt for f in birds("Ein penguin und ein emu.", args={"birds": ["emu"]})] == ["emu"]
    assert foreign("tests/no-birds", {"birds": ["emu"]}).birds == ["emu"]


def test_it_may_be_named_by_module_and_class():
    """For validators that nobody imported yet."""
    assert birds("Ein penguin.", use=f"{__name__}:NoBirds")


def test_its_message_is_the_policys_where_it_has_one():
    """In the agent's language."""
    assert birds("Ein penguin.", message={"de": "Kein Vogel", "en": "No bird"})[0].message == "No bird"


def test_without_spans_it_speaks_of_the_whole_text():
    """There is always a place."""
    finding = birds("Ein penguin.", args={"spans": False})[0]
    assert (finding.start, finding.end, finding.message) == (0, 12, "1 birds")


def test_severity_off_and_other_parts_leave_it_out():
    """Like any rule."""
    assert not birds("Ein penguin.", severity="off")
    assert not review("Ein penguin.", AMAZON, parts=["language"], policy=with_validator()).findings


@pytest.mark.parametrize("text", ["one walrus", "a penguin and a walrus"])
def test_a_raising_validator_is_a_warning(text):
    """The verdict stands, and says what could not run and why."""
    finding = birds(text)[0]
    assert finding.severity == "warn"
    assert "no walrus, please" in finding.message


@pytest.mark.parametrize("use", ["nobody/has-this", "no_such_module:Thing", "json:NoSuchClass"])
def test_a_missing_validator_is_a_warning_in_a_review_and_stops_a_start(use, tmp_path):
    """A review never fails; a folder of policies that names what is not installed does, at start."""
    assert use in birds("Hallo", use=use)[0].message
    rule = f"validators: [{{id: style.birds, use: '{use}', severity: warn}}]"
    (tmp_path / "local.yaml").write_text(rule, encoding="utf-8")
    with pytest.raises(PolicyError, match="install its package"):
        load_overlays(tmp_path)


def test_no_text_goes_to_a_service_unless_the_policy_says_so():
    """A configuration file at home can switch remote inference on; a policy's rule does not follow it."""
    assert foreign("tests/no-birds", {}).use_local is True
    assert foreign("tests/no-birds", {"use_local": False}).use_local is False

"""guardrails-ai both ways: our rules as its Validators, its Validators as our rules. Its traps each have a test."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import guardrails
    from guardrails import AsyncGuard, Guard
    from guardrails.types import OnFailAction
    from guardrails.validator_base import ErrorSpan, FailResult, PassResult, Validator, register_validator

    from reply_guards.validators import (
        FAMILIES,
        VALIDATORS,
        family_validators,
        findings_of,
        guard_for,
        reviewed_by_guard,
    )

from reply_guards.model import Context
from reply_guards.policy import overlaid, policy_for
from reply_guards.review import review

pytestmark = pytest.mark.filterwarnings("ignore")
TEXTS = [
    "Guten Tag, es tut mir leid. Ich kümmere mich darum.",
    "Schreiben Sie an info@beispiel.de, wir freuen uns über eine Bewertung 😊. Mehr auf www.beispiel-shop.de.",
    "Beruhigen Sie sich. Laut unseren AGB gibt es nur einen Gutschein.",
    "Ihr Paket kommt am [Ankunftsdatum]. Hallo {name}!",
    "I'll refund you £20 today. Please leave us a review.",
]


@register_validator(name="tests/no-penguins", data_type="string")
class NoPenguins(Validator):
    """A foreign validator: complains about penguins, and breaks on walruses."""

    def _validate(self, value, metadata):
        if "walrus" in value:
            msg = "walrus"
            raise RuntimeError(msg)
        at = value.find("penguin")
        return (
            FailResult(error_message="penguin", error_spans=[ErrorSpan(start=at, end=at + 7, reason="a penguin")])
            if at >= 0
            else PassResult()
        )


def test_the_installed_guardrails_is_not_hidden_by_our_folder():
    """Our folder is a source root, never a package."""
    assert "site-packages" in guardrails.__file__
    assert not (Path(__file__).parents[3] / "guardrails" / "__init__.py").exists()


@pytest.mark.parametrize("text", TEXTS)
def test_a_guard_sees_what_the_review_sees(text):
    """Rules, places and messages are equal, read from the Guard's summaries."""
    context = Context(channel="amazon")
    assert sorted(reviewed_by_guard(text, context), key=str) == sorted(review(text, context).findings, key=str)


def test_every_family_is_registered():
    """Each can be used alone."""
    assert set(VALIDATORS) == {"reply", *FAMILIES}


def test_validation_passed_is_not_believed():
    """guardrails-ai says passed after a fix beside a failing noop; the summaries still tell."""
    guard = Guard().use(
        VALIDATORS["feedback"](channel="amazon", on_fail=OnFailAction.FIX),
        VALIDATORS["tone"](channel="amazon", on_fail=OnFailAction.NOOP),
    )
    outcome = guard.validate("Beruhigen Sie sich. Über eine Bewertung würden wir uns freuen. Viele Grüße vom Team.")
    assert {f.rule for f in findings_of(outcome)} >= {"tone.dismissive", "feedback.request"}


def test_all_validators_go_into_one_use():
    """A second `use` would replace the first: the ready-made Guard holds all families."""
    outcome = guard_for("amazon").validate(
        "Beruhigen Sie sich. Mehr auf www.beispiel-shop.de.", metadata={"context": Context(channel="amazon")}
    )
    assert {f.rule.split(".")[0] for f in findings_of(outcome)} >= {"tone", "links"}
    assert len(family_validators("amazon")) == len(FAMILIES)


def test_a_fix_is_the_repaired_text():
    """`on_fail=fix` gives the text without the request."""
    guard = Guard().use(VALIDATORS["feedback"](channel="amazon", on_fail=OnFailAction.FIX))
    outcome = guard.validate("Der Ersatz ist unterwegs zu Ihnen. Über eine Bewertung würden wir uns freuen.")
    assert "Bewertung" not in outcome.validated_output
    assert "Ersatz" in outcome.validated_output


async def test_the_async_path_keeps_the_context():
    """The async version runs in the caller's task and sees its metadata."""
    guard = AsyncGuard().use(VALIDATORS["feedback"](channel="amazon", on_fail=OnFailAction.NOOP))
    consent = Context(channel="shop_email", review_consent=True)
    outcome = await guard.validate("Schreiben Sie uns gern eine Bewertung.", metadata={"context": consent})
    assert not findings_of(outcome)


def test_metadata_is_not_changed():
    """The dictionary the caller shares comes back as it went."""
    metadata = {"context": Context(channel="amazon"), "own": 1}
    guard_for("amazon").validate("Beruhigen Sie sich.", metadata=metadata)
    assert metadata == {"context": Context(channel="amazon"), "own": 1}


def _with(use: str, severity: str = "block"):
    return overlaid(policy_for("amazon"), {"validators": [{"id": "style.penguins", "use": use, "severity": severity}]})


def test_a_foreign_validator_is_a_rule_of_the_policy():
    """Its spans and the policy's severity stand in the same verdict."""
    verdict = review("Kein penguin hier.", Context(channel="amazon"), policy=_with("tests/no-penguins"))
    finding = next(f for f in verdict.findings if f.rule == "style.penguins")
    assert (finding.severity, finding.excerpt) == ("block", "penguin")
    assert not verdict.compliant


@pytest.mark.parametrize("text", ["one walrus", "a penguin and a walrus"])
def test_a_raising_validator_is_a_warning(text):
    """guardrails-ai lets exceptions through even with noop; a verdict does not."""
    finding = next(
        f
        for f in review(text, Context(channel="amazon"), policy=_with("tests/no-penguins")).findings
        if f.rule == "style.penguins"
    )
    assert finding.severity == "warn"
    assert "walrus" in finding.message


def test_a_missing_validator_is_a_warning():
    """A policy that names what is not installed says so in every verdict instead of failing."""
    findings = review("Hallo", Context(channel="amazon"), policy=_with("nobody/has-this")).findings
    assert any(f.rule == "style.penguins" and "nobody/has-this" in f.message for f in findings)


def test_nothing_is_reported_to_anybody():
    """Telemetry and tracing are off in every Guard we build."""
    import os

    assert os.environ["OTEL_SDK_DISABLED"] == "true"
    assert guardrails.settings.disable_tracing is True

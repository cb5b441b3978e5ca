"""What is treacherous about guardrails-ai 0.11, each trap shown and then our way past it."""

from __future__ import annotations

import asyncio
import contextvars
import json
import os
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest

from reply_guards.model import Context

with warnings.catch_warnings():  # guardrails-ai warns of its own imports
    warnings.simplefilter("ignore")
    import guardrails
    from guardrails import AsyncGuard, Guard
    from guardrails.types import OnFailAction
    from guardrails.validator_base import FailResult, PassResult, Validator, get_validator_class, register_validator

    from reply_guards.validators import VALIDATORS, family_validators, findings_of, guard_for, reviewed_by_guard

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[3]
NOOP, FIX = OnFailAction.NOOP, OnFailAction.FIX
TEXT = "Beruhigen Sie sich. Über eine Bewertung würden wir uns freuen. Viele Grüße vom Team."
VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="lost")


@register_validator(name="tests/meddler", data_type="string")
class Meddler(Validator):
    """Changes the metadata of everybody, raises on request, and tells the context variable it sees."""

    def _validate(self, value, metadata):
        if "raise" in value:
            raise RuntimeError("raised")
        metadata["context"] = Context(channel="shop_email", review_consent=True)
        return FailResult(error_message=VARIABLE.get()) if "tell" in value else PassResult()


def python(code: str, **environment: str) -> dict:
    """Run code in a process of its own; it prints one JSON object last."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def test_an_unregistered_validator_cannot_be_built_ours_are_all_registered():
    """`@register_validator` is mandatory: under its name each of ours can be looked up."""

    class Unregistered(Validator):
        rail_alias = "tests/unregistered"

    with pytest.raises(AssertionError, match="not registered"):
        Unregistered()
    for name, kind in VALIDATORS.items():
        assert get_validator_class(f"reply_guards/{name}") is kind


def test_validation_passed_is_true_after_a_fix_beside_a_failing_noop():
    """The summaries still tell."""
    guard = Guard().use(
        VALIDATORS["feedback"](channel="amazon", on_fail=FIX), VALIDATORS["tone"](channel="amazon", on_fail=NOOP)
    )
    outcome = guard.validate(TEXT)
    assert outcome.validation_passed is True
    assert {f.rule for f in findings_of(outcome)} >= {"tone.dismissive", "feedback.request"}


def test_validation_passed_is_true_after_an_exhausted_reask_with_a_fix_value():
    """Nobody was asked again, the text is the old one, and it passed; the summaries still tell."""
    guard = Guard().use(VALIDATORS["feedback"](channel="amazon", on_fail=OnFailAction.REASK))
    outcome = guard.parse(TEXT, num_reasks=0)
    assert "feedback.request" in {f.rule for f in findings_of(outcome)}


def test_a_second_use_replaces_the_first():
    """All families go into one `use`."""
    tone, links = (VALIDATORS[f](channel="amazon", on_fail=NOOP) for f in ("tone", "links"))
    text = "Beruhigen Sie sich. Mehr auf www.beispiel-shop.de."
    chained = {f.rule.split(".")[0] for f in findings_of(Guard().use(tone).use(links).validate(text))}
    together = {f.rule.split(".")[0] for f in findings_of(Guard().use(tone, links).validate(text))}
    assert chained == {"links"}
    assert together == {"tone", "links"}
    assert {f.rule.split(".")[0] for f in findings_of(guard_for("amazon").validate(text))} >= together


def test_metadata_is_shared_ours_comes_back_as_it_went():
    """A dictionary belongs to all Validators of a Guard: others may change it, ours never do."""
    metadata = {"context": Context(channel="amazon"), "own": 1}
    guard_for("amazon").validate(TEXT, metadata=metadata)
    assert metadata == {"context": Context(channel="amazon"), "own": 1}


def test_a_meddler_cannot_loosen_a_policy_from_inside():
    """As a rule of a policy a foreign Validator gets a dictionary of its own and never sees our context."""
    from reply_guards.policy import overlaid, policy_for
    from reply_guards.review import review

    rule = {"id": "style.meddler", "use": "tests/meddler", "severity": "warn"}
    policy = overlaid(policy_for("amazon"), {"validators": [rule]})
    assert "feedback.request" in {f.rule for f in reviewed_by_guard(TEXT, Context(channel="amazon"), policy)}
    assert "feedback.request" in {f.rule for f in review(TEXT, Context(channel="amazon"), policy=policy).findings}


def test_a_raising_validator_escapes_a_guard_ours_do_not_raise():
    """Even with noop. Ours take whatever string comes."""
    with pytest.raises(Exception, match="raised"):
        Guard().use(Meddler(on_fail=NOOP)).validate("raise")
    for text in ("\ud800", "\x00", "&#x110000;", "a" * 10_000, " "):
        for validator in family_validators("amazon"):
            validator.validate(text, {})


async def test_the_inherited_async_validate_loses_the_context_ours_keeps_it():
    """The default runs in an executor's thread; ours in the caller's task, with the metadata it was given."""
    VARIABLE.set("kept")
    inherited = await Meddler(on_fail=NOOP).async_validate("tell", {})
    assert inherited.error_message == "lost"
    assert await asyncio.create_task(_own_async()) == "kept"
    consent = Context(channel="shop_email", review_consent=True)
    guard = AsyncGuard().use(VALIDATORS["feedback"](channel="amazon", on_fail=NOOP))
    assert not findings_of(
        await guard.validate("Schreiben Sie uns gern eine Bewertung.", metadata={"context": consent})
    )


async def _own_async() -> str:
    class Teller(VALIDATORS["tone"]):
        def _validate(self, value, metadata):
            return FailResult(error_message=VARIABLE.get())

    return (await Teller(on_fail=NOOP).async_validate("x", {})).error_message


@pytest.mark.parametrize("text", ["Rabatt ${code}, $name und {{x}} {y}!", "${context}", "$" * 50])
def test_customer_text_is_no_template(text):
    """guardrails-ai expands prompts, so its loop never gets one from us; what is validated stays as it is."""
    assert guard_for("amazon").validate(text, metadata={"context": Context(channel="amazon")}).raw_llm_output == text


def test_its_model_loop_is_never_used():
    """A reask would drop the ticket, streaming would send what was not validated: no module calls a Guard with a model."""
    for path in (*(ROOT / "app").rglob("*.py"), *(ROOT / "guardrails").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for word in ("num_reasks", "llm_api", "litellm_callback", "OnFailAction.REASK"):
            assert word not in source, (path, word)


NETWORK = """
import json, os, socket
tried = []
def refuse(*a, **k):
    tried.append(str(a)[:80])
    raise OSError("no network")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from reply_guards.validators import VALIDATORS, guard_for
from guardrails import Guard
guard_for("amazon").validate("Beruhigen Sie sich.")
Guard().use(VALIDATORS["tone"](channel="amazon", on_fail="noop")).validate("Beruhigen Sie sich.")
from guardrails.utils.hub_telemetry_utils import HubTelemetry
HubTelemetry()._tracer_provider.force_flush()
print(json.dumps({"tried": tried, "switch": os.environ.get("OTEL_SDK_DISABLED"), "tracer": type(HubTelemetry()._tracer).__name__}))
"""


def test_nothing_is_reported_to_anybody():
    """Neither by our Guard nor by one that left its metrics on; and the process's own switch is as it was."""
    told = python(NETWORK)
    assert told == {"tried": [], "switch": None, "tracer": "NoOpTracer"}
    assert python(NETWORK, OTEL_SDK_DISABLED="false")["switch"] == "false"


TRACING = """
import json
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
spans = InMemorySpanExporter()
def provide():
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
{first}
from reply_guards.validators import guard_for
{then}
guard_for("amazon").validate("Beruhigen Sie sich, Frau Geheim.")
traced = [s.name for s in spans.get_finished_spans()]
with trace.get_tracer("own").start_as_current_span("own"):
    pass
print(json.dumps({{"theirs": traced, "own": [s.name for s in spans.get_finished_spans()]}}))
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_drafts_do_not_enter_ones_own_traces(when):
    """With a tracer provider of the host's, made before or after: no span of guardrails-ai, and the host's own still work."""
    code = TRACING.format(first="provide()" if when == "before" else "", then="provide()" if when == "after" else "")
    assert python(code) == {"theirs": [], "own": ["own"]}


def test_the_pack_loads_guardrails_ai_only_for_the_bridge():
    """A review needs none of it; the bridge skips its heaviest part and hides nothing from others afterwards."""
    code = """
import json, sys
from reply_guards import Context, review
review("Beruhigen Sie sich.", Context(channel="amazon"))
plain = "guardrails" in sys.modules
import reply_guards.validators
heavy = {n: n in sys.modules for n in ("rfc3987_syntax", "litellm", "torch", "transformers")}
print(json.dumps({"plain": plain, "heavy": heavy}))
"""
    told = python(code)
    assert told["plain"] is False
    assert not any(told["heavy"].values())


def test_a_guard_is_built_once_and_keeps_no_pile_of_texts():
    """Building one takes a tenth of a second, and each would remember its last ten replies."""
    assert guard_for("amazon") is guard_for("amazon")
    for number in range(3):
        guard_for("amazon").validate(f"Antwort {number}")
    assert len(guard_for("amazon").history) <= 1


def test_the_installed_guardrails_is_not_hidden_by_our_folder():
    """Our folder is a source root, never a package, and no test lives in it or in a package of its name."""
    assert "site-packages" in guardrails.__file__
    assert not (ROOT / "guardrails" / "__init__.py").exists()
    assert not [p for p in (ROOT / "guardrails").rglob("*.py") if p.name == "conftest.py" or p.name.startswith("test_")]
    assert not list((ROOT / "tests").rglob("guardrails/__init__.py"))


def test_the_tools_know_which_guardrails_is_meant():
    """ruff sorts it as somebody else's, mypy and setuptools take ours as a root."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert project["ruff"]["lint"]["isort"]["known-third-party"] == ["guardrails"]
    assert project["mypy"]["mypy_path"] == "guardrails"
    assert project["mypy"]["explicit_package_bases"] is True
    assert project["setuptools"]["packages"]["find"]["where"] == [".", "guardrails"]

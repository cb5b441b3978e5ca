"""The bridge to guardrails-ai, both ways; the only module that imports `guardrails`. `HOWTO.md` shows its use.

Ours as theirs: every family of rules is a registered Validator (`reply_guards/links`, `reply_guards/feedback`, …), and
`reply_guards/reply` is the whole policy. Each gives error spans and, where code can repair safely, a fix value:

    guard = Guard().use(*family_validators("amazon"))      # one `use`: a second call would replace the first
    outcome = guard.validate(text, metadata={"context": Context(channel="amazon", …)})
    findings = findings_of(outcome)                        # never trust `validation_passed`

Theirs as ours: `run_foreign` runs any installed Validator that a policy names and returns what it found.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

from reply_guards.model import Context, Finding, Severity
from reply_guards.policy import Policy, policy_for
from reply_guards.review import review

_SWITCH, _HEAVY = "OTEL_SDK_DISABLED", "rfc3987_syntax"


@contextmanager
def _silent_and_light() -> Iterator[None]:
    """How guardrails-ai is imported; the process's own environment is left as it was.

    It reports usage to its makers through a tracer that it makes once: made while tracing is disabled, it never sends.
    Half of guardrails-ai's memory is a grammar for a JSON format that we never check. And it warns of its own imports.
    """
    before = os.environ.get(_SWITCH)
    os.environ[_SWITCH] = "true"
    hidden = _HEAVY not in sys.modules
    if hidden:
        sys.modules[_HEAVY] = cast("Any", None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if hidden and sys.modules.get(_HEAVY) is None:
            del sys.modules[_HEAVY]
        if before is None:
            del os.environ[_SWITCH]
        else:
            os.environ[_SWITCH] = before


with _silent_and_light():
    from guardrails import AsyncGuard, Guard, settings
    from guardrails.types import OnFailAction
    from guardrails.utils.hub_telemetry_utils import HubTelemetry
    from guardrails.validator_base import (
        ErrorSpan,
        FailResult,
        PassResult,
        ValidationResult,
        Validator,
        get_validator_class,
        register_validator,
    )

    HubTelemetry(enabled=False)
settings.disable_tracing = True  # drafts would enter the spans of a tracer of one's own

FAMILIES = (
    "links", "contact", "offplatform", "promotion", "feedback", "style", "tone", "structure", "language", "grounding",
    "promise", "leak", "sensitive", "safety", "placeholder",
)  # fmt: skip
_TOLD = re.compile(r"(?P<severity>block|warn|info) (?P<rule>[\w.]+): (?P<message>.*)", re.DOTALL)
_RANK: dict[Severity, int] = {"info": 1, "warn": 2, "block": 3}


class ReplyValidator(Validator):  # type: ignore[misc] # guardrails-ai ships no types
    """All rules of one family, or of the whole policy.

    Args:
        channel: the policy to use where the metadata brings no `context`.
        at: the least severity that fails: `info`, `warn` (default) or `block`.
        on_fail: as of every Validator. `fix` gives the whole reply repaired, or None where no repair is safe.

    Metadata (optional): `context`, a `reply_guards.Context`; `policy`, another than the channel's own.
    """

    family: str | None = None

    def __init__(self, channel: str = "strict", at: Severity = "warn", on_fail: Any = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(on_fail=on_fail, channel=channel, at=at, **kwargs)
        self._channel, self._at = channel, _RANK[at]

    def _validate(self, value: Any, metadata: dict[str, Any] | None) -> ValidationResult:  # noqa: ANN401
        given = metadata or {}
        context = given.get("context")
        if not isinstance(context, Context):
            context = Context(channel=self._channel)
        # A Validator that ran before and could not repair hands on None.
        findings, fixed = _reviewed("" if value is None else str(value), context, given.get("policy"))
        found = [f for f in findings if self._speaks_of(f)]
        if not found:
            return PassResult()
        return FailResult(
            error_message="; ".join(f"{f.rule}: {f.message}" for f in found),
            fix_value=fixed,
            error_spans=[ErrorSpan(start=f.start, end=f.end, reason=_reason(f)) for f in found],
        )

    async def async_validate(self, value: Any, metadata: dict[str, Any] | None) -> ValidationResult:  # noqa: ANN401
        """The same, in the caller's own task: the inherited version changes threads and loses context variables."""
        return self._validate(value, metadata)

    def _speaks_of(self, finding: Finding) -> bool:
        return _RANK[finding.severity] >= self._at and (
            self.family is None or finding.rule.partition(".")[0] == self.family
        )


@lru_cache(maxsize=8)
def _reviewed(text: str, context: Context, policy: Policy | None) -> tuple[tuple[Finding, ...], str | None]:
    """One review for all validators of a Guard."""
    verdict = review(text, context, policy=policy)
    return verdict.findings, verdict.fixed_text


def _reason(finding: Finding) -> str:
    """All that a span can carry of a finding; `_TOLD` reads it back."""
    return f"{finding.severity} {finding.rule}: {finding.message}"


def _registered(family: str | None) -> type[ReplyValidator]:
    name = family or "reply"
    kind = type(f"Reply{name.title()}", (ReplyValidator,), {"family": family, "__doc__": ReplyValidator.__doc__})
    registered: type[ReplyValidator] = register_validator(name=f"reply_guards/{name}", data_type="string")(kind)
    return registered


VALIDATORS: Mapping[str, type[ReplyValidator]] = {
    family or "reply": _registered(family) for family in (None, *FAMILIES)
}


def family_validators(channel: str, at: Severity = "warn", on_fail: Any = OnFailAction.NOOP) -> list[ReplyValidator]:  # noqa: ANN401
    """One Validator for each family, for `Guard().use(*…)`."""
    return [VALIDATORS[family](channel=channel, at=at, on_fail=on_fail) for family in FAMILIES]


@lru_cache(maxsize=16)
def guard_for(channel: str, at: Severity = "info") -> Guard:
    """A Guard with all families of a channel; built once, building costs a tenth of a second. Metrics are off."""
    guard = Guard(history_max_length=1).use(*family_validators(channel, at))  # it would keep the last ten texts
    guard.configure(allow_metrics_collection=False)
    return guard


@lru_cache(maxsize=16)
def async_guard_for(channel: str, at: Severity = "info") -> AsyncGuard:
    """The same for use in an event loop, with one Validator for all rules: each costs guardrails-ai 0.2 ms a text."""
    guard = AsyncGuard(history_max_length=1).use(VALIDATORS["reply"](channel=channel, at=at, on_fail=OnFailAction.NOOP))
    guard.configure(allow_metrics_collection=False)
    return guard


def findings_of(outcome: Any) -> tuple[Finding, ...]:  # noqa: ANN401 - guardrails-ai's ValidationOutcome
    """Our findings from a Guard's outcome, read from its summaries: `validation_passed` is true after a fix, too."""
    text = outcome.raw_llm_output or ""
    found: dict[tuple[int, int, str], Finding] = {}
    for summary in outcome.validation_summaries or ():
        for span in summary.error_spans or ():
            told = _TOLD.fullmatch(str(span.reason))
            if told is None:  # somebody else's Validator in the same Guard
                continue
            rule, start, end = told["rule"], span.start, span.end
            severity = cast("Severity", told["severity"])
            found[start, end, rule] = Finding(rule, severity, start, end, text[start:end][:160], told["message"])
    return tuple(found[key] for key in sorted(found))


def reviewed_by_guard(text: str, context: Context, policy: Policy | None = None) -> tuple[Finding, ...]:
    """The findings of a reply as a Guard with all our Validators reports them: those of `review()`."""
    guard = guard_for((policy or policy_for(context.channel)).channel)
    return findings_of(guard.validate(text, metadata={"context": context, "policy": policy}))


async def reviewed_by_async_guard(text: str, context: Context, policy: Policy | None = None) -> tuple[Finding, ...]:
    """The same in the caller's own task."""
    guard = async_guard_for((policy or policy_for(context.channel)).channel)
    return findings_of(await guard.validate(text, metadata={"context": context, "policy": policy}))


_FOREIGN: dict[str, Validator] = {}


def foreign(use: str, arguments: Mapping[str, Any]) -> Validator:
    """Somebody else's Validator, by its registered name or as `module:Class`; built once.

    Raises:
        LookupError: no such Validator is installed. Whatever its construction raises comes through.
    """
    key = f"{use} {sorted(arguments.items())!r}"
    if key not in _FOREIGN:
        made = _class_of(use)(**arguments, on_fail=OnFailAction.NOOP)
        # Without a say in the policy no text goes to a service: a configuration file at home could switch that on.
        made.use_local = arguments.get("use_local", True)
        _FOREIGN[key] = made
    return _FOREIGN[key]


def _class_of(use: str) -> Any:  # noqa: ANN401 - a Validator class
    module, _, name = use.partition(":")
    if name:
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise LookupError(f"{use!r} cannot be imported: {error}") from error
    with warnings.catch_warnings():  # the lookup warns of what the exception below says better
        warnings.simplefilter("ignore")
        kind = get_validator_class(use)
    if kind is None:
        raise LookupError(f"no installed guardrails-ai validator is called {use!r}")
    return kind


def run_foreign(use: str, arguments: Mapping[str, Any], text: str) -> list[tuple[int, int, str]]:
    """Run somebody else's Validator on a text.

    Returns:
        The spans it complains about with its reasons, inside the text; the whole text where it names none.

    Raises:
        LookupError: no such Validator is installed. Whatever the Validator raises comes through: the caller decides.
    """
    result = foreign(use, arguments).validate(text, {})
    if not isinstance(result, FailResult):
        return []
    spans = [(max(0, s.start), min(len(text), s.end), str(s.reason)) for s in result.error_spans or ()]
    kept = [span for span in spans if span[0] <= span[1]]
    return kept or [(0, len(text), str(result.error_message))]

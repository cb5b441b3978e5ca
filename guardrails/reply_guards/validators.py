"""The bridge to guardrails-ai, both ways; the only module that imports `guardrails`.

Ours as theirs: every family of rules is a registered Validator (`reply_guards/links`, `reply_guards/feedback`, …), and
`reply_guards/reply` is the whole policy. Each gives error spans and, where code can repair safely, a fix value:

    guard = Guard().use(*family_validators("amazon"))      # one `use`: a second call would replace the first
    outcome = guard.validate(text, metadata={"context": Context(channel="amazon", …)})
    findings = findings_of(outcome)                        # never trust `validation_passed`

Theirs as ours: `run_foreign` runs any installed Validator that a policy names and returns what it found.

Importing guardrails-ai takes seconds and it reports usage to its makers unless told not to: telemetry and tracing are
switched off here before the import, and this module is imported only where it is needed.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

os.environ.setdefault("OTEL_SDK_DISABLED", "true")
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # half of guardrails-ai's memory, for a JSON format we never check

from guardrails import Guard, settings  # noqa: E402
from guardrails.types import OnFailAction  # noqa: E402
from guardrails.validator_base import (  # noqa: E402
    ErrorSpan,
    FailResult,
    PassResult,
    ValidationResult,
    Validator,
    get_validator_class,
    register_validator,
)  # fmt: skip

from reply_guards.model import Context, Finding, Severity  # noqa: E402
from reply_guards.policy import policy_for  # noqa: E402
from reply_guards.review import review  # noqa: E402

settings.disable_tracing = True
ERROR_KEY = "reply_guards_findings"
FAMILIES = (
    "links", "contact", "offplatform", "promotion", "feedback", "style", "tone", "structure", "language", "grounding",
    "promise", "leak", "sensitive", "safety", "placeholder",
)  # fmt: skip
_RANK: dict[Severity, int] = {"info": 1, "warn": 2, "block": 3}


class ReplyValidator(Validator):  # type: ignore[misc] # guardrails-ai ships no types
    """All rules of one family, or of the whole policy.

    Args:
        channel: the policy to use where the metadata brings no `context`.
        at: the least severity that fails: `info`, `warn` (default) or `block`.
        on_fail: as of every Validator; `fix` takes the repaired text where there is one.

    Metadata: `context`, a `reply_guards.Context` (optional).
    """

    family: str | None = None

    def __init__(self, channel: str = "strict", at: Severity = "warn", on_fail: Any = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(on_fail=on_fail, channel=channel, at=at, **kwargs)
        self._channel, self._at = channel, _RANK[at]

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:  # noqa: ANN401
        context = metadata.get("context") if metadata else None
        if not isinstance(context, Context):
            context = Context(channel=self._channel)
        verdict = _reviewed(str(value), context)
        found = [f for f in verdict[0] if self._speaks_of(f)]
        if not found:
            return PassResult()
        return FailResult(
            error_message="; ".join(f"{f.rule}: {f.message}" for f in found),
            fix_value=verdict[1],
            error_spans=[ErrorSpan(start=f.start, end=f.end, reason=f"{f.rule}: {f.message}") for f in found],
            metadata={ERROR_KEY: found},
        )

    async def async_validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:  # noqa: ANN401
        """The same, in the caller's own task: the inherited version changes threads and loses context variables."""
        return self._validate(value, metadata)

    def _speaks_of(self, finding: Finding) -> bool:
        return _RANK[finding.severity] >= self._at and (
            self.family is None or finding.rule.partition(".")[0] == self.family
        )


@lru_cache(maxsize=8)
def _reviewed(text: str, context: Context) -> tuple[tuple[Finding, ...], str | None]:
    """One review for all validators of a Guard."""
    verdict = review(text, context)
    return verdict.findings, verdict.fixed_text


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
    guard = Guard().use(*family_validators(channel, at))
    guard.configure(allow_metrics_collection=False)
    return guard


def findings_of(outcome: Any) -> tuple[Finding, ...]:  # noqa: ANN401 - guardrails-ai's ValidationOutcome
    """Our findings from a Guard's outcome, read from its summaries: `validation_passed` is true after a fix, too."""
    found: dict[tuple[int, int, str], Finding] = {}
    for summary in outcome.validation_summaries or ():
        for span in summary.error_spans or ():
            rule, _, message = str(span.reason).partition(": ")
            found[span.start, span.end, rule] = Finding(rule, "warn", span.start, span.end, "", message)
    return tuple(found[key] for key in sorted(found))


def reviewed_by_guard(text: str, context: Context) -> tuple[Finding, ...]:
    """The findings of a reply as a Guard with all our Validators reports them: those of `review()`."""
    seen = findings_of(guard_for(policy_for(context.channel).channel).validate(text, metadata={"context": context}))
    known = {(f.start, f.end, f.rule): f for f in _reviewed(text, context)[0]}
    return tuple(known.get((f.start, f.end, f.rule), f) for f in seen)


@lru_cache(maxsize=64)
def _foreign(use: str, arguments: tuple[tuple[str, Any], ...]) -> Validator:
    if ":" in use:
        module, _, name = use.partition(":")
        kind = getattr(importlib.import_module(module), name)
    else:
        with warnings.catch_warnings():  # the lookup warns of what the exception below says better
            warnings.simplefilter("ignore")
            kind = get_validator_class(use)
    if kind is None:
        raise LookupError(f"no installed guardrails-ai validator is called {use!r}")
    return kind(**dict(arguments), on_fail=OnFailAction.NOOP)


def run_foreign(use: str, arguments: Mapping[str, Any], text: str) -> list[tuple[int, int, str]] | None:
    """Run somebody else's Validator on a text.

    Returns:
        The spans it complains about with its reasons (the whole text where it names none), or None where it is content.

    Raises:
        LookupError: no such validator is installed. Whatever the validator raises comes through: the caller decides.
    """
    frozen = tuple(sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in arguments.items()))
    result = _foreign(use, frozen).validate(text, {})
    if not isinstance(result, FailResult):
        return None
    spans = [(s.start, s.end, str(s.reason)) for s in result.error_spans or ()]
    return spans or [(0, len(text), str(result.error_message))]

"""Rules of a policy that are somebody else's guardrails-ai Validators: they speak in the same verdict."""

from __future__ import annotations

from reply_guards.model import Context, Finding, Part, Severity
from reply_guards.policy import Policy, PolicyError
from reply_guards.rule import ThirdParty
from reply_guards.text import Reply

_BROKEN = {
    "de": "Der Prüfer „{use}“ konnte nicht laufen: {why}",
    "en": "The validator “{use}” could not run: {why}",
}


def third_party_findings(reply: Reply, context: Context, policy: Policy, parts: frozenset[Part]) -> list[Finding]:
    """The findings of all foreign validators of a policy. One that raises or is missing is a warning."""
    found: list[Finding] = []
    for rule in policy.third_party:
        if rule.part in parts and rule.severity != "off":
            found += _judged(rule, reply.original, "de" if context.agent_language == "de" else "en")
    return found


def _judged(rule: ThirdParty, text: str, language: str) -> list[Finding]:
    try:
        # Inside, because the bridge needs guardrails-ai, which need not be installed.
        from reply_guards.validators import run_foreign

        spans = run_foreign(rule.use, rule.args, text)
    except Exception as error:  # noqa: BLE001 - foreign code: whatever it does, the verdict stands
        why = _BROKEN[language].format(use=rule.use, why=error)
        return [Finding(rule.id, "warn", 0, len(text), text[:160], why, source=rule.use)]
    severity: Severity = rule.severity  # type: ignore[assignment] # "off" was left out by the caller
    return [
        Finding(
            rule.id, severity, start, end, text[start:end][:160], rule.message.get(language) or reason, source=rule.use
        )
        for start, end, reason in spans
    ]


def require_third_party(policy: Policy, name: str) -> None:
    """Build every foreign validator of a policy now, so that what is missing stops the start and not a review.

    Raises:
        PolicyError: one is not installed or refuses its arguments.
    """
    for rule in policy.third_party:
        if rule.severity != "off":
            try:
                from reply_guards.validators import foreign

                foreign(rule.use, rule.args)
            except Exception as error:
                advice = "install its package, mend `use` or `args`, or set severity to off"
                raise PolicyError(f"{name}: {rule.id}: {rule.use} cannot be built: {error}; {advice}") from error

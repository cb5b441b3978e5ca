"""The rules of a channel as short lines for a model: from the same policy files review uses, so they cannot drift."""

from __future__ import annotations

from functools import lru_cache

from reply_guards.policy import Policy

# What a writer can heed while writing. Grounding and leaks are told by the prompt itself, spoofed links by `external`.
_FAMILIES = ("contact", "offplatform", "promotion", "feedback", "style", "sensitive", "safety", "promise", "tone")
_RULES = ("links.external",)


@lru_cache(maxsize=64)
def rule_lines(policy: Policy) -> tuple[str, ...]:
    """One line for each thing the policy's blocking rules refuse."""
    told = (r for r in policy.rules.values() if r.severity == "block" and (r.family in _FAMILIES or r.id in _RULES))
    return tuple(dict.fromkeys(f"refused: {rule.looks_for}" for rule in told))

"""The rules of a channel as short lines for a model: from the same policy files review uses, so they cannot drift."""

from __future__ import annotations

from functools import lru_cache

from reply_guards.policy import policy_for

# What a writer can heed while writing. Grounding and leaks are told by the prompt itself, spoofed links by `external`.
_FAMILIES = ("contact", "offplatform", "promotion", "feedback", "style", "sensitive", "safety", "promise", "tone")
_RULES = ("links.external",)


@lru_cache(maxsize=64)
def rule_lines(channel: str) -> tuple[str, ...]:
    """One line for each thing the channel's blocking rules refuse."""
    rules = policy_for(channel).rules.values()
    told = (r for r in rules if r.severity == "block" and (r.family in _FAMILIES or r.id in _RULES))
    return tuple(dict.fromkeys(f"refused: {rule.looks_for}" for rule in told))

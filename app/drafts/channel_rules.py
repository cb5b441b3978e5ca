"""The rules of a channel as short lines for a model: from the same policy files review uses, so they cannot drift."""

from __future__ import annotations

from functools import lru_cache

from reply_guards.policy import policy_for


@lru_cache(maxsize=128)
def rule_lines(channel: str, language: str) -> tuple[str, ...]:
    """One line a blocking rule of the channel, in German or English."""
    spoken = language if language in {"de", "en"} else "en"
    rules = policy_for(channel).rules.values()
    lines = (rule.coaching.get(spoken) or rule.message[spoken] for rule in rules if rule.severity == "block")
    return tuple(dict.fromkeys(lines))

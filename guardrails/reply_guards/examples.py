"""The policies' own examples, turned into something `review` can judge. Used by the tests and by `docs.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reply_guards.model import CaseFacts, Context, Offer, Shop
from reply_guards.policy import Policy, load_policies
from reply_guards.rule import Rule

# The channel an example is judged on unless it names one: the strictest real one.
DEFAULT_CHANNEL = "amazon"


def offers_of(raw: list[Mapping[str, Any]] | None) -> tuple[Offer, ...] | None:
    """Offers from plain data (`type`, `amount`, `currency`, `date`, `return`)."""
    if raw is None:
        return None
    return tuple(
        Offer(
            str(o["type"]),
            Decimal(str(o["amount"])) if o.get("amount") is not None else None,
            o.get("currency"),
            o.get("date"),
            o.get("return"),
        )
        for o in raw
    )


def facts_of(raw: Mapping[str, Any] | None) -> CaseFacts | None:
    """Case facts from plain data; unknown keys are an error."""
    if raw is None:
        return None
    known = dict(raw)
    for key, kind in (("amounts", lambda a: Decimal(str(a))), ("dates", str), ("products", str)):
        if key in known:
            known[key] = tuple(kind(v) for v in known[key])
    return CaseFacts(**known)


def example_context(
    example: Any,  # noqa: ANN401 - a text or a mapping
    policies: Mapping[str, Policy] | None = None,
    channel: str = DEFAULT_CHANNEL,
) -> tuple[str, Context, Policy]:
    """Text, context and policy of one example. `policies`: a tenant's own; `channel`: where the example names none."""
    raw: Mapping[str, Any] = {"text": example} if isinstance(example, str) else example
    policy = (policies or load_policies())[str(raw.get("channel", channel))]
    context = Context(
        channel=policy.channel,
        marketplace=raw.get("marketplace"),
        language=raw.get("language"),
        kind=raw.get("kind", "reply"),
        register=raw.get("register"),
        facts=facts_of(raw.get("facts")),
        offers=offers_of(raw.get("offers")),
        actions_done=tuple(raw["done"]) if "done" in raw else None,
        shop=Shop(forbidden_words=tuple(raw.get("forbidden_words", ()))),
        review_consent=bool(raw.get("review_consent", False)),
        foreign_identities=tuple(raw.get("foreign", ())),
    )
    return str(raw["text"]) * int(raw.get("repeat", 1)), context, policy


def examples_of(policy: Policy) -> Iterator[tuple[Rule, str, Any]]:
    """All examples of a policy's rules as (rule, "trip" or "pass", example)."""
    for rule in policy.rules.values():
        for kind in ("trip", "pass"):
            for example in rule.examples[kind]:
                yield rule, kind, example

"""Every rule's own examples: two that must trip it, two that must not, on the channel they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from reply_guards.docs import render
from reply_guards.examples import example_context, examples_of
from reply_guards.policy import STRICT, load_policies
from reply_guards.review import review

EXAMPLES = [
    pytest.param(rule, kind, example, id=f"{rule.id}-{kind}-{number}")
    for number, (rule, kind, example) in enumerate(examples_of(load_policies()[STRICT]))
]
CHANNELS = ("amazon", "ebay", "walmart", "shopify", "shop_email", "otto", "kaufland", "etsy", "bol", "temu", "chat")


@pytest.mark.parametrize(("rule", "kind", "example"), EXAMPLES)
def test_a_rules_own_examples(rule, kind, example):
    """What the policy says must trip does; what it says must pass does not trip this rule."""
    text, context, policy = example_context(example)
    if not policy.active(rule.id):
        pytest.skip("off on this channel")
    found = {f.rule for f in review(text, context, policy=policy).findings}
    assert (rule.id in found) == (kind == "trip"), found


def test_every_channel_with_rules_of_its_own_has_a_policy():
    """Zalando and Cdiscount stay on the strict default until rules are known."""
    policies = load_policies()
    assert set(CHANNELS) <= set(policies)
    assert {"zalando", "cdiscount"}.isdisjoint(policies)


@pytest.mark.parametrize("rule", load_policies()[STRICT].rules.values(), ids=lambda r: r.id)
def test_a_rule_is_complete(rule):
    """Source, date, message and coaching in both languages, two examples each way."""
    assert rule.source
    assert rule.read
    assert {"de", "en"} <= set(rule.message)
    assert {"de", "en"} <= set(rule.coaching)
    assert min(len(rule.examples["trip"]), len(rule.examples["pass"])) >= 2


def test_the_page_of_rules_is_up_to_date():
    """`make docs` writes it; it is committed so that it can be read without running anything."""
    page = Path(__file__).parents[3] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == render(), "run `make docs`"

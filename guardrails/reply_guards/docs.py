"""`docs/rules.md`: every rule of every channel, made from the policies, so that the page cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reply_guards.policy import STRICT, Policy, load_policies
from reply_guards.rule import Rule

_HEAD = """# Rules

Made from `guardrails/policies/` by `make docs`; do not edit. Severities: **block** (the text is not delivered), \
warn, info,
off. Each rule names its source and when it was read. Rules change: check the source before you rely on it.
"""


def render() -> str:
    """The page as Markdown."""
    policies = load_policies()
    channels = [STRICT, *sorted(name for name in policies if name != STRICT)]
    parts = [_HEAD, *_channels(policies, channels), *_rules(policies, channels)]
    return "\n".join(parts).rstrip() + "\n"


def _channels(policies: Mapping[str, Policy], channels: list[str]) -> Iterator[str]:
    yield "## Channels\n"
    heads = (
        "channel",
        "allowed links",
        "shop's own contact data",
        "review requests",
        "goodwill",
        "longest text",
        "reply within",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|---|---|---|"
    for name in channels:
        s = policies[name].settings
        links = [
            *([f"{s.marketplace}'s own pages"] if s.marketplace else []),
            *(["parcel tracking"] if s.tracking_links else []),
        ]
        row = (
            name, ", ".join(links) or "none", _yes(s.shop_contact), s.review_requests, _yes(s.goodwill),
            f"{s.max_characters} characters" if s.max_characters else "", f"{s.reply_hours} h" if s.reply_hours else "",
        )  # fmt: skip
        yield f"| {' | '.join(row)} |"
    yield "\nA channel without a file of its own gets `strict`.\n"


def _yes(allowed: bool) -> str:
    return "yes" if allowed else "no"


def _rules(policies: Mapping[str, Policy], channels: list[str]) -> Iterator[str]:
    family = ""
    for rule in policies[STRICT].rules.values():
        if rule.family != family:
            family = rule.family
            yield f"## `{family}.*`\n"
        yield from _rule(rule, policies, channels)


def _rule(rule: Rule, policies: Mapping[str, Policy], channels: list[str]) -> Iterator[str]:
    yield f"### `{rule.id}`\n"
    yield f"{rule.looks_for[:1].upper()}{rule.looks_for[1:]}.\n"
    severity = {name: policies[name].rules[rule.id].severity for name in channels if rule.id in policies[name].rules}
    other = ", ".join(f"{name}: {s}" for name, s in severity.items() if s != rule.severity)
    yield f"- severity: **{rule.severity}**{f' ({other})' if other else ''}"
    yield f"- says: {rule.message['en']}"
    if coaching := rule.coaching.get("en"):
        yield f"- better: {coaching}"
    yield f"- source: {rule.source} (read {rule.read})"
    for kind, title in (("trip", "trips"), ("pass", "passes")):
        shown = [e for e in rule.examples[kind] if isinstance(e, str) and len(e) < 120 and e.isprintable()][:2]  # noqa: PLR2004
        if shown:
            yield f"- {title}: " + "; ".join(f"“{e}”" for e in shown)
    yield ""

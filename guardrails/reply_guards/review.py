"""The review of one reply: run the checks of its channel's policy and decide.

`review(text, context)` is all that callers need. It never raises on any string and always gives the same answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from types import ModuleType
from typing import Any

from reply_guards.checks import (
    contact,
    grounding,
    identity,
    language,
    links,
    products,
    promises,
    slots,
    structure,
    style,
    voice,
)
from reply_guards.checks.hit import Hit
from reply_guards.checks.learned import is_consented, learned
from reply_guards.checks.terms import is_agreed_cost
from reply_guards.checks.wording import worded
from reply_guards.model import PARTS, Context, Finding, Part, Severity, StepName, Verdict
from reply_guards.numbers import LINE, digits_of, own_line
from reply_guards.policy import Policy, policy_for
from reply_guards.repair import repaired
from reply_guards.rule import Rule
from reply_guards.score import scored
from reply_guards.text import Reply, read
from reply_guards.wordlists import data

_Check = Callable[[Reply, Context, Policy], Iterable[Hit]]
_CHECKS: tuple[tuple[frozenset[Part], _Check], ...] = (
    (frozenset({"compliance"}), links.check),
    (frozenset({"compliance"}), contact.check),
    (frozenset({"compliance"}), style.check),
    (frozenset({"compliance"}), slots.check),
    (frozenset({"tone"}), voice.check),
    (frozenset({"structure"}), structure.check),
    (frozenset({"language"}), language.check),
    (frozenset({"grounding"}), promises.check),
    (frozenset({"grounding"}), grounding.check),
    (frozenset({"grounding"}), identity.check),
    (frozenset({"grounding"}), products.check),
)
_ANNOUNCED = 21  # characters behind the words in which the number stands
_MAX_FINDINGS = 200
_MAX_COACHING = 6


def review(text: str, context: Context, *, parts: Collection[Part] = PARTS, policy: Policy | None = None) -> Verdict:
    """Review a reply. `policy`: another than the channel's own, such as a tenant's overlay."""
    chosen = policy or policy_for(context.channel)
    wanted = frozenset(parts)
    reply = read(text)
    findings = _findings(reply, context, chosen, wanted)
    if chosen.third_party:
        from reply_guards.thirdparty import third_party_findings

        findings = sorted(
            [*findings, *third_party_findings(reply, context, chosen, wanted)], key=lambda f: (f.start, f.end, f.rule)
        )
    skipped = _skipped(context, wanted)
    judged = wanted - set(skipped)
    pairs = [(_part_of(chosen, f.rule), f) for f in findings]
    compliant = not any(f.severity == "block" for f in findings)
    return Verdict(
        compliant=compliant,
        sendable=compliant and not reply.placeholders,
        findings=tuple(findings),
        score=scored(reply, context, pairs, judged),
        coaching=_coaching(findings),
        skipped=skipped,
        fixed_text=_fixed(reply, context, chosen, findings, wanted),
        accepted_risks=chosen.accepted_risks,
    )


def _findings(reply: Reply, context: Context, policy: Policy, parts: frozenset[Part]) -> list[Finding]:
    found: dict[tuple[str, int, int], Finding] = {}
    for hit in _hits(reply, context, policy, parts):
        rule = policy.rules.get(hit.rule)
        if rule is None or rule.severity == "off" or rule.part not in parts:
            continue
        if _permitted(rule, reply, hit, context, policy):
            continue
        found.setdefault((hit.rule, hit.start, hit.end), _finding(reply, context, rule, hit))
    ordered = sorted(found.values(), key=lambda f: (f.start, f.end, f.rule))
    return ordered[:_MAX_FINDINGS]


def _hits(reply: Reply, context: Context, policy: Policy, parts: frozenset[Part]) -> Iterator[Hit]:
    found = list(worded(reply, policy, parts))
    yield from found
    yield from learned(reply, context, policy, parts, found)
    for applies, check in _CHECKS:
        if applies & parts:
            yield from check(reply, context, policy)


def _permitted(rule: Rule, reply: Reply, hit: Hit, context: Context, policy: Policy) -> bool:
    """What consent, the agent's own offers or the shop's own number make allowed on this channel."""
    if is_consented(rule, context, policy):
        return True
    if rule.id in {"promotion.goodwill", "promotion.coupon"}:
        return policy.settings.goodwill and any(o.type in {"voucher", "discount"} for o in context.offers or ())
    if rule.id == "contact.phone":
        return _is_own(reply, hit, context, policy)
    if rule.id == "safety.statutory_rights" and context.offers:
        return is_agreed_cost(read(reply.original[hit.start : hit.end]).folded, context.offers)
    return False


def _is_own(reply: Reply, hit: Hit, context: Context, policy: Policy) -> bool:
    """Whether words that announce a number announce the shop's own."""
    own = own_line(context, policy)
    return len(own) == LINE and own in digits_of(reply.original[hit.start : hit.end + _ANNOUNCED])


def _finding(reply: Reply, context: Context, rule: Rule, hit: Hit) -> Finding:
    start, end = max(0, hit.start), min(len(reply.original), max(hit.start, hit.end))
    excerpt = reply.original[start:end]
    language = "de" if context.agent_language == "de" else "en"
    severity: Severity = rule.severity  # type: ignore[assignment] # "off" was left out by the caller
    return Finding(
        rule=rule.id,
        severity=severity,
        start=start,
        end=end,
        excerpt=excerpt if len(excerpt) <= 160 else excerpt[:159] + "…",  # noqa: PLR2004 - an excerpt, not the text
        message=_filled(rule.message[language], hit, language),
        step=_step(context, start),
        source=rule.source,
        fix=hit.fix,
        coaching=_filled(rule.coaching[language], hit, language),
    )


def _filled(text: str, hit: Hit, language: str) -> str:
    """A message with what the check saw, called as the agent calls it."""
    called: dict[str, dict[str, dict[str, str]]] = data("names")
    for name, value in hit.values.items():
        names = called.get("language" if hit.rule.startswith("language.") else name, {})
        text = text.replace("{" + name + "}", names.get(value, {}).get(language, value))
    return text


def _step(context: Context, start: int) -> StepName | None:
    return next((s.name for s in context.steps or () if s.start <= start < s.end), None)


def _skipped(context: Context, parts: frozenset[Part]) -> tuple[Part, ...]:
    """Grounding needs something to stand on."""
    blind = context.facts is None and context.offers is None and context.actions_done is None
    return ("grounding",) if blind and "grounding" in parts else ()


def _part_of(policy: Policy, rule_id: str) -> Part:
    rule = policy.rules.get(rule_id)
    if rule is not None:
        return rule.part
    return next((t.part for t in policy.third_party if t.id == rule_id), "compliance")


def _coaching(findings: list[Finding]) -> tuple[str, ...]:
    """What to do better, gravest first, each said once."""
    rank = {"block": 0, "warn": 1, "info": 2}
    ordered = sorted(findings, key=lambda f: rank[f.severity])
    return tuple(dict.fromkeys(f.coaching for f in ordered if f.coaching))[:_MAX_COACHING]


def _fixed(
    reply: Reply, context: Context, policy: Policy, findings: list[Finding], parts: frozenset[Part]
) -> str | None:
    """The repaired text, only where a second review of it finds less and no block that was not there before."""
    text = repaired(reply, findings, policy, context)
    if text is None:
        return None
    import dataclasses

    again = _findings(
        read(text),
        dataclasses.replace(context, steps=None),
        policy,
        parts & {"compliance", "grounding", "tone", "language"},
    )
    old = {f.rule for f in findings if f.severity == "block"}
    new = {f.rule for f in again if f.severity == "block"}
    return text if new <= old and len(again) <= len(findings) else None


class _CallableModule(ModuleType):
    """`reply_guards.review` is this module and, as the package's export, the function: both spellings work."""

    def __call__(self, *args: Any, **kwargs: Any) -> Verdict:  # noqa: ANN401 - passed on as they are
        return review(*args, **kwargs)


sys.modules[__name__].__class__ = _CallableModule

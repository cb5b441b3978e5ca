"""Rules: each with its source and its own examples, tested while one looks; and a box to try a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.console.forms import Posted
from app.console.gate import ConsoleRoute, by_script
from app.console.i18n import language_of, mark
from app.console.pages import page
from app.console.people import Agent, Database
from app.drafts.checking import check_text
from app.drafts.schemas import CheckRequest
from app.errors import FieldError, InvalidRequest
from reply_guards.examples import example_context
from reply_guards.policy import Policy
from reply_guards.review import review
from reply_guards.rule import Rule

router = APIRouter(prefix="/console/rules", route_class=ConsoleRoute, include_in_schema=False)
Channel = Annotated[str, Query(max_length=50)]
_LONGEST_SHOWN = 220
_LONGEST_TRY = 20_000
_SHOWN_EACH = 3
_EMPTY = mark("Type the text to try.")


@dataclass(frozen=True, slots=True)
class Example:
    """One of a rule's own examples, and whether review says what it should."""

    text: str
    should_trip: bool
    holds: bool


@router.get("")
async def all_rules(
    request: Request, person: Agent, channel: Channel = "amazon", q: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """The rules of a channel, or those that speak about some words."""
    policy = request.app.state.rooms.rulebooks.of(person.principal.tenant_id).policy(channel)
    language = language_of(request)
    rules = [r for r in policy.rules.values() if not q or q.lower() in _spoken(r, language)]
    families: dict[str, list[Rule]] = {}
    for rule in rules:
        families.setdefault(rule.family, []).append(rule)
    template = "_rules.html" if by_script(request) else "rules.html"
    return page(request, template, policy=policy, channel=channel, families=families, count=len(rules), q=q,
                check=None, typed="", problem=None)  # fmt: skip


@router.get("/{rule_id}/examples")
async def judge_examples(request: Request, person: Agent, rule_id: str, channel: Channel = "amazon") -> Response:
    """A rule's examples, judged now."""
    policy = request.app.state.rooms.rulebooks.of(person.principal.tenant_id).policy(channel)
    rule = policy.rules.get(rule_id)
    examples = list(_tested(rule, policy)) if rule else []
    return page(request, "_examples.html" if by_script(request) else "examples.html", rule=rule, rule_id=rule_id,
                examples=examples, channel=channel)  # fmt: skip


@router.post("/try")
async def try_text(request: Request, session: Database, person: Agent, form: Posted) -> Response:
    """Review a text against a channel's rules."""
    text, channel = form.raw("text")[:_LONGEST_TRY], form.get("channel", "amazon")[:50]
    rooms = request.app.state.rooms
    rulebook = rooms.rulebooks.of(person.principal.tenant_id)
    problem, check = None, None
    if text.strip():
        body = CheckRequest(text=text, channel=channel, parts=("compliance", "tone", "language"))
        check = await check_text(session, body, rooms.settings, rulebook)
    else:
        problem = InvalidRequest(_EMPTY, errors=(FieldError("/text", _EMPTY),))
    if by_script(request):
        return page(request, "_try.html", check=check, problem=problem, typed=text)
    policy = rulebook.policy(channel)
    families: dict[str, list[Rule]] = {}
    for rule in policy.rules.values():
        families.setdefault(rule.family, []).append(rule)
    return page(request, "rules.html", policy=policy, channel=channel, families=families, count=len(policy.rules),
                q="", check=check, typed=text, problem=problem)  # fmt: skip


def _spoken(rule: Rule, language: str) -> str:
    return f"{rule.id} {rule.looks_for} {rule.message[language]} {rule.source}".lower()


def _tested(rule: Rule, policy: Policy) -> Iterator[Example]:
    for kind in ("trip", "pass"):
        shown = [e for e in rule.examples[kind] if _showable(e)][:_SHOWN_EACH]
        for example in shown:
            text, context, own = example_context(example, channel=policy.channel)
            # An example may be written for another channel: there it is judged, else by the rules on the page.
            judged = own if isinstance(example, dict) and "channel" in example else policy
            found = {f.rule for f in review(text, replace(context, channel=judged.channel), policy=judged).findings}
            yield Example(text, kind == "trip", (rule.id in found) == (kind == "trip") or rule.severity == "off")


def _showable(example: object) -> bool:
    text = example if isinstance(example, str) else str(example.get("text", "")) if isinstance(example, dict) else ""
    repeats = isinstance(example, dict) and "repeat" in example
    return bool(text) and len(text) <= _LONGEST_SHOWN and not repeats

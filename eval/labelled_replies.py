"""Reads the labelled lines of `tests/cases/review/` and judges them, family by family."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reply_guards.examples import facts_of, offers_of
from reply_guards.model import Context, Finding, Shop
from reply_guards.review import review

CASES = Path(__file__).parents[1] / "tests" / "cases" / "review"
_FACTS = (
    "order_id",
    "tracking_number",
    "tracking_url",
    "carrier",
    "customer_name",
    "products",
    "amounts",
    "dates",
    "status",
    "customer_text",
    "known_text",
)
# One thing said two ways: an invented date may be called a promise, an invented promise ungrounded.
_SAME = {"promise": "grounding", "register": "language"}


@dataclass(frozen=True)
class Case:
    """One labelled line."""

    file: str
    raw: Mapping[str, Any]

    @property
    def families(self) -> set[str]:
        """The families the label expects a finding of; empty for a line that must pass."""
        return {family_of(t) for t in self.raw["trips"]}


def family_of(rule: str) -> str:
    """The family a rule is counted under."""
    family = rule.partition(".")[0]
    return _SAME.get(family, family)


def context_of(raw: Mapping[str, Any]) -> Context:
    """The review context a line describes."""
    given = raw.get("context") or {}
    facts = {k: given[k] for k in _FACTS if k in given}
    resolutions = given.get("resolutions")
    offers = None
    if resolutions is not None:
        offers = offers_of(
            [
                {
                    "type": r["type"],
                    "amount": (r.get("amount") or {}).get("amount"),
                    "currency": (r.get("amount") or {}).get("currency"),
                    "date": r.get("arrives_by") or r.get("by"),
                    "return": r.get("return"),
                }
                for r in resolutions
            ]
        )
    shop = given.get("shop") or {}
    return Context(
        channel=raw["channel"],
        marketplace=raw.get("marketplace"),
        language=given.get("language"),
        kind=raw.get("kind") or "reply",
        register=given.get("register"),
        facts=facts_of(facts) if facts else None,
        offers=offers,
        actions_done=tuple(given["actions_done"]) if given.get("actions_done") is not None else None,
        shop=Shop(
            name=shop.get("name"),
            domains=tuple(shop.get("domains", ())),
            email=shop.get("email"),
            phone=shop.get("phone"),
        ),
        review_consent=bool(given.get("review_consent")),
        foreign_identities=tuple(given.get("foreign_identities", ())),
    )


@cache
def cases(split: str | None = None) -> tuple[Case, ...]:
    """All labelled lines, or those of one split, of which `tests/cases/review/README.md` tells."""
    found = [
        Case(path.stem, json.loads(line))
        for path in sorted(CASES.rglob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return tuple(c for c in found if split is None or c.raw["split"] == split)


def findings_of(case: Case) -> tuple[Finding, ...]:
    """What the review says of a line."""
    return review(case.raw["text"], context_of(case.raw)).findings


def subject_of(case: Case) -> str:
    """What a line is counted under: its own word for it, or its file's name."""
    subject: str = case.raw.get("family") or case.file
    return {"promise": "grounding_promise", "clean": "clean_replies"}.get(subject, subject)


def is_right(case: Case, findings: tuple[Finding, ...]) -> bool:
    """A violation needs a finding of its family; a look-alike none of its subject's families that blocks or warns.

    Of a clean reply nothing at all may be found.
    """
    if case.families:
        return bool({family_of(f.rule) for f in findings} & case.families)
    grave = {family_of(f.rule) for f in findings if f.severity != "info"}
    subject = subject_of(case)
    return not (grave if subject == "clean_replies" else grave & {family_of(f) for f in subject.split("_")})


def judged(split: str | None = None) -> Iterator[tuple[Case, bool, tuple[Finding, ...]]]:
    """Each line with whether the review judged it right."""
    for case in cases(split):
        findings = findings_of(case)
        yield case, is_right(case, findings), findings

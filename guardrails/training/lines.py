"""The lines the classifier learns from, as sentences with what is known of their labels.

A line of `lines/*.tsv` is `labels<TAB>language<TAB>text`. What a file does not speak of is unknown there, not absent:
a friendly offer of a refund stands as an honest line in the files about tone.
"""

# ruff: noqa: INP001 - scripts beside their data, no package
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reply_guards.policy import load_policies
from reply_guards.text import read

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
DOES = frozenset({"offer", "done", "role"})  # what an honest sentence does; all other families are violations
VIOLATES = frozenset({"feedback", "contact", "offplatform", "promotion", "tone", "safety", "sensitive", "leak"})
# What an honest line of a file is known to be free of, by the beginning of the file's name; claims stand where they are
# made, roles where a whole reply was written.
_TRADE = frozenset({"feedback", "contact", "offplatform", "promotion"})
_KNOWN = {
    "feedback": _TRADE, "commerce": _TRADE, "tone": frozenset({"feedback", "tone", "safety"}),
    "more": VIOLATES - {"tone"}, "claims": VIOLATES - {"tone"} | {"offer", "done"}, "clean": VIOLATES,
    "alike": VIOLATES, "roles": VIOLATES | DOES, "example": VIOLATES,
}  # fmt: skip

_MAY_OFFER = {
    f"role.{name}" for name in ("propose", "own", "info", "when", "limit", "ask", "bare_ask", "two_asks", "go_on")
}


@dataclass(frozen=True)
class Line:
    """One sentence: `yes` are its labels, `open` the families of which nothing is known."""

    text: str  # folded
    raw: str
    yes: frozenset[str]
    open: frozenset[str]
    origin: str
    exact: bool = True  # whether the labels name the rule, or only the family
    language: str = ""


def folded(text: str) -> str:
    """A text as one folded line."""
    return read(text).folded.replace("\n", " ")


def family(label: str) -> str:
    """The part of a label before the dot."""
    return label.partition(".")[0]


def _open(labels: frozenset[str], origin: str) -> frozenset[str]:
    """The families a line of a file says nothing of."""
    known = next(families for start, families in _KNOWN.items() if origin.startswith(start))
    named = {family(label) for label in labels}
    if named & VIOLATES:  # who breaks one rule may break another that its writer did not think of
        known = named | (known & {"safety"} if "tone" in named else set())
    elif named and origin.startswith("claims"):
        known -= {"promotion", "offplatform"}
    elif origin.startswith("roles") and labels & _MAY_OFFER and not named & {"offer", "done"}:
        known -= {"offer", "done"}  # who wrote down its role did not always write down what it offers
    return frozenset((VIOLATES | DOES) - known - named)


def written() -> Iterator[Line]:
    """The lines of `lines/`."""
    for path in sorted((HERE / "lines").glob("*.tsv")):
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not raw.strip():
                continue
            parts = raw.split("\t")
            if len(parts) != 3:  # noqa: PLR2004 - the three fields of a line
                raise ValueError(f"{path.name}:{number}: not three fields: {raw[:60]!r}")
            labels = frozenset(parts[0].split(",")) - {"-"}
            yield Line(folded(parts[2]), parts[2], labels, _open(labels, path.stem), path.stem, language=parts[1])


def examples(labels: frozenset[str]) -> Iterator[Line]:
    """The policies' own examples, of the rules the classifier knows."""
    for rule in load_policies()["strict"].rules.values():
        for kind in ("trip", "pass"):
            for text in rule.examples[kind]:
                if not isinstance(text, str) or (kind == "trip" and rule.id not in labels):
                    continue
                yes = frozenset({rule.id} if kind == "trip" else ())
                yield Line(folded(text), text, yes, _open(yes, "example"), "example")


# Labelled cases that were read while building; `test` and `sealed` never are. Of `later` nothing fits: promises.
TUNED = frozenset({"dev", "blind", "fresh", "unseen", "held", "late", "sealed"})
_ELSEWHERE = {"links", "style", "language", "structure", "grounding_promise"}  # families that exact checks look after


def cases(splits: frozenset[str]) -> Iterator[Line]:
    """Labelled cases of these splits whose text is a sentence or two."""
    for path in sorted((ROOT / "tests/cases/review").rglob("*.jsonl")):
        for raw in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(raw)
            context, subject = case.get("context") or {}, case.get("family") or path.stem
            own = {"leak_sensitive_safety": {"leak", "sensitive", "safety"}}.get(subject, {subject})
            if case["split"] not in splits or subject in _ELSEWHERE or len(case["text"].split()) > 40:  # noqa: PLR2004
                continue
            if context.get("review_consent") or context.get("shop") or case["channel"] == "shop_email":
                continue  # allowed there, by what the sentence alone does not say
            if subject == "contact" and re.search(r"[@\d]", case["text"]):
                continue  # addresses and numbers are for the exact checks
            yes = frozenset(case["trips"])
            if subject == "clean_replies":
                own = VIOLATES
            yield Line(folded(case["text"]), case["text"], yes, (VIOLATES | DOES) - own, subject, exact=False)

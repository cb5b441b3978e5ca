"""The scorecard: six marks from 0 to 100, plain arithmetic, so that an agent can follow it.

compliance, tone, structure, grounding
    100 minus 60 for each block, 20 for each warn, 5 for each info of that part, never below 0; several findings of
    one rule count at most three times. `language` findings count towards clarity, `placeholder.open` towards nothing.
empathy
    40 for an apology or regret, 30 for naming the feeling or saying it is understandable, 20 for personal ownership
    ("ich kümmere mich"), 10 for thanks or the customer's name; minus 15 for each tone finding (at most three).
    Kinds other than `reply` and texts under 12 words start from 60.
clarity
    100; minus 2 for each word above 22 in the mean sentence length (at most 30), minus 10 for each 60 words above 220
    (at most 30), minus 10 for each language or markup finding, minus 5 for each question beyond the first.
overall
    0.30 compliance + 0.15 structure + 0.15 empathy + 0.15 tone + 0.10 clarity + 0.15 grounding; a part that was not
    asked for or was skipped gives its weight to the others; at most 49 while a block finding stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from reply_guards.checks.structure import shape_of
from reply_guards.model import Context, Finding, Part, Scorecard, Severity
from reply_guards.text import Reply

_COST = {"block": 60, "warn": 20, "info": 5}
_WEIGHTS = {"compliance": 0.30, "structure": 0.15, "empathy": 0.15, "tone": 0.15, "clarity": 0.10, "grounding": 0.15}


def scored(
    reply: Reply, context: Context, findings: Iterable[tuple[Part, Finding]], parts: Collection[Part]
) -> Scorecard:
    """Marks of a reply from its findings and its wording."""
    pairs = list(findings)
    values = {
        part: _mark(f for p, f in pairs if p == part) for part in ("compliance", "structure", "tone", "grounding")
    }
    values["empathy"] = _empathy(reply, context, [f for p, f in pairs if p == "tone"])
    values["clarity"] = _clarity(reply, pairs)
    counted = {
        k: w
        for k, w in _WEIGHTS.items()
        if k in parts or (k == "empathy" and "tone" in parts) or (k == "clarity" and "language" in parts)
    }
    total = sum(counted.values())
    overall = round(sum(values[k] * w for k, w in counted.items()) / total) if total else 100
    if any(f.severity == "block" for _, f in pairs):
        overall = min(overall, 49)
    return Scorecard(overall=overall, **values)


def _mark(findings: Iterable[Finding]) -> int:
    counts: dict[tuple[str, Severity], int] = {}
    for f in findings:
        if f.rule != "placeholder.open":
            counts[f.rule, f.severity] = counts.get((f.rule, f.severity), 0) + 1
    return max(0, 100 - sum(_COST[severity] * min(3, n) for (_, severity), n in counts.items()))


def _empathy(reply: Reply, context: Context, tone: list[Finding]) -> int:
    points = 60
    if context.kind == "reply" and reply.word_count >= 12:  # noqa: PLR2004 - see the module's text
        shape = shape_of(reply)
        points = 40 * bool(shape.first("regret")) + 30 * bool(shape.first("feeling")) + 20 * bool(shape.first("own"))
        points += 10 * (bool(shape.first("thanks")) or _names_customer(reply, context))
    return max(0, points - 15 * min(3, len(tone)))


def _names_customer(reply: Reply, context: Context) -> bool:
    name = context.facts.customer_name if context.facts else None
    return bool(name and name.strip() and name.split()[-1] in reply.plain) or bool(
        re.match(r"\W{0,3}(?:\w+ ){1,3}(?:frau|herr|mr|mrs|ms)\b", reply.folded)
    )


def _clarity(reply: Reply, pairs: list[tuple[Part, Finding]]) -> int:
    lengths = [n for s in reply.sentences if (n := len(s.text.split())) > 2]  # noqa: PLR2004 - greetings are no sentences
    mean = sum(lengths) / len(lengths) if lengths else 0
    lost = min(30.0, max(0.0, mean - 22) * 2) + min(30, max(0, reply.word_count - 220 + 59) // 60 * 10)
    lost += 10 * min(
        3, sum(p == "language" or f.rule in {"style.html", "style.markdown", "style.line_breaks"} for p, f in pairs)
    )
    questions = sum(s.question for s in reply.sentences)
    return max(0, round(100 - lost - 5 * max(0, questions - 1)))

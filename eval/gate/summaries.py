"""The gate's decisions for machines and people: JUnit XML for a build server, Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from eval.gate.decide import Decision, outcome

_MARK = {"pass": "✅ pass", "fail": "❌ fail", "inconclusive": "❔ inconclusive"}


def junit(decisions: Sequence[Decision]) -> str:
    """One test case a rule and variant; what is inconclusive counts as an error, not as a failure."""
    cases = "".join(_case(d) for d in decisions)
    failed = sum(d.outcome == "fail" for d in decisions)
    open_ = sum(d.outcome == "inconclusive" for d in decisions)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuite name="vierklang eval gate" tests="{len(decisions)}" failures="{failed}" errors="{open_}">\n'
        f"{cases}</testsuite>\n"
    )


def _case(decision: Decision) -> str:
    inside = ""
    if decision.outcome != "pass":
        tag = "failure" if decision.outcome == "fail" else "error"
        inside = f'<{tag} message="{escape(decision.reason)}"/>'
    return f'  <testcase classname="{escape(decision.variant)}" name="{escape(decision.rule)}">{inside}</testcase>\n'


def markdown(decisions: Sequence[Decision], *, baseline: str, candidate: str) -> str:
    """A table with what did not pass on top."""
    order = ("fail", "inconclusive", "pass")
    rows = sorted(decisions, key=lambda d: order.index(d.outcome))
    lines = [
        f"## Gate: {_MARK[outcome(decisions)]}", "", f"Candidate `{candidate}` against baseline `{baseline}`.", "",
        "| | variant | rule | why |", "|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {_MARK[d.outcome]} | {d.variant} | {d.rule} | {d.reason} |" for d in rows]
    return "\n".join(lines) + "\n"

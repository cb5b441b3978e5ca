"""How findings and drafts look on a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

from reply_guards.model import Finding, Verdict

_SEVERITY = {"block": "bold red", "warn": "yellow", "info": "cyan"}
_STEPS = {"acknowledge": "blue", "own": "magenta", "propose": "green", "ask": "yellow"}
_STEP_TITLES = {
    "de": {"acknowledge": "Anerkennen", "own": "Verantwortung", "propose": "Lösung", "ask": "Nächster Schritt"},
    "en": {"acknowledge": "Acknowledge", "own": "Own", "propose": "Propose", "ask": "Ask"},
}
_WIDEST = 110


def show_findings(text: str, verdict: Verdict, *, name: str) -> None:
    """Findings as a linter prints them: place, severity, rule, the line with carets, reason, how to say it."""
    console = Console(highlight=False, soft_wrap=True)
    for finding in sorted(verdict.findings, key=lambda f: f.start):
        _show_finding(console, text, finding, name)
    _show_risks(console, verdict.accepted_risks)
    counts = {s: sum(f.severity == s for f in verdict.findings) for s in _SEVERITY}
    state = (
        ("sendable" if verdict.sendable else "compliant, not sendable yet") if verdict.compliant else "not compliant"
    )
    style = "green" if verdict.sendable else "yellow" if verdict.compliant else "red"
    skipped = f"; not checked: {', '.join(verdict.skipped)}" if verdict.skipped else ""
    told = ", ".join(f"{n} {severity}" for severity, n in counts.items() if n) or "no findings"
    console.print(Text(f"{name}: {state} ({told}; score {verdict.score.overall}{skipped})", style=style))


def _show_risks(console: Console, risks: Iterable[str]) -> None:
    for risk in risks:
        console.print(Text(f"accepted risk: {risk}", "magenta"))


def _show_finding(console: Console, text: str, finding: Finding, name: str) -> None:
    line_number, column, line = _line_of(text, finding.start)
    head = Text(f"{name}:{line_number}:{column + 1}: ")
    head.append(finding.severity, _SEVERITY[finding.severity])
    head.append(f" {finding.rule}", "bold")
    console.print(head)
    if finding.end > finding.start:
        shown, before, marked = _window(line, column, finding.end - finding.start)
        console.print(Text("  " + shown))
        console.print(Text("  " + " " * before + "^" * marked, _SEVERITY[finding.severity]))
    console.print(Text(f"  {finding.message}"))
    if finding.coaching:
        console.print(Text(f"  → {finding.coaching}", "dim"))
    if finding.source:
        console.print(Text(f"  source: {finding.source}", "dim"))
    console.print()


def _line_of(text: str, position: int) -> tuple[int, int, str]:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text.count("\n", 0, start) + 1, position - start, text[start : end if end >= 0 else len(text)]


def _window(line: str, column: int, length: int) -> tuple[str, int, int]:
    """The part of a long line that holds the span, and where the carets go, in terminal cells."""
    cut = max(0, column - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = "".join(c if c.isprintable() else "·" for c in line[cut : cut + _WIDEST])
    before = shown[: column - cut]
    marked = shown[column - cut : column - cut + length]
    prefix, suffix = "…" if cut else "", "…" if cut + _WIDEST < len(line) else ""
    return prefix + shown + suffix, len(prefix) + _cells(before), max(1, _cells(marked))


def _cells(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def show_draft(answer: dict[str, Any]) -> None:
    """A draft: its steps in colours with findings underlined, what is open, how it was read, what it stands on."""
    console = Console(highlight=False, soft_wrap=True)
    titles = _STEP_TITLES.get(answer["language"], _STEP_TITLES["en"])
    triage = answer["triage"]
    console.print(Text(
        f"{answer['status']} · score {answer['score']['overall']} · {_cause(triage)} · "
        f"{triage['sentiment']} ({triage['intensity']:.1f}) · {answer['language']} · "
        f"{answer['generation']['engine']} · {answer['timings_ms']['total']:.0f} ms", "dim"))  # fmt: skip
    for step in answer["steps"]:
        console.print()
        console.print(Text(titles[step["name"]], f"bold {_STEPS[step['name']]}"))
        console.print(_marked(step, answer["findings"], answer["placeholders"]))
    _list(console, "Open", (f"[{p['label']}]  ({p['name']})" for p in answer["placeholders"]))
    _list(console, "Findings", (f"{f['severity']} {f['rule']}: {f['message']}" for f in answer["findings"]))
    _list(console, "Accepted risks", answer["accepted_risks"])
    _list(console, "Escalate", triage["reasons"] if triage["escalate"] else ())
    _list(console, "Sources", (f"{s['score']:.2f} {s['kind']:6} {s['title'][:80]}" for s in answer["sources"]))


def _cause(triage: dict[str, Any]) -> str:
    sure = triage.get("cause_confidence")
    return str(triage["cause"]) if sure is None else f"{triage['cause']} ({sure:.0%})"


def _marked(step: dict[str, Any], findings: Iterable[dict[str, Any]], open_: Iterable[dict[str, Any]]) -> Text:
    text = Text(step["text"].strip("\n"))
    lead = len(step["text"]) - len(step["text"].lstrip("\n"))
    spans = [(f, f"underline {_SEVERITY[f['severity']]}") for f in findings] + [(p, "reverse") for p in open_]
    for span, style in spans:
        start, end = span["start"] - step["start"] - lead, span["end"] - step["start"] - lead
        if end > 0 and start < len(text):
            text.stylize(style, max(0, start), end)
    return text


def _list(console: Console, title: str, lines: Iterable[str]) -> None:
    rows = list(lines)
    if rows:
        console.print()
        console.print(Text(title, "bold"))
        for row in rows:
            console.print(Text(f"  {row}"))

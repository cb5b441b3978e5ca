"""A draft as HTML: its steps in colour, findings underlined with their reason, its words beside the gold reply's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from rapidfuzz.distance import Levenshtein

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def marked(draft: dict[str, Any]) -> Markup:
    """The text with steps and findings marked."""
    text = draft.get("text")
    if not text:
        return Markup('<p class="blocked">blocked: no text</p>')
    findings = [f for f in draft["findings"] if f["end"] > f["start"]]
    parts = [
        f'<span class="step s-{escape(step["name"])}">{_underlined(text, step["start"], end, findings)}</span>'
        + text[end : step["end"]]  # the blank line between two steps has no colour
        for step in draft["steps"]
        for end in [step["start"] + len(text[step["start"] : step["end"]].rstrip())]
    ]
    return Markup("".join(parts))  # noqa: S704 - every piece of text in it was escaped


def _underlined(text: str, start: int, end: int, findings: Iterable[dict[str, Any]]) -> str:
    inside = [f for f in findings if f["start"] < end and f["end"] > start]
    cuts = sorted({start, end, *(max(start, f["start"]) for f in inside), *(min(end, f["end"]) for f in inside)})
    return "".join(_piece(text[a:b], a, inside) for a, b in pairwise(cuts))


def _piece(text: str, at: int, findings: Iterable[dict[str, Any]]) -> str:
    here = [f for f in findings if f["start"] <= at < f["end"]]
    if not here:
        return escape(text)
    title = escape("; ".join(f"{f['rule']}: {f['message']}" for f in here))
    return f'<u class="f-{escape(here[0]["severity"])}" title="{title}">{escape(text)}</u>'


def changes(draft: str, gold: str) -> Markup:
    """The gold reply with what the draft lacks inserted and what it has too much struck out, word by word."""
    old, new = _TOKEN.findall(draft), _TOKEN.findall(gold)
    out = []
    for op in Levenshtein.opcodes(old, new):
        gone = "".join(old[op.src_start : op.src_end])
        come = "".join(new[op.dest_start : op.dest_end])
        if op.tag == "equal":
            out.append(escape(come))
            continue
        out += [f"<del>{escape(gone)}</del>"] if gone.strip() else []
        out += [f"<ins>{escape(come)}</ins>"] if come.strip() else [escape(come)]
    return Markup("".join(out))  # noqa: S704 - every piece of text in it was escaped

"""Placeholders of the systems macros come from, mapped to our slots by `data/macro_slots.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from app.knowledge.redaction.words import fold

_LONGEST = 120
_PLACEHOLDER = re.compile(
    r"\{\{-?\s{0,5}(?P<double>[^{}\n]{1,200}?)\s{0,5}-?\}\}"
    r"|\{%-?\s{0,5}(?P<tag>[^{}%\n]{1,200}?)\s{0,5}-?%\}"
    r"|\$\{\s{0,5}(?P<dollar>[^{}\n]{1,120}?)\s{0,5}\}"
    r"|(?<![{$])\{(?P<single>[^\W\d_][\w .\[\]-]{0,80})\}(?!\})"
    r"|\[\[?(?P<square>[^\W\d_][^\[\]\n]{0,60})\]?\](?!\()"
    r"|<(?P<angle>[^\W\d_][^<>\n/=\"]{0,60})>"
    r"|«(?P<guillemets>[^\W\d_][^«»\n]{0,60})»"
    r"|(?<![\w%])%(?P<percent>[^\W\d_][\w.-]{1,60})%(?!\w)"
    r"|(?<!\w)__(?P<lines>[^\W\d_][\w .-]{1,60}?)__(?!\w)"
)
_SUBSCRIPT = re.compile(r"\[[^\]]{0,80}\]")
_FREE = frozenset(["square", "angle", "guillemets", "single", "lines"])  # forms that ordinary text uses too
_HTML = frozenset([
    "a", "abbr", "b", "blockquote", "body", "br", "code",
    "div", "em", "font", "h1", "h2", "h3", "h4", "head", "hr", "html", "i",
    "img", "li", "ol", "p", "pre", "s", "small", "span",
    "strong", "style", "sub", "sup", "table", "tbody", "td", "th", "thead",
    "title", "tr", "u", "ul", "center",
    "section", "article", "script", "meta", "link", "label", "input", "button", "form",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class MacroText:
    """A macro's body with our slots, and the placeholders nobody could map, as they were written."""

    body: str
    unknown: tuple[str, ...] = ()


def macro_slots(body: str) -> MacroText:
    """Put our slots for the placeholders of the source system; what is unknown stays as it is and is reported."""
    unknown: dict[str, None] = {}

    def replaced(match: re.Match[str]) -> str:
        form = cast("str", match.lastgroup)
        slot = _slot(match[form], form)
        if slot is None:
            if not _is_text(match[form], form):
                unknown[match.group()] = None
            return match.group()
        return f"{{{slot}}}" if slot else ""

    return MacroText(_PLACEHOLDER.sub(replaced, body), tuple(unknown))


def _slot(written: str, form: str) -> str | None:
    """Our slot for a placeholder's name, "" for what is left out, None for an unknown one."""
    exact, suffixes = _table()
    name = _normal(written)
    if form == "single" and name in exact.values():
        return name
    if name in exact:
        return exact[name]
    if form in _FREE:
        return None
    path = name.split("_")
    for start in range(1, len(path)):
        if (slot := suffixes.get("_".join(path[start:]))) is not None:
            return slot
    return None


def _normal(written: str) -> str:
    """One spelling: no filters, no subscripts, words joined by `_`: `ticket.requester.first_name | upcase`."""
    name = _SUBSCRIPT.sub(".", written[:_LONGEST].split("|", maxsplit=1)[0])
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    words = re.findall(r"[^\W_]+", name)
    return "_".join(fold(word) for word in words)


def _is_text(written: str, form: str) -> bool:
    """Whether the brackets are the writer's own: '[siehe Anlage]', '<br>'."""
    if form == "angle":
        return written.split(maxsplit=1)[0].lower() in _HTML or "@" in written or written.startswith("http")
    return form == "square" and len(written.split()) > 4  # noqa: PLR2004 - a remark, no name


@cache
def _table() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Slots by the placeholder's whole name, and by the end of its path."""
    with (Path(__file__).parent / "data" / "macro_slots.yaml").open(encoding="utf-8") as file:
        data = cast("dict[str, dict[str, str]]", yaml.load(file, Loader=yaml.CSafeLoader))
    exact: dict[str, str] = {}
    for slot, names in data["slots"].items():
        target = "" if slot == "nothing" else slot
        exact |= {_normal(name): target for name in names.split(",") if name.strip()}
        exact.setdefault(slot, target)
    ends: dict[str, str] = {}
    for slot, names in data["path_ends"].items():
        ends |= {_normal(name): "" if slot == "nothing" else slot for name in names.split(",") if name.strip()}
    return exact, ends

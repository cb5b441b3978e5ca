"""What somebody newly wrote in a message: quoted history, signatures and footers of marketplaces are cut.

Libraries for this were tried (see docs/import.md): they leave German and Outlook history in place, and a page of
empty lines keeps one of them busy for half a minute. This one looks at each line once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

_LONGEST = 600  # a longer line is running text, never a mark
_DATED = re.compile(r"\d{1,2}:\d\d|\b(?:19|20)\d\d\b|\S@\S")
_POSTSCRIPT = re.compile(r"\s*p\.?\s?s\.?\b", re.IGNORECASE)
_WRAPPED = 3  # mail programs break the line that names the writer into up to three
_SIGNATURE_LINES = 25
_NAME_WORDS = 5
_PROSE = 90


@cache
def _marks() -> dict[str, re.Pattern[str]]:
    loaded: dict[str, list[str]] = yaml.load(
        Path(__file__).with_name("marks.yaml").read_text("utf-8"), yaml.CSafeLoader
    )
    loaded["stops"] = (
        loaded["history"] + loaded["footers"] + loaded["headers"]
    )  # asked of every line: one match, not three
    return {
        name: re.compile(r"\s*(?:" + "|".join(f"(?:{p})" for p in patterns) + r")\s*", re.IGNORECASE)
        for name, patterns in loaded.items()
    }


def _is(mark: str, line: str) -> bool:
    return len(line) <= _LONGEST and _marks()[mark].fullmatch(line) is not None


def newly_written(text: str) -> str:
    """The message without history, signature and footer; where nothing else is left, without quote marks only."""
    lines = _between_marks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    kept = _without_signature(_without_history(lines))
    return _joined(kept) or _joined([line.lstrip("> \t") for line in lines])


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _between_marks(lines: list[str]) -> list[str]:
    """Only the customer's part of a message that a marketplace wraps."""
    begin = next((i for i, line in enumerate(lines) if _is("begins", line)), None)
    if begin is None:
        return lines
    end = next((i for i in range(begin + 1, len(lines)) if _is("ends", lines[i])), len(lines))
    return lines[begin + 1 : end]


def _without_history(lines: list[str]) -> list[str]:
    colons = [line.rstrip().endswith(":") for line in lines]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _is("stops", line) and (not _is("headers", line) or _begins_headers(lines, at)):
            break
        if any(colons[at : at + _WRAPPED]) and (taken := _attribution(lines, at)):
            if not _quote_follows(lines, at + taken):
                break
            at += taken
            continue
        if not line.lstrip().startswith(">"):
            kept.append(line)
        at += 1
    while kept and not kept[-1].strip("_-=* \t"):
        kept.pop()
    return kept


def _begins_headers(lines: list[str], at: int) -> bool:
    """A second header line follows, blank lines between them allowed."""
    following = [line for line in lines[at + 1 : at + 5] if line.strip()]
    return bool(following) and _is("headers", following[0])


def _attribution(lines: list[str], at: int) -> int:
    """How many lines from here name date and writer of what is quoted below; 0 for none."""
    if _dated("attribution", lines[at]) or _dated("attribution_line", lines[at]):
        return 1
    for taken in range(2, _WRAPPED + 1):
        wrapped = lines[at : at + taken]
        if len(wrapped) < taken or not all(line.strip() for line in wrapped):
            return 0
        if wrapped[-1].rstrip().endswith(":") and _dated("attribution", " ".join(line.strip() for line in wrapped)):
            return 0 if _attribution(lines, at + 1) else taken
    return 0


def _dated(mark: str, line: str) -> bool:
    return line.rstrip().endswith(":") and _DATED.search(line[:_LONGEST]) is not None and _is(mark, line)


def _quote_follows(lines: list[str], at: int) -> bool:
    """The quoted mail is marked line by line, so that what is written below it can be kept."""
    return next((line.lstrip().startswith(">") for line in lines[at:] if line.strip()), False)


def _without_signature(lines: list[str]) -> list[str]:
    lines = [line for line in lines if not _is("devices", line)]
    dashes = next((i for i, line in enumerate(lines) if i and line.strip() in {"--", "__"}), None)
    if dashes is not None:
        lines = lines[:dashes]
    first = max(1, len(lines) - _SIGNATURE_LINES)
    for at in range(first, len(lines)):
        if _is("closings", lines[at]):
            return lines[: at + 1] + _under_closing(lines[at + 1 :])
    return lines


def _under_closing(tail: list[str]) -> list[str]:
    """The name, and a postscript; everything where the tail is no signature but text."""
    postscript = next((i for i, line in enumerate(tail) if _POSTSCRIPT.match(line)), None)
    block = tail if postscript is None else tail[:postscript]
    if any(len(line) > _PROSE or line.rstrip().endswith("?") for line in block):
        return tail
    name = next((line for line in block if line.strip()), "")
    kept = [name] if 0 < len(name.split()) <= _NAME_WORDS else []
    return kept if postscript is None else [*kept, "", *tail[postscript:]]

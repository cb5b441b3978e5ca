"""What the request's instruction asks: only what chooses among the allowed is followed, the rest is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.drafts.composer.bank import load

_SENTENCE = re.compile(r"(?<=[.!;])\s+|\n+")
_PART = re.compile(r"\s*(?:,|;|\bund\b|\band\b)\s*", re.IGNORECASE)
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Guidance:
    """An instruction read."""

    short: bool = False
    first: tuple[str, ...] = ()  # types of resolution to name first
    only: tuple[str, ...] = ()  # types of resolution to name alone
    mentions: tuple[str, ...] = ()  # clauses after "dass"/"that"
    unknown: tuple[str, ...] = ()  # parts that nothing here can follow


def guidance(instruction: str | None, language: str, allowed: frozenset[str]) -> Guidance:
    """Read an instruction; a type that is not allowed is no instruction one can follow."""
    short, first, only, mentions, unknown = False, [], [], [], []
    for part in _parts((instruction or "")[:_LONGEST], language):
        low = part.lower()
        kinds = [kind for kind in _types(low) if kind in allowed]
        if told := _find("mention", language).match(part):
            mentions.append(told["that"].strip().rstrip(".!"))
        elif _find("negation").search(low):
            unknown.append(part)
        elif kinds and _find("only").search(low):
            only += kinds
        elif kinds and _find("first").search(low):
            first += kinds
        elif _find("short").search(low):
            short = True
        elif not _find("courtesy").match(low):
            unknown.append(part)
    return Guidance(short, tuple(first), tuple(only), tuple(mentions), tuple(unknown))


def _parts(text: str, language: str) -> list[str]:
    """The single wishes of an instruction; what is to be mentioned stays whole."""
    out: list[str] = []
    for raw in _SENTENCE.split(text):
        sentence = raw.strip().rstrip(".!;").strip()
        whole = _find("mention", language).match(sentence)
        out += [sentence] if whole else _PART.split(sentence)
    return [part for part in out if part]


def _types(low: str) -> list[str]:
    """The types of resolution a part names, a part of the money before all of it."""
    found: list[str] = []
    for kind, words in load("guidance")["types"].items():
        if re.search(words, low):
            found.append(kind)
            low = re.sub(words, " ", low)
    return found


@cache
def _find(name: str, language: str | None = None) -> re.Pattern[str]:
    entry: Any = load("guidance")[name]
    return re.compile(entry[language] if language else entry, re.IGNORECASE)

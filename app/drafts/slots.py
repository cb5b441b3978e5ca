"""Slots: `{name}` in the steps becomes the ticket's fact, or a visible placeholder `[Label]` where nobody knows it.

A filled draft is one text; its steps partition it (greeting in the first, signature in the last), each step's span
ends where the next begins, so the blank line between two steps belongs to the earlier one. Offsets are code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from app.drafts.composer.bank import written_language
from app.drafts.composer.values import slot_values
from app.drafts.model import Case, Steps
from reply_guards.model import STEP_NAMES, StepName, StepSpan

_SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
_GAP = "\n\n"
_BAD_VALUE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f{}\[\]]")


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A fact still to be filled in, written `[label]` at [start, end) of the text."""

    name: str
    label: str
    start: int
    end: int
    step: StepName


@dataclass(frozen=True, slots=True)
class Filled:
    """A draft with its slots filled: the text, the spans of its steps, and what is still open."""

    text: str
    steps: tuple[StepSpan, ...]
    placeholders: tuple[OpenSlot, ...] = ()


def fill(steps: Steps, case: Case) -> Filled:
    """Return the text of a draft, every slot filled from the case or turned into a placeholder."""
    values = slot_values(case)
    language = written_language(case.language)
    texts = [(name, getattr(steps, name).strip()) for name in STEP_NAMES]
    last = max((at for at, (_, text) in enumerate(texts) if text), default=-1)
    out: list[str] = []
    spans: list[StepSpan] = []
    open_slots: list[OpenSlot] = []
    at = 0
    for index, (name, text) in enumerate(texts):
        start = at
        for piece, slot in _pieces(text, values, language):
            if slot:
                open_slots.append(OpenSlot(slot, piece[1:-1], at, at + len(piece), name))
            out.append(piece)
            at += len(piece)
        if text and index < last:
            out.append(_GAP)
            at += len(_GAP)
        spans.append(StepSpan(name, start, at))
    return Filled("".join(out), tuple(spans), tuple(open_slots))


def _pieces(text: str, values: Mapping[str, str], language: str) -> Iterator[tuple[str, str | None]]:
    """Yield the text in pieces, each with the slot's name where the piece is a placeholder."""
    at = 0
    for slot in _SLOT.finditer(text):
        if slot.start() > at:
            yield text[at : slot.start()], None
        value = values.get(slot[1])
        yield (value, None) if value else (f"[{label(slot[1], language)}]", slot[1])
        at = slot.end()
    if at < len(text):
        yield text[at:], None


def refill(filled: Filled, values: Mapping[str, str]) -> Filled:
    """Return the draft with further placeholders filled; offsets of steps and open placeholders follow.

    Raises ValueError for a value that is empty, holds brackets, braces or control characters, or that names no open
    placeholder.
    """
    _refuse_unfit(filled.placeholders, values)
    out: list[str] = []
    edits: list[tuple[int, int]] = []  # (end of a placeholder in the old text, growth up to there)
    at = growth = 0
    for spot in sorted(filled.placeholders, key=lambda p: p.start):
        value = values.get(spot.name, "").strip()
        if not value:
            continue
        out += [filled.text[at : spot.start], value]
        growth += len(value) - (spot.end - spot.start)
        at = spot.end
        edits.append((spot.end, growth))
    out.append(filled.text[at:])
    return _moved(filled, "".join(out), edits, frozenset(values))


def _moved(filled: Filled, text: str, edits: Sequence[tuple[int, int]], gone: frozenset[str]) -> Filled:
    """The draft with its new text, every offset moved by what grew before it."""

    def moved(offset: int) -> int:
        return offset + next((grown for end, grown in reversed(edits) if end <= offset), 0)

    still_open = tuple(
        replace(spot, start=moved(spot.start), end=moved(spot.end))
        for spot in filled.placeholders
        if spot.name not in gone
    )
    return Filled(text, tuple(StepSpan(s.name, moved(s.start), moved(s.end)) for s in filled.steps), still_open)


def _refuse_unfit(placeholders: Sequence[OpenSlot], values: Mapping[str, str]) -> None:
    names = {spot.name for spot in placeholders}
    for name, value in values.items():
        if name not in names:
            raise ValueError(
                f"{name} is no open placeholder of this draft; open are: {', '.join(sorted(names)) or 'none'}"
            )
        if not value.strip() or _BAD_VALUE.search(value):
            raise ValueError(f"the value for {name} is empty or holds brackets, braces or control characters")


def label(name: str, language: str) -> str:
    """Return what a placeholder is called in the language of the draft; unknown names are made readable."""
    known = _labels().get(name, {})
    return known.get(language) or known.get("en") or name.replace("_", " ")


@cache
def _labels() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "slots.yaml").open(encoding="utf-8") as file:
        return cast("dict[str, dict[str, str]]", yaml.load(file, Loader=yaml.CSafeLoader))

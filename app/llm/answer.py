"""From what a model said to the four steps: strict about content, patient about wrapping.

Accepted wrappings: bare JSON, a fenced block, prose or "thinking" around it, an object around it; then one local repair
pass. What still does not hold four different, complete texts with known slots is ModelAnswerUnusable with a reason that
can be shown to the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from app.drafts.model import Steps
from app.llm.client import ModelAnswerUnusable
from app.llm.repair import mend
from app.text import reject_unstorable
from reply_guards.model import STEP_NAMES

STEPS_SCHEMA: dict[str, Any] = {
    "type": "object",
    # A small model copies the "…" that shows where a text goes, unless something keeps it from that.
    "properties": {name: {"type": "string", "minLength": 20} for name in STEP_NAMES},
    "required": list(STEP_NAMES),
    "additionalProperties": False,
}

_LONGEST_ANSWER = 60_000  # characters; four steps need 2,000
_LONGEST_STEP = 3_000
_SHORTEST_STEP = 8
_OBJECTS_TRIED = 40  # an object may sit inside prose with braces of its own

_END_OF_THINKING = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_SLOT = re.compile(r"\{{1,2}\s{0,3}([^{}]{0,60}?)\s{0,3}\}{1,2}")
_SLOT_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_BREAKS = re.compile(r"\n{3,}")


def parse_steps(text: str, *, slots: Collection[str]) -> Steps:
    """Read the four steps out of a model's answer. `slots`: names that may stand in braces.

    Raises:
        ModelAnswerUnusable: with a reason that names what is wrong, never the text itself.

    """
    if not text.strip():
        raise ModelAnswerUnusable("The answer is empty.")
    if len(text) > _LONGEST_ANSWER:
        raise ModelAnswerUnusable("The answer is far too long.")
    found = _object_with_steps(_END_OF_THINKING.split(text)[-1])
    steps = {name: clean_step(name, found[name], slots) for name in STEP_NAMES}
    for index, name in enumerate(STEP_NAMES):
        if twin := next((n for n in STEP_NAMES[:index] if steps[n].casefold() == steps[name].casefold()), None):
            raise ModelAnswerUnusable(f"The steps {twin} and {name} are the same text.")
    return Steps(**steps)


def _object_with_steps(text: str) -> dict[str, Any]:
    objects = [found for found in _objects(text) if len(found.keys() & set(STEP_NAMES)) > 1]
    complete = [found for found in objects if found.keys() >= set(STEP_NAMES)]
    if not complete and (mended := _mended(text)) is not None:
        objects.append(mended)
        complete = [mended] if mended.keys() >= set(STEP_NAMES) else []
    if not complete:
        raise ModelAnswerUnusable(_what_is_missing(objects))
    if any(other != complete[0] for other in complete[1:]):
        raise ModelAnswerUnusable("The answer holds more than one JSON object with the four steps.")
    return complete[0]


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in the text, outermost first; wrappers yield what they wrap."""
    decoder = json.JSONDecoder(object_pairs_hook=_no_duplicates, strict=False)
    position = text.find("{")
    for _ in range(_OBJECTS_TRIED):
        if position < 0:
            return
        try:
            found, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            yield from _unwrapped(found)
        position = text.find("{", end)


def _unwrapped(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield found
    if not found.keys() & set(STEP_NAMES):
        yield from (value for value in found.values() if isinstance(value, dict))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for raw_key, value in pairs:
        key = raw_key.strip().lower()
        if key in found and key in STEP_NAMES:
            raise ModelAnswerUnusable(f"The step {key} is given twice.")
        found[key] = value
    return found


def _mended(text: str) -> dict[str, Any] | None:
    start = text.find("{")
    repaired = mend(text[start:].rstrip("` \n")) if start >= 0 else None
    if repaired is None:
        return None
    try:
        found = json.loads(repaired, object_pairs_hook=_no_duplicates, strict=False)
    except (ValueError, RecursionError):
        return None
    return next((o for o in _unwrapped(found) if o.keys() & set(STEP_NAMES)), None) if isinstance(found, dict) else None


def _what_is_missing(objects: list[dict[str, Any]]) -> str:
    if not objects:
        return "The answer is not a JSON object with the keys acknowledge, own, propose and ask, or it is cut off."
    best = max(objects, key=lambda found: len(found.keys() & set(STEP_NAMES)))
    return f"The answer lacks: {', '.join(name for name in STEP_NAMES if name not in best)}."


def clean_step(name: str, value: object, slots: Collection[str]) -> str:
    """One step as it may stand in a draft. Raises ModelAnswerUnusable."""
    if not isinstance(value, str):
        raise ModelAnswerUnusable(f"The step {name} is not a text.")
    try:
        text = _BREAKS.sub("\n\n", reject_unstorable(value.replace("\r\n", "\n")).strip())
    except ValueError:
        raise ModelAnswerUnusable(f"The step {name} holds control characters.") from None
    text = _with_known_slots(name, text, slots)
    words = _SLOT.sub("", text)
    if not any(char.isalpha() for char in words) or len(words.strip()) < _SHORTEST_STEP:
        raise ModelAnswerUnusable(f"The step {name} is empty.")
    if len(text) > _LONGEST_STEP:
        raise ModelAnswerUnusable(f"The step {name} is far too long.")
    return text


def _with_known_slots(step: str, text: str, slots: Collection[str]) -> str:
    def keep(match: re.Match[str]) -> str:
        name = match.group(1).lower()
        if name in slots:
            return "{" + name + "}"
        shown = f"{{{name}}}" if _SLOT_NAME.fullmatch(name) else "braces that hold no slot name"
        raise ModelAnswerUnusable(f"The step {step} uses {shown}, which is not in the list of slots.")

    cleaned = _SLOT.sub(keep, text)
    if "{" in (rest := _SLOT.sub("", cleaned)) or "}" in rest:
        raise ModelAnswerUnusable(f"The step {step} holds a single brace.")
    return cleaned

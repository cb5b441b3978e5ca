"""A language model that reads from a script: the double for tests, demos and drills, without a network.

As a setting: `VIERKLANG_MODEL=scripted/drill.yaml`, where the file holds

    repeat: true            # start again at the end (default); false: the exhausted script is "unavailable"
    answers:
      - steps: {acknowledge: …, own: …, propose: …, ask: …}
      - text: "raw words instead of JSON"
      - {text: "…", delay_s: 2, finish_reason: length}
      - {error: rate_limited, retry_after_s: 1}   # timeout | rate_limited | refused | unavailable
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from app.llm.client import (
    Answer,
    Completion,
    FinishReason,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)

ErrorName = Literal["timeout", "rate_limited", "refused", "unavailable"]
_ERRORS: dict[ErrorName, type[ModelError]] = {
    "timeout": ModelTimeout, "rate_limited": ModelRateLimited, "refused": ModelRefused, "unavailable": ModelUnavailable,
}  # fmt: skip
_KEYS = {"steps", "text", "error", "delay_s", "retry_after_s", "finish_reason"}
_REMEMBERED = 1000
_PIECE = 7


class BrokenScript(ValueError):
    """The script of a scripted model cannot be read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a script: after `delay_s`, say `text` or fail with `error`."""

    text: str = ""
    error: ErrorName | None = None
    delay_s: float = 0.0
    retry_after_s: float | None = None
    finish_reason: FinishReason = "stop"


Script = Callable[[Completion], "Line | str"]


class ScriptedModel:
    """Answers from a list of lines, or from a function of the request. Keeps the last requests in `requests`."""

    ready = True

    def __init__(
        self, script: Iterable[Line | str] | Script, *, name: str = "scripted/list", repeat: bool = False
    ) -> None:
        """A plain string is a line that says it at once."""
        self.name = name
        self.requests: deque[Completion] = deque(maxlen=_REMEMBERED)
        self._repeat = repeat
        self._function = script if callable(script) else None
        self._lines = () if callable(script) else tuple(script)
        self._next = 0

    async def load(self) -> None:
        """Nothing to prepare."""

    async def aclose(self) -> None:
        """Nothing to close."""

    async def complete(self, request: Completion) -> Answer:
        """Play the next line. Tokens are counted as words, so that sums can be checked; the cost is unknown."""
        self.requests.append(request)
        line = self._line(request)
        try:
            async with asyncio.timeout(request.timeout_s):
                await asyncio.sleep(line.delay_s)
        except TimeoutError:
            raise ModelTimeout from None
        if line.error is not None:
            raise _ERRORS[line.error](retry_after_s=line.retry_after_s)
        words = sum(len(message.content.split()) for message in request.messages)
        return Answer(line.text, self.name, words, len(line.text.split()), None, line.finish_reason)

    async def stream(self, request: Completion) -> AsyncGenerator[str | Answer]:
        """The same line in pieces of a few characters: what reads it must not care where they are cut."""
        answer = await self.complete(request)
        for start in range(0, len(answer.text), _PIECE):
            yield answer.text[start : start + _PIECE]
            await asyncio.sleep(0)
        yield answer

    def _line(self, request: Completion) -> Line:
        line = self._function(request) if self._function else self._take()
        return Line(line) if isinstance(line, str) else line

    def _take(self) -> Line | str:
        position, self._next = self._next, self._next + 1
        if self._repeat and self._lines:
            position %= len(self._lines)
        if position >= len(self._lines):
            raise ModelUnavailable("The script of the scripted model has no more lines.")
        return self._lines[position]


def read_script(path: Path) -> ScriptedModel:
    """Load a YAML script. Raises BrokenScript with one sentence that names the file and the entry."""
    import yaml

    try:
        content = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BrokenScript(f"{path}: cannot be read ({type(error).__name__})") from error
    answers = content.get("answers") if isinstance(content, dict) else None
    if not isinstance(answers, list) or not answers:
        raise BrokenScript(f"{path}: holds no list `answers` with at least one entry")
    lines = [_read_line(entry, f"{path}: answers[{index}]") for index, entry in enumerate(answers)]
    return ScriptedModel(lines, name=f"scripted/{path.stem}", repeat=bool(content.get("repeat", True)))


def _read_line(entry: object, where: str) -> Line:
    if isinstance(entry, str):
        return Line(entry)
    if not isinstance(entry, dict) or set(entry) - _KEYS:
        raise BrokenScript(f"{where}: must be text, or a mapping with steps, text, error, delay_s, retry_after_s")
    values = dict(entry)
    if (steps := values.pop("steps", None)) is not None:
        values["text"] = json.dumps(steps, ensure_ascii=False)
    if values.get("error") is not None and values["error"] not in _ERRORS:
        raise BrokenScript(f"{where}: error must be one of {', '.join(_ERRORS)}")
    if values.get("finish_reason", "stop") not in get_args(FinishReason):
        raise BrokenScript(f"{where}: finish_reason must be one of {', '.join(get_args(FinishReason))}")
    if not all(isinstance(values.get(key, 0) or 0, (int, float)) for key in ("delay_s", "retry_after_s")):
        raise BrokenScript(f"{where}: delay_s and retry_after_s must be numbers of seconds")
    return Line(**values)

"""Model answers on tape: recorded once, played again as often as rules or metrics are tried, with no network.

A line is one answer (or failure) under the hash of what was asked. The fence of a prompt is drawn anew for every
request, so it is left out of the hash; the fence in an answer is put back.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict, deque
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from app.errors import InvalidRequest
from app.llm import client as llm
from app.llm.client import Answer, Completion, LanguageModel, ModelError, ModelUnavailable

_FENCE = re.compile(r"(?<=data-)[0-9a-f]{8}(?=[ >])")
_ERRORS = {
    error.__name__: error
    for error in (llm.ModelTimeout, llm.ModelRateLimited, llm.ModelUnavailable, llm.ModelRefused,
                  llm.ModelAnswerUnusable)
}  # fmt: skip


def key_of(model: str, request: Completion) -> str:
    """The hash of what is asked of whom."""
    said = [[m.role, _FENCE.sub("", m.content)] for m in request.messages]
    asked = [model, said, request.max_tokens, request.temperature, request.schema is not None]
    return hashlib.sha256(orjson.dumps(asked)).hexdigest()


class Tape:
    """A file of answers; several under one key are played in the order they came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._answers: dict[str, deque[dict[str, Any]]] = defaultdict(deque)

    def load(self) -> None:
        """Read the file. Raises InvalidRequest."""
        try:
            lines = self.path.read_bytes().splitlines()
        except OSError as error:
            raise InvalidRequest(f"{self.path}: {error.strerror}") from None
        for number, line in enumerate(lines, 1):
            try:
                entry = orjson.loads(line)
                self._answers[entry["key"]].append(entry)
            except (orjson.JSONDecodeError, KeyError, TypeError):
                raise InvalidRequest(f"{self.path}:{number} is no line of a cassette") from None

    def play(self, key: str) -> dict[str, Any] | None:
        """The next answer under a key; the last one stays, so that more repeats than were recorded still play."""
        kept = self._answers.get(key)
        if not kept:
            return None
        return kept.popleft() if len(kept) > 1 else kept[0]

    def record(self, entry: dict[str, Any]) -> None:
        """Append one line."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))


class _OneCall:
    """What recording and playing share: drafts are asked for whole, a stream is one piece."""

    ready = True
    name: str

    async def complete(self, request: Completion) -> Answer:
        raise NotImplementedError

    async def stream(self, request: Completion) -> AsyncGenerator[str | Answer]:
        """The whole answer as one piece."""
        answer = await self.complete(request)
        yield answer.text
        yield answer


class Recording(_OneCall):
    """A model whose answers and failures are written down."""

    def __init__(self, model: LanguageModel, tape: Tape) -> None:
        self.name = model.name
        self._model, self._tape = model, tape

    async def load(self) -> None:
        """Load the model behind it."""
        await self._model.load()

    async def aclose(self) -> None:
        """Close the model behind it."""
        await self._model.aclose()

    async def complete(self, request: Completion) -> Answer:
        """Ask and write down."""
        key = key_of(self.name, request)
        try:
            answer = await self._model.complete(request)
        except ModelError as error:
            self._tape.record({"key": key, "error": type(error).__name__, "reason": error.reason})
            raise
        self._tape.record({"key": key, "answer": _packed(answer)})
        return answer


class Playing(_OneCall):
    """A model that says what is on the tape, and is unavailable for everything else."""

    def __init__(self, name: str, tape: Tape) -> None:
        self.name = name
        self._tape = tape

    async def load(self) -> None:
        """Nothing to prepare."""

    async def aclose(self) -> None:
        """Nothing to close."""

    async def complete(self, request: Completion) -> Answer:
        """Play."""
        entry = self._tape.play(key_of(self.name, request))
        if entry is None:
            raise ModelUnavailable("This request is not on the cassette: record it again.")
        if name := entry.get("error"):
            raise _ERRORS.get(name, ModelUnavailable)(entry.get("reason"))
        told = entry["answer"]
        cost = None if told["cost_usd"] is None else Decimal(told["cost_usd"])
        return Answer(**{**told, "cost_usd": cost})


def _packed(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text, "model": answer.model, "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens, "finish_reason": answer.finish_reason,
        "cost_usd": None if answer.cost_usd is None else str(answer.cost_usd),
    }  # fmt: skip

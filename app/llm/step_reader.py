"""Reads the four steps out of an answer while it is still coming, wherever its pieces are cut.

Only an answer that is a bare JSON object (or one in a code fence) is read early; any other wrapping waits for the end,
where `answer.parse_steps` reads it with all its patience. What is read early is a forecast: the whole answer decides.
"""

from __future__ import annotations

import json
import re

from reply_guards.model import STEP_NAMES

_OPENING = re.compile(r"\s*(?:```(?:json)?\s*)?\{\s*")
_LONGEST_OPENING = 40
_LONGEST_KEY = 60
_KEY = re.compile(r'[\s,]*"((?:[^"\\]|\\.)*)"\s*:\s*')
_STOP = re.compile(r'["\\]')  # what matters inside a string: its end, and an escape


class StepReader:
    """Feed it pieces; it tells each step as soon as its string is complete. Linear in the answer's length."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0  # up to here everything is read
        self._scanned = 0  # inside a string: up to here no end was found
        self._key: str | None = None
        self._opened = False
        self._lost = False  # not the shape we read early
        self.steps: dict[str, str] = {}

    def feed(self, piece: str) -> dict[str, str]:
        """Take the next piece; returns the steps that are complete with it, by name."""
        if self._lost:
            return {}
        self._text += piece
        found: dict[str, str] = {}
        while not self._lost and (step := self._next()):
            name, value = step
            if name in self.steps:
                self._lost = True  # given twice: which one holds, only the whole answer tells
                break
            self.steps[name] = found[name] = value
        return found

    def _next(self) -> tuple[str, str] | None:
        if not self._opened and not self._open():
            return None
        while self._key is not None or self._read_key():
            value = self._read_string()
            if value is None:
                return None
            name, self._key = str(self._key), None
            if name in STEP_NAMES:
                return name, value
        return None

    def _open(self) -> bool:
        found = _OPENING.match(self._text)
        if found:
            self._at, self._opened = found.end(), True
        elif len(self._text.strip()) > _LONGEST_OPENING:
            self._lost = True
        return self._opened

    def _read_key(self) -> bool:
        found = _KEY.match(self._text, self._at)
        if found is None:
            rest = self._text[self._at : self._at + _LONGEST_KEY + 1].lstrip(" \t\r\n,")
            # The end of the object, something that is no key, or a key longer than any of ours.
            self._lost = bool(rest) and (rest[0] != '"' or len(rest) > _LONGEST_KEY)
            return False
        if found.end() >= len(self._text):
            return False  # what kind of value follows is still to come
        if self._text[found.end()] != '"':
            self._lost = True  # no string: an object around the steps, a list
            return False
        self._key, self._at = found[1].strip().lower(), found.end()
        self._scanned = self._at + 1
        return True

    def _read_string(self) -> str | None:
        while stop := _STOP.search(self._text, self._scanned):
            if stop[0] == '"':
                return self._decoded(stop.end())
            if stop.end() >= len(self._text):
                self._scanned = stop.start()  # the escaped character is still to come
                return None
            self._scanned = stop.end() + 1
        self._scanned = len(self._text)
        return None

    def _decoded(self, end: int) -> str | None:
        try:
            value: str = json.loads(self._text[self._at : end], strict=False)
        except ValueError:
            self._lost = True
            return None
        self._at = end
        return value

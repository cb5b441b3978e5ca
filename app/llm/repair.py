"""One pass over almost-JSON: the slips language models make, mended where the words themselves are complete.

Mended: trailing commas, typographic quotes as delimiters, unescaped quotes and line breaks inside a string, missing
closing braces. Not mended: a string that was cut off, because the words it lost cannot be known.
"""

from __future__ import annotations

import re

_STRAIGHT = '"'
_OPENING = frozenset('"“”„‟«»')
# A quote closes its string only if JSON goes on behind it: a colon, a brace, the next key, or nothing at all.
_GOES_ON = re.compile(r"\s{0,40}(?::|\}|\]|$|,\s{0,40}(?:[\"“”„‟«»}]|$))")
_TRAILING_COMMA = re.compile(r"\s{0,40}[}\]]|\s{0,40}$")
_CLOSER = {"{": "}", "[": "]"}


def mend(text: str) -> str | None:
    """Rewrite `text`, which begins with `{`, as JSON. None if a string is cut off or nothing sensible is there."""
    out: list[str] = []
    open_brackets: list[str] = []
    position = 0
    while position < len(text):
        char = text[position]
        if char in _OPENING:
            end = _string_end(text, position)
            if end is None:
                return None
            out.append(_as_json_string(text[position + 1 : end]))
            position = end
        elif char in _CLOSER:
            open_brackets.append(_CLOSER[char])
            out.append(char)
        elif char in _CLOSER.values():
            if not open_brackets or open_brackets.pop() != char:
                return None
            out.append(char)
            if not open_brackets:
                return "".join(out)  # what follows is prose
        elif char != "," or not _TRAILING_COMMA.match(text, position + 1):
            out.append(char)
        position += 1
    return "".join(out) + "".join(reversed(open_brackets)) if open_brackets else None


def _string_end(text: str, start: int) -> int | None:
    """Index of the quote that closes the string opened at `start`, or None if it never closes."""
    closing = _STRAIGHT if text[start] == _STRAIGHT else None
    position = start + 1
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 2
            continue
        if (char == closing or (closing is None and char in _OPENING)) and _GOES_ON.match(text, position + 1):
            return position
        position += 1
    return None


def _as_json_string(raw: str) -> str:
    """The inside of a string with stray quotes and control characters escaped, escapes left as they are."""
    parts: list[str] = []
    position = 0
    while position < len(raw):
        char = raw[position]
        if char == "\\":
            parts.append(raw[position : position + 2])
            position += 2
            continue
        parts.append('\\"' if char == _STRAIGHT else f"\\u{ord(char):04x}" if char < " " else char)
        position += 1
    return f'"{"".join(parts)}"'

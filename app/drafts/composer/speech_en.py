"""English reported speech: "My lid doesn't close" becomes "your lid doesn't close"."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from app.drafts.composer.bank import load

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]|_")
_CLAUSE_END = re.compile(r",? (?:and|but|so|because|which|although|though|even though|while|yet) |, | - | – |; ")
_MOST_WORDS = 22
_LEAST_WORDS = 3
_AGREE = {"am": "are", "was": "were", "wasn't": "weren't", "amn't": "aren't"}
_FIRST_PERSON = frozenset({"i", "we"})


def report(sentence: str) -> str | None:
    """Return the sentence as it stands after "that", spoken to its writer; None where it may not come out right."""
    data = _data()
    text = _shortened(" ".join(sentence.replace("’", "'").split()).rstrip(" .!,;:"))
    words = text.split(" ")
    while words and words[0].lower().rstrip(",") in data["drop"]:
        words = words[1:]
    words = [_repaired(word) for word in words]
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS or not _is_statement([w.lower().strip(",") for w in words]):
        return None
    return " ".join(_shifted(words))


@cache
def _data() -> dict[str, Any]:
    data = dict(load("speech_en"))
    for name in ("openers", "drop", "finite"):
        data[name] = frozenset(data[name])
    return data


def _repaired(word: str) -> str:
    bare = word.strip(",").lower()
    fixed = _data()["repair"].get(bare)
    return word.lower().replace(bare, fixed) if fixed else word


def _shortened(text: str) -> str:
    """Cut a long sentence where a clause ends."""
    if text.count(" ") < _MOST_WORDS:
        return text
    fitting = [
        m.start() for m in _CLAUSE_END.finditer(text) if _LEAST_WORDS < text[: m.start()].count(" ") < _MOST_WORDS
    ]
    return text[: fitting[-1]] if fitting else text


def _is_statement(words: list[str]) -> bool:
    data = _data()
    return words[0] in data["openers"] and any(word in data["finite"] for word in words[1:] or words)


def _shifted(words: list[str]) -> list[str]:
    shift = _data()["shift"]
    out: list[str] = []
    subject = ""
    for at, raw in enumerate(words):
        word = raw.strip(",.")
        low = word.lower()
        tail = raw[len(word) :] if raw.startswith(word) else ""
        if subject and low in _AGREE:
            new = _AGREE[low]
        elif low in shift:
            new = shift[low]
        else:
            new = _small_first(word) if at == 0 else word
        subject = low if low in _FIRST_PERSON else subject if low in _ADVERBS else ""
        out.append(new + tail)
    return out


_ADVERBS = frozenset({"also", "still", "just", "only", "never", "always", "really", "even", "already", "now"})


def _small_first(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else word[:1].lower() + word[1:]

"""The pen: turns phrase templates into words of one language and register, the same ones for the same ticket.

Markup of the phrase files: `{name}` is a value (a phrase that lacks one of its values is passed over), `<Ihnen|dir>` is
the register, `{ist/sind}` agrees in number with the phrase's subject (`plural` of the values).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.ticket import Register

Tiers = Sequence[str | Sequence[str]]
Values = Mapping[str, str | None]

_MARK = re.compile(r"<([^<>|]{0,90})\|([^<>|]{0,90})>|\{([A-Za-z_]{1,30})\}|\{([^{}/]{1,40})/([^{}/]{1,40})\}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a template: words, a value's name, or a pair that agrees in number."""

    text: str = ""
    name: str = ""
    plural: str | None = None


@cache
def _parse(template: str, register: Register) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    at = 0
    for mark in _MARK.finditer(template):
        parts.append(_Part(text=template[at : mark.start()]))
        formal, familiar, name, singular, plural = mark.groups()
        if name is not None:
            parts.append(_Part(name=name))
        elif singular is not None:
            parts.append(_Part(text=singular, plural=plural))
        else:
            parts.extend(_parse((formal if register == "sie" else familiar) or "", register))
        at = mark.end()
    parts.append(_Part(text=template[at:]))
    return tuple(part for part in parts if part.text or part.name)


def is_set(value: str | None) -> bool:
    """Whether a value can stand in a sentence."""
    return bool(value and value.strip())


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes in one language and register; `seed` decides between phrases of equal worth."""

    language: str
    register: Register
    seed: int
    forbidden: tuple[str, ...] = ()  # words the brand never uses, lower case

    def render(self, template: str, values: Values | None = None, *, plural: bool = False) -> str | None:
        """Return the words of one template, or None if it needs a value that is not there."""
        known = values or {}
        out: list[str] = []
        for part in _parse(template, self.register):
            if part.plural is not None:
                out.append(part.plural if plural else part.text)
            elif not part.name:
                out.append(part.text)
            elif is_set(value := known.get(part.name)):
                out.append(value or "")
            else:
                return None
        return "".join(out)

    def say(self, key: str, tiers: Tiers, values: Values | None = None, *, plural: bool = False) -> str | None:
        """Return the first tier that can be said; within a tier the ticket's seed chooses. None if none can.

        `key` keeps the choices of different phrases independent of each other.
        """
        spare: str | None = None
        for tier in tiers:
            for template in self._turned(key, (tier,) if isinstance(tier, str) else tier):
                words = self.render(template, values, plural=plural)
                if words is not None and not self._is_forbidden(words):
                    return words
                spare = spare or words
        return spare

    def _turned(self, key: str, alternatives: Sequence[str]) -> Iterable[str]:
        start = zlib.crc32(f"{self.seed}/{key}".encode()) % max(len(alternatives), 1)
        return (*alternatives[start:], *alternatives[:start])

    def _is_forbidden(self, words: str) -> bool:
        lowered = words.lower()
        return any(word in lowered for word in self.forbidden)


def join_list(items: Sequence[str], word: str) -> str:
    """Join phrases as speech does: "a", "a oder b", "a, b oder c"."""
    if len(items) < 2:  # noqa: PLR2004 - one item needs no conjunction
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def sentence(text: str) -> str:
    """Return the text with a capital first letter and a full stop, if it has neither."""
    text = text.strip()
    if not text:
        return ""
    closed = text if text[-1] in ".!?:" or text.endswith((".“", ".”", "…")) else f"{text}."
    return closed[0].upper() + closed[1:]

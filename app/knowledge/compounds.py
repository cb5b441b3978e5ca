"""German compounds: "Lieferverzögerung" should also be found by "Lieferung" and "Verzögerung".

PostgreSQL's German configuration stems but does not split. A compound is split into nouns that stand alone elsewhere;
the list (`data/nouns_de.txt`) holds those of our own support sentences that are no compounds themselves.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{8,40}")
_SHORTEST = 4
# What may stand between two parts: Lieferung-s-verzug, Kunde-n-dienst, Kind-er-bett.
_JOINTS = ("", "s", "es", "n", "en", "er", "e")
# First parts that are stems, not nouns.
_STEMS = frozenset({"liefer", "such", "spül", "kühl", "gefrier", "wasch", "lade", "schreib", "roll", "schneid", "rück"})
_REMEMBERED = 20_000


def compound_parts(text: str, language: str) -> str:
    """The parts of the compounds in a text, separated by blanks; empty for other languages than German."""
    if language != "de":
        return ""
    found = (part for word in _WORD.findall(text) for part in split_compound(word.lower()))
    return " ".join(dict.fromkeys(found))


@lru_cache(_REMEMBERED)
def split_compound(word: str) -> tuple[str, ...]:
    """The parts of a lower-case word, two or three, or nothing where it is no compound we know."""
    if word in _nouns():
        return ()
    return _split(word, parts=3)


def _split(word: str, *, parts: int) -> tuple[str, ...]:
    for cut in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
        head, tail = word[:cut], word[cut:]
        if tail not in _nouns():
            continue
        if first := _first_part(head):
            return first, tail
        if parts > 2 and (before := _split(head, parts=parts - 1)):  # noqa: PLR2004 - two parts are the least
            return *before, tail
    return ()


def _first_part(head: str) -> str | None:
    for joint in _JOINTS:
        stem = head[: len(head) - len(joint)]
        if head.endswith(joint) and len(stem) >= _SHORTEST and (stem in _nouns() or stem in _STEMS):
            return stem
    return None


@cache
def _nouns() -> frozenset[str]:
    path = Path(__file__).parent / "data" / "nouns_de.txt"
    return frozenset(path.read_text(encoding="utf-8").split())

"""The word lists of redaction, read once: names, names that are also words, and what a phrase says about a name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, cast

import yaml

_DATA = Path(__file__).parent / "data"

PLAIN: Final = 0
"""A name and nothing else: 'Kowalczyk'."""
SMALL: Final = 1
"""Also a word written small: 'klein', 'mark'."""
NOUN: Final = 2
"""Also a noun, a month, a place, a brand or a small word: 'Koch', 'May', 'Paris'."""
_SHORTEST = 3


@cache
def names(which: str) -> frozenset[str]:
    """Folded names of `first_names` or `last_names`, or the words of another list in the data folder."""
    lines = (_DATA / f"{which}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def cues(name: str) -> frozenset[str]:
    """One list of `cues.yaml`, folded words."""
    return frozenset(_cues()[name].split())


@cache
def brands() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Brands that hold or look like names, folded, by their first word."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for brand in _cues()["brands"].split(","):
        first, *rest = brand.split()
        found[first] = (*found.get(first, ()), (first, *rest))
    return found


@cache
def ambiguity() -> Mapping[str, int]:
    """What else a folded name can be: SMALL or NOUN; absent means PLAIN."""
    nouns = names("noun_words") | cues("fillers") | cues("ordinary") | cues("relations") | cues("not_people")
    return {**dict.fromkeys(names("lower_words"), SMALL), **dict.fromkeys(nouns, NOUN)}


def kind_of(folded: str) -> int:
    """PLAIN, SMALL or NOUN; what has fewer than three letters is never plain."""
    return NOUN if len(folded) < _SHORTEST else ambiguity().get(folded, PLAIN)


@cache
def _cues() -> dict[str, str]:
    with (_DATA / "cues.yaml").open(encoding="utf-8") as file:
        return cast("dict[str, str]", yaml.load(file, Loader=yaml.CSafeLoader))

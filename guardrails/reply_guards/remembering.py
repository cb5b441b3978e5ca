"""Remembering what was found of short texts: replies of one house share most of their sentences."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

_LONGEST = 600  # characters: a pasted megabyte without a full stop must not stay in memory
_forgetting: list[Callable[[], None]] = []
P = ParamSpec("P")
T = TypeVar("T")


def remembered(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember the last `maxsize` results of a function of strings, long strings left out."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        kept = lru_cache(maxsize=maxsize)(function)
        _forgetting.append(kept.cache_clear)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            for value in args:
                if type(value) is str and len(value) > _LONGEST:
                    return function(*args, **kwargs)
            return kept(*args, **kwargs)  # type: ignore[arg-type] # strings are hashable

        return call

    return decorate


def forget_everything() -> None:
    """Let go of every text remembered in this process: somebody asked to be forgotten."""
    for forget in _forgetting:
        forget()

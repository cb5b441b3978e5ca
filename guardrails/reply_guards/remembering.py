"""Remembering what was found of short texts: replies of one house share most of their sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from typing import Any, Generic, ParamSpec, TypeVar, overload

_LONGEST = 600  # characters: a pasted megabyte without a full stop must not stay in memory
_forgetting: list[Callable[[], None]] = []
P = ParamSpec("P")
T = TypeVar("T")


def remembered(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember the last `maxsize` results of a function whose last argument is a text; long texts are left out."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        kept = lru_cache(maxsize=maxsize)(function)
        _forgetting.append(kept.cache_clear)

        @wraps(function)
        def call(*args: Any) -> T:  # noqa: ANN401 - what the function takes; called dozens of times a reply
            return kept(*args) if len(args[-1]) <= _LONGEST else function(*args)  # type: ignore[call-arg] # the same

        return call  # type: ignore[return-value] # the same arguments, by their places

    return decorate


class once(Generic[T]):  # noqa: N801 - used as a decorator, like `functools.cached_property`
    """A property found once for each object: `functools.cached_property` without its lock.

    Python 3.11 takes that lock at every first look, and a review has dozens. Two threads may find the same twice.
    """

    def __init__(self, find: Callable[[Any], T]) -> None:
        """Take the method that finds it."""
        self._find, self._name, self.__doc__ = find, find.__name__, find.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> once[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> once[T] | T:
        """Find it; from then on it stands in the object's own dictionary, which comes first."""
        if instance is None:
            return self
        found = instance.__dict__[self._name] = self._find(instance)
        return found


class Memory(Generic[T]):
    """What was found of short texts, for those who find of many at once what they would find of each more slowly."""

    def __init__(self, size: int) -> None:
        """Keep what was found of up to `size` texts; when that is full, begin anew."""
        self._size = size
        self._kept: dict[str, T] = {}
        _forgetting.append(self._forget)

    def _forget(self) -> None:
        self._kept = {}

    def recall(self, texts: Sequence[str], find: Callable[[list[str]], Iterable[T]]) -> list[T]:
        """What there is to find of each text; `find` is asked once for all that are not known, each but once."""
        kept = self._kept
        known = {text: kept[text] for text in texts if text in kept}
        if new := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(new, find(new), strict=True))
            if len(kept) + len(new) > self._size:
                self._kept = kept = {}
            kept.update((text, known[text]) for text in new[: self._size] if len(text) <= _LONGEST)
        return [known[text] for text in texts]


def forget_everything() -> None:
    """Let go of every text remembered in this process: somebody asked to be forgotten."""
    for forget in _forgetting:
        forget()

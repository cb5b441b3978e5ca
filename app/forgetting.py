"""What a process remembers of texts, let go of at once: an erased person's words too."""

from __future__ import annotations

import gc
from functools import lru_cache

from reply_guards.remembering import forget_everything

_LRU = type(lru_cache(lambda: None))


def forget_texts() -> None:
    """Empty every cache of bounded size: those hold words of texts, the unbounded ones our own data files."""
    forget_everything()
    for thing in gc.get_objects():
        if type(thing) is _LRU and thing.cache_parameters()["maxsize"]:
            thing.cache_clear()

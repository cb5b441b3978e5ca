"""Measures reviews in a process of its own, for `review_speed`: `python -m eval.bench.review_probe review 1`.

Prints one JSON object: seconds of each fresh reply (`wall`, `cpu`), of the same reply again and again, of 100 kB.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable

from eval.bench.replies import fresh_replies, long_text, warm_up_texts
from reply_guards.model import Context
from reply_guards.review import review

CONTEXTS = {
    "de": Context(channel="amazon", marketplace="amazon.de", language="de", register="sie", agent_language="de"),
    "en": Context(channel="amazon", marketplace="amazon.co.uk", language="en"),
}
_LONG = 100_000
_REPEATS = 300
Judge = Callable[[str, Context], object]


def main() -> None:
    """Measure with the judge and the seed of the command line."""
    judge, seed = _judge(sys.argv[1]), int(sys.argv[2])
    for text in warm_up_texts():
        for context in CONTEXTS.values():
            judge(text, context)
    gc.collect()
    gc.freeze()  # as a service does once it is warm: what is loaded stays
    fresh = [_timed(judge, text, context) for lang, context in CONTEXTS.items() for text in fresh_replies(lang, seed)]
    german = fresh_replies("de", seed)[0]
    repeated = [_timed(judge, german, CONTEXTS["de"]) for _ in range(_REPEATS)]
    long = [_timed(judge, long_text(_LONG) + "." * i, CONTEXTS["de"]) for i in range(3)]
    print(json.dumps({
        "wall": [w for w, _ in fresh], "cpu": [c for _, c in fresh], "repeated": [c for _, c in repeated],
        "long": [c for _, c in long],
    }))  # fmt: skip


def _judge(name: str) -> Judge:
    if name == "review":
        return review
    from reply_guards.validators import reviewed_by_guard

    return reviewed_by_guard


def _timed(judge: Judge, text: str, context: Context) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    judge(text, context)
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()

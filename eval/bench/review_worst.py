"""Review of texts made to be slow: at 100 kB and at 1 MB. Linear work takes ten times as long for ten times the text."""

from __future__ import annotations

import resource
import sys
import time

from eval.bench.hostile import UNITS, text
from reply_guards.model import Context
from reply_guards.review import review

_SMALL, _LARGE = 100_000, 1_000_000
_SHOWN = 8
_SURE_S = 0.5  # a shorter time is mostly noise
_MOST_GROWTH = 20.0  # quadratic work would show ×100
_MOST_MEMORY = 4 << 30  # more, and the machine would end the process, or its neighbours


def run() -> None:
    """Print the slowest and the least linear. Ends the program with a sentence where growth is not linear."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    context = Context(channel="amazon", marketplace="amazon.de", language="de", register="sie", agent_language="de")
    review("Guten Tag, " + text("plain words", 5_000), context)
    times = {
        name: [_seconds(text(name, _SMALL), context, 2), _seconds(text(name, _LARGE), context, 1)] for name in UNITS
    }
    print(f"{len(times)} kinds of text; slowest at 100 kB:")
    for name in sorted(times, key=lambda n: -times[n][0])[:_SHOWN]:
        small, large = times[name]
        print(f"  {name:22} {small * 1e3:7.0f} ms   1 MB {large * 1e3:7.0f} ms   ×{large / small:.1f}")
    growth = {name: large / small for name, (small, large) in times.items() if large > _SURE_S}
    worst = max(growth, key=growth.__getitem__, default="none took long enough to tell")
    print(f"largest growth from 100 kB to 1 MB: ×{growth.get(worst, 0):.1f} ({worst}); linear is ×10")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    if growth.get(worst, 0) > _MOST_GROWTH:
        sys.exit(f"not linear: {worst}")


def _seconds(value: str, context: Context, runs: int) -> float:
    """The best of some runs, so that a neighbour's noise does not count."""
    best = float("inf")
    for _ in range(runs):
        started = time.process_time()
        review(value, context)
        best = min(best, time.process_time() - started)
    return best

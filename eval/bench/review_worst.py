"""Review of texts made to be slow: at 100 kB and at 1 MB. Linear work takes ten times as long for ten times the text."""

from __future__ import annotations

import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from eval.bench.hostile import UNITS, text
from reply_guards.model import CaseFacts, Context, Offer
from reply_guards.review import review

_SMALL, _LARGE = 100_000, 1_000_000
_SHOWN = 8
_SURE_S = 0.5  # a shorter time is mostly noise
_MOST_GROWTH = 20.0  # quadratic work would show ×100
_MOST_S = 60  # of CPU, for one text: longer, and its growth is known without waiting for its end
_MOST_MEMORY = 4 << 30  # more, and the machine would end the process, or its neighbours
# With facts, offers and deeds, so that nothing is skipped.
_CONTEXT = Context(
    channel="amazon", marketplace="amazon.de", language="de", register="sie", agent_language="de",
    facts=CaseFacts(order_id="302-1234567-7654321", tracking_number="00340434161094042557", amounts=(Decimal("19.90"),), dates=("2026-11-18",), customer_text="Tasse kaputt", products=("Tasse",)),
    offers=(Offer("refund", Decimal("19.90"), "EUR"),), actions_done=("checked_tracking",), foreign_identities=("Müller",),
)  # fmt: skip


def run() -> None:
    """Print the slowest and the least linear. Ends the program with a sentence where growth is not linear."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    review("Guten Tag, " + text("plain words", 5_000), _CONTEXT)
    times = {name: (_seconds(text(name, _SMALL), 2), _seconds(text(name, _LARGE), 1)) for name in UNITS}
    print(f"{len(times)} kinds of text; slowest at 100 kB:")
    for name in sorted(times, key=lambda n: -times[n][0])[:_SHOWN]:
        small, large = times[name]
        print(f"  {name:22} {small * 1e3:7.0f} ms   1 MB {large * 1e3:7.0f} ms   ×{large / small:.1f}")
    growth = {name: large / small for name, (small, large) in times.items() if large > _SURE_S}
    worst = max(growth, key=growth.__getitem__, default="none took long enough to tell")
    print(f"largest growth from 100 kB to 1 MB: ×{growth.get(worst, 0):.1f} ({worst}); linear is ×10")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    if endless := [name for name, (_, large) in times.items() if large == float("inf")]:
        sys.exit(f"not done after {_MOST_S} s: {', '.join(endless)}")
    if growth.get(worst, 0) > _MOST_GROWTH:
        sys.exit(f"not linear: {worst}")


def _seconds(value: str, runs: int) -> float:
    """The best of some runs, so that a neighbour's noise does not count; infinite where the limit ended it."""
    best = float("inf")
    for _ in range(runs):
        started = time.process_time()
        try:
            with _limited():
                review(value, _CONTEXT)
        except TimeoutError:
            break
        best = min(best, time.process_time() - started)
    return best


@contextmanager
def _limited() -> Iterator[None]:
    """Ends what takes too long: regular expressions, too, look out for signals."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _MOST_S)  # of CPU: a busy machine makes no text slower
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

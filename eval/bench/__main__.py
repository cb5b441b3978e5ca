"""Runs all benches, or those named: `python -m eval.bench start http`, `… search --tickets 1000000`."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path

from eval.bench import (
    console,
    draft_http,
    evaluation,
    import_speed,
    leak,
    model,
    model_small,
    model_streams,
    quality,
    redaction,
    review_cases,
    review_speed,
    review_worst,
    search_scale,
    start,
    triage,
)
from eval.bench.options import Options

BENCHES: dict[str, Callable[[], None]] = {
    "start": start.run,
    "review": review_speed.run,
    "cases": review_cases.run,
    "worst": review_worst.run,
    "http": draft_http.run,
    "console": console.run,
    "redaction": redaction.run,
    "model": model.run,
}

SIZED: dict[str, Callable[[Options], None]] = {
    "import": import_speed.run,
    "search": search_scale.run,
    "quality": quality.run,
    "evaluation": evaluation.run,
    "leak": leak.run,
    "triage": triage.run,
    "streams": model_streams.run,
    "smollm": model_small.run,
}


def main() -> None:
    """Print the machine, then each bench's figures."""
    names, options = _arguments()
    print(
        f"machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; medians of repeats"
    )
    for name in names:
        print(f"\n== {name} ==", flush=True)
        if name in BENCHES:
            BENCHES[name]()
        else:
            SIZED[name](options)


def _arguments() -> tuple[list[str], Options]:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=__doc__)
    parser.add_argument("bench", nargs="*", help=", ".join([*BENCHES, *SIZED]))
    parser.add_argument("--tickets", type=int, help="of search (default 100000), of smollm (40)")
    parser.add_argument("--rows", type=int, default=usual.rows, help="of import (default %(default)s)")
    parser.add_argument("--customers", type=int, default=usual.customers, help="of leak (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="of streams (default %(default)s)")
    parser.add_argument("--cases", type=int, help="of evaluation: overhead at that many as well (20000)")
    parser.add_argument(
        "--data", type=Path, nargs="*", action="extend", default=[], help="jsonl files for quality and triage"
    )
    told = parser.parse_args()
    if unknown := set(told.bench) - {*BENCHES, *SIZED}:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join([*BENCHES, *SIZED])}")
    options = Options(
        tickets=told.tickets, rows=told.rows, customers=told.customers, minutes=told.minutes, cases=told.cases,
        data=tuple(told.data),
    )  # fmt: skip
    return told.bench or [*BENCHES, *SIZED], options


if __name__ == "__main__":
    main()

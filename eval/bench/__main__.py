"""Runs all benches, or those named: `python -m eval.bench start http`."""

from __future__ import annotations

import os
import platform
import sys

from eval.bench import draft_http, redaction, review_cases, review_speed, review_worst, start

BENCHES = {
    "start": start.run,
    "review": review_speed.run,
    "cases": review_cases.run,
    "worst": review_worst.run,
    "http": draft_http.run,
    "redaction": redaction.run,
}


def main() -> None:
    """Print the machine, then each bench's figures."""
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := set(wanted) - set(BENCHES):
        sys.exit(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    print(
        f"machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; medians of repeats"
    )
    for name in wanted:
        print(f"\n== {name} ==")
        BENCHES[name]()


if __name__ == "__main__":
    main()

"""A run without its texts: what comparisons need and no more, small enough to be kept in the repository."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eval.metrics.catalogue import CLOCKED
from eval.runs.rows import Ledger, Row, Run

_KEPT = ("language", "cause", "channel", "kind", "set", "split", "digest")


def write_baseline(run: Run, path: Path) -> None:
    """Write a run's lean rows, in order, to a file of their own."""
    path.unlink(missing_ok=True)
    with Ledger(path) as ledger:
        ledger.begin({k: v for k, v in run.header.items() if k != "format"})
        for variant in run.variants:
            for row in run.of(variant):
                ledger.add(_lean(row))


def _lean(row: Row) -> Row:
    metrics = {name: [value, ""] for name, (value, _) in row.metrics.items() if name not in CLOCKED}
    facts = {k: row.facts[k] for k in _KEPT if k in row.facts}
    return replace(row, draft={}, metrics=metrics, facts=facts)

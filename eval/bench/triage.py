"""Triage: how often it is right on the labelled tickets, and what a ticket costs; or on a file of texts given by path.

`python -m eval.bench triage` measures `tests/cases/tickets`; `--data FILE` also any lines of JSON with `text`, and `label`
or `intent` where known.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.ticket import Ticket
from app.triage.model import Triage
from app.triage.service import triage, warm_up
from eval.bench.options import Options

CASES = Path(__file__).parents[2] / "tests" / "cases" / "tickets"
SPLITS = ("dev", "fresh", "test", "wild")
FIELDS = ("language", "cause", "sentiment", "abusive", "escalate", "wants", "refuses")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BUDGET_MS = 3.0  # of a ticket, half of them
_MOST = 2000  # lines of a file
_SPOKEN = {"de", "en"}


def measure() -> list[str]:
    """One line a split: accuracy by field (F1 of wants and refuses) and milliseconds of one core a ticket."""
    warm_up()
    return [f"triage {split}: {_figures(split)}" for split in SPLITS]


def measure_path(path: Path, limit: int) -> list[str]:
    """What can be said of texts without our labels: languages, causes and moods found, milliseconds a text."""
    warm_up()
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()[:limit]]
    found, spent = _timed(
        {"channel": "chat", "messages": [{"author": "customer", "text": row["text"]}]} for row in rows
    )
    lines = [f"{path.name}: {len(rows)} texts, {_speed(spent)}"]
    for name in ("language", "cause", "sentiment", "escalate"):
        counted = Counter(str(getattr(one, name)) for one in found).most_common(6)
        lines.append(f"  {name}: " + ", ".join(f"{value} {count / len(found):.3f}" for value, count in counted))
    if labels := {str(row.get("label", row.get("intent", ""))) for row in rows} - {""}:
        lines.append(f"  {len(labels)} labels of another scheme: not comparable with our causes")
    return lines


def _figures(split: str) -> str:
    cases = [json.loads(line) for line in (CASES / f"{split}.jsonl").read_text("utf-8").splitlines()]
    found, spent = _timed(case["ticket"] for case in cases)
    right, asked = Counter[str](), Counter[str]()
    for case, one in zip(cases, found, strict=True):
        _judge(case["expect"], one, right, asked)
    return " ".join(f"{f} {right[f] / asked[f]:.3f}" for f in FIELDS if asked[f]) + f", {_speed(spent)}"


def _judge(expect: dict[str, Any], one: Triage, right: Counter[str], asked: Counter[str]) -> None:
    asked["language"] += 1
    right["language"] += one.language == expect["language"]
    if expect["language"] not in _SPOKEN:
        return
    for field in ("cause", "sentiment", "abusive", "escalate"):
        told = expect.get(field)  # what a case does not say is not asked
        allowed = told if isinstance(told, list) else [told]
        if allowed != [None]:
            asked[field] += 1
            right[field] += getattr(one, field) in allowed
    for field in {"wants", "refuses"} & expect.keys():
        said, read = set(expect[field]), set(getattr(one.reading, field))
        right[field] += 2 * len(said & read)
        asked[field] += len(said) + len(read)


def _timed(tickets: Iterable[dict[str, Any]]) -> tuple[list[Triage], list[float]]:
    found, spent = [], []
    for ticket in [Ticket.model_validate(raw) for raw in tickets]:
        begin = time.thread_time()
        found.append(triage(ticket, now=NOW))
        spent.append(1000 * (time.thread_time() - begin))
    return found, spent


def _speed(spent: list[float]) -> str:
    cuts = statistics.quantiles(spent, n=20)
    return f"p50 {statistics.median(spent):.2f} ms, p95 {cuts[-1]:.2f} ms of one core (budget p50 {BUDGET_MS:g} ms)"


def run(options: Options) -> None:
    """Print the figures of the labelled tickets, and of each file named with `--data`."""
    print("\n".join(measure()))
    for path in options.data:
        print("\n".join(measure_path(path, _MOST)))

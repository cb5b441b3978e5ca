"""Scores triage against the labelled tickets of `tests/cases/tickets`: one figure per field, and the misses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.ticket import Ticket
from app.triage.model import Triage
from app.triage.service import triage
from app.triage.words import fold

CASES = Path(__file__).parents[2] / "cases" / "tickets"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SUPPORTED = {"de", "en"}


@dataclass
class Score:
    """Right and asked, for one field; `misses` holds (case id, expected, found)."""

    right: int = 0
    asked: int = 0
    misses: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.right / self.asked if self.asked else 1.0

    def add(self, case: str, expected: Any, found: Any, *, right: bool) -> None:
        self.asked += 1
        self.right += right
        if not right:
            self.misses.append((case, expected, found))


@dataclass
class SetScore:
    """Precision and recall of a set of keys over all cases."""

    hit: int = 0
    wanted: int = 0
    found: int = 0
    misses: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.hit / (self.wanted + self.found) if self.wanted + self.found else 1.0

    def add(self, case: str, expected: Iterable[str], found: Iterable[str]) -> None:
        want, have = set(expected), set(found)
        self.hit += len(want & have)
        self.wanted += len(want)
        self.found += len(have)
        if want != have:
            self.misses.append((case, sorted(want), sorted(have)))


def cases(split: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / f"{split}.jsonl").read_text("utf-8").splitlines()]


def score(split: str) -> dict[str, Score | SetScore]:
    """Every field of every case of a split; what is read out of a message only where the language is supported."""
    names = ("language", "cause", "sentiment", "abusive", "escalate", "product", "part", "since")
    scores: dict[str, Score | SetScore] = {name: Score() for name in names}
    scores |= {"wants": SetScore(), "refuses": SetScore()}
    for case in cases(split):
        _judge(scores, case["id"], case["expect"], triage(Ticket.model_validate(case["ticket"]), now=NOW))
    return scores


def _judge(scores: dict[str, Any], case: str, expect: dict[str, Any], found: Triage) -> None:
    causes = expect["cause"] if isinstance(expect["cause"], list) else [expect["cause"]]
    scores["language"].add(case, expect["language"], found.language, right=found.language == expect["language"])
    if expect["language"] not in SUPPORTED:
        return
    scores["cause"].add(case, causes, found.cause, right=found.cause in causes)
    if "sentiment" not in expect:
        return  # of a stranger's message alone only its cause was labelled
    scores["sentiment"].add(case, expect["sentiment"], found.sentiment, right=found.sentiment in expect["sentiment"])
    scores["abusive"].add(case, expect["abusive"], found.abusive, right=found.abusive == expect["abusive"])
    if expect["escalate"] is not None:
        right = found.escalate == expect["escalate"]
        scores["escalate"].add(case, expect["escalate"], found.reasons, right=right)
    reading = found.reading
    named = _same(expect["product"], reading.product) or _same(expect["product"], reading.product_words)
    scores["product"].add(case, expect["product"], (reading.product, reading.product_words), right=named)
    scores["part"].add(case, expect["part"], reading.part, right=_same(expect["part"], reading.part))
    scores["since"].add(case, expect["since"], reading.since, right=_same(expect["since"], reading.since))
    scores["wants"].add(case, expect["wants"], reading.wants)
    scores["refuses"].add(case, expect["refuses"], reading.refuses)


def _same(expected: str | None, found: str | None) -> bool:
    """Both absent, or one within the other, or a word of four letters and more in common."""
    if not expected or not found:
        return not expected and not found
    a, b = _plain(expected), _plain(found)
    return a in b or b in a or any(len(w) > 3 and w in b.split() for w in a.split())


def _plain(text: str) -> str:
    return " ".join(fold(w) for w in text.replace("-", " ").replace(",", " ").split())

"""What there is to label in a run: drafts, or pairs of two variants' drafts; who wrote them is not told.

Everybody gets them in an order of their own, and the sides of a pair by chance, so that neither tires nor place favours
a variant. The order is the same each time: a person can stop and go on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from eval.casebook.model import digest_of
from eval.judge.labels import Label, Preference
from eval.runs.rows import Row, Run


@dataclass(frozen=True, slots=True)
class One:
    """A draft to judge; `key` names it without saying whose it is."""

    case: str
    customer: str
    text: str

    @property
    def key(self) -> str:
        """The hash of its text."""
        return digest_of(self.text)

    def label(self, who: str, *, good: bool, marks: dict[str, bool], reason: str) -> Label:
        """What somebody says of it."""
        return Label(who, self.case, self.key, good, reason, marks)


@dataclass(frozen=True, slots=True)
class Two:
    """Two drafts to compare, as they lie side by side."""

    case: str
    customer: str
    texts: tuple[str, str]

    @property
    def hashes(self) -> tuple[str, str]:
        """Of the texts, as they lie."""
        return digest_of(self.texts[0]), digest_of(self.texts[1])

    @property
    def key(self) -> str:
        """The same whichever lies first."""
        return digest_of(sorted(self.hashes))

    def prefer(self, who: str, better: int | None, reason: str) -> Preference:
        """What somebody says of them; `better`: 0, 1, or None for neither."""
        one, other = sorted(self.hashes)
        return Preference(who, self.case, (one, other), None if better is None else self.hashes[better], reason)


Task = TypeVar("Task", bound=One | Two)


def singles(run: Run, who: str) -> list[One]:
    """Every draft of the run once, in this person's order."""
    found: dict[tuple[str, str], One] = {}
    for row in _written(run):
        task = One(row.case, row.facts.get("customer") or "", row.draft["text"])
        found.setdefault((row.case, task.key), task)
    return _shuffled(list(found.values()), f"{run.id} {who}")


def pairs(run: Run, who: str) -> list[Two]:
    """Each case's first draft of the first variant beside that of each other, where their texts differ."""
    first = run.variants[0]
    rows = {row.key: row for row in _written(run)}
    dice = random.Random(f"{run.id} {who} sides")  # noqa: S311 - the order of work, no secret
    found: dict[tuple[str, str], Two] = {}
    for (variant, case, repeat), row in sorted(rows.items()):
        other = rows.get((first, case, repeat))
        if variant == first or repeat or other is None or other.draft["text"] == row.draft["text"]:
            continue
        texts = [other.draft["text"], row.draft["text"]]
        dice.shuffle(texts)
        task = Two(case, row.facts.get("customer") or "", (texts[0], texts[1]))
        found.setdefault((case, task.key), task)
    return _shuffled(list(found.values()), f"{run.id} {who}")


def left(tasks: Sequence[Task], done: Callable[[Task], bool], *, after: str | None = None) -> list[Task]:
    """What is not labelled yet; `after`: the key of one that is skipped, with all before it, until the end comes."""
    at = next((i + 1 for i, t in enumerate(tasks) if t.key == after), 0)
    return [t for t in (*tasks[at:], *tasks[:at]) if not done(t)]


def is_labelled(who: str, labels: Sequence[Label]) -> Callable[[One], bool]:
    """Whether this person has said something of a draft."""
    known = {(s.case, s.text) for s in labels if s.who == who}
    return lambda task: (task.case, task.key) in known


def is_compared(who: str, preferences: Sequence[Preference]) -> Callable[[Two], bool]:
    """Whether this person has compared two drafts."""
    known = {(s.case, s.texts) for s in preferences if s.who == who}
    return lambda task: (task.case, tuple(sorted(task.hashes))) in known


def _written(run: Run) -> list[Row]:
    return [r for v in run.variants for r in run.of(v) if r.draft.get("text")]


def _shuffled(tasks: list[Task], seed: str) -> list[Task]:
    random.Random(seed).shuffle(tasks)  # noqa: S311 - the order of work, no secret
    return tasks

"""What people said of drafts: a file of labels, and how well judges agree with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from app.errors import InvalidRequest
from eval.judge.trust import LEAST_KAPPA, PREFIX
from eval.runs.rows import Run
from eval.statistics.agreement import alpha_interval, kappa_interval, rogan_gladen
from eval.statistics.proportions import Interval

_LEAST_LABELS = 30


@dataclass(frozen=True, slots=True)
class Label:
    """One person's word on one draft. `text`: a hash, for labels are of a text and not of a place in a run."""

    who: str
    case: str
    text: str
    good: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far a judge agrees with people, and its errors: passed of the good, refused of the bad."""

    judge: str
    labels: int
    kappa: Interval
    alpha: Interval
    sensitivity: tuple[int, int]
    specificity: tuple[int, int]
    share: Interval | None

    @property
    def trusted(self) -> bool:
        """Whether it may gate."""
        return self.labels >= _LEAST_LABELS and self.kappa.low >= LEAST_KAPPA

    def as_json(self) -> dict[str, Any]:
        """As the file of calibrations keeps it."""
        low = self.kappa.low if self.labels >= _LEAST_LABELS else None
        return {"labels": self.labels, "kappa": self.kappa.estimate, "kappa_low": low,
                "sensitivity": self.sensitivity, "specificity": self.specificity}  # fmt: skip


def add_label(path: Path, label: Label) -> None:
    """Append a label."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(orjson.dumps(asdict(label), option=orjson.OPT_APPEND_NEWLINE))


def read_labels(path: Path) -> list[Label]:
    """All labels; a person's last word on a text counts. Raises InvalidRequest."""
    if not path.exists():
        return []
    found: dict[tuple[str, str, str], Label] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            label = Label(**orjson.loads(line))
        except (orjson.JSONDecodeError, TypeError):
            raise InvalidRequest(f"{path}:{number} is no label") from None
        found[label.who, label.case, label.text] = label
    return list(found.values())


def calibrate(run: Run, labels: Sequence[Label], digest: Any) -> list[Calibration]:  # noqa: ANN401 - text → hash
    """Each judge of a run against the majority of people; a draft on which people are split is left out."""
    votes: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for label in labels:
        votes[label.case, label.text].append(label.good)
    names = dict.fromkeys(n for r in run.rows.values() for n in r.metrics if n.startswith(PREFIX))
    found = []
    for metric in (n for n in names if n.endswith(".pass")):
        told = [(r, r.value(metric)) for r in run.rows.values() if isinstance(r.value(metric), bool)]
        pairs, units = [], []
        for row, said in told:
            people = votes.get((row.case, digest(row.draft.get("text") or "")), [])
            if people and 2 * sum(people) != len(people):
                pairs.append((2 * sum(people) > len(people), said))
                units.append([*people, said])
        if pairs:
            name = metric.removeprefix(PREFIX).removesuffix(".pass")
            found.append(_calibration(name, pairs, units, [bool(s) for _, s in told]))
    return found


def _calibration(
    name: str, pairs: list[tuple[bool, bool]], units: list[list[bool]], said: list[bool]
) -> Calibration:  # fmt: skip
    people, judge = [p for p, _ in pairs], [j for _, j in pairs]
    good, bad = sum(people), len(people) - sum(people)
    sensitivity = (sum(p and j for p, j in pairs), good)
    specificity = (sum(not p and not j for p, j in pairs), bad)
    share = (
        rogan_gladen(sum(said), len(said), sensitivity=sensitivity, specificity=specificity) if good and bad else None
    )
    return Calibration(name, len(pairs), kappa_interval(people, judge), alpha_interval(units), sensitivity, specificity,
                       share)  # fmt: skip

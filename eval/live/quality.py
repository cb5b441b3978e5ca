"""What became of real drafts: sent as they were, edited little or much, thrown away, or never used.

Grouped by prompt, cause, channel or language; never by agent: ranking people by such figures is for a works council to
allow (§ 87 BetrVG), not for a default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from eval.runs.totals import effective
from eval.statistics.proportions import Interval, wilson

Group = Literal["prompt", "cause", "channel", "language"]
GROUPS: tuple[Group, ...] = get_args(Group)
Fate = Literal["unchanged", "light", "heavy", "discarded", "open"]
FATES: tuple[Fate, ...] = get_args(Fate)
_LIGHT = 0.15  # share of characters changed; beyond, somebody wrote anew


@dataclass(frozen=True, slots=True)
class Line:
    """One group. Shares are of all drafts: those nobody used, or that were blocked, count against it."""

    name: str
    drafts: int
    fates: dict[Fate, int]
    accepted: Interval
    effort: float | None
    findings: int


def lines(rows: Sequence[Mapping[str, Any]], group: Group) -> list[Line]:
    """All groups, the largest first."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[_name(row, group)].append(row)
    return sorted((_line(name, mine) for name, mine in found.items()), key=lambda x: (-x.drafts, x.name))


def _name(row: Mapping[str, Any], group: Group) -> str:
    if group == "prompt":
        return str(row["prompt"] or row["engine"])
    return str(row[group])


def _line(name: str, rows: Sequence[Mapping[str, Any]]) -> Line:
    fates: dict[Fate, int] = dict.fromkeys(FATES, 0)
    for row in rows:
        fates[fate(row)] += 1
    values = [float(fate(r) in ("unchanged", "light")) for r in rows]
    clusters = [str(r["ticket_id"] or r["id"]) for r in rows]
    efforts = [a["edit_effort"] for a in _assessed(rows) if a.get("edit_effort") is not None]
    n = effective(values, clusters)
    return Line(
        name=name, drafts=len(rows), fates=fates, accepted=wilson(sum(values) / len(values) * n, n),
        effort=sum(efforts) / len(efforts) if efforts else None,
        findings=sum(any(f["severity"] != "info" for f in a.get("findings", ())) for a in _assessed(rows)),
    )  # fmt: skip


def _assessed(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [r["assessment"] for r in rows if r["assessment"] and r["outcome"] != "discarded"]


def fate(row: Mapping[str, Any]) -> Fate:
    """What became of a draft."""
    if row["outcome"] is None:
        return "open"
    if row["outcome"] == "discarded":
        return "discarded"
    effort = (row["assessment"] or {}).get("edit_effort") or 0.0
    return "unchanged" if effort == 0 else "light" if effort <= _LIGHT else "heavy"

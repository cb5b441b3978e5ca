"""Charts drawn on the server: places and lengths; colours come from the style sheet, so they suit dark and print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.knowledge.insights import CauseWeek
from app.quality.service import RuleCount, Week

WIDTH, HEIGHT = 560.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 36.0, 36.0, 14.0, 28.0
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a chart; `kind` is its colour's name in the style sheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a chart's template draws."""

    height: float
    bars: Sequence[Bar]
    grid: Sequence[Label] = ()  # a line at y with its value
    below: Sequence[Label] = ()
    line: Sequence[tuple[float, float]] = ()
    beside: Sequence[Label] = ()

    @property
    def path(self) -> str:
        """The line as an SVG path."""
        return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in self.line) if len(self.line) > 1 else ""


def weeks_chart(weeks: Sequence[Week], names: dict[str, str], days: Sequence[str]) -> Chart:
    """Outcomes stacked week by week, and the mean edit effort as a line (right axis: 0 to 100 %)."""
    top = nice(max((w.told for w in weeks), default=0))
    height, slot = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / max(1, len(weeks))
    bars, line = [], []
    for index, week in enumerate(weeks):
        base = HEIGHT - BOTTOM
        for kind, count in (("sent", week.sent), ("edited", week.edited), ("discarded", week.discarded)):
            tall = height * count / top
            base -= tall
            if count:
                x = LEFT + index * slot + slot * 0.18
                bars.append(Bar(x, base, slot * 0.64, tall, kind, f"{days[index]}: {count} {names[kind]}"))
        if week.effort is not None:
            line.append((LEFT + (index + 0.5) * slot, HEIGHT - BOTTOM - height * min(1.0, week.effort)))
    every = max(1, len(weeks) // 6)
    below = [Label(LEFT + (i + 0.5) * slot, HEIGHT - 8, days[i]) for i in range(0, len(weeks), every)]
    return Chart(HEIGHT, bars, _grid(top), below, line)


def rules_chart(rules: Sequence[RuleCount]) -> Chart:
    """How often each rule was found, the most frequent on top."""
    shown = rules[:10]
    top = max((r.drafts + r.sent for r in shown), default=1)
    row, begin = 26.0, 200.0
    bars, beside = [], []
    for index, rule in enumerate(shown):
        count = rule.drafts + rule.sent
        y, width = TOP + index * row, (WIDTH - begin - 48) * count / top
        bars.append(Bar(begin, y, max(2.0, width), 16, f"bar {rule.severity}", f"{rule.rule}: {count}"))
        beside += [Label(begin - 10, y + 13, rule.rule), Label(begin + width + 8, y + 13, str(count))]
    return Chart(TOP + len(shown) * row + 6, bars, beside=beside)


def causes_chart(rows: Sequence[CauseWeek], names: dict[str, str]) -> list[tuple[str, Chart, bool]]:
    """A small chart for each cause, the most frequent first; its weeks that stand out are marked."""
    by_cause: dict[str, list[CauseWeek]] = {}
    for row in rows:
        by_cause.setdefault(row.cause, []).append(row)
    ordered = sorted(by_cause.values(), key=lambda own: -sum(w.contacts for w in own))[:8]
    return [(own[0].cause, _spark(own, names.get(own[0].cause, own[0].cause)), any(w.spike for w in own))
            for own in ordered]  # fmt: skip


def _spark(weeks: Sequence[CauseWeek], name: str) -> Chart:
    top, tall, slot = max(1, *(w.contacts for w in weeks)), 40.0, 240 / len(weeks)
    bars = [
        Bar(i * slot + 1, 44 - tall * w.contacts / top, slot - 2, max(1.0, tall * w.contacts / top),
            "spike" if w.spike else "bar", f"{name}, {w.week:%d.%m.}: {w.contacts}")
        for i, w in enumerate(weeks)
    ]  # fmt: skip
    return Chart(46, bars)


def nice(value: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 … that is no less."""
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale >= value:
                return max(1, step * scale)
        scale *= 10


def _grid(top: int) -> list[Label]:
    height = HEIGHT - TOP - BOTTOM
    values = [0, top] if top < 4 else [0, top // 2, top]  # noqa: PLR2004 - too few for a line between
    return [Label(LEFT, HEIGHT - BOTTOM - height * v / top, str(v)) for v in values]

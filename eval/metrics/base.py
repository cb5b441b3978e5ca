"""What a metric is: a small class that looks at one scene and says a value with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

from app.drafts.schemas import DraftRequest
from eval.casebook.model import Case

Value = bool | float | str | None
Sort = Literal["share", "number", "label"]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value and why it is that. None: the metric does not apply; never NaN."""

    value: Value
    reason: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise ValueError("a metric's value must be a finite number or None")

    def as_row(self) -> list[Any]:
        """As a run keeps it."""
        return [round(self.value, 6) if isinstance(self.value, float) else self.value, self.reason]


@dataclass(frozen=True)
class Scene:
    """A draft beside its case."""

    case: Case
    draft: dict[str, Any]
    request: DraftRequest

    @cached_property
    def text(self) -> str:
        """The draft's text; empty where it is blocked."""
        return self.draft["text"] or ""

    @property
    def gold(self) -> str | None:
        """The reply a good agent wrote."""
        return self.case.gold.gold

    def findings(self, *families: str, least: str = "warn") -> list[dict[str, Any]]:
        """Findings of these families of rules (`links`, `contact`, …; none: all), from a severity on."""
        grave = ("block", "warn", "info")
        worst = grave[: grave.index(least) + 1]
        return [
            f for f in self.draft["findings"]
            if f["severity"] in worst and (not families or f["rule"].partition(".")[0] in families)
        ]  # fmt: skip


class Metric(Protocol):
    """Measures one thing. `better`: which way is good; None: neither."""

    @property
    def name(self) -> str:
        """`family.name`."""

    @property
    def title(self) -> str:
        """What a report calls it."""

    @property
    def sort(self) -> Sort:
        """A yes or no, a number, or a label."""

    @property
    def better(self) -> Literal["higher", "lower"] | None:
        """Which way is good."""

    def measure(self, scene: Scene) -> Measured:
        """Look at a scene."""

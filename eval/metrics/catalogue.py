"""All metrics, in the order reports show them."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from eval.metrics import cost, facts, review, similarity
from eval.metrics.base import Metric, Sort
from eval.metrics.scorecard import Scorecard

METRICS: tuple[Metric, ...] = (
    review.Compliant(), review.Spotless(), review.FirstTry(), review.Ready(), review.FourSteps(), review.Grounded(),
    review.Calm(), review.RightLanguage(), review.OneRegister(), facts.RequiredFacts(), facts.NothingForbidden(),
    Scorecard(), similarity.Chrf(), similarity.EditDistance(), similarity.CompressionDistance(), facts.RightCause(),
    facts.RightEscalation(), facts.SourceHit(), facts.SourceRank(), cost.Words(), cost.Latency(), cost.Tokens(),
    cost.Cost(),
)  # fmt: skip
EMBEDDING = "similarity.embedding"


_ANY = (-math.inf, math.inf)
# What a value can be at all: an interval that goes beyond would promise what cannot be.
_BOUNDS = {
    "facts.required": (0.0, 1.0), "retrieval.reciprocal_rank": (0.0, 1.0), "effort.levenshtein": (0.0, 1.0),
    "effort.lz77": (0.0, 1.0), "similarity.embedding": (-1.0, 1.0), "similarity.chrf": (0.0, 100.0),
    "quality.scorecard": (0.0, 100.0), "length.words": (0.0, math.inf), "latency.total_ms": (0.0, math.inf),
    "cost.tokens": (0.0, math.inf), "cost.usd": (0.0, math.inf),
}  # fmt: skip


class About(NamedTuple):
    """What a report says of a metric."""

    name: str
    title: str
    sort: Sort
    better: Literal["higher", "lower"] | None

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value there can be."""
        return _BOUNDS.get(self.name, _ANY)


ABOUT: dict[str, About] = {m.name: About(m.name, m.title, m.sort, m.better) for m in METRICS}
ABOUT[EMBEDDING] = About(EMBEDDING, "Meaning near gold (cosine)", "number", "higher")


def about(name: str) -> About:
    """A metric's entry; one of one's own, such as a judge's, is a number where more is better."""
    return ABOUT.get(name) or _judges(name) or About(name, name, "number", "higher")


_JUDGES: dict[str, tuple[str, Sort]] = {
    "pass": ("would send", "share"), "score": ("mean mark", "number"), "marks": ("marks", "label"),
    "win": ("wins", "share"), "orders": ("better in each order", "label"),
}  # fmt: skip


def _judges(name: str) -> About | None:
    """What a judge says is called by its name: `judge.<name>.pass`."""
    family, _, rest = name.partition(".")
    judge, _, what = rest.rpartition(".")
    if family != "judge" or what not in _JUDGES:
        return None
    title, sort = _JUDGES[what]
    return About(name, f"{judge}: {title}", sort, "higher")


# Two runs of the same draft differ in these: they are shown, but totals of a resumed run are compared without them.
CLOCKED = frozenset({"latency.total_ms"})

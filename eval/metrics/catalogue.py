"""All metrics, in the order reports show them."""

from __future__ import annotations

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


class About(NamedTuple):
    """What a report says of a metric."""

    name: str
    title: str
    sort: Sort
    better: Literal["higher", "lower"] | None


ABOUT: dict[str, About] = {m.name: About(m.name, m.title, m.sort, m.better) for m in METRICS}
ABOUT[EMBEDDING] = About(EMBEDDING, "Meaning near gold (cosine)", "number", "higher")


def about(name: str) -> About:
    """A metric's entry; one of one's own, such as a judge's, is a number where more is better."""
    return ABOUT.get(name) or About(name, name, "share" if name.endswith((".win", ".pass")) else "number", "higher")


# Two runs of the same draft differ in these: they are shown, but totals of a resumed run are compared without them.
CLOCKED = frozenset({"latency.total_ms"})

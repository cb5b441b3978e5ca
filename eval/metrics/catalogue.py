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

"""What a draft takes: words, time, tokens, money."""

from __future__ import annotations

from typing import ClassVar, Literal

from eval.metrics.base import Measured, Scene, Sort


class _Number:
    sort: ClassVar[Sort] = "number"
    better: ClassVar[Literal["higher", "lower"] | None] = "lower"


class Words(_Number):
    """Length in words; neither long nor short is good."""

    name, title = "length.words", "Words"
    better: ClassVar[Literal["higher", "lower"] | None] = None

    def measure(self, scene: Scene) -> Measured:
        """None for a blocked draft: it has no length."""
        return Measured(float(len(scene.text.split()))) if scene.text else Measured(None, "no text")


class Latency(_Number):
    """Milliseconds from request to answer, all stages."""

    name, title = "latency.total_ms", "Latency (ms)"

    def measure(self, scene: Scene) -> Measured:
        """The reason says where they went."""
        timings = scene.draft["timings_ms"]
        return Measured(float(timings["total"]), ", ".join(f"{k} {v:.0f}" for k, v in timings.items() if k != "total"))


class Tokens(_Number):
    """Tokens asked and said."""

    name, title = "cost.tokens", "Tokens"

    def measure(self, scene: Scene) -> Measured:
        """0 for the composer."""
        made = scene.draft["generation"]
        asked, said = made["prompt_tokens"], made["completion_tokens"]
        return Measured(float(asked + said), f"{asked} asked, {said} said")


class Cost(_Number):
    """US dollars, every attempt counted."""

    name, title = "cost.usd", "Cost (USD)"

    def measure(self, scene: Scene) -> Measured:
        """None where the price is unknown: unknown is not free."""
        cost = scene.draft["generation"]["cost_usd"]
        return Measured(None, "price unknown") if cost is None else Measured(float(cost))

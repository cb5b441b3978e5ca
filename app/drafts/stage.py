"""Showing a draft while it is written: each step once it has passed review, and all of them anew when one was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from app.drafts.context import case_context
from app.drafts.judge import Judged, judge, unfit
from app.drafts.model import Case, Steps
from app.drafts.slots import Filled, fill
from app.llm.answer import clean_step
from app.llm.client import ModelAnswerUnusable
from app.llm.letter import as_letter
from reply_guards.model import STEP_NAMES, Part
from reply_guards.review import review

# Structure is about the whole reply; everything else must hold of its beginning already.
_PARTS: tuple[Part, ...] = ("compliance", "tone", "language", "grounding")
_TO_COME = "…"


class Audience(Protocol):
    """Whoever follows the making of a draft."""

    async def tell(self, event: str, data: Mapping[str, Any]) -> None:
        """Something happened: `triage`, `sources`, `step` or `restart`."""


class Stage:
    """What the audience has been shown of one draft. Without an audience it does nothing."""

    def __init__(self, audience: Audience | None) -> None:
        self._audience = audience
        self._shown: list[str] = []
        self._judged: tuple[Steps, Judged] | None = None

    @property
    def followed(self) -> bool:
        """Whether there is anybody to show steps to."""
        return self._audience is not None

    async def forecast(self, case: Case, written: Mapping[str, str], slots: frozenset[str]) -> None:
        """Show the steps a model has completed so far, if the reply up to there passes review; else wait."""
        done = [name for name in STEP_NAMES if name in written]
        if self._audience is None or tuple(done) != STEP_NAMES[: len(done)] or len(done) <= len(self._shown):
            return
        try:
            ready = {name: clean_step(name, written[name], slots) for name in done}
        except ModelAnswerUnusable:
            return
        # What is to come stands as an ellipsis: the steps before it then end exactly as they will in the whole text.
        letter = as_letter(Steps(**{name: ready.get(name, _TO_COME) for name in STEP_NAMES}), case)
        if len(done) == len(STEP_NAMES):
            await self._last(case, letter)
            return
        filled = fill(letter, case)
        spans = filled.steps[: len(done)]
        context = case_context(case, spans)
        if not unfit(review(filled.text[: spans[-1].end], context, parts=_PARTS, policy=case.policy)):
            await self._show(filled, len(done))

    async def _last(self, case: Case, letter: Steps) -> None:
        """All four are there: judge the whole, once. As a rule it is what will be delivered, see `judged`."""
        judged = judge(case, letter)
        self._judged = letter, judged
        if not judged.unfit and not judged.repaired:
            await self._show(judged.filled, len(STEP_NAMES))

    def judged(self, case: Case, steps: Steps) -> Judged:
        """The verdict on a whole answer; the one of the forecast where that was of the same words."""
        if self._judged is not None and self._judged[0] == steps:
            return self._judged[1]
        return judge(case, steps)

    async def settle(self, judged: Judged, attempt: int) -> None:
        """Show the rest of the text that will be delivered; drop what was shown before if it reads otherwise."""
        if self._audience is None or not judged.compliant:
            return
        filled = judged.filled
        if self._shown != [filled.text[s.start : s.end] for s in filled.steps[: len(self._shown)]]:
            await self.drop(attempt)
        await self._show(filled, len(filled.steps))

    async def drop(self, attempt: int) -> None:
        """Tell the audience to forget every step it was shown: attempt number `attempt` begins."""
        if self._audience is not None and self._shown:
            self._shown = []
            await self._audience.tell("restart", {"attempt": attempt})

    async def _show(self, filled: Filled, upto: int) -> None:
        assert self._audience is not None
        for span in filled.steps[len(self._shown) : upto]:
            text = filled.text[span.start : span.end]
            self._shown.append(text)
            open_ = [
                {"name": p.name, "label": p.label, "start": p.start, "end": p.end, "step": p.step}
                for p in filled.placeholders
                if p.step == span.name
            ]
            await self._audience.tell(
                "step",
                {"name": span.name, "text": text, "start": span.start, "end": span.end, "placeholders": open_},
            )

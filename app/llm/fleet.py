"""The models in their order: which is asked first, which rests after a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from app.llm.client import ModelAnswerUnusable, ModelError, ModelRateLimited, ModelTimeout
from app.llm.drafting import Writer
from app.logs import get_logger

log = get_logger("models")
_LONGEST_REST_S = 600.0
# So many answers in a row may come too late for this process's own slowness before the provider is doubted after all.
_EXCUSED = 3


class Member:
    """One model, and until when it rests.

    `failed`: since then it was not well; `on_trial`: a draft finds out; `excused`: timeouts in a row that were not its
    fault.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.failed = self.on_trial = False
        self.excused = 0
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        """`provider/model`."""
        return self.writer.name

    @property
    def resting(self) -> bool:
        """Whether it failed a moment ago."""
        return monotonic() < self._rests_until

    def rest(self, seconds: float) -> None:
        """Do not ask it for so long."""
        self._rests_until = monotonic() + min(seconds, _LONGEST_REST_S)


class Fleet:
    """Hands out models in order. Safe to share between requests; a process has one."""

    def __init__(
        self, writers: Sequence[Writer], *, cooldown_s: float = 30.0, is_behind: Callable[[], bool] = bool
    ) -> None:
        """`cooldown_s`: rest after a failure, 0 for none; `is_behind`: whether this process is slow itself."""
        self.members = tuple(Member(writer) for writer in writers)
        self._cooldown_s = cooldown_s
        self._is_behind = is_behind

    @property
    def names(self) -> tuple[str, ...]:
        """The models a request may name."""
        return tuple(member.name for member in self.members)

    def awake(self, wanted: str | None) -> Iterator[Member]:
        """The models to ask, in order, those that rest left out; of `wanted` only that one.

        After its rest a model is tried by one draft; the others leave it out until that one has its answer.
        """
        for member in self.members:
            if wanted in (None, member.name) and not member.resting:
                if member.failed:
                    member.on_trial = True
                    member.rest(self._cooldown_s)
                yield member

    def answered(self, member: Member) -> None:
        """A model's provider is well. While it rests, that is said of the time before, and it rests on."""
        member.excused = 0
        if member.on_trial:
            member.failed = member.on_trial = False
            member.rest(0)

    def failed(self, member: Member, error: ModelError) -> None:
        """Let a model rest whose provider failed. An unusable answer says nothing against the provider."""
        if not self._cooldown_s or isinstance(error, ModelAnswerUnusable):
            return
        if isinstance(error, ModelTimeout) and member.excused < _EXCUSED and self._is_behind():
            member.excused += 1
            log.warning("process_is_behind", model=member.name)
            return
        member.failed, member.on_trial = True, False
        asked = error.retry_after_s if isinstance(error, ModelRateLimited) else None
        member.rest(max(self._cooldown_s, asked or 0.0))
        log.warning("model_rests", model=member.name, reason=type(error).__name__, status=error.status)

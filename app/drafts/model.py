"""Values of the drafting flow: the case a reply is written for, and the four steps it is written in.

Step texts carry facts as slots (`{order_id}`, `{tracking_url}`); `slots.py` fills them from the ticket, and a slot
nobody can fill becomes a visible placeholder `[Label]`. The composer and the model speak this same language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.profile.schemas import Profile
from app.ticket import Kind, Register, Resolution, Ticket
from app.triage.model import Triage
from reply_guards.policy import Policy, policy_for

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Steps:
    """The four steps of a reply, greeting in `acknowledge`, signature in `ask`; slots still unfilled."""

    acknowledge: str
    own: str
    propose: str
    ask: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The wording of an approved macro by step, with the composer's slots {complaint} {done} {options} {question}."""

    id: str
    title: str
    language: str
    cause: str | None
    kind: Kind
    steps: Steps
    register: Register | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a reply is written from. `language` and `register` are decided, not wished."""

    ticket: Ticket
    triage: Triage
    language: str
    kind: Kind = "reply"
    register: Register = "sie"
    resolutions: tuple[Resolution, ...] = ()
    actions_done: tuple[str, ...] = ()
    agent_name: str | None = None
    instruction: str | None = None
    review_consent: bool = False
    profile: Profile = field(default_factory=Profile)
    own_policy: Policy | None = None  # the tenant's own; None: the shipped one of the ticket's channel
    frames: tuple[Frame, ...] = ()  # approved macros that fit, best first
    # `init=False`: a case made from this one by `replace` begins with nothing.
    _kept: dict[Callable[[Case], Any], Any] = field(init=False, default_factory=dict, compare=False, repr=False)

    def once(self, make: Callable[[Case], T]) -> T:
        """What `make` derives from this case, derived once: a draft asks for the same many times, a stream more so."""
        if make not in self._kept:
            self._kept[make] = make(self)
        found: T = self._kept[make]
        return found

    @property
    def policy(self) -> Policy:
        """The rules its text is held to."""
        return self.own_policy or policy_for(self.ticket.channel)

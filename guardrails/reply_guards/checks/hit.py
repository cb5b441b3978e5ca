"""What a check returns, and what every check is: a pure function of the reply, its circumstances and the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.text import Reply


@dataclass(frozen=True, slots=True)
class Hit:
    """A place a rule speaks about, in original code points, with the values its message names."""

    rule: str
    start: int
    end: int
    values: Mapping[str, str] = field(default_factory=dict)
    fix: str | None = None


Check = Callable[[Reply, Context, Policy], Iterable[Hit]]

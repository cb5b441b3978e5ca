"""The second engine over the same checks: a model's text must also pass a guardrails-ai Guard before it leaves.

The verdict must be `review()`'s own. Where the two differ, something is broken, and the text does not go out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from app.logs import get_logger
from reply_guards.model import Context, Finding
from reply_guards.policy import Policy

log = get_logger("gate")


class Gate(Protocol):
    """Says whether a text may leave."""

    @property
    def ready(self) -> bool:
        """Whether `load` has finished."""

    async def load(self) -> None:
        """Prepare what is slow. Idempotent."""

    async def passes(self, text: str, context: Context, policy: Policy, findings: Sequence[Finding]) -> bool:
        """Whether nothing blocks, and the verdict is the one `review()` gave."""


class GuardrailsGate:
    """An AsyncGuard of our registered validators, built once a channel. Importing it takes seconds: in a thread."""

    def __init__(self) -> None:
        self.ready = False

    async def load(self) -> None:
        """Import guardrails-ai."""
        await asyncio.to_thread(self._import)

    def _import(self) -> None:
        from reply_guards import validators

        validators.async_guard_for("strict")
        self.ready = True

    async def passes(self, text: str, context: Context, policy: Policy, findings: Sequence[Finding]) -> bool:
        """Read from the Guard's summaries, never from `validation_passed`."""
        if not self.ready:
            await self.load()
        from reply_guards import validators

        found = await validators.reviewed_by_async_guard(text, context, policy)
        ours, theirs = ({(f.rule, f.start, f.end) for f in own} for own in (findings, found))
        if ours != theirs:
            log.error("engines_disagree", rules=sorted({rule for rule, _, _ in ours ^ theirs}))
            return False
        return not any(f.severity == "block" for f in found)

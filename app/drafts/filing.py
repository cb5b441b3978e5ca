"""How a draft is filed by those who make drafts in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

Along = Callable[[AsyncSession, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Filing:
    """Under which id a draft is stored, and what else belongs into the transaction that stores it.

    An id chosen beforehand lets work that was killed find what it had finished; what `along` does stands or falls with
    the draft: if it raises, there is no draft either.
    """

    draft_id: str | None = None
    along: Along | None = None


PLAIN = Filing()

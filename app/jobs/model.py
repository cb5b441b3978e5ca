"""Values of the jobs room."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

JobKind = Literal["import", "reembed", "drafts"]
KINDS: tuple[JobKind, ...] = ("import", "reembed", "drafts")
JobStatus = Literal["queued", "running", "paused", "succeeded", "failed"]
FINISHED = ("succeeded", "failed")


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as callers see it. `total` grows while a source is still being read."""

    id: str
    tenant_id: uuid.UUID
    kind: JobKind
    status: JobStatus
    done: int
    total: int
    rejected: int
    detail: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def draft_ids(self) -> tuple[str, ...]:
        """The drafts it made, of a job that makes drafts."""
        return tuple(self.detail.get("draft_ids", ()))

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in FINISHED


@dataclass(frozen=True, slots=True)
class Reject:
    """A refused row: where it stands and why."""

    line: int
    external_id: str | None
    reason: str
    detail: str

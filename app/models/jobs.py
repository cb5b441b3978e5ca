"""Work of the background: jobs as callers see them, the rows still to do, and the rows refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, Json, TenantId


class Job(Base):
    """An import, a re-embedding, a batch of drafts: what `GET /v1/jobs/{id}` tells. The queue's own rows are apart."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    tenant_id: Mapped[TenantId]
    kind: Mapped[str] = mapped_column(Text)  # import | reembed | drafts
    status: Mapped[str] = mapped_column(Text)  # queued | running | paused | succeeded | failed
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    rejected: Mapped[int] = mapped_column(BigInteger, server_default="0")
    detail: Mapped[Json]  # what kind it is needs: source, position, options; never customer text
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class JobRow(Base):
    """One redacted item that waits for its embedding; gone once it is stored."""

    __tablename__ = "job_rows"

    tenant_id: Mapped[TenantId]
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    item: Mapped[Json]


class JobReject(Base):
    """A row that was refused: where it stands and why, in words that repeat nothing of it."""

    __tablename__ = "job_rejects"

    tenant_id: Mapped[TenantId]
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    external_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)

"""Drafts, what became of them, and answers kept for replay."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, Id, Json, TenantId, TenantKey


class Draft(Base):
    """A draft as it was answered (`answer`) and what it was written from (`request`)."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_tenant_ticket", "tenant_id", "ticket_id", "created_at"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    tenant_id: Mapped[TenantId]
    ticket_id: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    request: Mapped[Json]
    answer: Mapped[Json]
    trace: Mapped[Json]
    person_mark: Mapped[bytes | None] = mapped_column(LargeBinary)  # HMAC of the customer's e-mail
    ticket_mark: Mapped[bytes | None] = mapped_column(LargeBinary)  # HMAC of the ticket's id
    request_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # of the whole request, the prompt and the models
    created_at: Mapped[Created]


class DraftOutcome(Base):
    """What an agent did with a draft."""

    __tablename__ = "draft_outcomes"
    __table_args__ = (Index("ix_draft_outcomes_draft", "draft_id", "created_at"),)

    id: Mapped[Id]
    tenant_id: Mapped[TenantId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    sent_text: Mapped[str | None] = mapped_column(Text)
    assessment: Mapped[Json]
    created_at: Mapped[Created]


class IdempotencyReplay(Base):
    """A POST's answer under its Idempotency-Key. `status` is null while the first request is still at work."""

    __tablename__ = "idempotency_replays"

    tenant_id: Mapped[TenantKey]
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    headers: Mapped[dict[str, str] | None] = mapped_column(JSONB)  # those that say more than the answer: `Location` …
    created_at: Mapped[Created]

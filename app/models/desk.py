"""The desk's queue: tickets that wait for an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, Id, Json, TenantId


class DeskTicket(Base):
    """A ticket as it came (`ticket`), how it was read (`triage`), by when it is due, and when it was answered."""

    __tablename__ = "desk_tickets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "ticket_id"),
        Index("ix_desk_tickets_queue", "tenant_id", "answered_at", "target_at"),
    )

    id: Mapped[Id]
    tenant_id: Mapped[TenantId]
    ticket_id: Mapped[str] = mapped_column(Text)  # the helpdesk's own, or one we made
    origin: Mapped[str] = mapped_column(Text)  # demo | api | paste
    ticket: Mapped[Json]
    triage: Mapped[Json]
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    target_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    person_mark: Mapped[bytes | None] = mapped_column(LargeBinary)  # HMAC of the customer's e-mail
    ticket_mark: Mapped[bytes | None] = mapped_column(LargeBinary)  # HMAC of the ticket's id
    created_at: Mapped[Created]

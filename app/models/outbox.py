"""Events that go out to the house's other systems."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, Json, TenantId


class OutboxEvent(Base):
    """One event, written in the transaction of what it tells. Neither delivered nor due again: given up."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    tenant_id: Mapped[TenantId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[Json]  # ids, keys and times; never customer text
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), server_default=func.now())
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]

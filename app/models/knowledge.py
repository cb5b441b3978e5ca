"""What drafts stand on: approved macros, resolved tickets (precedents), and their embeddings."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    Boolean,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REGCONFIG, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, Id, TenantId


class Macro(Base):
    """An answer a lead approved. Only the version in state `approved` is ever retrieved."""

    __tablename__ = "macros"
    __table_args__ = (UniqueConstraint("tenant_id", "external_id", "version"),)

    id: Mapped[Id]
    tenant_id: Mapped[TenantId]
    external_id: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    state: Mapped[str] = mapped_column(Text)  # draft | approved | retired
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    steps: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    language: Mapped[str] = mapped_column(Text)
    register: Mapped[str | None] = mapped_column(Text)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))  # ["*"]: all
    causes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kind: Mapped[str] = mapped_column(Text)
    search_config: Mapped[Any] = mapped_column(REGCONFIG)
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("to_tsvector(search_config, title || ' ' || body)", persisted=True)
    )
    origin: Mapped[str] = mapped_column(Text, server_default="starter")  # starter | import | api | proposal
    created_at: Mapped[Created]
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    approved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # the API key's id


class DraftMacro(Base):
    """A macro a draft was built from: what usage is counted by."""

    __tablename__ = "draft_macros"

    tenant_id: Mapped[TenantId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    macro_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("macros.id", ondelete="CASCADE"), primary_key=True)


class Precedent(Base):
    """A ticket that was resolved, redacted before it was stored."""

    __tablename__ = "precedents"
    __table_args__ = (UniqueConstraint("tenant_id", "external_id"),)

    id: Mapped[Id]
    tenant_id: Mapped[TenantId]
    external_id: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text)
    csat: Mapped[int | None] = mapped_column(Integer)
    resolved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    search_config: Mapped[Any] = mapped_column(REGCONFIG)
    words: Mapped[str] = mapped_column(Text, server_default="")  # parts of compounds, searched beside the problem
    search: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector(search_config, problem || ' ' || words) || "
            "array_to_tsvector(ARRAY['tenant:' || tenant_id::text])",
            persisted=True,
        ),
    )
    origin: Mapped[str] = mapped_column(Text, server_default="starter")  # starter | import | api | outcome
    available_at: Mapped[Created]  # not retrieved before: the quarantine of what agents sent
    reopened: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    person_mark: Mapped[bytes | None] = mapped_column(LargeBinary)  # HMAC of the customer's e-mail
    ticket_mark: Mapped[bytes | None] = mapped_column(LargeBinary)  # HMAC of the ticket's id
    draft_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]


class Embedding(Base):
    """One vector an item and embedding model: a model can be changed without taking the old index down."""

    __tablename__ = "embeddings"
    __table_args__ = (
        UniqueConstraint("tenant_id", "item_id", "model"),
        Index("ix_embeddings_tenant_model", "tenant_id", "model", "item_kind"),
    )

    id: Mapped[Id]
    tenant_id: Mapped[TenantId]
    item_kind: Mapped[str] = mapped_column(Text)  # macro | ticket
    item_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    model: Mapped[str] = mapped_column(Text)
    vector: Mapped[Any] = mapped_column(HALFVEC)

"""Who uses the service: tenants, their API keys, and the shop's profile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, FetchedValue, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, Id, Json, TenantId, TenantKey


class Tenant(Base):
    """One shop."""

    __tablename__ = "tenants"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text)
    mark_key: Mapped[bytes] = mapped_column(LargeBinary, server_default=FetchedValue())  # random: key of the HMACs
    embedding_model: Mapped[str | None] = mapped_column(Text)  # whose vectors searches use now
    created_at: Mapped[Created]


class ApiKey(Base):
    """A key's SHA-256 (the keys are 256 random bits: a slow hash would add nothing) and what it may do."""

    __tablename__ = "api_keys"

    id: Mapped[Id]
    tenant_id: Mapped[TenantId]
    name: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Created]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ShopProfile(Base):
    """The profile as the contract's JSON: it is always read and written whole."""

    __tablename__ = "profiles"

    tenant_id: Mapped[TenantKey]
    data: Mapped[Json]
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )

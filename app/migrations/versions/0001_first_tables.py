"""First tables, each with forced row-level security.

Revision: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REGCONFIG, TSVECTOR

revision = "0001"
down_revision = None

TENANT = "nullif(current_setting('vierklang.tenant', true), '')::uuid"
NOW = sa.text("now()")


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    _tenancy()
    _knowledge()
    _drafts()
    for table in ("api_keys", "profiles", "macros", "precedents", "embeddings", "drafts", "draft_outcomes",
                  "idempotency_replays"):  # fmt: skip
        _protect(table, f"tenant_id = {TENANT}")
    _protect("tenants", f"id = {TENANT}")
    # A key is looked up before its tenant is known: whoever knows the hash may see that one row, and nothing else.
    op.execute(
        "CREATE POLICY api_keys_by_hash ON api_keys FOR SELECT "
        "USING (key_hash = decode(nullif(current_setting('vierklang.key_hash', true), ''), 'hex'))"
    )


def _protect(table: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_tenant ON {table} USING ({rule}) WITH CHECK ({rule})")


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _tenant(*, primary_key: bool = False) -> sa.Column[Any]:
    target = sa.ForeignKey("tenants.id", ondelete="CASCADE")
    return sa.Column("tenant_id", sa.Uuid, target, nullable=False, primary_key=primary_key)


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=primary_key)


def _created(name: str = "created_at") -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW, nullable=False)


def _json(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, JSONB, nullable=nullable)


def _search(expression: str) -> tuple[sa.Column[Any], sa.Column[Any]]:
    config = sa.Column("search_config", REGCONFIG, nullable=False)
    vector = sa.Column(
        "search", TSVECTOR, sa.Computed(f"to_tsvector(search_config, {expression})", persisted=True), nullable=False
    )
    return config, vector


def _tenancy() -> None:
    op.create_table("tenants", _id(), _text("name"), _created())
    op.create_table(
        "api_keys", _id(), _tenant(), _text("name"),
        sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False), _created(),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    op.create_table("profiles", _tenant(primary_key=True), _json("data"), _created("updated_at"))


def _knowledge() -> None:
    op.create_table(
        "macros", _id(), _tenant(), _text("external_id"),
        sa.Column("version", sa.Integer, server_default="1", nullable=False), _text("state"), _text("title"),
        _text("body"), _json("steps", nullable=True), _text("language"), _text("register", nullable=True),
        sa.Column("channels", ARRAY(sa.Text), nullable=False), sa.Column("causes", ARRAY(sa.Text), nullable=False),
        _text("kind"), *_search("title || ' ' || body"), _created(),
        sa.UniqueConstraint("tenant_id", "external_id", "version"),
        sa.CheckConstraint("state IN ('draft', 'approved', 'retired')", name="state"),
    )  # fmt: skip
    op.create_table(
        "precedents", _id(), _tenant(), _text("external_id"), _text("channel"), _text("language"), _text("problem"),
        _text("reply"), _text("cause", nullable=True), sa.Column("csat", sa.Integer),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False), *_search("problem"), _created(),
        sa.UniqueConstraint("tenant_id", "external_id"),
    )  # fmt: skip
    op.create_table(
        "embeddings", _id(), _tenant(), _text("item_kind"), sa.Column("item_id", sa.Uuid, nullable=False),
        _text("model"), sa.Column("vector", HALFVEC, nullable=False),
        sa.UniqueConstraint("tenant_id", "item_id", "model"),
    )  # fmt: skip
    op.create_index("ix_embeddings_tenant_model", "embeddings", ["tenant_id", "model", "item_kind"])
    op.create_index("ix_macros_search", "macros", ["search"], postgresql_using="gin")
    op.create_index("ix_precedents_search", "precedents", ["search"], postgresql_using="gin")


def _drafts() -> None:
    op.create_table(
        "drafts", _text("id", primary_key=True), _tenant(), _text("ticket_id", nullable=True), _text("status"),
        _text("kind"), _text("language"), _text("channel"), _text("cause"), _json("request"), _json("answer"),
        _json("trace"), _created(),
    )  # fmt: skip
    op.create_index("ix_drafts_tenant_ticket", "drafts", ["tenant_id", "ticket_id", "created_at"])
    op.create_table(
        "draft_outcomes", _id(), _tenant(),
        _text("draft_id"), _text("outcome"), _text("reason", nullable=True), _text("sent_text", nullable=True),
        _json("assessment"), _created(),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], ondelete="CASCADE"),
        sa.CheckConstraint("outcome IN ('sent', 'edited', 'discarded')", name="outcome"),
    )  # fmt: skip
    op.create_index("ix_draft_outcomes_draft", "draft_outcomes", ["draft_id", "created_at"])
    op.create_table(
        "idempotency_replays", _tenant(primary_key=True), _text("key", primary_key=True),
        sa.Column("request_hash", sa.LargeBinary, nullable=False), sa.Column("status", sa.Integer),
        _json("answer", nullable=True), _created(),
    )  # fmt: skip

"""Imports, searching by the words that discriminate, learning from outcomes, erasure.

Revision: 0003, after 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.migrations.statements import run_file

revision = "0003"
down_revision = "0002"

TENANT = "nullif(current_setting('vierklang.tenant', true), '')::uuid"
NOW = sa.text("now()")
# A tenant's own lexeme lets the full-text index narrow to its rows; see lexical_search.sql.
SEARCH = "to_tsvector(search_config, problem || ' ' || words) || array_to_tsvector(ARRAY['tenant:' || tenant_id::text])"


def upgrade() -> None:
    _tenants()
    _macros()
    _precedents()
    _drafts()
    _jobs()
    _embeddings()
    run_file("lexical_search.sql")


def _protect(table: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_tenant ON {table} USING ({rule}) WITH CHECK ({rule})")


def _time(name: str, *, nullable: bool = False, now: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW if now else None, nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _add(table: str, *columns: sa.Column[Any]) -> None:
    for column in columns:
        op.add_column(table, column)


def _tenants() -> None:
    # 244 random bits out of two version-4 UUIDs: pgcrypto is not everywhere.
    random = sa.text("decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')")
    _add("tenants", sa.Column("mark_key", sa.LargeBinary, server_default=random, nullable=False),
         _text("embedding_model", nullable=True))  # fmt: skip
    # The workers' rounds (retention, proposals) go from tenant to tenant and must know who there is.
    op.execute(
        "CREATE POLICY tenants_listed ON tenants FOR SELECT "
        "USING (current_setting('vierklang.all_tenants', true) = 'on')"
    )


def _macros() -> None:
    _add("macros", _text("origin", default="starter"), _time("updated_at"),
         _time("approved_at", nullable=True, now=False), sa.Column("approved_by", sa.Uuid))  # fmt: skip
    op.execute("CREATE UNIQUE INDEX uq_macros_approved ON macros (tenant_id, external_id) WHERE state = 'approved'")
    op.create_table(
        "draft_macros",
        _tenant(),
        sa.Column("draft_id", sa.Text, sa.ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("macro_id", sa.Uuid, sa.ForeignKey("macros.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_draft_macros_macro", "draft_macros", ["macro_id"])
    _protect("draft_macros", f"tenant_id = {TENANT}")


def _precedents() -> None:
    op.drop_column("precedents", "search")
    _add("precedents", _text("origin", default="starter"), _text("words", default=""), _time("available_at"),
         sa.Column("reopened", sa.Boolean, server_default=sa.text("false"), nullable=False),
         sa.Column("person_mark", sa.LargeBinary), sa.Column("ticket_mark", sa.LargeBinary),
         _text("draft_id", nullable=True))  # fmt: skip
    op.execute(f"ALTER TABLE precedents ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS ({SEARCH}) STORED")
    op.execute("CREATE INDEX ix_precedents_search ON precedents USING gin (search)")
    # Three thousand lexemes with their share of the rows: enough to know which words half the table shares.
    op.execute("ALTER TABLE precedents ALTER COLUMN search SET STATISTICS 300")
    for mark in ("person_mark", "ticket_mark"):
        op.create_index(f"ix_precedents_{mark}", "precedents", ["tenant_id", mark])
    op.create_index("ix_precedents_draft", "precedents", ["draft_id"])
    op.create_index("ix_precedents_resolved", "precedents", ["tenant_id", "resolved_at"])


def _drafts() -> None:
    _add("drafts", sa.Column("person_mark", sa.LargeBinary), sa.Column("ticket_mark", sa.LargeBinary),
         sa.Column("request_hash", sa.LargeBinary))  # fmt: skip
    op.create_index("ix_drafts_request", "drafts", ["tenant_id", "request_hash"])
    for mark in ("person_mark", "ticket_mark"):
        op.create_index(f"ix_drafts_{mark}", "drafts", ["tenant_id", mark])
    op.create_index("ix_drafts_created", "drafts", ["tenant_id", "created_at"])


def _tenant() -> sa.Column[Any]:
    return sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False)


def _jobs() -> None:
    op.create_table(
        "jobs", _text("id"), _tenant(), _text("kind"), _text("status"),
        sa.Column("done", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("detail", JSONB, server_default=sa.text("'{}'"), nullable=False),
        _text("error", nullable=True), _time("created_at"), _time("updated_at"),
        _time("finished_at", nullable=True, now=False), sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("status IN ('queued', 'running', 'paused', 'succeeded', 'failed')", name="status"),
    )  # fmt: skip
    op.create_index("ix_jobs_tenant", "jobs", ["tenant_id", "status"])
    for name, columns in {
        "job_rows": (sa.Column("item", JSONB, nullable=False),),
        "job_rejects": (_text("external_id", nullable=True), _text("reason"), _text("detail")),
    }.items():
        op.create_table(
            name, _tenant(),
            sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
            sa.Column("line", sa.BigInteger, nullable=False), *columns, sa.PrimaryKeyConstraint("job_id", "line"),
        )  # fmt: skip
    for table in ("jobs", "job_rows", "job_rejects"):
        _protect(table, f"tenant_id = {TENANT}")


def _embeddings() -> None:
    op.execute("CREATE INDEX ix_embeddings_item ON embeddings (item_id)")
    # Which models there are and how long their vectors: of the installation, no tenant's data.
    op.create_table(
        "embedding_models", sa.Column("model", sa.Text, primary_key=True),
        sa.Column("dims", sa.Integer, nullable=False),
    )  # fmt: skip
    # An item's vectors go with it, whoever deletes it and by which way.
    op.execute(
        "CREATE FUNCTION forget_embeddings() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS "
        "'BEGIN DELETE FROM embeddings WHERE item_id = OLD.id; RETURN NULL; END'"
    )
    for table in ("macros", "precedents"):
        op.execute(
            f"CREATE TRIGGER {table}_forget_embeddings AFTER DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION forget_embeddings()"
        )

"""Events that wait for their delivery, and the headers of answers that are replayed.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

TENANT = "nullif(current_setting('vierklang.tenant', true), '')::uuid"


def upgrade() -> None:
    _outbox()
    # A 202 says in `Location` where its job is: the same request again must hear it too.
    op.add_column("idempotency_replays", sa.Column("headers", JSONB))


def _outbox() -> None:
    now = sa.text("now()")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
        sa.Column("draft_id", sa.Text, sa.ForeignKey("drafts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=now),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
    )
    op.create_index("ix_outbox_draft", "outbox", ["draft_id"])
    op.execute("CREATE INDEX ix_outbox_next ON outbox (tenant_id, next_at) WHERE next_at IS NOT NULL")
    op.execute("ALTER TABLE outbox ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE outbox FORCE ROW LEVEL SECURITY")
    rule = f"tenant_id = {TENANT}"
    op.execute(f"CREATE POLICY outbox_tenant ON outbox USING ({rule}) WITH CHECK ({rule})")

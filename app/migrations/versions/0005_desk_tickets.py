"""The desk's queue.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

TENANT = "nullif(current_setting('vierklang.tenant', true), '')::uuid"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "desk_tickets",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("ticket", JSONB, nullable=False),
        sa.Column("triage", JSONB, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("target_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("answered_at", moment),
        sa.Column("person_mark", sa.LargeBinary),
        sa.Column("ticket_mark", sa.LargeBinary),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.UniqueConstraint("tenant_id", "ticket_id", name="uq_desk_tickets_tenant_id"),
    )
    op.create_index("ix_desk_tickets_queue", "desk_tickets", ["tenant_id", "answered_at", "target_at"])
    for mark in ("person_mark", "ticket_mark"):
        op.create_index(f"ix_desk_tickets_{mark}", "desk_tickets", ["tenant_id", mark])
    op.execute("ALTER TABLE desk_tickets ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE desk_tickets FORCE ROW LEVEL SECURITY")
    rule = f"tenant_id = {TENANT}"
    op.execute(f"CREATE POLICY desk_tickets_tenant ON desk_tickets USING ({rule}) WITH CHECK ({rule})")

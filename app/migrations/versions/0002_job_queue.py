"""The job queue's tables, and the right to forget expired replays.

Revision: 0002, after 0001
"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # The library's own schema, at the version the lock file pins. Its jobs carry ids only, so no tenant policy.
    # Straight through the driver: many statements at once, and their per cent signs are no parameters.
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema())
    # Without a WHERE clause a DELETE needs no right to see rows: it removes what this policy names, of every tenant.
    op.execute(
        "CREATE POLICY idempotency_replays_expired ON idempotency_replays FOR DELETE "
        "USING (created_at < now() - interval '24 hours')"
    )

"""Search by words takes less time.

Revision: 0007, after 0006
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Straight through the driver: its text holds per cent signs and colons, which are no parameters.
    statements = (Path(__file__).parent.parent / "lexical_budget.sql").read_text(encoding="utf-8")
    op.get_bind().connection.cursor().execute(statements.encode())

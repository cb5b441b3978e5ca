"""Words as a share of the query's, for what is near by meaning, too.

Revision: 0006, after 0005
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Straight through the driver: its text holds per cent signs and colons, which are no parameters.
    statements = (Path(__file__).parent.parent / "lexical_scores.sql").read_text(encoding="utf-8")
    op.get_bind().connection.cursor().execute(statements.encode())

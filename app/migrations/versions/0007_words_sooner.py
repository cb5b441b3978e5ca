"""Search by words takes less time.

Revision: 0007, after 0006
"""

from __future__ import annotations

from app.migrations.statements import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_file("lexical_budget.sql")

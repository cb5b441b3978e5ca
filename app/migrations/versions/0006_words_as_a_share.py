"""Words as a share of the query's, for what is near by meaning, too.

Revision: 0006, after 0005
"""

from __future__ import annotations

from app.migrations.statements import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_file("lexical_scores.sql")

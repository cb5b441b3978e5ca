"""SQL that migrations run as it stands in a file beside them."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run_file(name: str) -> None:
    """Run the statements of a file of this folder, straight through the driver: their signs are no parameters."""
    statements = (Path(__file__).parent / name).read_text(encoding="utf-8")
    op.get_bind().connection.cursor().execute(statements.encode())

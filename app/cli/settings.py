"""`vierklang settings`: every setting, its default and its meaning."""

from __future__ import annotations


def settings() -> None:
    """List all settings as a Markdown table (the README's is this one)."""
    from app.config import settings_table

    print(settings_table())

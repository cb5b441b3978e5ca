"""`vierklang rules`: every rule of every channel, from the policies themselves."""

from __future__ import annotations


def rules() -> None:
    """Print the rules of all channels as Markdown (docs/rules.md is this page)."""
    from reply_guards.docs import render

    print(render(), end="")

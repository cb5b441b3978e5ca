"""`vierklang macro …`: list, show, write, approve and retire macros of the local tenant."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class State(StrEnum):
    """States of a macro."""

    draft = "draft"
    approved = "approved"
    retired = "retired"


macro = typer.Typer(help="List, show, write, approve and retire macros.", no_args_is_help=True)
Ref = Annotated[str, typer.Argument(help="A version's id, or an external id (its newest version).")]


@macro.command(name="list")
def list_(
    state: Annotated[State | None, typer.Option(help="Default: the newest version of each.")] = None,
    language: Annotated[str | None, typer.Option(help="de, en, …")] = None,
) -> None:
    """List macros with state, version, how often drafts stood on them, and the last outcome."""
    import asyncio

    from app.cli.macros import list_macros

    asyncio.run(list_macros(state.value if state else None, language))


@macro.command()
def show(ref: Ref) -> None:
    """Print a macro with its versions, and what review says of it."""
    import asyncio

    from app.cli.macros import show_macro

    asyncio.run(show_macro(ref))


@macro.command()
def write(
    file: Annotated[Path, typer.Argument(help="YAML or JSON as POST /v1/knowledge/macros takes it; - reads stdin.")],
) -> None:
    """Write a macro, or a new version of one; it stays a draft."""
    import asyncio

    from app.cli.macros import write_macro

    asyncio.run(write_macro(file))


@macro.command()
def approve(ref: Ref) -> None:
    """Put a version into use; refused, with the findings, where review does not pass it on its channels."""
    import asyncio

    from app.cli.macros import approve_macro

    asyncio.run(approve_macro(ref))


@macro.command()
def retire(ref: Ref) -> None:
    """Take a macro out of use."""
    import asyncio

    from app.cli.macros import retire_macro

    asyncio.run(retire_macro(ref))

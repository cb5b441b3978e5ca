"""`vierklang import PATH`: tickets and macros of a helpdesk, with a progress bar; a killed import goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def import_(
    path: Annotated[Path, typer.Argument(help="Export of Zendesk, Gorgias or Freshdesk, or our own JSONL or CSV.")],
    source: Annotated[
        str, typer.Option(help="auto, own, csv, zendesk, gorgias or freshdesk.")
    ] = "auto",
    mapping: Annotated[Path | None, typer.Option(help="Fields of any other file (docs/import.md).")] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where refused rows are listed; default: beside PATH, if there are any.")
    ] = None,
    approve_macros: Annotated[bool, typer.Option(help="Approve macros that review passes on every channel.")] = False,
    again: Annotated[bool, typer.Option(help="Begin anew, even where an import of this file stopped midway.")] = False,
    alone: Annotated[bool, typer.Option(help="One process only (default: a second one embeds).")] = False,
) -> None:  # fmt: skip
    """Import tickets and macros: redacted before they are stored, found by every draft afterwards.

    Exit code 1 where every row was refused.
    """
    import asyncio

    from app.cli.importing import Wishes, run_import

    wishes = Wishes(path, source, mapping, rejects, approve_macros=approve_macros, again=again, alone=alone)
    if not asyncio.run(run_import(wishes)):
        raise typer.Exit(1)


def job(
    job_id: Annotated[str, typer.Argument(help="What `import` and POST /v1/knowledge/tickets tell.")] = "",
    work_for: Annotated[int | None, typer.Option(help="Help the process of this id with the job.", hidden=True)] = None,
) -> None:
    """Show a job, or the newest ones."""
    import asyncio

    from app.cli.importing import show_jobs
    from app.jobs.worker import work_on
    from app.provision import LOCAL_TENANT

    asyncio.run(work_on(LOCAL_TENANT, job_id, parent=work_for) if work_for else show_jobs(job_id))

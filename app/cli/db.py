"""`vierklang db …`: prepare the database, say where it is, open a shell on it."""

from __future__ import annotations

import typer

db = typer.Typer(help="Prepare the database, show its state, open a shell.", no_args_is_help=True)


@db.command()
def migrate() -> None:
    """Bring the tables up to date (`serve` does it by itself)."""
    from app.config import get_settings
    from app.provision import provision, release

    ready = provision(get_settings())
    release(ready)
    if ready.new_key:
        print(f"API key: {ready.new_key}")
    print("the database is up to date")


@db.command()
def ping() -> None:
    """Exit 0 when the database answers (a worker's health check)."""
    import asyncio

    from app.cli.state import ping_database

    asyncio.run(ping_database())
    print("ok")


@db.command()
def status() -> None:
    """Say which database is used and what it holds for the local tenant."""
    import asyncio

    from app.cli.state import describe_database

    for name, value in asyncio.run(describe_database()).items():
        print(f"{name:16} {value}")


@db.command()
def shell() -> None:
    """Open psql as the service's own role (row-level security applies)."""
    import subprocess

    from app.config import get_settings
    from app.provision import psql_command, release

    ready, command, environment = psql_command(get_settings())
    try:
        raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603 - our own psql
    finally:
        release(ready)

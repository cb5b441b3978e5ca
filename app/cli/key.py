"""`vierklang key …`: show the local API key, create, list and revoke others."""

from __future__ import annotations

from typing import Annotated

import typer

key = typer.Typer(help="Show, create, list and revoke API keys.", no_args_is_help=True)


@key.command()
def show() -> None:
    """Print the local key (starts nothing)."""
    from app.config import get_settings
    from app.errors import NotFound
    from app.provision import key_file

    settings = get_settings()
    if settings.api_key:
        print(settings.api_key.get_secret_value())
    elif (path := key_file(settings)).exists():
        print(path.read_text().strip())
    else:
        raise NotFound("there is no local key yet; the first `vierklang serve` creates it")


@key.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str] | None, typer.Option(help="draft (default), knowledge or admin; repeatable.")] = None,
) -> None:
    """Create a key for the local tenant; it is printed once and stored hashed."""
    from app.keys import create_key

    print(create_key(name, scope or ["draft"]))


@key.command(name="list")
def list_() -> None:
    """List keys by id, scopes and name."""
    from app.keys import list_keys

    for row in list_keys():
        state = "revoked" if row.revoked_at else "active"
        print(f"{row.id}  {state:8}{','.join(row.scopes):24}{row.created_at:%Y-%m-%d}  {row.name}")


@key.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The id that `vierklang key list` shows.")]) -> None:
    """Revoke a key; running services forget it within seconds."""
    from app.keys import revoke_key

    revoke_key(key_id)
    print("revoked")

"""`vierklang prompt …`: what prompts there are, and what exactly a model would be sent."""

from __future__ import annotations

from typing import Annotated

import typer

prompt = typer.Typer(help="List prompts, and show what a model would be sent.", no_args_is_help=True)


@prompt.command(name="list")
def list_() -> None:
    """Every prompt with its versions, kinds, hash and purpose."""
    from app.llm.prompts import shipped_prompts

    for found in shipped_prompts():
        print(f"{found.id:20}{', '.join(found.kinds):24}{found.hash[:12]}  {found.purpose}")


@prompt.command()
def render(
    file: Annotated[str, typer.Argument(help="A ticket or a whole request as JSON, or a plain message; - is stdin.")],
    name: Annotated[str | None, typer.Option("--prompt", help="Such as reply@2; default: the newest.")] = None,
    channel: Annotated[str, typer.Option(help="Channel of a plain message.")] = "shop_email",
    model: Annotated[str, typer.Option(help="Whose tokens are counted.")] = "openai/gpt-4o-mini",
) -> None:
    """Print the messages a model would get for a ticket, with the sources found now. Nothing is asked or stored."""
    import asyncio

    from app.cli.check import read_text
    from app.cli.draft import build_request

    request = build_request(read_text(file), channel, None)
    if name:
        request["prompt"] = name
    asyncio.run(_render(request, model))


async def _render(document: dict[str, object], model: str) -> None:
    from app.cli.draft import validated
    from app.config import get_settings
    from app.llm.tokens import counter
    from app.logs import configure_logs
    from app.provision import LOCAL_TENANT
    from app.rooms import open_rooms
    from app.security import Principal

    request = validated(document)
    settings = get_settings()
    configure_logs(settings)
    async with open_rooms(settings, drafting=False) as rooms:
        caller = Principal(LOCAL_TENANT, LOCAL_TENANT, frozenset({"draft"}))
        briefing = await rooms.drafts.rendered(caller, request, model=model)
    count = counter(model)
    for message in briefing.messages:
        print(f"--- {message.role} ({count(message.content)} tokens)\n{message.content}\n")
    print(f"--- left out: {dict(briefing.left_out) or 'nothing'}")

"""`vierklang erase`: forget a ticket or a customer."""

from __future__ import annotations

from typing import Annotated

import typer


def erase(
    ticket: Annotated[str | None, typer.Option(help="The ticket's id.")] = None,
    customer_email: Annotated[str | None, typer.Option(help="The customer's e-mail address.")] = None,
) -> None:
    """Remove a person's or a ticket's drafts, outcomes, precedents and vectors for good; says what it removed."""
    import asyncio

    if (ticket is None) == (customer_email is None):
        raise typer.BadParameter("name either --ticket or --customer-email")
    asyncio.run(_erase(ticket, customer_email))


async def _erase(ticket: str | None, email: str | None) -> None:
    from app.config import get_settings
    from app.logs import configure_logs
    from app.privacy.repository import Subject
    from app.provision import LOCAL_TENANT
    from app.rooms import open_rooms

    settings = get_settings()
    configure_logs(settings)
    async with open_rooms(settings, drafting=False) as rooms:
        gone = await rooms.privacy.erase(LOCAL_TENANT, Subject(ticket, email))
    for what, rows in gone.items():
        print(f"{what.replace('_', ' '):22}{rows}")

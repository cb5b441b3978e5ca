"""`vierklang draft`: a draft for a ticket in a file or on standard input, through the same service as the API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.drafts.schemas import DraftRequest


def draft(
    file: Annotated[
        str, typer.Argument(help="A ticket as JSON, a whole request as JSON, or the plain message; - is stdin.")
    ] = "-",
    channel: Annotated[str, typer.Option(help="Channel of a plain message.")] = "shop_email",
    marketplace: Annotated[str | None, typer.Option(help="amazon.de, ebay.co.uk, …")] = None,
    kind: Annotated[str | None, typer.Option(help="reply, acknowledgement, follow_up, closing or boundary.")] = None,
    register: Annotated[str | None, typer.Option(help="sie or du.")] = None,
    resolution: Annotated[
        list[str] | None, typer.Option(help="What may be offered: refund, replacement, refund=19.90EUR; repeatable.")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Name that signs the draft.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the draft as JSON.")] = False,
    input_: Annotated[
        Path | None, typer.Option("--input", help="Many: a file with a ticket or a whole request as JSON a line.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where their drafts go, a line each.")] = None,
    at_once: Annotated[int, typer.Option("-j", "--jobs", min=1, max=64, help="How many of them at once.")] = 4,
) -> None:
    """Draft a reply: the four steps in colour, findings underlined, sources below.

    With --input and --out, a whole file; begun again after a kill it goes on where it was.
    """
    import asyncio

    from app.cli.check import read_text

    if input_ or out:
        options = {"kind": kind, "register": register, "resolution": resolution, "agent": agent}
        _draft_many(file, input_, out, at_once, options)
        return
    request = build_request(read_text(file), channel, marketplace)
    overlay(request, kind=kind, register=register, resolution=resolution, agent=agent)
    answer = asyncio.run(_run(request))
    if as_json:
        import orjson

        print(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    else:
        from app.cli.show import show_draft

        show_draft(answer)
    raise typer.Exit(int(answer["status"] == "blocked"))


def _draft_many(file: str, input_: Path | None, out: Path | None, at_once: int, options: dict[str, Any]) -> None:
    import asyncio

    from app.cli.batch import Wishes, run_batch

    if input_ is None or out is None or file != "-":
        raise typer.BadParameter("a batch wants both --input and --out, and no other file")
    if not asyncio.run(run_batch(Wishes(input_, out, at_once, options))):
        raise typer.Exit(1)


def build_request(text: str, channel: str, marketplace: str | None) -> dict[str, Any]:
    """A request from JSON (a request or a ticket) or from a plain message. Raises InvalidRequest."""
    if not text.lstrip().startswith("{"):
        ticket = {
            "channel": channel,
            "marketplace": marketplace,
            "messages": [{"author": "customer", "text": text.strip()}],
        }
        return {"ticket": ticket}
    import json

    from app.errors import MalformedBody

    try:
        document: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise MalformedBody(f"the input begins like JSON but is not: {error}") from None
    return document if "ticket" in document else {"ticket": document}


def overlay(
    request: dict[str, Any], *, kind: str | None, register: str | None, resolution: list[str] | None, agent: str | None
) -> None:
    """Options of the command line win over the file."""
    request |= {name: value for name, value in (("kind", kind), ("register", register)) if value is not None}
    if agent is not None:
        request["agent"] = {"name": agent}
    if resolution:
        request["resolutions"] = [_resolution(text) for text in resolution]


def _resolution(text: str) -> dict[str, Any]:
    name, _, money = text.partition("=")
    if not money:
        return {"type": name}
    amount, currency = money[:-3].strip(), money[-3:].upper()
    return {"type": name, "amount": {"amount": amount.replace(",", "."), "currency": currency}}


def validated(document: dict[str, Any]) -> DraftRequest:
    """The request a document holds. Raises InvalidRequest with each wrong field."""
    from pydantic import ValidationError

    from app.drafts.schemas import DraftRequest
    from app.failures import invalid_request

    try:
        return DraftRequest.model_validate(document)
    except ValidationError as error:
        raise invalid_request(error.errors(include_url=False)) from None


async def _run(document: dict[str, Any]) -> dict[str, Any]:
    from app.config import get_settings
    from app.logs import configure_logs
    from app.provision import LOCAL_TENANT
    from app.rooms import open_rooms
    from app.security import Principal

    request = validated(document)
    settings = get_settings()
    configure_logs(settings)
    async with open_rooms(settings) as rooms:
        caller = Principal(LOCAL_TENANT, LOCAL_TENANT, frozenset({"draft"}))
        return await rooms.drafts.draft(caller, request)

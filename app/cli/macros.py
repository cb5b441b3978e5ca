"""What `vierklang macro …` does."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from app.config import get_settings
from app.drafts.rulebooks import open_rulebooks
from app.errors import MalformedBody
from app.failures import invalid_request
from app.keys import local_session
from app.knowledge import macro_repository, macros
from app.knowledge.macro_endpoints import MacroIn
from app.knowledge.model import MacroState
from app.logs import configure_logs
from app.models import Macro
from app.provision import LOCAL_TENANT
from app.rooms import open_rooms

_MOST = 10_000


async def list_macros(state: MacroState | None, language: str | None) -> None:
    """One line a macro."""
    async with local_session() as session:
        rows = await macro_repository.list_macros(session, state=state, language=language, limit=_MOST)
        usage = await macro_repository.usage(session, {row.external_id for row in rows})
    for row in rows:
        used = usage.get(row.external_id, macro_repository.Usage())
        told = f"{used.drafts:>5} drafts{f', last {used.last_outcome}' if used.last_outcome else ''}"
        print(f"{row.external_id:36} v{row.version:<3}{row.state:9}{row.language}  {told:24}{row.title}")


async def show_macro(ref: str) -> None:
    """The macro, its versions, its findings."""
    rules = open_rulebooks(get_settings().policy_dir).of(LOCAL_TENANT)
    async with local_session() as session:
        row = await macro_repository.load_macro(session, ref)
        others = await macro_repository.versions(session, row)
    print(f"{row.title}\n{row.external_id} v{row.version} {row.state} · {row.language} · {row.kind} · "
          f"channels {', '.join(row.channels)} · causes {', '.join(row.causes) or 'any'}\n\n{row.body}\n")  # fmt: skip
    for other in others:
        print(f"v{other.version:<3} {other.state:9} {other.created_at:%Y-%m-%d %H:%M}  {other.id}")
    for channel, finding in macros.macro_findings(macros.text_of(row), rules.policy):
        print(f"{channel}: {finding.rule}: {finding.message} ({finding.excerpt})")


async def write_macro(file: Path) -> None:
    """Store what a file says as a draft."""
    try:
        document: Any = await asyncio.to_thread(_read, file)
    except yaml.YAMLError as error:
        raise MalformedBody(f"{file} is neither YAML nor JSON: {str(error).splitlines()[0]}") from None
    try:
        macro = MacroIn.model_validate(document)
    except ValidationError as error:
        raise invalid_request(error.errors(include_url=False)) from None
    async with local_session() as session:
        name = macro.external_id or f"macro-{macro_repository.new_name()}"
        _told(await macro_repository.write_macro(session, LOCAL_TENANT, macro.text(name), origin="api"))


def _read(file: Path) -> object:
    return yaml.safe_load(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))


async def approve_macro(ref: str) -> None:
    """Review and put into use."""
    settings = get_settings()
    configure_logs(settings)
    async with open_rooms(settings, drafting=False) as rooms, rooms.database.begin(LOCAL_TENANT) as session:
        policy = rooms.rulebooks.of(LOCAL_TENANT).policy
        row = await macros.approve(session, ref, key_id=LOCAL_TENANT, policy=policy)
        await rooms.knowledge.embed_macro(session, LOCAL_TENANT, row.id, macros.text_of(row))
        _told(row)


async def retire_macro(ref: str) -> None:
    """Take out of use."""
    async with local_session() as session:
        _told(await macro_repository.retire(session, ref))


def _told(row: Macro) -> None:
    print(f"{row.external_id} v{row.version} is {row.state}  {row.id}")

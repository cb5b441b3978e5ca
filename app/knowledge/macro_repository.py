"""Queries on macros: their versions, states and usage."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.errors import NotFound
from app.knowledge.model import MacroState, MacroText
from app.knowledge.search import configuration
from app.models import DraftMacro, DraftOutcome, Macro

_WRITTEN = ("title", "body", "steps", "language", "register", "channels", "causes", "kind")


@dataclass(frozen=True, slots=True)
class Usage:
    """How often drafts stood on a macro, in any version, and what became of the last one told."""

    drafts: int = 0
    last_outcome: str | None = None
    last_outcome_at: datetime | None = None


async def list_macros(
    session: AsyncSession, *, state: MacroState | None = None, language: str | None = None, words: str | None = None,
    limit: int = 100, offset: int = 0,
) -> list[Macro]:  # fmt: skip
    """The newest version of each macro that fits, by external id."""
    query = _newest(select(Macro)) if state is None else select(Macro).where(Macro.state == state)
    if language:
        query = query.where(Macro.language == language)
    if words:
        pattern = "%" + words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(or_(Macro.title.ilike(pattern), Macro.body.ilike(pattern)))
    found = await session.execute(query.order_by(Macro.external_id, Macro.version).limit(limit).offset(offset))
    return list(found.scalars())


async def load_macro(session: AsyncSession, ref: str) -> Macro:
    """A version by its id, or the newest version of an external id. Raises NotFound."""
    row = (await session.execute(select(Macro).where(_named(ref)).order_by(Macro.version.desc()))).scalars().first()
    if row is None:
        raise NotFound(f"there is no macro {ref}")
    return row


async def versions(session: AsyncSession, macro: Macro) -> list[Macro]:
    """All versions of a macro, newest first."""
    query = select(Macro).where(Macro.external_id == macro.external_id).order_by(Macro.version.desc())
    return list((await session.execute(query)).scalars())


async def usage(session: AsyncSession, external_ids: Iterable[str]) -> dict[str, Usage]:
    """Usage by external id; one that was never used is missing."""
    wanted = Macro.external_id.in_(list(external_ids))
    used = select(Macro.external_id, func.count()).join(DraftMacro, DraftMacro.macro_id == Macro.id)
    counts = await session.execute(used.where(wanted).group_by(Macro.external_id))
    told = (
        select(Macro.external_id, DraftOutcome.outcome, DraftOutcome.created_at)
        .join(DraftMacro, DraftMacro.macro_id == Macro.id)
        .join(DraftOutcome, DraftOutcome.draft_id == DraftMacro.draft_id)
        .where(wanted)
        .ext(distinct_on(Macro.external_id))
        .order_by(Macro.external_id, DraftOutcome.created_at.desc())
    )
    last = {name: (outcome, at) for name, outcome, at in await session.execute(told)}
    return {name: Usage(count, *last.get(name, (None, None))) for name, count in counts}


async def write_macro(session: AsyncSession, tenant_id: uuid.UUID, macro: MacroText, *, origin: str) -> Macro:
    """A new macro, or a new version of the one with this external id; always a draft."""
    # Two edits at once are two versions.
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
    await session.execute(lock, {"name": f"{tenant_id}:{macro.external_id}"})
    newest = select(func.coalesce(func.max(Macro.version), 0)).where(Macro.external_id == macro.external_id)
    version = (await session.execute(newest)).scalar_one() + 1
    row = {name: getattr(macro, name) for name in _WRITTEN} | {
        "id": uuid.uuid4(), "tenant_id": tenant_id, "external_id": macro.external_id, "version": version,
        "state": "draft", "origin": origin, "search_config": configuration(macro.language),
        "channels": list(macro.channels), "causes": list(macro.causes), "steps": macro.steps or None,
    }  # fmt: skip
    await session.execute(insert(Macro).values(**row))
    return await load_macro(session, str(row["id"]))


async def imported_drafts(session: AsyncSession, *, since: datetime) -> list[Macro]:
    """The macros an import brought or met again since then, whose newest version is still a draft."""
    query = _newest(select(Macro)).where(Macro.state == "draft", Macro.origin == "import", Macro.updated_at >= since)
    return list((await session.execute(query.order_by(Macro.external_id))).scalars())


async def import_draft(session: AsyncSession, tenant_id: uuid.UUID, macro: MacroText) -> Macro | None:
    """Store an imported macro as a draft; None where its newest version already says the same."""
    query = _newest(select(Macro)).where(Macro.external_id == macro.external_id)
    known = (await session.execute(query)).scalars().first()
    if known and _same(known, macro):
        if known.state == "draft":  # seen again: `import --approve-macros` means this one too
            await session.execute(update(Macro).where(Macro.id == known.id).values(updated_at=func.now()))
        return None
    return await write_macro(session, tenant_id, macro, origin="import")


async def put_into_use(session: AsyncSession, macro: Macro, *, key_id: uuid.UUID) -> None:
    """Approve this version and retire the one approved before."""
    others = (Macro.external_id == macro.external_id, Macro.state == "approved")
    await session.execute(update(Macro).where(*others).values(state="retired", updated_at=func.now()))
    values = {"state": "approved", "approved_at": func.now(), "approved_by": key_id, "updated_at": func.now()}
    await session.execute(update(Macro).where(Macro.id == macro.id).values(**values))
    await session.refresh(macro)


async def retire(session: AsyncSession, ref: str) -> Macro:
    """Take a macro out of use, whatever its versions. Raises NotFound."""
    macro = await load_macro(session, ref)
    in_use = (Macro.external_id == macro.external_id, Macro.state != "retired")
    await session.execute(update(Macro).where(*in_use).values(state="retired", updated_at=func.now()))
    await session.refresh(macro)
    return macro


def new_name() -> str:
    """A name for a macro that came without one."""
    return uuid.uuid4().hex[:12]


def _same(known: Macro, macro: MacroText) -> bool:
    lists = (list(macro.channels), list(macro.causes), macro.steps or None)
    words = ("title", "body", "language", "register", "kind")
    return (known.channels, known.causes, known.steps or None) == lists and all(
        getattr(known, name) == getattr(macro, name) for name in words
    )


def _newest(query: Select[Macro]) -> Select[Macro]:
    later = aliased(Macro)
    newer = exists().where(later.external_id == Macro.external_id, later.version > Macro.version)
    return query.where(~newer)


def _named(ref: str) -> ColumnElement[bool]:
    """A version's id, or an external id."""
    try:
        return or_(Macro.id == uuid.UUID(ref), Macro.external_id == ref)
    except ValueError:
        return Macro.external_id == ref

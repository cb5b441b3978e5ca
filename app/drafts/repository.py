"""Queries on drafts and their outcomes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import ARRAY, Table, Text, Uuid, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Draft, DraftMacro, DraftOutcome, Macro

_MOST_LISTED = 100
# Built once: to build them takes longer than to send them.
_ADD_DRAFT = insert(cast("Table", Draft.__table__))
_ADD_MACROS = insert(cast("Table", DraftMacro.__table__)).from_select(
    ["tenant_id", "draft_id", "macro_id"],
    # Only those that nobody deleted meanwhile.
    select(bindparam("of_tenant", type_=Uuid), bindparam("of_draft", type_=Text), Macro.id).where(
        Macro.id == func.any(bindparam("used", type_=ARRAY(Uuid)))
    ),
)


async def add_draft(session: AsyncSession, row: dict[str, Any], *, macros: Iterable[uuid.UUID] = ()) -> None:
    """Store a draft with its request and trace, and the macros it stands on."""
    connection = await session.connection()  # a session would look at each column of each row anew
    await connection.execute(_ADD_DRAFT, row)
    if used := list(macros):
        told = {"of_tenant": row["tenant_id"], "of_draft": row["id"], "used": used}
        await connection.execute(_ADD_MACROS, told)


async def load_draft(session: AsyncSession, draft_id: str) -> Draft:
    """One draft of the tenant. Raises NotFound."""
    draft = (await session.execute(select(Draft).where(Draft.id == draft_id))).scalar_one_or_none()
    if draft is None:
        raise NotFound(f"there is no draft {draft_id[:40]!r}")
    return draft


async def find_same(session: AsyncSession, request_hash: bytes, *, younger_than_s: int) -> dict[str, Any] | None:
    """The answer of the newest draft for the very same request, as it is now; None where there is none so young."""
    since = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, younger_than_s)
    query = select(Draft.answer).where(Draft.request_hash == request_hash, Draft.created_at > since)
    return (await session.execute(query.order_by(Draft.created_at.desc()).limit(1))).scalar_one_or_none()


async def list_drafts(session: AsyncSession, ticket_id: str) -> list[dict[str, Any]]:
    """Answers of the ticket's drafts, newest first, a hundred at most."""
    query = select(Draft.answer).where(Draft.ticket_id == ticket_id).order_by(Draft.created_at.desc(), Draft.id)
    return list((await session.execute(query.limit(_MOST_LISTED))).scalars())


async def replace_answer(session: AsyncSession, draft_id: str, answer: dict[str, Any], trace: dict[str, Any]) -> None:
    """Store what a draft has become, after placeholders were filled."""
    values = {"answer": answer, "status": answer["status"], "trace": trace}
    await session.execute(update(Draft).where(Draft.id == draft_id).values(**values))


async def add_outcome(
    session: AsyncSession, tenant_id: uuid.UUID, draft_id: str, outcome: dict[str, Any], assessment: dict[str, Any]
) -> None:
    """Store what an agent did with a draft, and how far the sent text is from it."""
    row = {"id": uuid.uuid4(), "tenant_id": tenant_id, "draft_id": draft_id, "assessment": assessment, **outcome}
    await session.execute(insert(DraftOutcome).values(**row))

"""Queries that store macros, precedents and their vectors."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from pgvector import HalfVector
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.knowledge.compounds import compound_parts
from app.knowledge.forms import index_name
from app.knowledge.model import MacroText, ResolvedTicket
from app.knowledge.search import configuration
from app.models import Embedding, Macro, Precedent, Tenant


async def is_empty(session: AsyncSession) -> bool:
    """Whether the tenant has neither macros nor precedents."""
    for table in (Macro, Precedent):
        if (await session.execute(select(table.id).limit(1))).first():
            return False
    return True


async def mark_key(session: AsyncSession) -> bytes:
    """The key of the tenant's marks."""
    return (await session.execute(select(Tenant.mark_key))).scalar_one()


async def serving_model(session: AsyncSession) -> str | None:
    """The embedding model whose vectors the tenant's searches use; None before the first item."""
    return (await session.execute(select(Tenant.embedding_model))).scalar_one_or_none()


async def set_serving_model(session: AsyncSession, model: str) -> None:
    """From this transaction on, searches use this model's vectors."""
    await session.execute(update(Tenant).values(embedding_model=model))


async def count_vectors(session: AsyncSession, model: str, *, up_to: int) -> int:
    """How many tickets of the tenant have a vector of this model, counted no further than `up_to`."""
    some = select(Embedding.item_id).where(Embedding.model == model, Embedding.item_kind == "ticket").limit(up_to)
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()


async def index_of(session: AsyncSession, tenant_id: uuid.UUID, model: str) -> tuple[int, int] | None:
    """The dims of the complete index on a tenant's vectors of a model and how many it holds, about; None: no index."""
    query = text(
        "SELECT m.dims, greatest(c.reltuples, 0)::bigint FROM embedding_models m "
        "JOIN pg_index i ON i.indexrelid = to_regclass(:name) JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE m.model = :model AND i.indisvalid"
    )
    name = f"public.{index_name(model, tenant_id)}"
    found = (await session.execute(query, {"name": name, "model": model})).one_or_none()
    return None if found is None else (found[0], found[1])


async def register_model(session: AsyncSession, model: str, dims: int) -> None:
    """Note how long a model's vectors are, for its index."""
    query = text("INSERT INTO embedding_models VALUES (:model, :dims) ON CONFLICT DO NOTHING")
    await session.execute(query, {"model": model, "dims": dims})


async def add_macros(
    session: AsyncSession, tenant_id: uuid.UUID, macros: Iterable[MacroText], *, state: str = "approved",
    origin: str = "starter",
) -> list[uuid.UUID]:  # fmt: skip
    """Store macros in this state; returns their ids in order."""
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(), "tenant_id": tenant_id, "external_id": m.external_id, "state": state,
            "title": m.title, "body": m.body, "steps": m.steps, "language": m.language, "register": m.register,
            "channels": list(m.channels), "causes": list(m.causes), "kind": m.kind, "origin": origin,
            "search_config": configuration(m.language),
        }
        for m in macros
    ]  # fmt: skip
    await session.execute(insert(Macro), rows)
    return [row["id"] for row in rows]


async def put_tickets(
    session: AsyncSession, tenant_id: uuid.UUID, tickets: Sequence[ResolvedTicket]
) -> list[uuid.UUID]:
    """Store redacted precedents, replacing those with the same external id; returns their ids in order."""
    if not tickets:
        return []
    # Of one id twice in one statement PostgreSQL would refuse all; in the same order everywhere two workers cannot lock
    # each other out.
    rows = {t.external_id: _precedent(tenant_id, t) for t in tickets}
    statement = insert(Precedent).values([rows[key] for key in sorted(rows)])
    kept = {"id", "tenant_id", "external_id"}
    changed = {name: statement.excluded[name] for name in next(iter(rows.values())) if name not in kept}
    upsert = statement.on_conflict_do_update(index_elements=["tenant_id", "external_id"], set_=changed)
    stored = (await session.execute(upsert.returning(Precedent.external_id, Precedent.id))).all()
    ids: dict[str, uuid.UUID] = {row.external_id: row.id for row in stored}
    return [ids[t.external_id] for t in tickets]


async def forget_lesson(session: AsyncSession, draft_id: str) -> None:
    """Delete the precedent that a draft's outcome became, if it did; its vectors go with it."""
    await session.execute(delete(Precedent).where(Precedent.draft_id == draft_id))


def _precedent(tenant_id: uuid.UUID, ticket: ResolvedTicket) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(), "tenant_id": tenant_id, "external_id": ticket.external_id, "channel": ticket.channel,
        "language": ticket.language, "problem": ticket.problem, "reply": ticket.reply, "cause": ticket.cause,
        "csat": ticket.csat, "resolved_at": ticket.resolved_at, "search_config": configuration(ticket.language),
        "words": compound_parts(ticket.problem, ticket.language), "origin": ticket.origin,
        "person_mark": ticket.person_mark, "ticket_mark": ticket.ticket_mark, "draft_id": ticket.draft_id,
        "available_at": ticket.available_at or func.now(),
    }  # fmt: skip


async def put_embeddings(
    session: AsyncSession, tenant_id: uuid.UUID, kind: str, model: str, vectors: Iterable[tuple[uuid.UUID, Any]]
) -> None:
    """Store one vector an item, replacing the one of the same model."""
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(), "tenant_id": tenant_id, "item_kind": kind, "item_id": item, "model": model,
            "vector": HalfVector(vector),
        }
        for item, vector in sorted(dict(vectors).items())
    ]  # fmt: skip
    if rows:
        statement = insert(Embedding)
        new = {"vector": statement.excluded.vector}
        await session.execute(statement.on_conflict_do_update(
            index_elements=["tenant_id", "item_id", "model"], set_=new), rows)  # fmt: skip

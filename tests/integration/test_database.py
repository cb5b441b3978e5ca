"""Tenants are kept apart by the database itself, not by our WHERE clauses."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app.models import Base, Macro, Tenant
from app.provision import LOCAL_TENANT

TABLES = sorted(t.name for t in Base.metadata.sorted_tables)


@pytest.mark.parametrize("table", TABLES)
async def test_row_level_security_is_forced_on_every_table(rooms, table):
    """Also for the owner; a table added without it fails here."""
    query = text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = cast(:name AS regclass)")
    async with rooms.database.begin(LOCAL_TENANT) as session:
        assert (await session.execute(query, {"name": table})).scalar_one() is True


async def test_the_service_role_cannot_step_over_the_policies(rooms):
    """Neither superuser nor owner nor BYPASSRLS."""
    query = text(
        "SELECT r.rolsuper, r.rolbypassrls, (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid) "
        "FROM pg_roles r WHERE rolname = current_user"
    )
    async with rooms.database.begin(LOCAL_TENANT) as session:
        assert tuple((await session.execute(query)).one()) == (False, False, 0)


async def test_a_query_without_where_sees_only_its_tenant(rooms):
    """The local tenant has the starter macros; a stranger sees none, and cannot write into another's rows."""
    async with rooms.database.begin(LOCAL_TENANT) as session:
        assert len((await session.execute(select(Macro.id))).all()) >= 60
    async with rooms.database.begin(uuid.uuid4()) as session:
        assert (await session.execute(select(Macro.id))).all() == []
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(insert(Tenant).values(id=LOCAL_TENANT, name="x"))
        await session.rollback()


async def test_the_tables_are_the_models(rooms):
    """Migrations and models describe the same columns."""
    query = text(
        "SELECT column_name FROM information_schema.columns WHERE table_name = :name AND table_schema = 'public'"
    )
    async with rooms.database.begin(LOCAL_TENANT) as session:
        for table in Base.metadata.sorted_tables:
            columns = set((await session.execute(query, {"name": table.name})).scalars())
            assert columns == {c.name for c in table.columns}, table.name


async def test_the_queue_forgets_expired_replays_and_only_those(rooms):
    """The worker's purge needs no right to see any row."""
    from app.jobs.tasks import make_queue
    from app.models import IdempotencyReplay

    old = "now() - interval '25 hours'"
    async with rooms.database.begin(LOCAL_TENANT) as session:
        for key, created in (("old-one", old), ("new-one", "now()")):
            statement = "INSERT INTO idempotency_replays VALUES (:tenant, :key, '\\x00', null, null, " + created + ")"
            await session.execute(text(statement), {"tenant": LOCAL_TENANT, "key": key})
    queue = make_queue(rooms)
    await queue.tasks["purge_idempotency_replays"].func(timestamp=0)
    async with rooms.database.begin(LOCAL_TENANT) as session:
        keys = set((await session.execute(select(IdempotencyReplay.key))).scalars())
    assert "new-one" in keys
    assert "old-one" not in keys

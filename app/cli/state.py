"""What `vierklang db status` and `vierklang db ping` say."""

from __future__ import annotations

from sqlalchemy import func, select, text

from app.config import get_settings
from app.keys import local_session
from app.models import Draft, Macro, Precedent


async def describe_database() -> dict[str, str]:
    """Version, revision-independent counts of the local tenant, and where the data lie."""
    settings = get_settings()
    async with local_session() as session:
        counts = {
            table.__tablename__: str((await session.execute(select(func.count()).select_from(table))).scalar_one())
            for table in (Macro, Precedent, Draft)
        }
        version = (await session.execute(text("SHOW server_version"))).scalar_one()
        vector = (
            await session.execute(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
        ).scalar_one()
        role = (await session.execute(text("SELECT current_user"))).scalar_one()
    where = "VIERKLANG_DATABASE_URL" if settings.database_url else f"embedded in {settings.data_dir}"
    return {"database": where, "postgresql": version, "pgvector": vector, "role": role, **counts}


async def ping_database() -> None:
    """Raise what the driver raises where the database does not answer."""
    async with local_session() as session:
        await session.execute(text("SELECT 1"))

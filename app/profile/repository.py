"""Queries on profiles."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import ShopProfile
from app.profile.schemas import Profile


async def load_profile(session: AsyncSession) -> Profile:
    """The tenant's profile, or an empty one."""
    data = (await session.execute(select(ShopProfile.data))).scalar_one_or_none()
    return Profile.model_validate(data) if data else Profile()


async def save_profile(session: AsyncSession, tenant_id: uuid.UUID, profile: Profile) -> None:
    """Store the profile whole."""
    data = profile.model_dump(mode="json", by_alias=True)
    statement = insert(ShopProfile).values(tenant_id=tenant_id, data=data)
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_={"data": data}))

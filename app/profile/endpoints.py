"""`GET/PUT /v1/profile`."""

from __future__ import annotations

from fastapi import APIRouter

from app.http.callers import Admin
from app.http.sessions import AdminSession
from app.profile.repository import load_profile, save_profile
from app.profile.schemas import Profile

router = APIRouter(prefix="/v1/profile", tags=["profile"])


@router.get("", response_model_by_alias=True)
async def read_profile(session: AdminSession) -> Profile:
    """The shop's profile; empty until it is set."""
    return await load_profile(session)


@router.put("", response_model_by_alias=True)
async def write_profile(profile: Profile, caller: Admin, session: AdminSession) -> Profile:
    """Replace the shop's profile."""
    await save_profile(session, caller.tenant_id, profile)
    return profile

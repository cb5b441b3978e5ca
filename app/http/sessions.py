"""Database sessions as FastAPI dependencies.

`scope="function"`: the commit happens before the response is sent. FastAPI's default would answer 200 first and
fail afterwards.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.http.callers import Admin, Drafter, JobReader, KnowledgeEditor


async def _for_drafter(request: Request, principal: Drafter) -> AsyncIterator[AsyncSession]:
    async with request.app.state.rooms.database.begin(principal.tenant_id) as session:
        yield session


async def _for_admin(request: Request, principal: Admin) -> AsyncIterator[AsyncSession]:
    async with request.app.state.rooms.database.begin(principal.tenant_id) as session:
        yield session


async def _for_editor(request: Request, principal: KnowledgeEditor) -> AsyncIterator[AsyncSession]:
    async with request.app.state.rooms.database.begin(principal.tenant_id) as session:
        yield session


async def _for_job_reader(request: Request, principal: JobReader) -> AsyncIterator[AsyncSession]:
    async with request.app.state.rooms.database.begin(principal.tenant_id) as session:
        yield session


DraftSession = Annotated[AsyncSession, Depends(_for_drafter, scope="function")]
AdminSession = Annotated[AsyncSession, Depends(_for_admin, scope="function")]
KnowledgeSession = Annotated[AsyncSession, Depends(_for_editor, scope="function")]
JobSession = Annotated[AsyncSession, Depends(_for_job_reader, scope="function")]

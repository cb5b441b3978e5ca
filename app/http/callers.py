"""Whose request it is, and whether their key may do that: what endpoints depend on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.errors import Forbidden, Unauthorized
from app.security import KeyRing, Principal, Scope

_bearer = HTTPBearer(auto_error=False, description="An API key, `vk_…`")


async def authenticate(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Principal:
    """The caller. Raises Unauthorized where the header is missing, malformed or names no valid key."""
    if credentials is None:
        raise Unauthorized
    ring: KeyRing = request.app.state.rooms.keys
    return await ring.principal(credentials.credentials)


def require(*scopes: Scope) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that lets only keys with one of these scopes pass. `admin` includes no other: scopes are listed."""

    async def check(principal: Annotated[Principal, Depends(authenticate)]) -> Principal:
        if not principal.scopes.intersection(scopes):
            wanted = " or ".join(f"'{scope}'" for scope in scopes)
            raise Forbidden(f"this API key lacks the scope {wanted}")
        return principal

    return check


Drafter = Annotated[Principal, Depends(require("draft"))]
Admin = Annotated[Principal, Depends(require("admin"))]
JobReader = Annotated[Principal, Depends(require("draft", "knowledge"))]
KnowledgeEditor = Annotated[Principal, Depends(require("knowledge"))]

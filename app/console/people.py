"""Who may see what: the person behind a request, by the key that signed in as it stands now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.console.session import Session, Sessions
from app.errors import Forbidden, NotFound, Unauthorized
from app.provision import LOCAL_TENANT
from app.security import Principal, Scope


class SignedOut(Unauthorized):
    """Sign in to go on."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in. Scopes are the key's present ones, not those of the day of sign-in."""

    principal: Principal
    session: Session

    @property
    def of_the_house(self) -> bool:
        """Whether they belong to the house that runs this service: evaluations hold its own tickets."""
        return self.principal.tenant_id == LOCAL_TENANT

    def may(self, scope: Scope) -> bool:
        """Whether the key has this scope."""
        return scope in self.principal.scopes


def sessions_of(request: Request) -> Sessions:
    """The keeper of sessions of this application."""
    keeper: Sessions = request.app.state.console_sessions
    return keeper


async def person_of(request: Request) -> Person:
    """The person who signed in. Raises SignedOut without a session, with one that ended, or a key revoked since."""
    session = sessions_of(request).read(request)
    if session is None or session.key_id is None or session.tenant_id is None:
        raise SignedOut
    try:
        principal = await request.app.state.rooms.keys.still(session.tenant_id, session.key_id)
    except Unauthorized as error:
        raise SignedOut(error.detail) from error
    person = Person(principal, session)
    request.state.person = person
    return person


def require(scope: Scope) -> Callable[[Person], Awaitable[Person]]:
    """A dependency that lets only people pass whose key has this scope."""

    async def check(person: Annotated[Person, Depends(person_of)]) -> Person:
        if not person.may(scope):
            raise Forbidden(f"this API key lacks the scope '{scope}'")
        return person

    return check


async def _house(person: Annotated[Person, Depends(require("knowledge"))]) -> Person:
    """For editors of other tenants there are no evaluations. Raises NotFound."""
    if not person.of_the_house:
        raise NotFound("evaluations belong to the house that runs this service")
    return person


Anybody = Annotated[Person, Depends(person_of)]
Agent = Annotated[Person, Depends(require("draft"))]
Editor = Annotated[Person, Depends(require("knowledge"))]
Admin = Annotated[Person, Depends(require("admin"))]
House = Annotated[Person, Depends(_house)]


async def _session(request: Request, person: Anybody) -> AsyncIterator[AsyncSession]:
    async with request.app.state.rooms.database.begin(person.principal.tenant_id) as session:
        yield session


# The person's tenant; committed before the response is sent. Scopes are the endpoint's matter.
Database = Annotated[AsyncSession, Depends(_session, scope="function")]

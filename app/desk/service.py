"""The desk: tickets wait here, by how pressing they are, until an answer is marked as sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.desk import repository
from app.desk.demo import demo_tickets
from app.drafts import repository as drafts_repository
from app.drafts.answer import triage_out
from app.drafts.schemas import DraftAnswer, DraftRequest, TriageOut
from app.knowledge.marks import Markers
from app.models import DeskTicket
from app.ticket import Ticket
from app.triage.service import triage

Origin = Literal["demo", "api", "paste"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket of the desk with how it was read."""

    id: uuid.UUID
    origin: Origin
    ticket: Ticket
    triage: TriageOut
    received_at: datetime
    target_at: datetime
    due_at: datetime
    answered_at: datetime | None

    @property
    def preview(self) -> str:
        """The customer's newest words."""
        return " ".join(self.ticket.customer_messages[-1].text.split())[:200]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with what it was asked for."""

    answer: DraftAnswer
    request: DraftRequest


@dataclass(frozen=True, slots=True)
class Desk:
    """Puts tickets in the queue and reads it."""

    database: Database
    markers: Markers

    async def put(self, session: AsyncSession, tenant_id: uuid.UUID, ticket: Ticket, *, origin: Origin) -> Waiting:
        """Put a ticket in the queue. One of the same id is renewed and waits again."""
        now = datetime.now(UTC)
        named = ticket if ticket.id else ticket.model_copy(update={"id": f"desk-{uuid.uuid4().hex[:12]}"})
        read = triage_out(triage(named, now=now))
        marker = await self.markers.of(tenant_id, session)
        received = next((m.sent_at for m in reversed(named.customer_messages) if m.sent_at), None)
        row: dict[str, Any] = {
            "id": uuid.uuid4(), "tenant_id": tenant_id, "ticket_id": named.id, "origin": origin,
            "ticket": named.model_dump(mode="json", by_alias=True, exclude_unset=True) | {"id": named.id},
            "triage": read.model_dump(mode="json"), "received_at": received or now, "target_at": read.reply_target_at,
            "due_at": read.reply_due_at, "person_mark": marker.person(named.customer.email),
            "ticket_mark": marker.ticket(named.id),
        }  # fmt: skip
        return _waiting(await repository.put(session, row))

    async def waiting(self, session: AsyncSession, *, channel: str | None = None) -> list[Waiting]:
        """The queue, the most pressing first."""
        return [_waiting(row) for row in await repository.waiting(session, channel=channel)]

    async def answered(self, session: AsyncSession) -> list[Waiting]:
        """The last tickets that were answered."""
        return [_waiting(row) for row in await repository.answered(session)]

    async def load(self, session: AsyncSession, desk_id: uuid.UUID) -> Waiting:
        """One ticket. Raises NotFound."""
        return _waiting(await repository.load(session, desk_id))

    async def drafts_of(self, session: AsyncSession, waiting: Waiting) -> Sequence[DraftAnswer]:
        """Drafts made for it, newest first."""
        answers = await drafts_repository.list_drafts(session, str(waiting.ticket.id))
        return [DraftAnswer.model_validate(answer) for answer in answers]

    async def open_draft(self, session: AsyncSession, draft_id: str) -> OpenDraft:
        """A draft as it is now. Raises NotFound."""
        row = await drafts_repository.load_draft(session, draft_id)
        return OpenDraft(DraftAnswer.model_validate(row.answer), DraftRequest.model_validate(row.request))

    async def mark_answered(self, session: AsyncSession, waiting: Waiting) -> None:
        """An answer was sent."""
        await repository.mark_answered(session, str(waiting.ticket.id))

    async def load_demo(self, tenant_id: uuid.UUID) -> int:
        """Fill a desk that never had a ticket with demo tickets; how many."""
        async with self.database.begin(tenant_id) as session:
            if await repository.any_there(session):
                return 0
            tickets = demo_tickets(datetime.now(UTC))
            for ticket in tickets:
                await self.put(session, tenant_id, ticket, origin="demo")
            return len(tickets)


def _waiting(row: DeskTicket) -> Waiting:
    return Waiting(
        id=row.id, origin=row.origin, ticket=Ticket.model_validate(row.ticket),  # type: ignore[arg-type]
        triage=TriageOut.model_validate(row.triage), received_at=row.received_at, target_at=row.target_at,
        due_at=row.due_at, answered_at=row.answered_at,
    )  # fmt: skip

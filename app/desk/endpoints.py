"""`POST /v1/desk/tickets`: a helpdesk puts its tickets on the desk."""

from __future__ import annotations

import uuid
from datetime import datetime

from fastapi import APIRouter, Request

from app.desk.service import Desk
from app.drafts.schemas import TriageOut
from app.http.callers import Drafter
from app.http.idempotency import IdempotentRoute
from app.http.sessions import DraftSession
from app.ticket import Frozen, Ticket

router = APIRouter(prefix="/v1/desk", tags=["desk"], route_class=IdempotentRoute)


class DeskTicketIn(Frozen):
    """A ticket that waits for an answer."""

    ticket: Ticket


class DeskTicketOut(Frozen):
    """The ticket's place on the desk: open it at `/console/desk/{id}`."""

    id: uuid.UUID
    ticket_id: str
    received_at: datetime
    reply_target_at: datetime
    reply_due_at: datetime
    triage: TriageOut


@router.post("/tickets", status_code=201)
async def put_ticket(request: Request, session: DraftSession, caller: Drafter, body: DeskTicketIn) -> DeskTicketOut:
    """Put a ticket in the queue of the desk. Sending a ticket's id again renews it."""
    desk: Desk = request.app.state.rooms.desk
    put = await desk.put(session, caller.tenant_id, body.ticket, origin="api")
    return DeskTicketOut(
        id=put.id, ticket_id=str(put.ticket.id), received_at=put.received_at, reply_target_at=put.target_at,
        reply_due_at=put.due_at, triage=put.triage,
    )  # fmt: skip

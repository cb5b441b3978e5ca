"""Events are written in the transaction of what they tell, and carried out by workers: none is lost, none invented.

Delivery is at least once: a worker that dies after the receiver took an event sends it again, under the same id.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.jobs.queue import DELIVER, Dispatcher
from app.logs import get_logger
from app.outbox import repository
from app.outbox.message import escalation
from app.outbox.model import ESCALATED, Delivery, Event
from app.outbox.sender import Sender
from app.ticket import Ticket

log = get_logger("outbox")
# Half a minute, then three times as long each time, six hours at most: ten attempts within a day.
_FIRST_PAUSE_S, _GROWTH, _LONGEST_PAUSE_S = 30.0, 3, 21_600.0
MOST_ATTEMPTS = 10
# Longer than an attempt can take; after it, whoever made the attempt has died.
_HOLD_S = 60.0


@dataclass(frozen=True, slots=True)
class Outbox:
    """Takes events in. Without a receiver in the settings it takes none."""

    dispatcher: Dispatcher
    enabled: bool

    async def note(
        self, session: AsyncSession, tenant_id: uuid.UUID, ticket: Ticket, answer: Mapping[str, Any]
    ) -> str | None:
        """Leave the event of a draft that was just stored, if there is one to tell; returns its id."""
        if not self.enabled or not answer["triage"]["escalate"]:
            return None
        payload = escalation(answer, ticket_id=ticket.id, channel=ticket.channel)
        return await repository.add_event(session, tenant_id, answer["id"], ESCALATED, payload)

    async def announce(self, tenant_id: uuid.UUID) -> None:
        """Wake a worker, after the commit. Should that fail, the round of the next minute finds the event."""
        await wake_courier(self.dispatcher, tenant_id)


async def wake_courier(dispatcher: Dispatcher, tenant_id: uuid.UUID) -> None:
    """Leave the delivery of a tenant's due events for a worker."""
    # Named twice: by its ids the queue tells whether the same work waits already.
    await dispatcher.wake(DELIVER, tenant_id, outbox=str(tenant_id))


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries events out, and tries again where the receiver did not take one."""

    database: Database
    sender: Sender | None

    async def aclose(self) -> None:
        """Let go of connections."""
        if self.sender:
            await self.sender.aclose()

    async def due(self, tenant_id: uuid.UUID) -> bool:
        """Whether there is something to carry."""
        if self.sender is None:
            return False
        async with self.database.begin(tenant_id) as session:
            return await repository.has_due(session)

    async def drain(self, tenant_id: uuid.UUID) -> int:
        """Carry what is due, the longest waiting first; returns how many were taken. Stops where the receiver is down.

        No transaction is open while the receiver is waited for.
        """
        delivered = 0
        while self.sender:
            async with self.database.begin(tenant_id) as session:
                event = await repository.claim_event(session, hold_s=_HOLD_S)
            if event is None:
                break
            delivery = await self.sender.send(event)
            await self._book(event, delivery)
            if delivery.down:
                break
            delivered += delivery.error is None
        return delivered

    async def _book(self, event: Event, delivery: Delivery) -> None:
        again = None if delivery.final else pause_after(event.attempts, wait_s=delivery.wait_s)
        async with self.database.begin(event.tenant_id) as session:
            if delivery.error is None:
                await repository.note_delivered(session, event.id)
            else:
                await repository.note_failed(session, event.id, delivery.error, again_in_s=again)
        told = {"webhook": event.id, "attempts": event.attempts}
        if delivery.error is None:
            log.info("event_delivered", **told)
        elif again is None:
            log.error("event_given_up", error=delivery.error, **told)
        else:
            log.warning("event_not_delivered", error=delivery.error, again_in_s=round(again), **told)


def pause_after(attempts: int, *, wait_s: float = 0.0) -> float | None:
    """How long to wait after so many attempts; None: give up.

    A fifth more or less, so that waves of events disperse.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    pause: float = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * _GROWTH ** (attempts - 1))
    return max(wait_s, pause * random.uniform(0.8, 1.2))  # noqa: S311 - nothing secret

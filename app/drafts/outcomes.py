"""What became of a draft, and what the house learns from it: a reply that was sent becomes a precedent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rapidfuzz.distance import Levenshtein
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.drafts import repository
from app.drafts.answer import findings_out
from app.drafts.context import case_context
from app.drafts.revision import Stored, load_stored
from app.drafts.rulebooks import Rulebook
from app.drafts.schemas import OutcomeAnswer, OutcomeRequest
from app.errors import FieldError, InvalidRequest, Unavailable
from app.knowledge.cleaning import clean_ticket
from app.knowledge.importing import Importer
from app.knowledge.ingest.records import Person, SolvedTicket
from app.knowledge.repository import forget_lesson
from app.logs import get_logger
from app.ticket import Ticket
from reply_guards.review import review

log = get_logger("outcomes")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Keeps what agents did with drafts, and learns."""

    settings: Settings
    importer: Importer

    async def record(
        self, session: AsyncSession, tenant_id: uuid.UUID, draft_id: str, outcome: OutcomeRequest, rulebook: Rulebook
    ) -> OutcomeAnswer:
        """Compare what was sent with the draft, review it, keep both, learn. Raises NotFound, InvalidRequest."""
        stored = await load_stored(session, draft_id, self.settings, rulebook)
        sent = None if outcome.outcome == "discarded" else outcome.sent_text or stored.answer.text
        if sent is None and outcome.outcome != "discarded":
            advice = "is required: this draft is blocked, so what was sent cannot be its text"
            raise InvalidRequest(errors=(FieldError("/sent_text", advice),))
        answer = _assess(stored, outcome, sent)
        assessment = answer.model_dump(mode="json", exclude={"draft_id", "outcome"})
        row = {"outcome": outcome.outcome, "reason": outcome.reason, "sent_text": sent}
        await repository.add_outcome(session, tenant_id, draft_id, row, assessment)
        # A text that breaks a rule, or still has a gap, must not teach anybody.
        if sent is not None and answer.compliant and "placeholder.open" not in {f.rule for f in answer.findings}:
            await self._learn(session, tenant_id, stored, sent)
        else:  # said later, it takes back what an earlier word taught
            await forget_lesson(session, draft_id)
        return answer

    async def _learn(self, session: AsyncSession, tenant_id: uuid.UUID, stored: Stored, sent: str) -> None:
        """Make the reply a precedent, redacted, to be found after the quarantine."""
        case = stored.case
        solved = solved_ticket(stored.row.id, case.ticket, sent, language=case.triage.language, cause=case.triage.cause,
                               complaint=case.triage.reading.complaint, agent=case.agent_name)  # fmt: skip
        free_from = datetime.now(UTC) + timedelta(days=self.settings.learn_after_days)
        lesson = clean_ticket(solved, await self.importer.markers.of(tenant_id, session), origin="outcome",
                              draft_id=stored.row.id, ticket_id=case.ticket.id, available_at=free_from)  # fmt: skip
        try:
            async with session.begin_nested():
                await self.importer.put_tickets(session, tenant_id, [lesson])
        except Unavailable:
            log.warning("outcome_not_learned", draft=stored.row.id)


def solved_ticket(
    draft_id: str, ticket: Ticket, sent: str, *, language: str, cause: str, complaint: str | None, agent: str | None
) -> SolvedTicket:
    """The ticket of a draft as one that a reply solved, with all that tells who wrote it."""
    order = ticket.order
    ids = (order.id, order.tracking_number, order.tracking_url) if order else ()
    return SolvedTicket(
        external_id=draft_id, channel=ticket.channel, language=language,
        problem=complaint or ticket.customer_messages[-1].text, reply=sent, cause=cause,
        resolved_at=datetime.now(UTC), order_ids=tuple(str(i) for i in ids if i),
        customer=Person(name=ticket.customer.name, email=ticket.customer.email),
        agent_names=(agent,) if agent else (),
    )  # fmt: skip


def _assess(stored: Stored, outcome: OutcomeRequest, sent: str | None) -> OutcomeAnswer:
    verdict = None
    similarity = None
    if sent is not None:
        steps = stored.filled.steps if sent == stored.answer.text else None
        context = case_context(stored.case, steps, more_facts=stored.filled_values.values())
        verdict = review(sent, context, policy=stored.case.policy)
        similarity = round(Levenshtein.normalized_similarity(stored.answer.text or "", sent), 4)
    return OutcomeAnswer(
        draft_id=stored.answer.id,
        outcome=outcome.outcome,
        similarity=similarity,
        edit_effort=None if similarity is None else round(1 - similarity, 4),
        compliant=verdict.compliant if verdict else None,
        findings=findings_out(verdict.findings) if verdict else (),
        accepted_risks=verdict.accepted_risks if verdict else (),
    )

"""Triage of a ticket: pure, in process, no model. One call reads the newest customer message and judges it."""

from __future__ import annotations

from datetime import datetime

from app.ticket import Ticket
from app.triage import learned
from app.triage.abuse import abusive as is_abusive
from app.triage.assistant import commanded
from app.triage.cause import Evidence, find_cause
from app.triage.due import due
from app.triage.escalation import reasons as escalation_reasons
from app.triage.escalation import standing
from app.triage.language import Vote, detect
from app.triage.lexicon import Scan, matcher, scan
from app.triage.model import Triage
from app.triage.reading import read
from app.triage.sentiment import Situation, mood
from app.triage.thread import Thread, read_thread
from app.triage.words import normalise, sentences

_NO_TROUBLE = frozenset({"other", "product_question", "invoice", "address_change", "return_request", "cancellation"})


def triage(ticket: Ticket, *, now: datetime) -> Triage:
    """Language, sentiment, cause, escalation, due times and the reading of a ticket.

    `now` (aware, UTC) stands in where the newest customer message has no `sent_at`, and is the day promised dates are
    compared with. Takes any Unicode text; time is linear in its length.
    """
    thread = read_thread(ticket)
    vote, newest, machine = _newest(ticket, thread)
    agent = _scanned(thread.answered, vote) if thread.answered else None
    evidence = Evidence(newest, *_context(ticket, thread, vote), agent)
    attack = is_abusive(newest)
    cause, confidence = find_cause(evidence, ticket.order, now.date(), abusive=attack)
    trouble = cause not in _NO_TROUBLE
    reading = read(ticket, evidence, vote.language, cause, addresses_assistant=machine)
    contacts = max(reading.contact_count or 1, thread.turns)
    situation = Situation(trouble=trouble, abusive=attack, contacts=contacts, waiting=reading.since_kind == "span")
    ruled = mood(newest, thread.newest, situation)
    told = {"contacts": float(contacts > 1), "waiting": float(situation.waiting), "trouble": float(trouble)}
    found = learned.signs(newest, cause, ruled, reading.wants, told)
    feeling = learned.feels(learned.opinion(newest, found), ruled)
    facts = standing(ticket, contacts=contacts, sentiment=feeling.sentiment, abusive=attack, cause=cause)
    why = escalation_reasons(newest, facts, evidence.earlier)
    due_at, target_at = due(ticket.channel, feeling.sentiment, feeling.intensity, thread.sent_at or now)
    return Triage(
        language=vote.language,
        sentiment=feeling.sentiment,
        intensity=feeling.intensity,
        cause=cause,
        cause_confidence=confidence,
        abusive=attack,
        escalate=bool(why),
        reasons=why,
        reply_due_at=due_at,
        reply_target_at=target_at,
        reading=reading,
    )


def warm_up() -> None:
    """Check the rules and compile the word lists now instead of at the first ticket (about 0.2 s)."""
    for language in ("de", "en"):
        matcher(language)


def _newest(ticket: Ticket, thread: Thread) -> tuple[Vote, Scan, bool]:
    """The newest text scanned, without the sentences that address a machine; and whether there were any."""
    found = sentences(thread.newest)
    vote = detect(ticket, [w for s in found for w in s.words], thread.newest)
    scanned = scan(found, vote.scanned)
    dropped = commanded(scanned, whole=thread.newest)
    if dropped:
        scanned = scan(tuple(s for i, s in enumerate(found) if i not in dropped), vote.scanned)
    return vote, scanned, bool(dropped)


def _context(ticket: Ticket, thread: Thread, vote: Vote) -> tuple[Scan | None, tuple[Scan, ...]]:
    """Subject and earlier customer messages, scanned and rid of orders to a machine."""
    subject = _scanned(ticket.subject, vote) if ticket.subject else None
    return subject, tuple(_scanned(text, vote) for text in thread.earlier)


def _scanned(text: str, vote: Vote) -> Scan:
    found = sentences(normalise(text))
    scanned = scan(found, vote.scanned)
    dropped = commanded(scanned, whole=text)
    return scan(tuple(s for i, s in enumerate(found) if i not in dropped), vote.scanned) if dropped else scanned

"""Short ways to a ticket for the tests of triage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.ticket import Ticket
from app.triage.lexicon import Scan, scan
from app.triage.model import Triage
from app.triage.service import triage
from app.triage.words import normalise, sentences

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def ticket(text: str, **fields: Any) -> Ticket:
    """A ticket with one customer message."""
    messages = [{"author": "customer", "text": text}]
    return Ticket.model_validate({"channel": "amazon", "messages": messages, **fields})


def thread(*messages: tuple[str, str], **fields: Any) -> Ticket:
    """A ticket with (author, text) messages, oldest first."""
    listed = [{"author": author, "text": text} for author, text in messages]
    return Ticket.model_validate({"channel": "amazon", "messages": listed, **fields})


def judge(text: str, **fields: Any) -> Triage:
    """Triage of a single message."""
    return triage(ticket(text, **fields), now=NOW)


def scanned(text: str, language: str = "de") -> Scan:
    """A text with all lexicon hits."""
    return scan(sentences(normalise(text)), (language,))

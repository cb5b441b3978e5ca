"""From a helpdesk's thread to a precedent: what the customer wrote, and the public reply that solved it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from app.knowledge.ingest.errors import Refused

_OPENING_LIMIT = 6000  # characters of the first complaint; search reads less
_LATER_LIMIT = 4000  # of what the customer added before the solving reply
_SHORT = 80  # a body this short leans on its subject
_SLACK = timedelta(minutes=10)  # clocks of message and status differ
_NO_TIME = datetime.max.replace(tzinfo=UTC)
_PREFIX = re.compile(r"^(?:\s*(?:re|aw|antw|wg|fw|fwd|sv)\s*(?:\[\d+\])?:)+", re.IGNORECASE)
_TICKET_NO = re.compile(r"\[[^\]]{0,30}#?\d+\]")


@dataclass(frozen=True, slots=True)
class Message:
    """One message, already text without history. `note` is what no customer sees, `machine` what nobody wrote."""

    author: Literal["customer", "agent", "note", "machine"]
    text: str
    at: datetime | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Precedent:
    """Problem, reply, and who of the shop wrote."""

    problem: str
    reply: str
    agents: tuple[str, ...]


def precedent(messages: Sequence[Message], *, subject: str | None, solved_at: datetime | None) -> Precedent:
    """The last public agent reply before the solving, and everything the customer wrote before it."""
    thread = [m for m in _in_order(messages) if m.text and m.author in {"customer", "agent"}]
    at = _solving(thread, solved_at)
    if at is None:
        raise Refused("no_agent_reply", "No agent answered this ticket in public.")
    asked = [m.text for m in thread[:at] if m.author == "customer"]
    if not asked:
        raise Refused("no_customer_message", "The customer wrote nothing before the agent's reply.")
    names = {m.name for m in messages if m.author in {"agent", "note"} and m.name}
    return Precedent(_problem(asked, subject), thread[at].text, tuple(sorted(names)))


def _in_order(messages: Sequence[Message]) -> list[Message]:
    """By time where every message has one, else as the file lists them."""
    if any(m.at is None for m in messages):
        return list(messages)
    return sorted(messages, key=lambda m: m.at or _NO_TIME)


def _solving(thread: list[Message], solved_at: datetime | None) -> int | None:
    """The last agent reply up to the solving; a customer's later thanks, and the answer to it, solve nothing."""
    replies = [i for i, m in enumerate(thread) if m.author == "agent"]
    if solved_at is not None:
        in_time = [i for i in replies if (at := thread[i].at) is None or at <= solved_at + _SLACK]
        replies = in_time or replies
    asked = next((i for i, m in enumerate(thread) if m.author == "customer"), None)
    after = [i for i in replies if asked is not None and i > asked]
    chosen = after or replies
    return chosen[-1] if chosen else None


def _problem(asked: list[str], subject: str | None) -> str:
    """The first complaint, then what was added; the same words twice count once."""
    opening, later = _shortened(asked[0], _OPENING_LIMIT), list(dict.fromkeys(t for t in asked[1:] if t != asked[0]))
    title = _title(subject)
    if title and len(opening) < _SHORT and title.lower() not in opening.lower():
        opening = f"{title}\n\n{opening}"
    added = _shortened("\n\n".join(later), _LATER_LIMIT)
    return f"{opening}\n\n{added}" if added else opening


def _title(subject: str | None) -> str:
    return _TICKET_NO.sub("", _PREFIX.sub("", subject or "")).strip()


def _shortened(text: str, limit: int) -> str:
    """Cut at a paragraph, a sentence or a word, whichever comes last before the limit."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    for stop in ("\n\n", ". ", "\n", " "):
        at = cut.rfind(stop)
        if at > limit // 2:
            return cut[: at + 1].rstrip()
    return cut

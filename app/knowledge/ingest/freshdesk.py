"""Freshdesk: tickets with conversations, satisfaction ratings, canned responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.knowledge.ingest.channels import channel_of, relay_domain
from app.knowledge.ingest.errors import Refused
from app.knowledge.ingest.fields import (
    body,
    clean,
    first_moment,
    identifier,
    inner,
    language_tag,
    moment,
    objects,
    order_ids,
)
from app.knowledge.ingest.html import html_to_text
from app.knowledge.ingest.records import FoundMacro, Person, SolvedTicket
from app.knowledge.ingest.sideload import Sideloads
from app.knowledge.ingest.thread import Message, precedent

_Row = Mapping[str, Any]
_SOLVED = {4, 5, "4", "5", "Resolved", "Closed", "resolved", "closed"}
_SOURCES = {1: "email", 2: "portal", 3: "phone", 7: "chat", 9: "feedback_widget", 10: "outbound_email", 13: "whatsapp"}
_OUTBOUND = 10
_RATINGS = {103: 5, 102: 5, 101: 4, 100: 3, -101: 2, -102: 1, -103: 1}


def is_apart(row: _Row) -> bool:
    """A rating or conversation listed apart from its ticket, a contact, or an agent."""
    return ("ticket_id" in row and ("ratings" in row or "incoming" in row)) or _is_person(row)


def _is_person(row: _Row) -> bool:
    """Contacts carry their name themselves, agents one level down; tickets carry e-mail addresses too."""
    named = "email" in row or isinstance(row.get("contact"), Mapping)
    return "id" in row and named and not {"status", "conversations", "content", "subject"} & row.keys()


def keep(row: _Row, side: Sideloads) -> None:
    """Keep what is listed apart."""
    if _is_person(row):
        contact = row.get("contact")
        side.keep("person", row["id"], contact if isinstance(contact, Mapping) else row)
    elif is_apart(row) and "ratings" in row:
        side.keep("rating", row["ticket_id"], row)
    elif is_apart(row):
        side.add("conversation", row["ticket_id"], row)


def read(row: _Row, side: Sideloads) -> SolvedTicket | FoundMacro:
    """A ticket or a canned response."""
    if "title" in row and ("content" in row or "content_html" in row):
        return _canned(row)
    return _ticket(row, side)


def _ticket(row: _Row, side: Sideloads) -> SolvedTicket:
    number = identifier(row, "id", "display_id")
    if row.get("status") not in _SOLVED:
        raise Refused("not_solved", "The ticket is not resolved or closed.", external_id=number)
    if row.get("spam") is True or row.get("deleted") is True:
        raise Refused("spam", "The ticket is marked as spam or deleted.", external_id=number)
    stats = row.get("stats")
    solved_at = first_moment((inner(stats, "resolved_at"), inner(stats, "closed_at"), row.get("updated_at")))
    conversations = objects(row.get("conversations")) or side.many("conversation", number)
    messages = [_opening(row), *(_message(c, side) for c in conversations)]
    found = precedent(messages, subject=clean(row.get("subject")), solved_at=solved_at)
    customer = _customer(row, side)
    return SolvedTicket(
        external_id=number, source="freshdesk", channel=_channel(row, customer),
        language=language_tag(inner(row, "requester", "language")),
        problem=found.problem, reply=found.reply, csat=_score(row, number, side), resolved_at=solved_at,
        customer=customer, order_ids=order_ids(_custom(row)), agent_names=found.agents,
    )  # fmt: skip


def _opening(row: _Row) -> Message:
    """The ticket's own text is its first message; on outbound mail the shop wrote it."""
    text = body(html=row.get("description"), text=row.get("description_text"))
    return Message("agent" if row.get("source") == _OUTBOUND else "customer", text, moment(row.get("created_at")))


def _message(conversation: _Row, side: Sideloads) -> Message:
    at = moment(conversation.get("created_at"))
    name = clean(inner(conversation, "user", "name")) or clean(
        side.one("person", conversation.get("user_id")).get("name")
    )
    if conversation.get("private") is True:
        return Message("note", "", at, name)
    if conversation.get("auto_response") is True or conversation.get("thank_you_note") is True:
        return Message("machine", "", at)
    text = body(html=conversation.get("body"), text=conversation.get("body_text"))
    return Message("customer" if conversation.get("incoming") is True else "agent", text, at, name)


def _customer(row: _Row, side: Sideloads) -> Person:
    requester = row.get("requester")
    user = requester if isinstance(requester, Mapping) else side.one("person", row.get("requester_id"))
    phone = clean(user.get("phone")) or clean(user.get("mobile")) or clean(row.get("phone"))
    email = clean(user.get("email")) or clean(row.get("email"))
    return Person(clean(user.get("name")) or clean(row.get("name")), email, phone, clean(user.get("address")))


def _channel(row: _Row, customer: Person) -> str:
    source = row.get("source")
    name = _SOURCES.get(source) if isinstance(source, int) else clean(source)
    tags = [clean(tag) for tag in row.get("tags") or ()] if isinstance(row.get("tags"), list) else []
    return channel_of([relay_domain(customer.email), name, clean(row.get("type")), *tags, *map(clean, _custom(row))])


def _custom(row: _Row) -> list[object]:
    fields = row.get("custom_fields")
    return list(fields.values()) if isinstance(fields, Mapping) else []


def _score(row: _Row, number: str, side: Sideloads) -> int | None:
    rating = inner(row, "satisfaction_rating", "ratings") or side.one("rating", number).get("ratings")
    value = inner(rating, "default_question")
    return _RATINGS.get(value) if isinstance(value, int) else None


def _canned(row: _Row) -> FoundMacro:
    number = identifier(row, "id")
    html, text = clean(row.get("content_html")), clean(row.get("content"))
    body_text = html_to_text(html) if html else text
    if not body_text:
        raise Refused("no_text", "The canned response is empty.", external_id=number)
    return FoundMacro(number, clean(row.get("title")) or number, body_text, source="freshdesk")

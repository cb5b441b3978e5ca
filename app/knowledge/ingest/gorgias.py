"""Gorgias: API pages of tickets with messages, and macros."""

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
_NOTES = {"internal-note", "internal_note"}
_TEXT_ACTIONS = {"setResponseText", "addResponseText", "set_response_text"}


def is_apart(row: _Row) -> bool:
    """A message that is listed apart from its ticket."""
    return "ticket_id" in row and "from_agent" in row


def keep(row: _Row, side: Sideloads) -> None:
    """Keep what is listed apart."""
    if is_apart(row):
        side.add("message", row["ticket_id"], row)


def read(row: _Row, side: Sideloads) -> SolvedTicket | FoundMacro:
    """A ticket or a macro."""
    return _macro(row) if isinstance(row.get("actions"), list) else _ticket(row, side)


def _ticket(row: _Row, side: Sideloads) -> SolvedTicket:
    number = identifier(row, "id")
    if clean(row.get("status")) != "closed":
        raise Refused("not_solved", "The ticket is not closed.", external_id=number)
    if row.get("spam") is True or row.get("trashed_datetime"):
        raise Refused("spam", "The ticket is marked as spam or deleted.", external_id=number)
    messages = objects(row.get("messages")) or side.many("message", number)
    solved_at = first_moment(
        (row.get("closed_datetime"), row.get("last_message_datetime"), row.get("updated_datetime"))
    )
    found = precedent([_message(m) for m in messages], subject=clean(row.get("subject")), solved_at=solved_at)
    customer = _customer(row)
    return SolvedTicket(
        external_id=number, source="gorgias", channel=_channel(row, messages, customer),
        language=language_tag(row.get("language")),
        problem=found.problem, reply=found.reply, csat=_score(row), resolved_at=solved_at, customer=customer,
        order_ids=order_ids(_order_numbers(row)), agent_names=found.agents,
    )  # fmt: skip


def _message(message: _Row) -> Message:
    at = moment(message.get("sent_datetime")) or moment(message.get("created_datetime"))
    name = clean(inner(message, "sender", "name")) or clean(inner(message, "sender", "firstname"))
    if message.get("public") is False or message.get("channel") in _NOTES:
        return Message("note", "", at, name)
    from_agent = message.get("from_agent") is True
    if (from_agent and message.get("via") == "rule") or message.get("failed_datetime"):
        return Message("machine", "", at)
    # `stripped_*` is what Gorgias itself found new in the message.
    text = body(html=message.get("stripped_html"), text=message.get("stripped_text")) or body(
        html=message.get("body_html"), text=message.get("body_text")
    )
    return Message("agent" if from_agent else "customer", text, at, name)


def _customer(row: _Row) -> Person:
    customer = row.get("customer") or row.get("requester")
    first, last = clean(inner(customer, "firstname")), clean(inner(customer, "lastname"))
    name = clean(inner(customer, "name")) or " ".join(part for part in (first, last) if part) or None
    addresses = {c.get("type"): clean(c.get("address")) for c in objects(inner(customer, "channels"))}
    return Person(name, clean(inner(customer, "email")) or addresses.get("email"), addresses.get("phone"))


def _channel(row: _Row, messages: list[_Row], customer: Person) -> str:
    tags = [clean(tag.get("name")) for tag in objects(row.get("tags"))]
    sources = [clean(inner(messages[0], "source", "type"))] if messages else []
    return channel_of([relay_domain(customer.email), clean(row.get("channel")), clean(row.get("via")), *tags, *sources])


def _score(row: _Row) -> int | None:
    score = inner(row, "satisfaction_survey", "score")
    return score if isinstance(score, int) and not isinstance(score, bool) and 1 <= score <= 5 else None  # noqa: PLR2004


def _order_numbers(row: _Row) -> list[object]:
    """Order numbers of the shops connected to the customer, and custom fields."""
    customer = row.get("customer") or row.get("requester")
    integrations = inner(customer, "integrations")
    shops = list(integrations.values()) if isinstance(integrations, Mapping) else []
    orders = [order for shop in shops for order in objects(inner(shop, "orders"))]
    numbers: list[object] = [order.get(key) for order in orders for key in ("name", "order_number", "id")]
    fields = row.get("custom_fields")
    values = fields.values() if isinstance(fields, Mapping) else objects(fields)
    return [*numbers, row.get("external_id"), *(inner(field, "value") for field in values)]


def _macro(row: _Row) -> FoundMacro:
    number = identifier(row, "id")
    if row.get("archived_datetime"):
        raise Refused("inactive", "The macro is archived.", external_id=number)
    texts = [_macro_text(a.get("arguments")) for a in objects(row["actions"]) if a.get("name") in _TEXT_ACTIONS]
    text = "\n\n".join(t for t in texts if t)
    if not text:
        raise Refused("no_text", "The macro writes no reply.", external_id=number)
    return FoundMacro(
        number, clean(row.get("name")) or number, text, language_tag(row.get("language")), source="gorgias"
    )


def _macro_text(arguments: object) -> str:
    if html := clean(inner(arguments, "body_html")):
        return html_to_text(html)
    return clean(inner(arguments, "body_text")) or ""

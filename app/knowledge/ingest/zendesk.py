"""Zendesk: incremental exports and API pages (tickets, comments, users, macros)."""

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
_SOLVED = {"solved", "closed"}
_MACHINES = {"rule", "system", "trigger", "automation"}
_STAFF = {"agent", "admin"}
_SCORES = {"good": 5, "bad": 1}


def is_apart(row: _Row) -> bool:
    """A user, or a comment that is listed apart from its ticket."""
    return _is_comment(row) or ("role" in row and "id" in row and "actions" not in row)


def _is_comment(row: _Row) -> bool:
    return "ticket_id" in row and ("author_id" in row or "public" in row)


def keep(row: _Row, side: Sideloads) -> None:
    """Keep what is listed apart."""
    if _is_comment(row):
        side.add("comment", row["ticket_id"], row)
    elif is_apart(row):
        side.keep("user", row["id"], row)


def read(row: _Row, side: Sideloads) -> SolvedTicket | FoundMacro:
    """A ticket or macro, also wrapped in its name as single objects of the API are."""
    row = next((row[key] for key in ("ticket", "macro") if isinstance(row.get(key), Mapping)), row)
    return _macro(row) if isinstance(row.get("actions"), list) else _ticket(row, side)


def _ticket(row: _Row, side: Sideloads) -> SolvedTicket:
    number = identifier(row, "id")
    status = (clean(row.get("status")) or "").lower()
    if status not in _SOLVED:
        raise Refused("not_solved", "The ticket is not solved or closed.", external_id=number)
    if "closed_by_merge" in (row.get("tags") or ()):
        raise Refused("merged", "The ticket was merged into another one.", external_id=number)
    customer = _customer(row, side)
    solved_at = first_moment((inner(row, "metric_set", "solved_at"), row.get("solved_at"), row.get("updated_at")))
    found = precedent(_messages(row, number, side), subject=clean(row.get("subject")), solved_at=solved_at)
    fields = [f.get("value") for f in objects(row.get("custom_fields")) or objects(row.get("fields"))]
    return SolvedTicket(
        external_id=number, source="zendesk", channel=_channel(row, customer), language=language_tag(row.get("locale")),
        problem=found.problem, reply=found.reply, csat=_score(row), resolved_at=solved_at, customer=customer,
        order_ids=order_ids([*fields, row.get("external_id")]), agent_names=found.agents,
    )  # fmt: skip


def _customer(row: _Row, side: Sideloads) -> Person:
    user = row["requester"] if isinstance(row.get("requester"), Mapping) else side.one("user", row.get("requester_id"))
    source = inner(row, "via", "source", "from")
    name = clean(user.get("name")) or clean(inner(source, "name"))
    return Person(name, clean(user.get("email")) or clean(inner(source, "address")), clean(user.get("phone")))


def _messages(row: _Row, number: str, side: Sideloads) -> list[Message]:
    comments = objects(row.get("comments")) or side.many("comment", number)
    first = row.get("description")
    if first and not comments:
        return [Message("customer", body(text=first), moment(row.get("created_at")))]
    return [_message(comment, row, side) for comment in comments]


def _message(comment: _Row, row: _Row, side: Sideloads) -> Message:
    author, user = _author(comment, row, side)
    if comment.get("public") is False:
        return Message("note", "", moment(comment.get("created_at")), clean(user.get("name")))
    if inner(comment, "via", "channel") in _MACHINES:
        return Message("machine", "", moment(comment.get("created_at")))
    text = body(html=comment.get("html_body"), text=comment.get("plain_body") or comment.get("body"))
    return Message(
        "agent" if author == "agent" else "customer", text, moment(comment.get("created_at")), clean(user.get("name"))
    )


def _author(comment: _Row, row: _Row, side: Sideloads) -> tuple[str, _Row]:
    """Who wrote: the user's role tells; without users everybody but the requester is the shop."""
    writer = comment["author"] if isinstance(comment.get("author"), Mapping) else {}
    writer = writer or side.one("user", comment.get("author_id"))
    author_id = comment.get("author_id", writer.get("id"))
    requester = row.get("requester_id", inner(row, "requester", "id"))
    if author_id is not None and author_id == requester:
        return "customer", writer
    role = writer.get("role")
    return ("agent" if role is None or role in _STAFF else "customer"), writer


def _channel(row: _Row, customer: Person) -> str:
    via = row.get("via")
    tags = [t for t in row.get("tags") or () if isinstance(t, str)]
    service = inner(via, "source", "from", "service_info")
    names = [
        inner(via, "channel"),
        inner(service, "integration_name"),
        inner(service, "registered_integration_service_name"),
    ]
    return channel_of([relay_domain(customer.email), *(clean(n) for n in names), *tags])


def _score(row: _Row) -> int | None:
    score = inner(row, "satisfaction_rating", "score")
    if isinstance(score, int) and not isinstance(score, bool) and 1 <= score <= 5:  # noqa: PLR2004 - a scale of five
        return score
    return _SCORES.get(str(score).removesuffix("_with_comment").lower())


def _macro(row: _Row) -> FoundMacro:
    number = identifier(row, "id")
    if row.get("active") is False:
        raise Refused("inactive", "The macro is switched off.", external_id=number)
    actions = {clean(a.get("field")): a.get("value") for a in objects(row["actions"])}
    if str(actions.get("comment_mode_is_public", True)).lower() == "false":
        raise Refused("internal_note", "The macro writes an internal note.", external_id=number)
    text = _macro_text(actions)
    if not text:
        raise Refused("no_text", "The macro writes no comment.", external_id=number)
    title = clean(row.get("raw_title")) or clean(row.get("title")) or number
    return FoundMacro(
        number, title, text, language_tag(row.get("locale") or actions.get("locale_id")), source="zendesk"
    )


def _macro_text(actions: Mapping[str | None, Any]) -> str:
    """The comment; the HTML form comes first, its list form names a channel before the text."""
    for field, is_html in (("comment_value_html", True), ("comment_value", False)):
        value = actions.get(field)
        value = value[-1] if isinstance(value, list) and value else value
        if text := clean(value):
            return html_to_text(text) if is_html else text
    return ""

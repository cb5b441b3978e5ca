"""Candidate cases from what agents changed: the sent text becomes the gold reply of the ticket it answered.

A candidate is a proposal. Customers' names, ids and contact data are redacted as at import; a person reads each before
it joins a set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.knowledge.redaction import Known, redact
from eval.casebook.model import digest_of

STAND_INS = {
    "customer_name": "Kim Muster", "agent_name": "Jana", "order_id": "302-0000001-0000001",
    "tracking_number": "00340000000000000001", "tracking_url": "https://www.dhl.de/",
}  # fmt: skip
# Fields that name nobody: dates, states, money. Redaction must not touch them.
_PLAIN = frozenset({
    "channel", "marketplace", "language",
    "placed_at", "promised_by", "status", "tracking", "refund", "items", "carrier",
})  # fmt: skip

_REQUEST = ("kind", "resolutions", "actions_done", "register", "agent", "instruction", "review_consent")


def candidates(rows: Iterable[Mapping[str, Any]], *, least_effort: float = 0.05) -> Iterator[dict[str, Any]]:
    """One candidate for each edited draft whose text was changed by at least `least_effort` (0 to 1)."""
    for row in rows:
        effort = row["assessment"].get("edit_effort")
        if row["sent_text"] and effort is not None and effort >= least_effort and row["assessment"].get("compliant"):
            yield _candidate(row)


def _candidate(row: Mapping[str, Any]) -> dict[str, Any]:
    request = row["request"]
    person = request["ticket"].get("customer", {}).get("id") or row["draft_id"]
    return {
        "id": f"outcome-{row['draft_id'][-8:]}",
        "split": "dev",
        "cluster": digest_of(person)[:12],
        **_without_people(request, row["sent_text"]),
        "must_appear": [],
        "must_not_appear": [],
        "cause": row["cause"],
        "escalate": row["answer"]["triage"]["escalate"],
        "sources": [],
        "notes": f"edited by {row['assessment']['edit_effort']:.0%}; read it and fill in what must appear",
    }


def _without_people(request: Mapping[str, Any], sent: str) -> dict[str, Any]:
    """Ticket, request and gold reply with stand-ins for whoever the customer and the agent are."""
    ticket = {k: v for k, v in request["ticket"].items() if k not in {"custom", "customer", "order"}}
    order = dict(request["ticket"].get("order") or {})
    ids = tuple(str(order[k]) for k in ("id", "tracking_number", "tracking_url") if order.get(k))
    customer = request["ticket"].get("customer") or {}
    agent = (request.get("agent") or {}).get("name")
    known = Known(name=customer.get("name"), email=customer.get("email"), order_ids=ids,
                  agent_names=(agent,) if agent else ())  # fmt: skip

    def clean(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {k: clean(v) for k, v in value.items()}
        if isinstance(value, list):
            return [clean(v) for v in value]
        return _stand_in(redact(value, known).text) if isinstance(value, str) else value

    messages = [{**m, "text": clean(m["text"])} for m in ticket.pop("messages")]
    kept = {k: v if k in _PLAIN else clean(v) for k, v in ticket.items()}
    facts = {k: v if k in _PLAIN else clean(v) for k, v in order.items()}
    stood_in = {"customer": {"name": STAND_INS["customer_name"]}} if customer.get("name") else {}
    chosen = {name: request[name] for name in _REQUEST if name in request}
    return {
        "ticket": kept | {"messages": messages} | stood_in | ({"order": facts} if facts else {}),
        "request": chosen | ({"agent": {"name": STAND_INS["agent_name"]}} if agent else {}),
        "gold": clean(sent),
    }


def _stand_in(text: str) -> str:
    for slot, value in STAND_INS.items():
        text = text.replace("{" + slot + "}", value)
    return text

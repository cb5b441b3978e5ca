"""An event as the receiver reads it: what Slack shows (`text`, `blocks`), and our own fields under `event`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app.outbox.model import Event

_REASONS = {
    "safety_incident": "safety incident", "abuse": "abuse", "legal_threat": "legal threat",
    "claim_threat": "marketplace claim or chargeback threatened", "press_threat": "press threatened",
    "social_threat": "social media threatened", "wants_human": "asks for a human",
    "repeated_contact": "wrote several times", "vip": "VIP",
}  # fmt: skip
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TRIAGED = ("language", "cause", "sentiment", "intensity", "abusive", "reasons", "reply_due_at", "reply_target_at")


def escalation(answer: Mapping[str, Any], *, ticket_id: str | None, channel: str) -> dict[str, Any]:
    """What an event tells of an escalated draft: ids, keys and times, nothing a customer wrote."""
    triage = answer["triage"]
    told = {"draft_id": answer["id"], "status": answer["status"], "ticket_id": ticket_id, "channel": channel}
    return told | {name: triage[name] for name in _TRIAGED}


def body_of(event: Event) -> bytes:
    """The request's body. The same event always gives the same bytes."""
    own = {"id": event.id, "type": event.kind, "created_at": event.created_at, "tenant_id": str(event.tenant_id)}
    told = event.payload
    title = f"Escalated: {told['ticket_id'] or 'ticket without id'} ({told['channel']})"
    reasons = ", ".join(_REASONS.get(reason, reason) for reason in told["reasons"])
    lines = {
        "Reasons": reasons,
        "Cause": told["cause"],
        "Mood": f"{told['sentiment']} ({told['intensity']:.1f})",
        "Reply due": _minute(told["reply_due_at"]),
    }
    blocks = [
        {"type": "header", "text": _plain(title[:150])},
        {"type": "section", "fields": [_plain(f"{name}: {value}") for name, value in lines.items()]},
        {"type": "context", "elements": [_plain(f"Draft {told['draft_id']} ({told['status']})")]},
    ]
    # Slack reads `text` as markup: an id that looks like <!channel> must not call anybody.
    text = f"{title}: {reasons}".translate(_MARKUP)
    return orjson.dumps({"text": text, "blocks": blocks, "event": own | told}, option=orjson.OPT_UTC_Z)


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _minute(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC"

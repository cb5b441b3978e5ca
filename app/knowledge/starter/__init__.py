"""The knowledge an empty database begins with: macros and solved tickets written for Vierklang."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from app.knowledge.model import MacroText, ResolvedTicket

_HERE = Path(__file__).parent


def load_starter_macros() -> list[MacroText]:
    """Read `macros.yaml`. Raises KeyError where a macro lacks a field."""
    import yaml

    document: Any = yaml.load((_HERE / "macros.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return [
        MacroText(
            external_id=row["id"], title=row["title"], language=row["language"], causes=tuple(row["causes"]),
            kind=row["kind"], steps={name: row["steps"][name].strip() for name in row["steps"]},
            channels=tuple(row.get("channels", ["*"])), register=row.get("register"),
        )
        for row in (document["macros"] if isinstance(document, dict) else document)
    ]  # fmt: skip


def load_starter_tickets() -> list[ResolvedTicket]:
    """Read `tickets.jsonl`. Raises KeyError where a ticket lacks a field."""
    import orjson

    lines = (_HERE / "tickets.jsonl").read_bytes().splitlines()
    return [_ticket(orjson.loads(line)) for line in lines if line.strip()]


def _ticket(row: dict[str, Any]) -> ResolvedTicket:
    resolved = datetime.fromisoformat(row["resolved_at"])
    return ResolvedTicket(
        external_id=row["external_id"], channel=row["channel"], language=row["language"], problem=row["problem"],
        reply=row["reply"], cause=row.get("cause"), csat=row.get("csat"), resolved_at=resolved,
    )  # fmt: skip

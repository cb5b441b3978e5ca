"""Where the sample files are, and short ways to read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.knowledge.ingest import Item, Rejected, SolvedTicket, load_mapping, open_source

IMPORTS = Path(__file__).parents[2] / "cases" / "imports"


def items(path: Path, **options: Any) -> list[Item]:
    return [record.item for record in open_source(path, **options).records()]


def sample(name: str) -> list[Item]:
    mapping = load_mapping(IMPORTS / "mapping.yaml") if name.startswith("mapped") else None
    return items(IMPORTS / name, mapping=mapping)


def solved(found: list[Item]) -> dict[str, SolvedTicket]:
    return {item.external_id: item for item in found if isinstance(item, SolvedTicket)}


def reasons(found: list[Item]) -> dict[str | None, str]:
    return {item.external_id: item.reason for item in found if isinstance(item, Rejected)}


def ticket(external_id: str = "T-1", **changes: Any) -> dict[str, Any]:
    """A row of our own form."""
    return {
        "external_id": external_id, "channel": "amazon", "problem": "Die Tasse ist kaputt.",
        "reply": "Eine neue Tasse geht heute raus.", "resolved_at": "2026-01-05T10:00:00Z",
    } | changes  # fmt: skip

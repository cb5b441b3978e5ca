"""What `vierklang eval live` does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from app.keys import local_session
from eval.live.quality import FATES, GROUPS, lines
from eval.live.repository import list_live


def show_live(days: int) -> None:
    """Print what became of the local tenant's drafts."""
    rows = asyncio.run(_rows(datetime.now(UTC) - timedelta(days=days)))
    print(f"{len(rows)} drafts in {days} days; unchanged and lightly edited ones count as accepted")
    for group in GROUPS:
        table = Table(group, "drafts", *FATES, "accepted [95 %]", "mean edit effort", "sent with findings", box=None,
                      padding=(0, 2, 0, 0))  # fmt: skip
        for line in lines(rows, group):
            value, low, high = line.accepted
            effort = "–" if line.effort is None else f"{line.effort:.1%}"
            table.add_row(line.name, str(line.drafts), *(str(line.fates[f]) for f in FATES),
                          f"{value:.1%} [{low:.1%}, {high:.1%}]", effort, str(line.findings))  # fmt: skip
        Console(width=150).print(table)


async def _rows(since: datetime) -> list[dict[str, Any]]:
    async with local_session() as session:
        return await list_live(session, since=since)

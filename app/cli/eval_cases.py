"""What `vierklang eval cases …` does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import orjson

from app.errors import Conflict
from app.keys import local_session
from eval.casebook.loading import load_sets
from eval.casebook.outcomes import candidates
from eval.casebook.sealing import seal
from eval.live.repository import list_edited


def check_cases(files: Sequence[Path]) -> int:
    """Print each set; 1 where a sealed split was touched."""
    sets = load_sets(files)
    for one in sets:
        splits = ", ".join(f"{s} {sum(c.gold.split == s for c in one.cases)}" for s in one.sealed())
        state = f"TOUCHED since it was sealed: {', '.join(one.touched)}" if one.touched else "untouched"
        if not one.card or not one.card.hashes:
            state = "not sealed"
        clusters = len({c.cluster for c in one.cases})
        print(f"{one.path}: {len(one.cases)} cases ({splits}) in {clusters} clusters, {state}")
    return int(any(one.touched for one in sets))


def seal_cases(files: Sequence[Path]) -> None:
    """Seal each file."""
    for path in files:
        hashes = seal(path)
        print(f"{path}: sealed {', '.join(hashes)}")


def collect_cases(out: Path, *, least_effort: float, limit: int) -> None:
    """Write candidates from the local tenant's outcomes. Raises Conflict where the file exists."""
    if out.exists():
        raise Conflict(f"{out} exists; candidates are not mixed into a file that was read already")
    rows = asyncio.run(_edited(limit))
    found = list(candidates(rows, least_effort=least_effort))
    out.write_bytes(b"".join(orjson.dumps(c, option=orjson.OPT_APPEND_NEWLINE) for c in found))
    print(f"{len(found)} candidates from {len(rows)} edited drafts in {out}: read each before it joins a set")


async def _edited(limit: int) -> list[dict[str, object]]:
    async with local_session() as session:
        return await list_edited(session, limit=limit)

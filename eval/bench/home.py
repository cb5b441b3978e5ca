"""The service's rooms over an embedded database of a bench's own, in a temporary folder, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from app.config import Settings
from app.logs import configure_logs
from app.rooms import Rooms, open_rooms
from eval.bench.server import KEY


@asynccontextmanager
async def rooms(*, drafting: bool = False, **settings: Any) -> AsyncIterator[Rooms]:  # noqa: ANN401 - any setting
    """Rooms with the starter knowledge unless told otherwise."""
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        told: dict[str, Any] = {"data_dir": Path(folder), "api_key": KEY, "log_level": "WARNING"}
        chosen = Settings(**told | settings)
        configure_logs(chosen)
        async with open_rooms(chosen, drafting=drafting) as opened:
            yield opened


def machine() -> str:
    """Cores, memory, and how busy the machine is with other work."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores, {memory:.0f} GiB RAM, load {psutil.getloadavg()[0]:.1f}"

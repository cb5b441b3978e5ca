"""What the command line may change about a bench."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """Sizes and data sets; the defaults are those of `make bench`."""

    tickets: int | None = None  # of `search`: generated (100,000 unless told), of `smollm`: drafted (8)
    rows: int = 20_000  # of `import`: the larger file
    customers: int = 200  # of `leak`
    minutes: float = 1.0  # of `streams`
    cases: int | None = None  # of `evaluation`: overhead at that many as well
    data: tuple[Path, ...] = ()  # of `quality`: jsonl files with a text and a label

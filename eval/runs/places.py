"""Where runs, caches and reports lie: under the data folder, beside the house's database."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from app.errors import NotFound


class Places:
    """The folder `eval` of the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "eval"

    @property
    def cache(self) -> Path:
        """The file of caches."""
        return self.root / "cache.sqlite"

    @property
    def labels(self) -> Path:
        """What people said of drafts."""
        return self.root / "labels.jsonl"

    @property
    def calibration_file(self) -> Path:
        """How far judges agree with people."""
        return self.root / "judges.json"

    def calibrations(self) -> dict[str, Any]:
        """What `calibration_file` holds."""
        return dict(orjson.loads(self.calibration_file.read_bytes())) if self.calibration_file.exists() else {}

    def new_run(self, suite: str) -> Path:
        """A path no run has yet."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        return self.root / "runs" / f"{stamp}-{suite}-{secrets.token_hex(2)}.jsonl"

    def run(self, reference: str) -> Path:
        """The run of that name, path, unique beginning of a name, or `latest`. Raises NotFound."""
        if Path(reference).is_file():
            return Path(reference)
        runs = sorted((self.root / "runs").glob("*.jsonl"))
        name = reference.removesuffix(".jsonl")
        found = runs[-1:] if name == "latest" else [p for p in runs if p.stem.startswith(name)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(p.stem for p in runs[-5:]) or "none yet"
        raise NotFound(f"{'no' if not found else 'more than one'} run is called {reference!r}; the latest are: {known}")

"""Write the hashes of a set's splits into its card, so that a touched split is noticed."""

from __future__ import annotations

from pathlib import Path

import yaml

from app.errors import InvalidRequest
from eval.casebook.loading import card_path, load_sets


def seal(path: Path) -> dict[str, str]:
    """Seal a file of cases as it is now; the rest of its card stays. Raises BadCases, InvalidRequest."""
    (read,) = load_sets([path])
    if read.card is None:
        raise InvalidRequest(f"{card_path(path)} is missing: a set needs a card with source, languages and licence")
    hashes = read.sealed()
    lines = card_path(path).read_text(encoding="utf-8").splitlines()
    kept = [line for line, keep in zip(lines, _outside_hashes(lines), strict=True) if keep]
    block = yaml.safe_dump({"hashes": hashes}, sort_keys=True)
    card_path(path).write_text("\n".join(kept).rstrip() + "\n" + block, encoding="utf-8")
    return hashes


def _outside_hashes(lines: list[str]) -> list[bool]:
    """Which lines are not of the block `hashes:`."""
    outside, inside = [], False
    for line in lines:
        if line.startswith("hashes:"):
            inside = True
        elif line[:1].strip():
            inside = False
        outside.append(not inside)
    return outside

"""Three caches in one file, each entry under the hash of all it depends on: drafts, metrics, judgements.

Nothing is ever invalidated: another prompt, model, policy, case or line of code is another key.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any, Literal

import orjson

from eval.casebook.model import digest_of

Kind = Literal["draft", "metric", "vector", "judge"]
_WATCHED = (".py", ".yaml", ".j2", ".npz", ".npy", ".txt", ".jsonl")


class Cache:
    """Keeps JSON values by kind and key. One process at a time writes; others wait."""

    def __init__(self, path: Path | None) -> None:
        """`path` None keeps nothing beyond this process."""
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def get(self, kind: Kind, key: str) -> Any:  # noqa: ANN401 - what was put
        """The value, or None."""
        found = self._base.execute("SELECT value FROM kept WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return orjson.loads(found[0]) if found else None

    def put(self, kind: Kind, key: str, value: object) -> None:
        """Keep a value."""
        packed = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
        self._base.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, key, packed))

    def close(self) -> None:
        """Close the file."""
        self._base.close()


@cache
def code_version(*packages: str) -> str:
    """A hash of the source and data of packages (folders beside `eval`): another line of code is another version."""
    root = Path(__file__).parents[2]
    files = [f for name in packages for f in sorted((root / name).rglob("*")) if f.suffix in _WATCHED]
    return digest_of([[str(f.relative_to(root)), _hash(f)] for f in files if "__pycache__" not in f.parts])


def folder_version(folder: Path | None) -> str:
    """A hash of all files of a folder; of none, where there is no folder."""
    files = sorted(p for p in folder.rglob("*") if p.is_file()) if folder else []
    return digest_of([[str(f.relative_to(folder or f)), _hash(f)] for f in files])


def _hash(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def drafting_version() -> str:
    """What drafts depend on besides the request: service, rules, prompts."""
    return code_version("app", "guardrails/reply_guards", "guardrails/policies", "prompts")


def measuring_version() -> str:
    """What metrics depend on besides the draft and the case."""
    return code_version("eval/metrics", "guardrails/reply_guards", "guardrails/policies")

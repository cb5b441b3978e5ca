"""What a file lists apart from its tickets (users, comments, ratings), kept on disk so that memory stays flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

_SCHEMA = """
CREATE TABLE seen (key INTEGER PRIMARY KEY);
CREATE TABLE one (kind TEXT, id TEXT, body BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE many (kind TEXT, owner TEXT, place INTEGER, body BLOB, PRIMARY KEY (kind, owner, place)) WITHOUT ROWID;
"""
_CACHE_KIB = -16_000  # negative: kibibytes; what does not fit goes to a file that SQLite deletes by itself


class Sideloads:
    """A private database that SQLite keeps in memory while small, in an unnamed temporary file when large."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(
            f"PRAGMA cache_size={_CACHE_KIB}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;{_SCHEMA}"
        )
        self._db.execute("BEGIN")
        self._place = 0

    def keep(self, kind: str, key: object, body: Mapping[str, Any]) -> None:
        """One thing by its id; a later page's version replaces an earlier one."""
        self._db.execute("INSERT OR REPLACE INTO one VALUES (?, ?, ?)", (kind, str(key), orjson.dumps(body)))

    def add(self, kind: str, owner: object, body: Mapping[str, Any]) -> None:
        """One of many things of a ticket, in the order of the file."""
        self._place += 1
        self._db.execute("INSERT INTO many VALUES (?, ?, ?, ?)", (kind, str(owner), self._place, orjson.dumps(body)))

    def one(self, kind: str, key: object) -> Mapping[str, Any]:
        """What was kept under an id; empty where nothing was."""
        row = self._db.execute("SELECT body FROM one WHERE kind = ? AND id = ?", (kind, str(key))).fetchone()
        found: Mapping[str, Any] = orjson.loads(row[0]) if row else {}
        return found

    def many(self, kind: str, owner: object) -> list[Mapping[str, Any]]:
        """Everything added for a ticket."""
        query = "SELECT body FROM many WHERE kind = ? AND owner = ? ORDER BY place"
        return [orjson.loads(body) for (body,) in self._db.execute(query, (kind, str(owner)))]

    def is_new(self, key: int) -> bool:
        """False where the key was asked about before."""
        return self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,)).rowcount > 0

    def close(self) -> None:
        self._db.close()

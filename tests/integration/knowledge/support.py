"""What tests of the knowledge room share: customers to look for, a look at the whole database, and jobs worked off."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

import httpx
import psycopg
from psycopg import sql

from app.rooms import Rooms

NAME, EMAIL, ORDER = "Friederike Wackernagel", "f.wackernagel@posteo.example", "302-7654321-1234567"
PARCEL = "00340434161094042557"
GERMAN = "Der Henkel der Teekanne ist abgebrochen, ich bin wirklich enttäuscht."
REPLY = "Guten Tag {name},\n\ndas tut mir leid. Ich schicke Ihnen heute eine neue Kanne zu {order}.\n\nPasst das?"


def solved(external_id: str, problem: str = GERMAN, *, signed: bool = True, **more: Any) -> dict[str, Any]:
    """A solved ticket whose text names its customer, at its end too where it is signed."""
    signature = f"\n\nBestellung {ORDER}\nViele Grüße\n{NAME}\n{EMAIL}" if signed else ""
    return {
        "external_id": external_id, "channel": "amazon", "language": "de",
        "problem": problem + signature,
        "reply": REPLY.format(name=f"Frau {NAME.split()[1]}", order=ORDER), "cause": "product_defect", "csat": 4,
        "resolved_at": "2026-10-01T10:00:00Z", "customer": {"name": NAME, "email": EMAIL}, "order_ids": [ORDER],
    } | more  # fmt: skip


def ndjson(rows: Iterable[dict[str, Any] | bytes]) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in rows)


async def post_lines(client: httpx.AsyncClient, *rows: dict[str, Any] | bytes) -> dict[str, Any]:
    answer = await client.post(
        "/v1/knowledge/tickets", content=ndjson(rows), headers={"content-type": "application/x-ndjson"}
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["job"]


async def tenant_of(rooms: Rooms, client: httpx.AsyncClient) -> uuid.UUID:
    return (await rooms.keys.principal(client.headers["authorization"].partition(" ")[2])).tenant_id


async def work_off(rooms: Rooms, client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    """What a worker does with an import; returns the job as callers see it."""
    while await rooms.importer.work(await tenant_of(rooms, client), job_id):
        pass
    return (await client.get(f"/v1/jobs/{job_id}")).json()


async def take_in(rooms: Rooms, client: httpx.AsyncClient, *rows: dict[str, Any]) -> None:
    """Import these tickets to the end."""
    job = await work_off(rooms, client, (await post_lines(client, *rows))["id"])
    assert (job["status"], job["rejected"]) == ("succeeded", 0), job


async def found(client: httpx.AsyncClient, query: str, **more: Any) -> list[dict[str, Any]]:
    answer = await client.post("/v1/knowledge/search", json={"query": query, **more}, params={"explain": "true"})
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def owner(rooms: Rooms) -> psycopg.Connection[Any]:
    """The database past all protection."""
    return psycopg.connect(rooms.ready.owner_url, autocommit=True)


def traces(url: str, *words: str) -> list[tuple[str, str]]:
    """Tables that hold one of these words in any row, with the row: ours, the queue's, whoever's they are."""
    seen = []
    with psycopg.connect(url, autocommit=True) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        for (table,) in connection.execute(query).fetchall():
            rows = sql.SQL("SELECT t::text FROM {} t WHERE t::text ILIKE ANY (%s)").format(sql.Identifier(table))
            patterns = [f"%{word}%" for word in words]
            seen += [(table, row[0][:300]) for row in connection.execute(rows, (patterns,)).fetchall()]
    return seen

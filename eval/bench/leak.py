"""Does anything of one customer reach another? Imports tickets of many, drafts for each, and looks everywhere."""

from __future__ import annotations

import asyncio
import contextlib
import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import yaml
from sqlalchemy import text

from app.drafts.schemas import DraftRequest
from app.knowledge.ingest import open_source
from app.main import Rooms
from app.provision import LOCAL_TENANT
from app.security import Principal
from eval.bench import home
from eval.bench.import_speed import ticket_row
from eval.bench.options import Options
from eval.bench.people import Customer, customers
from eval.bench.tickets import requests

_CHUNK = 256
_STEPS = {
    "acknowledge": "Es tut mir leid, dass Ihre Bestellung nicht so ankam, wie Sie es erwarten durften.",
    "own": "Ich kümmere mich selbst darum.", "propose": "Ich erstatte Ihnen den vollen Betrag.",
    "ask": "Ist Ihnen das so recht?",
}  # fmt: skip
_PLACES = ("drafts", "sources", "prompts", "logs")


def run(options: Options) -> None:
    """Print how often another customer's name, address, number or mail stands where it must not. It must be 0."""
    people = customers(options.customers)
    for writer in ("composer", "model"):
        found = asyncio.run(_drafted(people, writer))
        total = sum(found[place] for place in _PLACES)
        told = ", ".join(f"{place} {found[place]}" for place in _PLACES)
        print(f"{writer}: {len(people)} customers' tickets imported, a draft for each, {found['shown']} sources shown; "
              f"identities of others seen: {total} (asked: 0) in {told}")  # fmt: skip


async def _drafted(people: list[Customer], writer: str) -> Counter[str]:
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        script = Path(folder) / "script.yaml"
        script.write_text(yaml.safe_dump({"answers": [{"steps": _STEPS}]}), encoding="utf-8")
        model = {"model": f"scripted/{script}"} if writer == "model" else {}
        logs = io.StringIO()
        with contextlib.redirect_stderr(logs):
            async with home.rooms(drafting=True, log_level="INFO", log_format="json", **model) as rooms:
                await _import(rooms, people, Path(folder))
                found = await _look(rooms, people)
        found["logs"] = sum(_count(logs.getvalue(), person) for person in people)
        return found


async def _import(rooms: Rooms, people: list[Customer], folder: Path) -> None:
    path = folder / "tickets.jsonl"
    asked = requests(len(people), seed=31)
    rows = (ticket_row(i, request, person) for i, (request, person) in enumerate(zip(asked, people, strict=True)))
    path.write_bytes(b"\n".join(orjson.dumps(_told(row, person)) for row, person in zip(rows, people, strict=True)))
    job = await rooms.importer.open(LOCAL_TENANT)
    records = list(open_source(path, source="own").records())
    for at in range(0, len(records), _CHUNK):
        await rooms.importer.stage(LOCAL_TENANT, job.id, records[at : at + _CHUNK])
    while await rooms.importer.work(LOCAL_TENANT, job.id):
        pass


def _told(row: dict[str, Any], person: Customer) -> dict[str, Any]:
    """The ticket with everything of its customer in the free text, too, and the row's own fields telling only some."""
    problem = (
        f"{row['problem']}\nMein Name ist {person.name}, meine Bestellnummer {person.order}, ich wohne {person.address}. "
        f"Rufen Sie mich an: {person.phone}, oder schreiben Sie an {person.email}.\n{person.name}"
    )
    return row | {"problem": problem, "order_ids": [person.order]}


async def _look(rooms: Rooms, people: list[Customer]) -> Counter[str]:
    caller = Principal(tenant_id=LOCAL_TENANT, key_id=LOCAL_TENANT, scopes=frozenset({"draft"}))
    found: Counter[str] = Counter()
    for person, request in zip(people, requests(len(people), seed=37), strict=True):
        own = request | {"ticket": request["ticket"] | {"customer": {"name": person.name, "email": person.email}}}
        answer = await rooms.drafts.draft(caller, DraftRequest.model_validate(own))
        async with rooms.database.begin(LOCAL_TENANT) as session:
            query = text("SELECT trace::text FROM drafts WHERE id = :id")
            trace = (await session.execute(query, {"id": answer["id"]})).scalar_one()
        sources = orjson.dumps(answer["sources"]).decode()
        found["shown"] += sum(source["kind"] == "ticket" for source in answer["sources"])
        rest = orjson.dumps({k: v for k, v in answer.items() if k != "sources"}).decode()
        for place, words in (("drafts", rest), ("sources", sources), ("prompts", trace)):
            found[place] += sum(_count(words, other) for other in _others(people, person))
    return found


def _others(people: list[Customer], person: Customer) -> Iterator[Customer]:
    return (other for other in people if other is not person)


def _count(words: str, person: Customer) -> int:
    return sum(identity in words for identity in person.identities())

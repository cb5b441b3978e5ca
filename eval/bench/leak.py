"""Does anything of one customer reach another? Imports tickets of many, drafts for each, and looks everywhere."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import yaml
from sqlalchemy import text

from app.drafts.schemas import DraftRequest
from app.knowledge.ingest import open_source
from app.knowledge.starter import load_starter_macros, load_starter_tickets
from app.provision import LOCAL_TENANT
from app.rooms import Rooms
from app.security import Principal
from eval.bench import home
from eval.bench.import_speed import ticket_row
from eval.bench.model_script import steps_in
from eval.bench.options import Options
from eval.bench.people import Customer, customers, words_of
from eval.bench.tickets import requests

_CHUNK = 256
_WRITERS = ("composer", "model")
_CONTROL = 60  # drafts without anybody's tickets: what words our own are
_SHOWN = 20
_PLACES = ("drafts", "sources", "prompts", "logs")


def run(options: Options) -> None:
    """Print how often another customer's name, address, number or mail stands where it must not. It must be 0."""
    people = customers(options.customers, but_not=_own_words(requests(options.customers, seed=31)))
    for writer in _WRITERS:
        found, seen = asyncio.run(_searched(people, writer))
        total = sum(found[place] for place in _PLACES)
        told = ", ".join(f"{place} {found[place]}" for place in _PLACES)
        print(f"{writer}: {len(people)} customers' tickets imported, a draft for each, {found['shown']} sources shown; "
              f"identities of others seen: {total} (asked: 0) in {told}")  # fmt: skip
        for line in seen[:_SHOWN]:
            print(f"  {line}")


def _own_words(people: list[dict[str, Any]]) -> frozenset[str]:
    """The words of drafts, prompts and sources though nobody's ticket was imported: no sign of any customer."""
    nobody = Customer("", "", "", "", "")
    own = [str(_told(ticket_row(0, request, nobody), nobody)) for request in people]
    own += [f"{t.problem} {t.reply}" for t in load_starter_tickets()] + [m.body for m in load_starter_macros()]
    own += [words for writer in _WRITERS for words in asyncio.run(_unlearned(people[:_CONTROL], writer))]
    return words_of(" ".join(own))


async def _unlearned(asked: list[dict[str, Any]], writer: str) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        async with _rooms(writer, Path(folder)) as rooms:
            return [words for request in asked for words in (await _drafted(rooms, request)).values()]


def _rooms(writer: str, folder: Path) -> contextlib.AbstractAsyncContextManager[Rooms]:
    script = folder / "script.yaml"  # as the tickets: by turns German and English
    script.write_text(
        yaml.safe_dump({"answers": [{"steps": steps_in(german=german)} for german in (True, False)]}), encoding="utf-8"
    )
    model = {"model": f"scripted/{script}"} if writer == "model" else {}
    return home.rooms(drafting=True, log_level="INFO", log_format="json", **model)


async def _searched(people: list[Customer], writer: str) -> tuple[Counter[str], list[str]]:
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        logs = io.StringIO()
        with contextlib.redirect_stderr(logs):
            async with _rooms(writer, Path(folder)) as rooms:
                await _import(rooms, people, Path(folder))
                seen = [sight async for sight in _look(rooms, people)]
        seen += _sights("logs", logs.getvalue(), people)
        return Counter(place for place, _ in seen), [f"{place}: {identity}" for place, identity in seen if identity]


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


async def _look(rooms: Rooms, people: list[Customer]) -> AsyncIterator[tuple[str, str]]:
    """Each identity of another that stands in somebody's draft, and ("shown", "") for each source shown."""
    for person, request in zip(people, requests(len(people), seed=37), strict=True):
        own = request | {"ticket": request["ticket"] | {"customer": {"name": person.name, "email": person.email}}}
        told = await _drafted(rooms, own)
        for _ in range(told["sources"].count('"kind":"ticket"')):
            yield "shown", ""
        # A James who writes is not the James whose last name it is.
        others = [
            other for other in people if other is not person and not words_of(other.last) <= words_of(person.name)
        ]
        for place, words in told.items():
            for sight in _sights(place, words, others):
                yield sight


async def _drafted(rooms: Rooms, request: dict[str, Any]) -> dict[str, str]:
    """What a draft shows, by place."""
    caller = Principal(tenant_id=LOCAL_TENANT, key_id=LOCAL_TENANT, scopes=frozenset({"draft"}))
    answer = await rooms.drafts.draft(caller, DraftRequest.model_validate(request))
    async with rooms.database.begin(LOCAL_TENANT) as session:
        query = text("SELECT trace::text FROM drafts WHERE id = :id")
        trace = (await session.execute(query, {"id": answer["id"]})).scalar_one()
    rest = {name: value for name, value in answer.items() if name != "sources"}
    return {
        "drafts": orjson.dumps(rest).decode(),
        "sources": orjson.dumps(answer["sources"]).decode(),
        "prompts": trace,
    }


def _sights(place: str, words: str, people: list[Customer]) -> list[tuple[str, str]]:
    """(place, identity) for each identity that stands in the text as words of its own: a May is not in "Mayer"."""
    own = words_of(words)
    return [
        (place, identity) for person in people for identity in person.identities()
        if identity in words and words_of(identity) <= own and re.search(rf"(?<!\w){re.escape(identity)}(?!\w)", words)
    ]  # fmt: skip

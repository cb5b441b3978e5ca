"""The real service on the real embedded PostgreSQL: migrated once a run, one fresh tenant for each test that writes."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from app.config import Settings
from app.db import Database
from app.llm.client import LanguageModel
from app.llm.fleet_file import assemble
from app.llm.scripted import Line, ScriptedModel
from app.main import create_app
from app.models import ApiKey, Tenant
from app.provision import hash_key
from app.rooms import Rooms, wire

LOCAL_KEY = "vk_local-key-of-the-test-run"
GERMAN = "Die Tasse kam heute mit abgebrochenem Henkel an. Ich will mein Geld zurück!"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("vierklang"), api_key=LOCAL_KEY, log_level="ERROR")


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="session")
def rooms(app: FastAPI) -> Rooms:
    return app.state.rooms


def client_for(app: FastAPI, key: str | None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


@pytest.fixture
async def local(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The local tenant, with the starter knowledge."""
    async with client_for(app, LOCAL_KEY) as client:
        yield client


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(app, None) as client:
        yield client


@pytest.fixture
async def new_tenant(app: FastAPI, rooms: Rooms) -> AsyncIterator[Callable[..., Any]]:
    """Make tenants with a key of the given scopes; empty, and invisible to every other."""
    opened: list[httpx.AsyncClient] = []

    async def make(*scopes: str) -> httpx.AsyncClient:
        tenant, key = uuid.uuid4(), f"vk_{uuid.uuid4()}"
        row = {"id": uuid.uuid4(), "tenant_id": tenant, "name": "test", "key_hash": hash_key(key)}
        async with rooms.database.begin(tenant) as session:
            await session.execute(insert(Tenant).values(id=tenant, name="test"))
            await session.execute(insert(ApiKey).values(**row, scopes=list(scopes or ("draft", "knowledge", "admin"))))
        opened.append(client_for(app, key))
        return opened[-1]

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
async def client(new_tenant: Callable[..., Any]) -> httpx.AsyncClient:
    """A fresh tenant with all scopes."""
    return await new_tenant()


def ticket(text: str = GERMAN, **more: Any) -> dict[str, Any]:
    return {"channel": "amazon", "marketplace": "amazon.de", "messages": [{"author": "customer", "text": text}], **more}


def say(*steps: object) -> list[Line | str]:
    return [s if isinstance(s, Line | str) else json.dumps(s, ensure_ascii=False) for s in steps]


def rewired(rooms: Rooms, *models: LanguageModel, database: Database | None = None, **told: Any) -> FastAPI:
    """The same service with other settings, and with these models in it."""
    settings = rooms.settings.model_copy(update=told)
    other = create_app(settings)
    fleet = assemble(settings, [(model, None) for model in models]) if models else None
    other.state.rooms = wire(settings, rooms.ready, database or rooms.database, rooms.embedder, fleet)
    return other


@pytest.fixture
def drafter(rooms: Rooms):
    """Make a client of the same service with a scripted model in it."""

    def make(*lines: object) -> tuple[httpx.AsyncClient, ScriptedModel]:
        model = ScriptedModel(say(*lines))
        return client_for(rewired(rooms, model, deadline_s=10, model_timeout_s=1), LOCAL_KEY), model

    return make

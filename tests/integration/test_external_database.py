"""A PostgreSQL of one's own through VIERKLANG_DATABASE_URL, its owner no superuser: started twice, and used."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text

from app.db import psycopg_url
from app.embedded import EmbeddedPostgres
from app.provision import LOCAL_TENANT
from tests.integration.knowledge.support import ndjson, solved
from tests.integration.processes import run


def _administer(server: EmbeddedPostgres, database: str, *statements: str) -> None:
    engine = create_engine(psycopg_url(server.url("postgres", database)), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _import_and_search(tmp_path: Path, url: str) -> None:
    """Tickets come in and their words are counted, though the owner may see neither others' rows nor their statistics."""
    tickets = [solved(f"X-{i}", f"Die Thermoskanne {i} ist undicht.") for i in range(5)]
    (tmp_path / "tickets.jsonl").write_bytes(ndjson(tickets))
    done = run(tmp_path / "home", "import", str(tmp_path / "tickets.jsonl"), "--alone", VIERKLANG_DATABASE_URL=url)
    assert "5 stored, 0 refused" in done.stdout, done.stderr
    with psycopg.connect(url) as connection:
        shares = dict(connection.execute("SELECT lexeme, share FROM lexeme_shares").fetchall())
        connection.execute("SELECT set_config('vierklang.tenant', %s, true)", (str(LOCAL_TENANT),))
        found = connection.execute("SELECT count(*) FROM lexical_precedents('german', 'Thermoskanne', 9)").fetchone()
    assert shares[f"tenant:{LOCAL_TENANT}"] == 1
    assert found == (5,)


def test_an_owner_without_superuser_rights_is_enough(tmp_path):
    """The service's role is made at the first start and found at the next; a draft is written over it."""
    (tmp_path / "server").mkdir()
    server = EmbeddedPostgres(tmp_path / "server")
    server.attach()
    try:
        _administer(server, "postgres", "CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'not-a-secret'",
                    "CREATE DATABASE shop OWNER keeper")  # fmt: skip
        _administer(server, "shop", "CREATE EXTENSION vector")
        host = server.url("x").partition("host=")[2]
        url = f"postgresql://keeper:not-a-secret@/shop?host={host}"
        for _ in range(2):
            assert run(tmp_path / "home", "db", "migrate", VIERKLANG_DATABASE_URL=url).returncode == 0
        _import_and_search(tmp_path, url)
        made = run(tmp_path / "home", "draft", "--json", stdin="Die Lampe ist kaputt!", VIERKLANG_DATABASE_URL=url)
        assert json.loads(made.stdout)["status"] == "ready", made.stderr
        assert "vierklang_service" in run(tmp_path / "home", "db", "status", VIERKLANG_DATABASE_URL=url).stdout
    finally:
        server.release()

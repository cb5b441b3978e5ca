"""A PostgreSQL of one's own through VIERKLANG_DATABASE_URL, its owner no superuser: started twice, and used."""

from __future__ import annotations

import json

from sqlalchemy import create_engine, text

from app.db import psycopg_url
from app.embedded import EmbeddedPostgres
from tests.integration.processes import run


def _administer(server: EmbeddedPostgres, database: str, *statements: str) -> None:
    engine = create_engine(psycopg_url(server.url("postgres", database)), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


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
        made = run(tmp_path / "home", "draft", "--json", stdin="Die Lampe ist kaputt!", VIERKLANG_DATABASE_URL=url)
        assert json.loads(made.stdout)["status"] == "ready", made.stderr
        assert "vierklang_service" in run(tmp_path / "home", "db", "status", VIERKLANG_DATABASE_URL=url).stdout
    finally:
        server.release()

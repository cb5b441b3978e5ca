"""What has to stand before the service can: the server, its roles, the tables, the local tenant and its key."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.db import psycopg_url
from app.embedded import DATABASE, EmbeddedPostgres
from app.errors import SettingsError

OWNER = "postgres"  # of the embedded server; with DATABASE_URL, whoever that URL names
SERVICE_ROLE = "vierklang_service"
SEARCH_ROLE = "vierklang_search"  # owns the one function that reads past row-level security: lexical_search.sql
LOCAL_TENANT = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vierklang:tenant:local")
ALL_SCOPES = ("draft", "knowledge", "admin")
# Two starts on one database take turns; the number only has to be ours.
_PROVISION_LOCK = 0x56_49_45_52
_MINIMUM_POSTGRES = 150_000


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A database that is ready: where the service connects, and the embedded server if there is one."""

    service_url: str
    owner_url: str  # for work on indexes; requests never use it
    embedded: EmbeddedPostgres | None
    new_key: str | None


def provision(settings: Settings) -> Provisioned:
    """Start or reach the database, bring its tables up to date, make the local key. Blocking; may run in parallel."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.database_url:
        return _external(settings)
    embedded = EmbeddedPostgres(settings.data_dir)
    embedded.attach()
    try:
        _create_database(embedded.url(OWNER, OWNER))
        key = _prepare(embedded.url(OWNER), password=None, settings=settings)
    except BaseException:
        embedded.release()
        raise
    return Provisioned(embedded.url(SERVICE_ROLE), embedded.url(OWNER), embedded, key)


def release(ready: Provisioned) -> None:
    """Let go of the database; whoever is last stops the embedded server."""
    if ready.embedded:
        ready.embedded.release()


def _external(settings: Settings) -> Provisioned:
    assert settings.database_url
    owner_url = settings.database_url.get_secret_value()
    if settings.service_database_url:
        service_url = settings.service_database_url.get_secret_value()
        key = _prepare(owner_url, password=None, settings=settings, service_url=service_url)
        return Provisioned(service_url, owner_url, None, key)
    url = make_url(psycopg_url(owner_url))
    # Derived, so that every machine that knows the owner's URL reaches the same role without sharing a file.
    secret = str(url.password or "")
    password = hmac.new(secret.encode(), SERVICE_ROLE.encode(), hashlib.sha256).hexdigest() if secret else None
    service_url = url.set(username=SERVICE_ROLE, password=password).render_as_string(hide_password=False)
    key = _prepare(owner_url, password=password, settings=settings)
    return Provisioned(service_url, owner_url, None, key)


def _create_database(admin_url: str) -> None:
    engine = create_engine(psycopg_url(admin_url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({_PROVISION_LOCK})"))
            known = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE})
            if known.first() is None:
                connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    finally:
        engine.dispose()


def _prepare(owner_url: str, *, password: str | None, settings: Settings, service_url: str | None = None) -> str | None:
    """Migrate as the owner, grant the service role its rights, and make sure the local key exists."""
    engine = create_engine(psycopg_url(owner_url), hide_parameters=True)
    try:
        with engine.connect() as connection:
            _require_postgres(connection)
            connection.execute(text(f"SELECT pg_advisory_lock({_PROVISION_LOCK})"))
            connection.commit()
            role = str(make_url(psycopg_url(service_url)).username) if service_url else SERVICE_ROLE
            _ensure_role(connection, role, password)
            _ensure_search_role(connection)
            _migrate(connection)
            _grant(connection, role)
            return _ensure_local_key(connection, settings)
    finally:
        engine.dispose()


def _require_postgres(connection: Connection) -> None:
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if version < _MINIMUM_POSTGRES:
        msg = f"VIERKLANG_DATABASE_URL: needs PostgreSQL 15 or newer, found {version // 10_000}"
        raise SettingsError(msg)


def _ensure_role(connection: Connection, role: str, password: str | None) -> None:
    found = connection.execute(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).scalar_one_or_none()
    if found is True:
        msg = f"the role {role} is a superuser or bypasses row-level security; tenants would not be kept apart"
        raise SettingsError(msg)
    try:
        secret = f" PASSWORD '{password}'" if password else ""  # hexadecimal, see _external
        if found is None:
            limits = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
            connection.execute(text(f'CREATE ROLE "{role}" {limits}{secret}'))
        elif password:  # the limits were checked above; only a superuser may name them again
            connection.execute(text(f'ALTER ROLE "{role}" LOGIN{secret}'))
        connection.commit()
    except DBAPIError as error:
        msg = (
            f"VIERKLANG_DATABASE_URL: its user may not create the role {role}; create a role without superuser and "
            "BYPASSRLS yourself and name it in VIERKLANG_SERVICE_DATABASE_URL"
        )
        raise SettingsError(msg) from error


def _ensure_search_role(connection: Connection) -> None:
    query = text(
        "SELECT pg_has_role(current_user, oid, 'member') FROM pg_roles "
        "WHERE rolname = :role AND NOT rolcanlogin AND NOT rolsuper AND NOT rolbypassrls"
    )
    if connection.execute(query, {"role": SEARCH_ROLE}).scalar_one_or_none():
        return
    try:
        connection.execute(text(f"CREATE ROLE {SEARCH_ROLE} NOLOGIN NOINHERIT"))
        connection.execute(text(f"GRANT {SEARCH_ROLE} TO CURRENT_USER"))
        connection.commit()
    except DBAPIError as error:
        msg = (
            f"VIERKLANG_DATABASE_URL: its user may not create the role {SEARCH_ROLE}; run `CREATE ROLE {SEARCH_ROLE} "
            f"NOLOGIN; GRANT {SEARCH_ROLE} TO <that user>` as somebody who may"
        )
        raise SettingsError(msg) from error


def _migrate(connection: Connection) -> None:
    scripts = Path(__file__).parent / "migrations"
    # Revisions are numbered. Asking first spares every later start the import of alembic, a third of a second.
    newest = max(path.name[:4] for path in (scripts / "versions").glob("[0-9]*.py"))
    if _revision(connection) == newest:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _revision(connection: Connection) -> str | None:
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _grant(connection: Connection, role: str) -> None:
    for statement in (
        f'GRANT USAGE ON SCHEMA public TO "{role}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"',
        f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"',
        f'REVOKE ALL ON alembic_version FROM "{role}"',
    ):
        connection.execute(text(statement))
    connection.commit()


def _ensure_local_key(connection: Connection, settings: Settings) -> str | None:
    """Register the local key; return it when it was created just now (to be shown once)."""
    key, fresh = _local_key(settings)
    connection.execute(text("SELECT set_config('vierklang.tenant', :tenant, true)"), {"tenant": str(LOCAL_TENANT)})
    connection.execute(
        text("INSERT INTO tenants (id, name) VALUES (:id, 'local') ON CONFLICT DO NOTHING"), {"id": LOCAL_TENANT}
    )
    connection.execute(
        text(
            "INSERT INTO api_keys (id, tenant_id, name, key_hash, scopes) "
            "VALUES (gen_random_uuid(), :tenant, 'local', :hash, :scopes) ON CONFLICT (key_hash) DO NOTHING"
        ),
        {"tenant": LOCAL_TENANT, "hash": hash_key(key), "scopes": list(ALL_SCOPES)},
    )
    connection.commit()
    return key if fresh else None


def _local_key(settings: Settings) -> tuple[str, bool]:
    if settings.api_key:
        return settings.api_key.get_secret_value(), False
    path = key_file(settings)
    if path.exists():
        return path.read_text().strip(), False
    key = new_key()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key, True


def psql_command(settings: Settings) -> tuple[Provisioned, list[str], dict[str, str]]:
    """The command and environment of a psql shell as the service's role on the local tenant."""
    ready = provision(settings)
    psql = str(Path(ready.embedded.bin_path) / "psql") if ready.embedded else "psql"
    environment = {**os.environ, "PGOPTIONS": f"-c vierklang.tenant={LOCAL_TENANT}"}
    return ready, [psql, ready.service_url], environment


def key_file(settings: Settings) -> Path:
    """Where the local key is kept, readable by its owner alone."""
    return settings.data_dir / "api_key"


def new_key() -> str:
    """A fresh API key: 256 random bits."""
    return "vk_" + secrets.token_urlsafe(32)


def hash_key(key: str) -> bytes:
    """What is stored of a key: SHA-256."""
    return hashlib.sha256(key.encode()).digest()

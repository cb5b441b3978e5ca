"""Starting, stopping and dying: what is committed stays, and the last to leave puts the light out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import psycopg
import pytest

from app.embedded import EmbeddedPostgres
from tests.integration.conftest import ticket
from tests.integration.processes import ROOT, VIERKLANG, environment, postgres_pid, run, serving

BODY = {"ticket": ticket(id="T-1"), "resolutions": []}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("life")


def test_a_killed_service_loses_no_draft_and_starts_again(home):
    """kill -9 in the middle of the day; then a clean stop takes the database down with it."""
    with serving(home) as (process, client):
        draft = client.post("/v1/drafts", json=BODY).json()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert postgres_pid(home) is not None
    with serving(home) as (_, client):
        assert client.get(f"/v1/drafts/{draft['id']}").json()["text"] == draft["text"]
    assert postgres_pid(home) is None


def test_a_second_process_joins_and_the_last_one_stops_the_database(home):
    """The command line works beside the running service, and does not pull the database from under it."""
    with serving(home) as (_, client):
        result = run(home, "db", "status")
        assert result.returncode == 0, result.stderr
        assert "vierklang_service" in result.stdout
        assert client.get("/readyz").status_code == 200
    assert postgres_pid(home) is None


def test_the_database_may_go_and_come_back(home):
    """503 while it is away, named by readyz; served again without a restart of the service."""
    with serving(home) as (_, client):
        assert client.post("/v1/drafts", json=BODY).status_code == 201
        other = EmbeddedPostgres(home)
        other.attach()
        other._stop()
        gone = client.post("/v1/drafts", json=BODY)
        assert gone.status_code == 503
        assert gone.headers["content-type"] == "application/problem+json"
        assert client.get("/readyz").json()["components"]["database"] == "unavailable"
        again = EmbeddedPostgres(home)
        again.attach()
        assert client.get("/readyz").status_code == 200
        assert client.post("/v1/drafts", json=BODY).status_code == 201
        other.release()
        again.release()
    assert postgres_pid(home) is None


def test_the_database_takes_memory_by_the_size_of_the_machine(tmp_path, monkeypatch):
    """An eighth of what the machine or its container has, told once however often it starts."""
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=4 * 2**30))
    limits = tmp_path / "memory.max"
    monkeypatch.setattr("app.embedded._CONTAINER_LIMIT", limits)
    home = tmp_path / "home"
    home.mkdir()
    for limit, megabytes in (("max", 512), (str(2**31), 256), (str(2**20), 128)):
        limits.write_text(limit)
        database = EmbeddedPostgres(home)
        database.attach()
        try:
            with psycopg.connect(database.url("postgres", "postgres")) as connection:
                assert connection.execute("SHOW shared_buffers").fetchone() == (f"{megabytes}MB",)
        finally:
            database.release()
    assert (home / "postgres" / "postgresql.conf").read_text().count("vierklang.conf") == 1


def test_four_processes_may_start_together(tmp_path):
    """One of them makes the database, the tables and the key; the others wait and join."""
    env = environment(tmp_path)
    del env["VIERKLANG_API_KEY"]
    command = [VIERKLANG, "db", "migrate"]
    started = [subprocess.Popen(command, env=env, stdout=-1, stderr=-1, text=True, cwd=ROOT) for _ in range(4)]
    outputs = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * 4, outputs
    assert sum("API key" in out for out, _ in outputs) == 1
    assert postgres_pid(tmp_path) is None
    assert (tmp_path / "api_key").stat().st_mode & 0o077 == 0


def test_four_api_processes_serve_one_port(tmp_path):
    """VIERKLANG_WORKERS=2 and more: each provisions, one migrates."""
    with serving(tmp_path, VIERKLANG_WORKERS="4") as (_, client):
        for _ in range(8):
            assert client.post("/v1/triage", json={"ticket": BODY["ticket"]}).status_code == 200
    assert postgres_pid(tmp_path) is None


@pytest.mark.parametrize(("name", "value"), [("VIERKLANG_PORT", "eighty"), ("VIERKLANG_MODEL", "nonsense")])
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path, name, value):
    """Exit code 2, the setting's name, no stack trace."""
    result = run(tmp_path, "serve", **{name: value})
    assert result.returncode == 2
    assert name in result.stderr
    assert "Traceback" not in result.stderr


SITECUSTOMIZE = """
import os, socket, sys
def refuse(event, args):
    if event == "socket.connect":
        address = args[1]
        outside = isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost"))
    elif event == "socket.getaddrinfo":
        outside = args[0] not in (None, "127.0.0.1", "::1", "localhost", b"127.0.0.1")
        address = args[0]
    elif event in ("socket.sendto",):
        outside = not str(args[1][0]).startswith("127."); address = args[1]
    else:
        return
    if outside:
        with open(os.environ["REFUSED"], "a") as file:
            file.write(f"{event} {address}\\n")
        raise ConnectionRefusedError(f"refused by the test: {address}")
sys.addaudithook(refuse)
"""


def test_the_default_mode_reaches_for_nothing_outside(tmp_path):
    """At start, while drafting and checking, and at exit: every address but loopback is refused, and none is tried."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(SITECUSTOMIZE)
    refused = tmp_path / "refused.txt"
    more = {"PYTHONPATH": str(hook), "REFUSED": str(refused)}
    with serving(tmp_path / "home", **more) as (_, client):
        assert client.post("/v1/drafts", json=BODY).status_code == 201
        link = "Siehe https://www.dhl.de/de/privatkunden.html oder rufen Sie an: 0151 23456789, info@firma.example"
        assert client.post("/v1/checks", json={"text": link, "channel": "amazon"}).status_code == 200
        assert client.get("/docs").status_code == 200
    drafted = run(tmp_path / "home", "draft", "--json", stdin="Die Tasse ist kaputt!", **more)
    assert drafted.returncode == 0, drafted.stderr
    assert not refused.exists(), refused.read_text()
    # The net has no hole: the same hook does catch a connection to elsewhere.
    probe = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 0.1)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", probe], env=os.environ | more, check=True)
    assert "192.0.2.1" in refused.read_text()

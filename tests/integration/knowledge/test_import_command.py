"""`vierklang import` in processes of its own: helpdesks' exports, a kill in the middle, erasure; and `serve --with-worker`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from app.embedded import EmbeddedPostgres
from app.knowledge.ingest import open_source
from tests.integration.knowledge.support import EMAIL, NAME, ORDER, found, solved, tenant_of, traces, work_off
from tests.integration.processes import ROOT, VIERKLANG, environment, run, serving

CASES = ROOT / "tests/cases/imports"
EXPORTS = [
    "zendesk_tickets",
    "zendesk_macros",
    "gorgias_tickets",
    "gorgias_macros",
    "freshdesk_tickets",
    "freshdesk_canned",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    """A data folder whose database stays up between commands, as beside a running service."""
    folder = tmp_path_factory.mktemp("import") / "home"
    folder.mkdir()
    server = EmbeddedPostgres(folder)
    server.attach()
    assert run(folder, "db", "migrate").returncode == 0
    yield folder
    server.release()


@contextmanager
def database(home: Path):
    server = EmbeddedPostgres(home)
    server.attach()
    try:
        yield server.url("postgres")
    finally:
        server.release()


def asked(url: str, query: str) -> list[tuple]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.mark.parametrize("name", EXPORTS)
async def test_a_helpdesks_export_ends_in_redacted_precedents_and_unapproved_macros(rooms, client, name):
    """Searchable at once; nobody's name; macros with our slots, none approved; what was refused is named."""
    tenant = await tenant_of(rooms, client)
    source = open_source(CASES / f"{name}.json")
    job = await rooms.importer.open(tenant, source=source.kind)
    await rooms.importer.stage(tenant, job.id, list(source.records()))
    await rooms.importer.seal(tenant, job.id)
    done = await work_off(rooms, client, job.id)
    assert (done["status"], done["done"] > 0) == ("succeeded", True)
    assert done["done"] + done["rejected"] == done["total"]
    macros = (await client.get("/v1/knowledge/macros")).json()["macros"]
    hits = await found(client, "Lieferung beschädigt", kinds=["ticket"])
    assert bool(macros) != bool(hits), "a file holds one or the other"
    assert {(m["state"], m["origin"]) for m in macros} <= {("draft", "import")}
    assert await found(client, "Erstattung", kinds=["macro"]) == []
    assert not macros or any("{customer_name}" in m["body"] for m in macros)
    assert traces(rooms.ready.owner_url, "Wackernagel\nLinden", "5550148", "MH-2026-004711") == []


def test_an_import_that_was_killed_goes_on_without_doubles_and_without_loss(home, tmp_path):
    """kill -9 in the middle, also of its helper; the same command again stores the rest; a third time all anew."""
    path = tmp_path / "many.jsonl"
    lines = [json.dumps(solved(f"K-{i}", f"Problem {i}: der Deckel klemmt.")) for i in range(400)]
    path.write_text("\n".join([*lines, "broken"]) + "\n", encoding="utf-8")
    count = "SELECT count(*) FROM precedents WHERE external_id LIKE 'K-%'"
    with database(home) as url:
        process = subprocess.Popen(
            [VIERKLANG, "import", str(path)], env=environment(home), cwd=ROOT, stderr=subprocess.DEVNULL
        )
        until(lambda: asked(url, count)[0][0] > 0, "nothing was stored")
        helpers = psutil.Process(process.pid).children()
        process.kill()
        process.wait()
        psutil.wait_procs(helpers, timeout=30)
        assert not [h for h in helpers if h.is_running() and h.status() != psutil.STATUS_ZOMBIE]
        stored = asked(url, count)[0][0]
        assert 0 < stored < 400
        told = run(home, "import", str(path))
        assert told.returncode == 0, told.stderr
        assert "going on with job_" in told.stderr
        assert "400 stored, 1 refused of 401 rows" in told.stdout
        assert asked(url, count) == [(400,)]
        assert asked(
            url,
            "SELECT count(*) FROM embeddings e JOIN precedents p ON p.id = e.item_id WHERE p.external_id LIKE 'K-%'",
        ) == [(400,)]
        assert json.loads((tmp_path / "many.jsonl.rejects.jsonl").read_text())["line"] == 401
        assert traces(url, NAME, EMAIL, ORDER) == []
        erased = run(home, "erase", "--customer-email", EMAIL.upper())
        assert erased.returncode == 0, erased.stderr
        assert asked(url, count) == [(0,)]
        assert ["precedents", "400"] in [line.split() for line in erased.stdout.splitlines()]


def test_a_file_that_is_no_export_is_one_sentence(home, tmp_path):
    """Exit code 2 before the first row, and no trace of the program."""
    (tmp_path / "x.jsonl").write_text("hello\n")
    none = run(home, "import", str(tmp_path / "x.jsonl"), "--alone")
    assert none.returncode == 2
    assert "Traceback" not in none.stderr


def test_the_service_brings_its_worker_and_takes_it_along(tmp_path):
    """`serve --with-worker`: an upload is worked off; the worker ends with the service, also when that is killed."""
    with serving(tmp_path / "home", arguments=("--with-worker",)) as (process, client):
        until(lambda: psutil.Process(process.pid).children(), "no worker")
        workers = psutil.Process(process.pid).children()
        lines = json.dumps(solved("S-1"))
        headers = {"content-type": "application/x-ndjson"}
        job = client.post("/v1/knowledge/tickets", content=lines, headers=headers).json()["job"]
        until(lambda: client.get(f"/v1/jobs/{job['id']}").json()["status"] == "succeeded", "the job was not done")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        psutil.wait_procs(workers, timeout=40)
        assert not [w for w in workers if w.is_running() and "worker" in " ".join(w.cmdline())]

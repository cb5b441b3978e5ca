"""Jobs: shared by workers, taken over from dead ones, paused by a provider that is away; seen by their tenant alone."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from app.errors import NotFound, Unavailable
from app.jobs.queue import IMPORT
from app.jobs.tasks import make_queue
from app.knowledge.embeddings import HashedEmbedder
from tests.integration.knowledge.support import owner, post_lines, solved, tenant_of

PROBLEMS = ("Der Deckel klemmt", "Die Lampe flackert", "Das Kabel fehlt", "The lid is stuck", "My parcel is late")


def many(count: int) -> list[dict]:
    return [solved(f"M-{i}", f"{PROBLEMS[i % len(PROBLEMS)]}, Fall {i}.") for i in range(count)]


@pytest.fixture
def hashed(rooms, monkeypatch):
    """A provider that can be switched off, for every tenant that has no model yet."""
    embedder = HashedEmbedder()
    monkeypatch.setattr(rooms.knowledge.serving, "embedder", embedder)
    monkeypatch.setitem(rooms.knowledge.serving._embedders, embedder.name, embedder)
    return embedder


@pytest.fixture
def age(rooms):
    """Make a job look untouched for so many seconds."""

    def change(job_id: str, seconds: int) -> None:
        with owner(rooms) as connection:
            query = "UPDATE jobs SET updated_at = now() - make_interval(secs => %s) WHERE id = %s"
            connection.execute(query, (seconds, job_id))

    return change


@pytest.fixture
def waiting(rooms):
    """The queue's entries for a job: what a worker would take, with their arguments."""

    def read(job_id: str) -> list[dict]:
        query = "SELECT args FROM procrastinate_jobs WHERE args->>'job_id' = %s AND status = 'todo' ORDER BY id"
        with owner(rooms) as connection:
            return [row[0] for row in connection.execute(query, (job_id,)).fetchall()]

    return read


def counted(rooms, tenant: uuid.UUID) -> dict[str, int]:
    tables = ("precedents", "embeddings", "job_rows")
    with owner(rooms) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table} WHERE tenant_id = %s", (tenant,)).fetchone()[0]
            for table in tables
        }


async def test_workers_that_share_a_job_store_every_row_exactly_once(rooms, client, hashed, monkeypatch):
    """Six at once, each with rows of its own: as many precedents and vectors as lines, and the count is right."""
    monkeypatch.setattr("app.knowledge.importing.CLAIM", 10)
    job = await post_lines(client, *many(200))
    tenant = await tenant_of(rooms, client)

    async def worker() -> int:
        done = 0
        while stored := await rooms.importer.work(tenant, job["id"]):
            done += stored
        return done

    shares = await asyncio.gather(*(worker() for _ in range(6)))
    assert sum(shares) == 200
    assert sum(1 for share in shares if share) > 1, shares
    state = (await client.get(f"/v1/jobs/{job['id']}")).json()
    assert (state["status"], state["done"], state["total"]) == ("succeeded", 200, 200)
    assert counted(rooms, tenant) == {"precedents": 200, "embeddings": 200, "job_rows": 0}


async def test_a_worker_that_dies_midway_gives_its_rows_back(rooms, client, hashed, monkeypatch):
    """Nothing of its transaction stays; the next one stores all."""
    job = await post_lines(client, *many(10))
    tenant = await tenant_of(rooms, client)
    begun = asyncio.Event()

    async def hangs(_texts: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(hashed, "embed", hangs)
        dying = asyncio.create_task(rooms.importer.work(tenant, job["id"]))
        await begun.wait()
        dying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dying
    assert counted(rooms, tenant) == {"precedents": 0, "embeddings": 0, "job_rows": 10}
    assert await rooms.importer.work(tenant, job["id"]) == 10
    assert counted(rooms, tenant)["precedents"] == 10


async def test_the_minutes_round_takes_over_what_nobody_works_on(rooms, client, age, waiting):
    """A job idle for a minute is left anew, once, with ids and nothing else; one just touched is left alone."""
    idle, fresh = await post_lines(client, solved("A-1")), await post_lines(client, solved("A-2"))
    tenant = await tenant_of(rooms, client)
    with owner(rooms) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")  # as if the worker had them and died
    queue = make_queue(rooms)
    async with queue.open_async():
        for _ in range(2):
            age(idle["id"], 60)
            await queue.tasks["take_over"].func(timestamp=0)
    assert waiting(idle["id"]) == [{"tenant_id": str(tenant), "job_id": idle["id"]}]
    assert waiting(fresh["id"]) == []
    await queue.tasks[IMPORT].func(tenant_id=str(tenant), job_id=idle["id"])
    assert (await client.get(f"/v1/jobs/{idle['id']}")).json()["status"] == "succeeded"


async def test_a_large_job_is_offered_to_the_next_worker_too(rooms, client, hashed, waiting, monkeypatch):
    """Whoever begins leaves the same for an idle one; a small job is one worker's."""
    monkeypatch.setattr("app.jobs.tasks.CLAIM", 3)
    large, small = await post_lines(client, *many(5)), await post_lines(client, solved("S-1"))
    tenant = str(await tenant_of(rooms, client))
    with owner(rooms) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    tasks = make_queue(rooms).tasks
    for job in (large, small):
        await tasks[IMPORT].func(tenant_id=tenant, job_id=job["id"])
    assert (len(waiting(large["id"])), len(waiting(small["id"]))) == (1, 0)


async def test_a_task_left_behind_by_a_dead_worker_does_not_block_the_round(rooms, client, waiting):
    """Its entry is left anew, or let go where the same waits already."""
    job = await post_lines(client, solved("D-1"))
    with owner(rooms) as connection:
        worker = connection.execute("SELECT worker_id FROM procrastinate_register_worker_v1()").fetchone()[0]
        for statement, values in (
            ("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = %s", (worker,)),
            ("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE args->>'job_id' = %s", (worker, job["id"])),
        ):  # fmt: skip
            connection.execute(statement, values)
    await rooms.dispatcher.defer(IMPORT, await tenant_of(rooms, client), job_id=job["id"])
    queue = make_queue(rooms)
    async with queue.open_async():
        await queue.tasks["take_over"].func(timestamp=0)
        assert list(await queue.job_manager.get_stalled_jobs()) == []
    assert len(waiting(job["id"])) == 1


async def test_an_upload_whose_process_died_is_closed_after_an_hour(rooms, client, age, waiting):
    """Until then nobody works on it; afterwards it has failed, and the round leaves it alone."""
    tenant = await tenant_of(rooms, client)
    job = await rooms.importer.open(tenant, source="ndjson")
    queue = make_queue(rooms)
    async with queue.open_async():
        for seconds, status in ((60, "queued"), (4000, "failed")):
            age(job.id, seconds)
            await queue.tasks["take_over"].func(timestamp=0)
            assert (await client.get(f"/v1/jobs/{job.id}")).json()["status"] == status
    assert waiting(job.id) == []


async def test_a_provider_that_is_away_pauses_the_job_and_it_goes_on_by_itself(rooms, client, hashed, waiting):
    """Paused, with the reason; nothing is lost; the queue tries again, and the job ends."""
    hashed.down = True
    job = await post_lines(client, *many(5))
    tenant = await tenant_of(rooms, client)
    with owner(rooms) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    tasks = make_queue(rooms).tasks
    await tasks[IMPORT].func(tenant_id=str(tenant), job_id=job["id"])
    state = (await client.get(f"/v1/jobs/{job['id']}")).json()
    assert (state["status"], state["done"]) == ("paused", 0)
    assert "does not answer" in state["error"]
    assert len(waiting(job["id"])) == 1
    with pytest.raises(Unavailable):
        await rooms.importer.work(tenant, job["id"])
    hashed.down = False
    await tasks[IMPORT].func(tenant_id=str(tenant), job_id=job["id"])
    state = (await client.get(f"/v1/jobs/{job['id']}")).json()
    assert (state["status"], state["done"], state["error"]) == ("succeeded", 5, None)
    single = await client.post("/v1/knowledge/tickets", json=solved("S-1"))
    assert single.status_code == 201


async def test_a_row_the_database_will_not_have_is_one_reject(rooms, client, hashed):
    """The others of its bundle are stored; the job does not fail again and again."""
    job = await post_lines(client, *many(3))
    tenant = await tenant_of(rooms, client)
    with owner(rooms) as connection:
        too_much = "UPDATE job_rows SET item = jsonb_set(item, '{csat}', '99999999999') WHERE job_id = %s AND line = 2"
        connection.execute(too_much, (job["id"],))
    assert await rooms.importer.work(tenant, job["id"]) == 3
    assert await rooms.importer.work(tenant, job["id"]) == 0
    state = (await client.get(f"/v1/jobs/{job['id']}")).json()
    assert (state["status"], state["done"], state["rejected"]) == ("succeeded", 2, 1)
    reject = (await client.get(f"/v1/jobs/{job['id']}/rejects")).json()["rejects"][0]
    assert (reject["line"], reject["external_id"], reject["reason"]) == (2, "M-1", "not_storable")


async def test_a_tenant_sees_its_own_jobs_only(client, new_tenant):
    """Another's job is unknown: 404, and not in the list."""
    stranger = await new_tenant()
    job = await post_lines(client, b"broken")
    assert [j["id"] for j in (await client.get("/v1/jobs")).json()["jobs"]] == [job["id"]]
    assert (await stranger.get("/v1/jobs")).json() == {"jobs": []}
    for path in (f"/v1/jobs/{job['id']}", f"/v1/jobs/{job['id']}/rejects", f"/v1/jobs/job_{'0' * 32}"):
        assert (await stranger.get(path)).status_code == 404
    assert (await client.get("/v1/jobs/job_x")).status_code == 422


async def test_a_worker_cannot_touch_the_rows_of_another_tenant(rooms, client, new_tenant):
    """Even with the right job id."""
    job = await post_lines(client, solved("T-1"))
    stranger = await tenant_of(rooms, await new_tenant())
    assert await rooms.importer.waiting(stranger, job["id"]) == 0
    with pytest.raises(NotFound):
        await rooms.importer.work(stranger, job["id"])
    assert await rooms.importer.waiting(await tenant_of(rooms, client), job["id"]) == 1

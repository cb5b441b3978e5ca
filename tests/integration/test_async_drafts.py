"""`Prefer: respond-async`: the request waits as a job's row, a worker drafts it once, and the row is gone."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.drafts import async_repository
from app.drafts.async_drafts import AsyncDrafts
from app.errors import Unavailable
from app.jobs.tasks import make_queue
from app.models import Draft, Job, JobRow
from tests.integration.conftest import ticket

ASYNC = {"Prefer": "respond-async"}
SECRET = "Zitronenfalterblau"


class House:
    """A fresh tenant."""

    def __init__(self, client, rooms, tenant):
        self.client, self.rooms, self.tenant = client, rooms, tenant

    async def ask(self, *, headers=ASYNC, **more):
        body = {"ticket": ticket(**more), "resolutions": [{"type": "replacement"}]}
        return await self.client.post("/v1/drafts", json=body, headers=headers)

    async def accepted(self, **more):
        response = await self.ask(**more)
        assert response.status_code == 202, response.text
        return response.json()["job"]["id"]

    async def job(self, job_id):
        return (await self.client.get(f"/v1/jobs/{job_id}")).json()

    async def work(self, job_id):
        await self.rooms.async_drafts.work(self.tenant, job_id)

    async def rows(self, table=JobRow):
        async with self.rooms.database.begin(self.tenant) as session:
            return list((await session.execute(select(table))).scalars())

    async def change(self, job_id, **more):
        async with self.rooms.database.begin(self.tenant) as session:
            row = (await session.execute(select(JobRow).where(JobRow.job_id == job_id))).scalar_one()
            await session.execute(update(JobRow).where(JobRow.job_id == job_id).values(item=row.item | more))

    def with_drafts(self, drafts):
        return AsyncDrafts(self.rooms.database, drafts, self.rooms.drafts.markers, self.rooms.dispatcher)


class Drafting:
    """The service's drafts, with something happening before each."""

    def __init__(self, drafts, before):
        self._drafts, self._before = drafts, before
        self.settings, self.prompt_of = drafts.settings, drafts.prompt_of

    async def draft(self, caller, request, **more):
        await self._before()
        return await self._drafts.draft(caller, request, **more)


@pytest.fixture
async def house(client, rooms):
    principal = await rooms.keys.principal(client.headers["Authorization"].removeprefix("Bearer "))
    return House(client, rooms, principal.tenant_id)


async def test_a_job_is_answered_at_once_and_makes_the_draft(house):
    """202, where to ask, what was applied; then the draft by its id, and nothing of the request is left."""
    response = await house.ask(id="T-1")
    assert response.status_code == 202
    job = response.json()["job"]
    assert response.headers["location"] == f"/v1/jobs/{job['id']}"
    assert response.headers["preference-applied"] == "respond-async"
    assert (job["kind"], job["status"], job["total"], job["done"], job["draft_ids"]) == ("drafts", "queued", 1, 0, [])
    await house.work(job["id"])
    done = await house.job(job["id"])
    assert (done["status"], done["done"], done["rejected"], done["error"]) == ("succeeded", 1, 0, None)
    assert done["finished_at"]
    draft = (await house.client.get(f"/v1/drafts/{done['draft_ids'][0]}")).json()
    assert draft["status"] in {"ready", "needs_input"}
    assert [d["id"] for d in (await house.client.get("/v1/drafts?ticket_id=T-1")).json()["drafts"]] == [draft["id"]]
    assert await house.rows() == []


async def test_the_background_writes_what_the_foreground_would(house):
    """The request is stored whole: register, agent, resolutions, actions and all."""
    body = {
        "ticket": ticket(customer={"name": "Frau Keller"}), "agent": {"name": "Jana"}, "register": "du",
        "resolutions": [{"type": "refund", "amount": {"amount": "19.90", "currency": "EUR"}, "return": "keep"}],
        "actions_done": ["checked_tracking"],
    }  # fmt: skip
    at_once = (await house.client.post("/v1/drafts", json=body)).json()
    job = (await house.client.post("/v1/drafts", json=body, headers=ASYNC)).json()["job"]
    await house.work(job["id"])
    later = (await house.client.get(f"/v1/drafts/{(await house.job(job['id']))['draft_ids'][0]}")).json()
    assert later["text"] == at_once["text"]
    requests = [d.request for d in await house.rows(Draft)]
    assert requests[0] == requests[1]


PREFERENCES = {
    "plain": ("respond-async", 202),
    "capitals": ("Respond-Async", 202),
    "with others": ("wait=10, respond-async", 202),
    "with a parameter": ("respond-async; foo=bar", 202),
    "an empty value": ('respond-async=""', 202),
    "another": ("return=minimal", 201),
    "only in quotes": ('handling="lenient, respond-async"', 201),
    "longer": ("respond-asynchronously", 201),
    "empty": ("", 201),
    "commas": (",,;=", 201),
}


@pytest.mark.parametrize("name", PREFERENCES)
async def test_preferences_are_read_as_http_has_them(house, name):
    """RFC 7240: a list of tokens; unknown ones are ignored."""
    value, status = PREFERENCES[name]
    assert (await house.ask(headers={"Prefer": value})).status_code == status


async def test_two_prefer_headers_are_one_list(house):
    """As with any list header."""
    headers = [("Prefer", "return=minimal"), ("Prefer", "respond-async")]
    response = await house.client.post("/v1/drafts", json={"ticket": ticket()}, headers=headers)
    assert response.status_code == 202


WRONG = {
    "no message": ({"ticket": {"channel": "amazon", "messages": []}}, 422),
    "unknown field": ({"ticket": ticket(), "colour": "red"}, 422),
    "unknown model": ({"ticket": ticket(), "model": "acme/none"}, 422),
    "unknown prompt": ({"ticket": ticket(), "prompt": "sonnet@9"}, 422),
    "a control character": ({"ticket": ticket("a\x00b")}, 422),
    "no object": ([1], 422),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_is_said_at_once(house, name):
    """Not by a job that fails later."""
    body, status = WRONG[name]
    response = await house.client.post("/v1/drafts", json=body, headers=ASYNC)
    assert response.status_code == status
    assert response.json()["errors"]
    assert await house.rows(Job) == []


async def test_broken_json_and_missing_key(house, anonymous):
    """400 and 401, as without the preference."""
    assert (
        await house.client.post("/v1/drafts", content=b"{", headers=ASYNC | {"Content-Type": "application/json"})
    ).status_code == 400
    assert (await anonymous.post("/v1/drafts", json={"ticket": ticket()}, headers=ASYNC)).status_code == 401


async def test_the_same_request_again_is_the_same_job(house):
    """Idempotency-Key: one job, and the replay says where it is too."""
    headers = ASYNC | {"Idempotency-Key": "again"}
    first, second = [await house.ask(headers=headers) for _ in range(2)]
    assert second.status_code == 202
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    for name in ("location", "preference-applied"):
        assert second.headers[name] == first.headers[name]
    assert len(await house.rows(Job)) == 1


async def test_two_workers_make_one_draft(house):
    """The second finds the request taken."""
    job_id = await house.accepted()
    await asyncio.gather(*(house.work(job_id) for _ in range(3)))
    assert len(await house.rows(Draft)) == 1
    await house.work(job_id)
    assert len(await house.rows(Draft)) == 1
    assert (await house.job(job_id))["done"] == 1


async def test_a_worker_thought_dead_adds_no_second_draft(house):
    """Its lease ran out, another drafted meanwhile: what the first wrote is dropped whole."""
    job_id = await house.accepted()

    async def overtaken():
        await house.change(job_id, leased_until=0)
        await house.work(job_id)

    await house.with_drafts(Drafting(house.rooms.drafts, overtaken)).work(house.tenant, job_id)
    assert len(await house.rows(Draft)) == 1
    job = await house.job(job_id)
    assert (job["status"], job["done"], len(job["draft_ids"])) == ("succeeded", 1, 1)


async def test_a_killed_worker_is_replaced(house):
    """Nothing is lost: when the lease has run out, the minute's round leaves the job anew."""
    job_id = await house.accepted()

    async def killed():
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await house.with_drafts(Drafting(house.rooms.drafts, killed)).work(house.tenant, job_id)
    assert (await house.job(job_id))["status"] == "running"
    await house.work(job_id)
    assert await house.rows(Draft) == []  # still leased
    await house.change(job_id, leased_until=0)
    async with house.rooms.database.begin(house.tenant) as session:
        await session.execute(update(Job).values(updated_at=func.now() - timedelta(minutes=2)))
        await session.execute(text("DELETE FROM procrastinate_jobs WHERE args->>'job_id' = :job"), {"job": job_id})
    queue = make_queue(house.rooms)
    async with queue.open_async():
        await queue.tasks["take_over"].func(timestamp=0)
    left = text("SELECT task_name FROM procrastinate_jobs WHERE args->>'job_id' = :job")
    async with house.rooms.database.begin(house.tenant) as session:
        assert list((await session.execute(left, {"job": job_id})).scalars()) == ["draft_requests"]
    await queue.tasks["draft_requests"].func(tenant_id=str(house.tenant), job_id=job_id)
    assert (await house.job(job_id))["status"] == "succeeded"


async def test_a_request_that_breaks_every_worker_is_given_up(house):
    """After five attempts; the request does not stay behind, and no customer's word is in the reason."""
    job_id = await house.accepted(text=f"Die Tasse {SECRET} ist kaputt")
    tried = []

    async def fail():
        tried.append(1)
        raise ValueError(f"cannot digest {SECRET}")

    breaking = house.with_drafts(Drafting(house.rooms.drafts, fail))
    for _ in range(7):
        await breaking.work(house.tenant, job_id)
        if await house.rows():
            await house.change(job_id, leased_until=0)
    job = await house.job(job_id)
    assert (job["status"], job["rejected"], job["draft_ids"], len(tried)) == ("failed", 1, [], 5)
    assert "5 attempts" in job["error"]
    assert SECRET not in json.dumps(job)
    assert await house.rows() == []


async def test_an_outage_pauses_the_job_and_costs_no_attempt(house):
    """The task leaves itself for later; as often as it takes."""
    job_id = await house.accepted()

    async def down():
        raise Unavailable("the provider is away")

    away = house.with_drafts(Drafting(house.rooms.drafts, down))
    for _ in range(8):
        with pytest.raises(Unavailable):
            await away.work(house.tenant, job_id)
    job = await house.job(job_id)
    assert (job["status"], job["error"]) == ("paused", "the provider is away")
    await house.work(job_id)
    job = await house.job(job_id)
    assert (job["status"], job["error"], len(job["draft_ids"])) == ("succeeded", None, 1)


SPOILT = {
    "no longer fits": {"request": {"ticket": {"channel": SECRET}}},
    "its model is configured no more": {"request": {"ticket": ticket(), "model": "acme/old"}},
}


@pytest.mark.parametrize("name", SPOILT)
async def test_a_request_that_no_longer_fits_fails_with_a_reason(house, name):
    """Settings and contract may change while it waits."""
    job_id = await house.accepted()
    await house.change(job_id, **SPOILT[name])
    await house.work(job_id)
    job = await house.job(job_id)
    assert job["status"] == "failed"
    assert job["error"]
    assert SECRET not in job["error"]
    assert await house.rows() == []


@pytest.mark.parametrize("subject", [{"ticket_id": "T-9"}, {"customer_email": "ANNA@example.org"}])
async def test_erasure_reaches_waiting_requests(house, subject):
    """The row is gone, and the job says why there is no draft."""
    job_id = await house.accepted(id="T-9", customer={"email": "Anna@example.org"})
    other = await house.accepted(id="T-10", customer={"email": "berta@example.org"})
    erased = (await house.client.post("/v1/erasures", json=subject)).json()["erased"]
    assert erased["waiting_rows"] == 1
    for job in (job_id, other):
        await house.work(job)
    job = await house.job(job_id)
    assert (job["status"], job["draft_ids"]) == ("failed", [])
    assert "erased" in job["error"]
    assert (await house.job(other))["status"] == "succeeded"


async def test_what_is_erased_while_it_is_drafted_leaves_no_draft(house):
    """Erasure wins."""
    job_id = await house.accepted(id="T-9")

    async def erased():
        assert (await house.client.post("/v1/erasures", json={"ticket_id": "T-9"})).status_code == 200

    await house.with_drafts(Drafting(house.rooms.drafts, erased)).work(house.tenant, job_id)
    assert await house.rows(Draft) == []
    await house.work(job_id)
    assert (await house.job(job_id))["status"] == "failed"


async def test_old_jobs_and_requests_go_with_old_drafts(house):
    """After the days the settings keep drafts, whether or not a worker ever came."""
    job_id = await house.accepted()
    async with house.rooms.database.begin(house.tenant) as session:
        await session.execute(update(Job).values(created_at=func.now() - timedelta(days=366)))
    assert (await house.rooms.privacy.expire(house.tenant))["jobs"] == 1
    assert await house.rows() == []
    assert (await house.client.get(f"/v1/jobs/{job_id}")).status_code == 404


async def test_whose_jobs_a_key_sees(house, rooms, app, new_tenant):
    """Those it may begin: a key for drafts sees drafts, one for knowledge imports; others are not there."""
    from app.models import ApiKey
    from app.provision import hash_key
    from tests.integration.conftest import client_for

    drafting = await house.accepted()
    importing = (await rooms.importer.open(house.tenant)).id
    for scopes, seen in (
        (["draft"], {drafting}),
        (["knowledge"], {importing}),
        (["draft", "knowledge"], {drafting, importing}),
    ):
        key = f"vk_{'-'.join(scopes)}-{house.tenant}"
        async with rooms.database.begin(house.tenant) as session:
            row = ApiKey(tenant_id=house.tenant, name="x", key_hash=hash_key(key), scopes=scopes)
            session.add(row)
        async with client_for(app, key) as client:
            listed = {job["id"] for job in (await client.get("/v1/jobs")).json()["jobs"]}
            found = {i for i in (drafting, importing) if (await client.get(f"/v1/jobs/{i}")).status_code == 200}
        assert listed == found == seen
    nobody = await new_tenant("admin")
    assert (await nobody.get("/v1/jobs")).status_code == 403
    stranger = await new_tenant("draft")
    assert (await stranger.get(f"/v1/jobs/{drafting}")).status_code == 404
    assert (await stranger.get("/v1/jobs")).json() == {"jobs": []}


async def test_a_lease_is_one_workers_alone(house):
    """Asked twice, given once; given again when it has run out, with the attempts counted."""
    job_id = await house.accepted()
    taken = []
    for lease_s in (60, 60, 60):
        async with house.rooms.database.begin(house.tenant) as session:
            taken.append(await async_repository.lease_request(session, job_id, lease_s=lease_s))
    assert [bool(t) for t in taken] == [True, False, False]
    await house.change(job_id, leased_until=0)
    async with house.rooms.database.begin(house.tenant) as session:
        assert (await async_repository.lease_request(session, job_id, lease_s=60))["tries"] == 2

"""Escalations are told outside: with the draft or not at all, signed, at least once, and never a customer's words."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select, text, update

from app.config import Settings, explain
from app.drafts.filing import Filing
from app.drafts.schemas import DraftRequest
from app.jobs.tasks import make_queue
from app.main import create_app
from app.models import Draft, OutboxEvent
from app.outbox.message import body_of
from app.outbox.model import ESCALATED, Delivery, Event
from app.outbox.sender import HttpSender, MemorySender
from app.outbox.service import MOST_ATTEMPTS, Courier, pause_after
from app.outbox.signing import sign, verify
from app.security import Principal
from tests.integration.conftest import client_for, ticket
from tests.integration.processes import ROOT, VIERKLANG, environment, serving
from tests.integration.receiver import receiving

SECRET = "whsec_0123456789abcdef"
WORDS = "Zitronenfalterblau"
ANGRY = f"Die Tasse {WORDS} ist kaputt! Wenn nichts passiert, gehe ich zu meinem Anwalt."
PAYLOAD = {
    "draft_id": "drf_1", "status": "ready", "ticket_id": "T-1", "channel": "amazon", "language": "de", "cause": "product_defect",
    "sentiment": "angry", "intensity": 0.8, "abusive": False, "reasons": ["legal_threat", "vip"],
    "reply_due_at": "2026-11-23T09:12:00Z", "reply_target_at": "2026-11-22T12:12:00Z",
}  # fmt: skip
EVENT = Event("evt_1", uuid.UUID(int=7), ESCALATED, PAYLOAD, 1, datetime(2026, 11, 22, 9, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def receiver():
    with receiving() as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh(receiver):
    receiver.script.clear()
    receiver.calls.clear()


@pytest.fixture(scope="module")
async def served(app, settings, receiver):
    """A second service on the same database, with a receiver set."""
    more = Settings(webhook_url=receiver.url, webhook_secret=SECRET)
    update_ = {"webhook_url": more.webhook_url, "webhook_secret": more.webhook_secret}
    application = create_app(settings.model_copy(update=update_))
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
def told(served):
    return served.state.rooms


@contextmanager
def working(home, **more):
    """`vierklang worker` in a process of its own."""
    with (home.parent / "worker.log").open("a") as log:
        process = subprocess.Popen(
            [VIERKLANG, "worker"], env=environment(home, **more), stdout=log, stderr=log, cwd=ROOT
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(40)


class House:
    """A fresh tenant at the service with a receiver."""

    def __init__(self, client, rooms, tenant):
        self.client, self.rooms, self.tenant = client, rooms, tenant

    async def draft(self, text=ANGRY, **more):
        response = await self.client.post("/v1/drafts", json={"ticket": ticket(text, **more)})
        assert response.status_code == 201, response.text
        return response.json()

    async def events(self):
        async with self.rooms.database.begin(self.tenant) as session:
            rows = await session.execute(select(OutboxEvent).order_by(OutboxEvent.created_at))
            return list(rows.scalars())

    async def time_passes(self):
        """Until whatever waits is due."""
        async with self.rooms.database.begin(self.tenant) as session:
            waiting = update(OutboxEvent).where(OutboxEvent.next_at.is_not(None))
            await session.execute(waiting.values(next_at=func.now() - timedelta(seconds=1)))

    def courier(self, *answers):
        return Courier(self.rooms.database, MemorySender(list(answers)))


@pytest.fixture
async def house(served, told, new_tenant):
    plain = await new_tenant()
    key = plain.headers["Authorization"].removeprefix("Bearer ")
    principal = await told.keys.principal(key)
    async with client_for(served, key) as client:
        yield House(client, told, principal.tenant_id)


async def test_an_escalation_leaves_an_event_without_the_customers_words(house):
    """Ids, keys and times; due at once."""
    draft = await house.draft(
        id="T-77", customer={"name": f"{WORDS} Keller", "email": f"{WORDS}@example.org", "vip": True}
    )
    (event,) = await house.events()
    assert event.draft_id == draft["id"]
    assert (event.kind, event.attempts, event.delivered_at) == (ESCALATED, 0, None)
    assert event.payload["ticket_id"] == "T-77"
    assert event.payload["reasons"] == draft["triage"]["reasons"]
    assert {"legal_threat", "vip"} <= set(event.payload["reasons"])
    assert set(event.payload) == set(PAYLOAD)
    assert WORDS.casefold() not in json.dumps(event.payload).casefold()


async def test_what_does_not_escalate_leaves_none(house):
    """A plain complaint."""
    draft = await house.draft("Die Tasse ist kaputt, bitte schicken Sie eine neue.")
    assert draft["triage"]["escalate"] is False
    assert await house.events() == []


async def test_without_a_receiver_nothing_piles_up(app, rooms, client):
    """The default: no event is stored that nobody will ever fetch."""
    answer = await client.post("/v1/drafts", json={"ticket": ticket(ANGRY)})
    assert answer.json()["triage"]["escalate"] is True
    principal = await rooms.keys.principal(client.headers["Authorization"].removeprefix("Bearer "))
    async with rooms.database.begin(principal.tenant_id) as session:
        assert (await session.execute(select(OutboxEvent))).first() is None
    assert await rooms.courier.due(principal.tenant_id) is False
    assert await rooms.courier.drain(principal.tenant_id) == 0


async def test_draft_and_event_stand_or_fall_together(house):
    """A transaction that fails after both were written leaves neither."""

    async def fail(_session, _answer):
        raise RuntimeError("the disk is full")

    caller = Principal(house.tenant, house.tenant, frozenset({"draft"}))
    request = DraftRequest.model_validate({"ticket": ticket(ANGRY)})
    with pytest.raises(RuntimeError, match="disk"):
        await house.rooms.drafts.draft(caller, request, filing=Filing(along=fail))
    assert await house.events() == []
    async with house.rooms.database.begin(house.tenant) as session:
        assert (await session.execute(select(Draft))).first() is None


async def test_an_event_is_delivered_once(house):
    """The second round finds nothing."""
    await house.draft()
    courier = house.courier()
    assert await courier.due(house.tenant)
    assert await courier.drain(house.tenant) == 1
    assert await courier.drain(house.tenant) == 0
    (event,) = await house.events()
    assert event.delivered_at
    assert event.next_at is None
    assert event.attempts == 1
    assert [e.id for e in courier.sender.sent] == [event.id]
    assert not await courier.due(house.tenant)


async def test_the_queue_delivers(house, receiver):
    """The round leaves work for what is due; the task carries it to the receiver of the settings."""
    await house.draft(id="T-5")
    queue = make_queue(house.rooms)
    await queue.tasks["deliver_round"].func(timestamp=0)
    await queue.tasks["deliver_events"].func(tenant_id=str(house.tenant), outbox=str(house.tenant))
    assert [json.loads(c.body)["event"]["ticket_id"] for c in receiver.calls] == ["T-5"]
    assert (await house.events())[0].delivered_at


async def test_the_same_work_waits_in_the_queue_once(house):
    """A hundred escalations wake one worker, not a hundred."""
    for _ in range(3):
        await house.draft()
    count = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver_events' AND args->>'tenant_id' = :t"
    )
    async with house.rooms.database.begin(house.tenant) as session:
        assert (await session.execute(count, {"t": str(house.tenant)})).scalar_one() == 1


async def test_nothing_else_keeps_it_waiting(house):
    """An import may hold its places in a worker for hours; deliveries and drafts have others."""
    await house.draft()
    await house.client.post("/v1/drafts", json={"ticket": ticket()}, headers={"Prefer": "respond-async"})
    places = text("SELECT task_name, queue_name FROM procrastinate_jobs WHERE args->>'tenant_id' = :t")
    async with house.rooms.database.begin(house.tenant) as session:
        found = {row[0]: row[1] for row in await session.execute(places, {"t": str(house.tenant)})}
    assert found == {"deliver_events": "prompt", "draft_requests": "prompt"}
    tasks = make_queue(house.rooms).tasks
    prompt = {name for name, task in tasks.items() if task.queue == "prompt"}
    assert prompt == {"deliver_events", "draft_requests", "deliver_round", "take_over"}


def test_a_worker_drafts_and_delivers(tmp_path, receiver):
    """The whole way in processes of their own: request, 202, draft, signed message; and no customer's word in any log."""
    home = tmp_path / "home"
    more = {"VIERKLANG_WEBHOOK_URL": receiver.url, "VIERKLANG_WEBHOOK_SECRET": SECRET}
    with serving(home, **more) as (_, client), working(home, **more):
        body = {"ticket": ticket(ANGRY, id="T-42")}
        job = client.post("/v1/drafts", json=body, headers={"Prefer": "respond-async"}).json()["job"]
        until = time.monotonic() + 60
        while time.monotonic() < until and not receiver.calls:
            time.sleep(0.1)
        done = client.get(f"/v1/jobs/{job['id']}").json()
        (call,) = receiver.calls
        told = json.loads(call.body)["event"]
        assert (done["status"], done["draft_ids"]) == ("succeeded", [told["draft_id"]])
        assert told["ticket_id"] == "T-42"
        assert verify(SECRET, call.headers["x-vierklang-signature"], call.body, now=time.time())
    logs = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.log"))
    assert "event_delivered" in logs
    for hidden in (WORDS, "s3cret-path", SECRET):
        assert hidden not in logs


async def test_a_receiver_that_is_down_is_not_hammered(house):
    """One attempt, then a pause; the events behind wait and are tried first the next time."""
    for number in range(3):
        await house.draft(id=f"T-{number}")
    courier = house.courier(Delivery("HTTP 503", down=True))
    assert await courier.drain(house.tenant) == 0
    assert len(courier.sender.sent) == 1
    tried = next(e for e in await house.events() if e.attempts)
    assert tried.error == "HTTP 503"
    assert await courier.drain(house.tenant) == 2
    await house.time_passes()
    assert await courier.drain(house.tenant) == 1
    assert {e.id for e in courier.sender.sent[1:]} == {e.id for e in await house.events()}
    assert [e.error for e in await house.events()] == [None] * 3


async def test_one_refused_event_does_not_hold_up_the_others(house):
    """A 400 is about that message."""
    for number in range(3):
        await house.draft(id=f"T-{number}")
    courier = house.courier(Delivery("HTTP 400"))
    assert await courier.drain(house.tenant) == 2
    assert sorted(e.attempts for e in await house.events()) == [1, 1, 1]


async def test_an_event_is_given_up_after_the_last_attempt(house):
    """It stays with its error for whoever looks; nothing takes it up again."""
    await house.draft()
    courier = house.courier(*[Delivery("HTTP 500", down=True)] * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS + 2):
        await house.time_passes()
        await courier.drain(house.tenant)
    (event,) = await house.events()
    assert len(courier.sender.sent) == event.attempts == MOST_ATTEMPTS
    assert (event.next_at, event.delivered_at, event.error) == (None, None, "HTTP 500")


async def test_a_receiver_that_is_gone_for_good_is_believed(house):
    """410: no second attempt."""
    await house.draft()
    await house.courier(Delivery("HTTP 410", final=True)).drain(house.tenant)
    assert [(e.next_at, e.attempts) for e in await house.events()] == [(None, 1)]


async def test_a_worker_that_dies_on_the_way_is_replaced(house):
    """The event is held for a minute, then due again under the same id."""

    class Dying(MemorySender):
        async def send(self, event):
            await super().send(event)
            raise KeyboardInterrupt

    await house.draft()
    dying = Courier(house.rooms.database, Dying())
    with pytest.raises(KeyboardInterrupt):
        await dying.drain(house.tenant)
    courier = house.courier()
    assert await courier.drain(house.tenant) == 0
    await house.time_passes()
    assert await courier.drain(house.tenant) == 1
    assert dying.sender.sent[0].id == courier.sender.sent[0].id


async def test_no_tenant_carries_anothers_events(house):
    """Row-level security: a stranger finds nothing due."""
    await house.draft()
    assert await house.courier().drain(uuid.uuid4()) == 0


async def test_erasure_takes_the_events_along(house):
    """And says how many."""
    await house.draft(id="T-9", customer={"email": "Anna@Example.org"})
    await house.draft(id="T-10")
    for subject, left in (({"customer_email": "anna@example.org"}, 1), ({"ticket_id": "T-10"}, 0)):
        answer = await house.client.post("/v1/erasures", json=subject)
        assert answer.json()["erased"]["outbox_events"] == 1
        assert len(await house.events()) == left


def test_pauses_grow_to_hours_and_end_within_a_day():
    """Half a minute at first; a receiver's own wish counts where it is longer."""
    pauses = [pause_after(n) for n in range(1, MOST_ATTEMPTS)]
    assert 24 <= pauses[0] <= 36
    assert all(later > earlier for earlier, later in pairwise(pauses[:7]))
    assert max(pauses) <= 6 * 3600 * 1.2
    assert 12 * 3600 < sum(pauses) < 26 * 3600
    assert pause_after(MOST_ATTEMPTS) is None
    assert pause_after(1, wait_s=900) == 900
    assert len({pause_after(3) for _ in range(20)}) > 10


@pytest.fixture(params=["http", "memory"])
async def sender(request, receiver):
    made = HttpSender(receiver.url, SECRET) if request.param == "http" else MemorySender()
    yield made
    await made.aclose()


async def test_every_sender_tells_success(sender):
    """The contract of the Protocol: an attempt answers, and closing twice does no harm."""
    assert await sender.send(EVENT) == Delivery()
    assert await sender.send(replace(EVENT, attempts=2)) == Delivery()
    await sender.aclose()
    await sender.aclose()


@pytest.fixture
async def http(receiver):
    made = HttpSender(receiver.url, SECRET)
    yield made
    await made.aclose()


async def test_what_is_sent_can_be_verified(http, receiver):
    """HMAC over time and body; the delivery id is the event's, at every attempt."""
    for attempt in (1, 2):
        await http.send(replace(EVENT, attempts=attempt))
    first, second = receiver.calls
    assert first.path == "/hook?token=s3cret-path"
    assert first.body == second.body == body_of(EVENT)
    for call in (first, second):
        assert call.headers["x-vierklang-delivery"] == "evt_1"
        assert call.headers["x-vierklang-event"] == ESCALATED
        assert call.headers["content-type"] == "application/json"
        assert verify(SECRET, call.headers["x-vierklang-signature"], call.body, now=time.time())


FORGED = {
    "another body": lambda h, b: (h, b + b" ", SECRET, 0),
    "another secret": lambda h, b: (h, b, SECRET + "x", 0),
    "another time": lambda h, b: (h.replace("000,", "001,"), b, SECRET, 0),
    "replayed later": lambda h, b: (h, b, SECRET, 301),
    "from the future": lambda h, b: (h, b, SECRET, -301),
    "no header": lambda h, b: ("", b, SECRET, 0),
    "nonsense": lambda h, b: ("t=now,v1=zz", b, SECRET, 0),
    "two signatures": lambda h, b: (h + "," + h, b, SECRET, 0),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_messages_are_told_apart(name):
    """What a receiver must refuse."""
    body, now = b'{"a": 1}', 1_800_000_000.0
    genuine = sign(SECRET, body, now=now)
    assert verify(SECRET, genuine, body, now=now + 299)
    header, sent, secret, later = FORGED[name](genuine, body)
    assert not verify(secret, header, sent, now=now + later)


def test_the_message_is_one_slack_shows():
    """`text` and `blocks` for people, `event` for machines."""
    message = json.loads(body_of(EVENT))
    assert set(message) == {"text", "blocks", "event"}
    assert "T-1" in message["text"]
    assert "legal threat" in message["text"]
    assert [b["type"] for b in message["blocks"]] == ["header", "section", "context"]
    assert message["event"] == PAYLOAD | {
        "id": "evt_1", "type": ESCALATED, "created_at": "2026-11-22T09:12:00Z", "tenant_id": str(uuid.UUID(int=7)),
    }  # fmt: skip


HOSTILE_IDS = {"a call to all": "<!channel> <@U1>", "a link": "<https://evil.example|T-1>", "long": "x" * 500,
               "none": None, "markup": "*b* `c` &amp;", "emoji": "🏴‍☠️" * 20}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_IDS)
def test_no_ticket_id_speaks_to_slack(name):
    """Ids are shown, never read as markup; and no part is longer than Slack takes."""
    event = replace(EVENT, payload=PAYLOAD | {"ticket_id": HOSTILE_IDS[name]})
    message = json.loads(body_of(event))
    assert "<" not in message["text"]
    assert len(message["text"]) < 3000
    assert len(message["blocks"][0]["text"]["text"]) <= 150
    texts = [message["blocks"][0]["text"], *message["blocks"][1]["fields"], *message["blocks"][2]["elements"]]
    assert {t["type"] for t in texts} == {"plain_text"}
    assert message["event"]["ticket_id"] == HOSTILE_IDS[name]


ANSWERS = {
    "created": (201, Delivery()),
    "no content": (204, Delivery()),
    "bad request": (400, Delivery("HTTP 400")),
    "not found": (404, Delivery("HTTP 404")),
    "gone": (410, Delivery("HTTP 410", final=True)),
    "server error": (500, Delivery("HTTP 500", down=True)),
    "busy": ((429, {"Retry-After": "120"}), Delivery("HTTP 429", down=True, wait_s=120)),
    "busy for a year": ((503, {"Retry-After": "31536000"}), Delivery("HTTP 503", down=True, wait_s=21_600)),
    "busy until a date": ((503, {"Retry-After": "Fri, 31 Dec 2027 23:59:59 GMT"}), Delivery("HTTP 503", down=True)),
    "moved": ((302, {"Location": "/elsewhere"}), Delivery("HTTP 302: redirects are not followed")),
    "moved for good": ((308, {"Location": "http://10.0.0.1/"}), Delivery("HTTP 308: redirects are not followed")),
    "hangs up": ("cut", Delivery("no answer: RemoteProtocolError", down=True)),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_every_answer_is_understood(http, receiver, name):
    """And answered for within the timeout, with one request."""
    step, expected = ANSWERS[name]
    receiver.script.append(step)
    assert await http.send(EVENT) == expected
    assert [c.path for c in receiver.calls] == ["/hook?token=s3cret-path"]


async def test_a_dripping_answer_does_not_outlive_the_timeout(receiver):
    """Byte after byte, each in time: the whole is not."""
    receiver.script.append("drip")
    sender = HttpSender(receiver.url, SECRET, timeout_s=0.5)
    assert await sender.send(EVENT) == Delivery("no answer within 0.5 s", down=True)
    await sender.aclose()


async def test_an_endless_answer_is_not_read(http, receiver):
    """The status says all; what follows stays unread."""
    receiver.script.append("flood")
    assert await http.send(EVENT) == Delivery()
    assert receiver.flooded < 50_000_000


async def test_nobody_there():
    """A refused connection is a failed attempt, not an exception; the address is in no error."""
    with receiving() as gone:
        url = gone.url
    sender = HttpSender(url, SECRET)
    assert await sender.send(EVENT) == Delivery("no answer: ConnectError", down=True)
    await sender.aclose()


WRONG_TARGETS = {
    "in the clear": "http://hooks.example.org/x",
    "in the clear, looks near": "http://127.0.0.1.example.org/x",
    "in the clear, private": "http://10.0.0.5/x",
    "with a password": "https://user:hunter2@hooks.example.org/x",
    "hidden host": "http://127.0.0.1@hooks.example.org/hunter2",
    "no host": "https:///hunter2",
    "no scheme": "hooks.example.org/hunter2",
    "a file": "file:///etc/hunter2",
    "a fragment": "https://hooks.example.org/#hunter2",
    "a port out of range": "https://hooks.example.org:99999999/hunter2",
    "a control character": "https://hooks.example.org/\x00hunter2",
}


@pytest.mark.parametrize("name", WRONG_TARGETS)
def test_wrong_receivers_stop_the_start(name):
    """One sentence names the setting; the address may be a secret and is not repeated."""
    with pytest.raises(ValidationError) as caught:
        Settings(webhook_url=WRONG_TARGETS[name], webhook_secret=SECRET)
    sentence = explain(caught.value)
    assert "VIERKLANG_WEBHOOK_URL" in sentence
    assert "hunter2" not in sentence
    assert "example.org" not in sentence


GOOD_TARGETS = [
    "https://hooks.slack.com/services/T/B/x",
    "http://127.0.0.1:9/x",
    "http://localhost/x",
    "http://[::1]:80/x",
]


@pytest.mark.parametrize("url", GOOD_TARGETS)
def test_receivers_over_tls_or_on_this_machine_are_taken(url):
    """And neither address nor secret shows in the settings' text."""
    settings = Settings(webhook_url=url, webhook_secret=SECRET)
    assert settings.webhook_url.get_secret_value() == url
    assert url not in repr(settings)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("secret", [None, "", "short", "with spaces " * 4])
def test_a_receiver_needs_a_secret(secret):
    """Unsigned messages are never sent."""
    with pytest.raises(ValidationError) as caught:
        Settings(webhook_url=GOOD_TARGETS[0], webhook_secret=secret)
    assert "VIERKLANG_WEBHOOK_SECRET" in explain(caught.value)


def test_off_by_default():
    """No receiver, no secret; empty strings mean the same."""
    assert Settings().webhook_url is None
    assert Settings(webhook_url="", webhook_secret="").webhook_url is None

"""`vierklang draft --input … --out …`: a draft a line, in order, once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import time

import pytest
from sqlalchemy import func, select

from app.drafts.batch import Batch, Drafted, Refused, in_order
from app.drafts.batch_files import LONGEST_LINE, BatchFiles, read_lines
from app.errors import InvalidRequest, TooBusy, Unavailable
from app.models import Draft
from tests.integration.conftest import ticket
from tests.integration.processes import ROOT, VIERKLANG, environment, run

SECRET = "Zitronenfalterblau"


def written(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def lines_of(path, *documents):
    rows = [d if isinstance(d, bytes) else json.dumps(d, ensure_ascii=False).encode() for d in documents]
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


@pytest.fixture
def files(tmp_path):
    return tmp_path / "tickets.jsonl", tmp_path / "drafts.jsonl"


@pytest.fixture
async def house(client, rooms):
    principal = await rooms.keys.principal(client.headers["Authorization"].removeprefix("Bearer "))
    return House(rooms, principal)


class House:
    """A fresh tenant that drafts files."""

    def __init__(self, rooms, principal):
        self.rooms, self.caller = rooms, principal

    async def batch(self, source, out, *, at_once=4, stop_after=None, drafts=None, overlay=lambda _: None):
        """A whole run; or one that is killed after so many results."""
        told = []
        with BatchFiles(out) as output:
            batch = Batch(self.rooms.database, drafts or self.rooms.drafts, self.caller, output.run, overlay,
                          doubtful=256 if output.resumed else 0)  # fmt: skip
            results = batch.results(output.to_do(read_lines(source)), at_once=at_once)
            async for result in results:
                told.append(result)
                if isinstance(result, Drafted):
                    output.add_draft(result.line, result.ticket_id, result.draft)
                else:
                    output.add_reject(result.line, result.ticket_id, result.reason, result.detail)
                if len(told) == stop_after:
                    await results.aclose()
                    raise KeyboardInterrupt
        return told

    async def stored(self):
        async with self.rooms.database.begin(self.caller.tenant_id) as session:
            return (await session.execute(select(func.count()).select_from(Draft))).scalar_one()


class Drafting:
    """The service's drafts, with something happening before each."""

    def __init__(self, drafts, before):
        self._drafts, self._before = drafts, before

    async def draft(self, caller, request, **more):
        await self._before(request)
        return await self._drafts.draft(caller, request, **more)


async def test_every_line_gets_its_draft_in_order(house, files):
    """Bare tickets and whole requests; the draft is the contract's, stored as any other."""
    source, out = files
    lines_of(source, ticket(id="T-1"), {"ticket": ticket(id="T-2"), "resolutions": []}, b"", ticket(id="T-3"))
    await house.batch(source, out)
    rows = written(out)
    assert [(r["line"], r["ticket_id"]) for r in rows] == [(1, "T-1"), (2, "T-2"), (4, "T-3")]
    assert await house.stored() == 3
    async with house.rooms.database.begin(house.caller.tenant_id) as session:
        draft = (await session.execute(select(Draft).where(Draft.ticket_id == "T-2"))).scalar_one()
    assert draft.answer["text"] == rows[1]["draft"]["text"]
    assert not out.with_name("drafts.jsonl.rejects.jsonl").exists()
    assert not out.with_name("drafts.jsonl.run").exists()


BAD_LINES = {
    "not_json": [b'{"channel": ', b"Tasse kaputt", b'{"a": NaN}', b"{} {}", b"[" * 100_000, b'{"id": "\\ud800"}'],
    "not_an_object": [b"[]", b'"ticket"', b"null", b"17"],
    "not_utf8": [b'{"id": "\xff\xfe"}', '{"id": "Müller"}'.encode("latin-1"), b"\x00\x80"],
    "too_long": [json.dumps(ticket("x" * LONGEST_LINE)).encode()],
    "invalid": [
        b"{}", {"ticket": None}, {"ticket": []}, {"ticket": {"channel": "amazon", "messages": []}},
        ticket(SECRET, colour=SECRET), {"ticket": ticket(SECRET), "kind": SECRET}, ticket(f"{SECRET}\x00"),
        {"ticket": ticket(SECRET), "model": "acme/none"}, {"ticket": ticket(SECRET), "prompt": "sonnet@9"},
        {"ticket": {"id": {"a": 1}}}, {"ticket": {"id": "x" * 501}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("reason", BAD_LINES)
async def test_bad_lines_are_named_and_the_others_drafted(house, files, reason):
    """Beside the drafts: line, ticket, reason, what to do; no customer's word."""
    source, out = files
    bad = BAD_LINES[reason]
    lines_of(source, ticket(id="first"), *bad, ticket(id="last"))
    await house.batch(source, out)
    assert [r["ticket_id"] for r in written(out)] == ["first", "last"]
    rejects = written(out.with_name("drafts.jsonl.rejects.jsonl"))
    assert [(r["line"], r["reason"]) for r in rejects] == [(n, reason) for n in range(2, 2 + len(bad))]
    assert all(r["detail"] for r in rejects)
    assert SECRET not in json.dumps([r["detail"] for r in rejects if "colour" not in r["detail"]])


@pytest.mark.parametrize("stop_after", [1, 2, 5, 11])
async def test_a_killed_batch_goes_on_without_doubles(house, files, stop_after):
    """Wherever it stopped: each line has one draft, in the file and in the database."""
    source, out = files
    lines_of(source, *(b"no json" if n % 4 == 3 else ticket(id=f"T-{n}") for n in range(12)))
    with pytest.raises(KeyboardInterrupt):
        await house.batch(source, out, stop_after=stop_after)
    assert out.with_name("drafts.jsonl.run").exists()
    await house.batch(source, out)
    rejects = out.with_name("drafts.jsonl.rejects.jsonl")
    assert [r["ticket_id"] for r in written(out)] == [f"T-{n}" for n in range(12) if n % 4 != 3]
    assert [r["line"] for r in written(rejects)] == [4, 8, 12]
    assert await house.stored() == 9
    assert not out.with_name("drafts.jsonl.run").exists()


async def test_what_was_stored_and_not_written_is_not_drafted_again(house, files):
    """A kill between the database's commit and the line in the file."""
    source, out = files
    lines_of(source, *(ticket(id=f"T-{n}") for n in range(6)))
    with pytest.raises(KeyboardInterrupt):
        await house.batch(source, out, stop_after=4)
    kept = written(out)
    out.write_bytes(b"".join(out.read_bytes().splitlines(keepends=True)[:1]))
    drafted = []

    async def count(request):
        drafted.append(request.ticket.id)

    await house.batch(source, out, drafts=Drafting(house.rooms.drafts, count))
    assert [r["draft"]["id"] for r in written(out)[:4]] == [r["draft"]["id"] for r in kept]
    assert not {"T-0", "T-1", "T-2", "T-3"} & set(drafted)
    assert await house.stored() == 6


async def test_what_a_killed_run_stores_after_all_is_taken(house, files):
    """Its last commit may come after the next run looked: that draft is the line's, and there is no second."""
    source, _ = files
    lines_of(source, ticket(id="late"))
    runs = [Batch(house.rooms.database, house.rooms.drafts, house.caller, "one-run", lambda _: None) for _ in range(2)]
    drafted = [[result async for result in run.results(read_lines(source), at_once=1)] for run in runs]
    assert drafted[0][0].draft["id"] == drafted[1][0].draft["id"]
    assert await house.stored() == 1


async def test_a_half_written_line_is_dropped(house, files):
    """Of the drafts and of the rejects, whatever stands in it."""
    source, out = files
    rejects = out.with_name("drafts.jsonl.rejects.jsonl")
    lines_of(source, ticket(id="a"), b"bad", ticket(id="c"), ticket(id="d"))
    with pytest.raises(KeyboardInterrupt):
        await house.batch(source, out, stop_after=3)
    for path, torn in ((out, '{"line": 4, "ticket_id": "d", "draft": {"te'), (rejects, '{"li')):
        with path.open("a", encoding="utf-8") as file:
            file.write(torn)
    await house.batch(source, out)
    assert [r["ticket_id"] for r in written(out)] == ["a", "c", "d"]
    assert [r["line"] for r in written(rejects)] == [2]


async def test_a_finished_batch_has_nothing_to_do(house, files):
    """And takes up what was appended to the input since."""
    source, out = files
    lines_of(source, ticket(id="a"))
    await house.batch(source, out)
    assert await house.batch(source, out) == []
    lines_of(source, ticket(id="a"), ticket(id="b"))
    await house.batch(source, out)
    assert [r["ticket_id"] for r in written(out)] == ["a", "b"]


async def test_another_out_file_means_new_drafts(house, files, tmp_path):
    """The same input after a change of rules or prompts."""
    source, out = files
    lines_of(source, ticket(id="a"))
    await house.batch(source, out)
    await house.batch(source, tmp_path / "second.jsonl")
    assert written(out)[0]["draft"]["id"] != written(tmp_path / "second.jsonl")[0]["draft"]["id"]


OTHERS = {
    "another input": (lambda out: None, "name another --out"),
    "not our lines": (lambda out: out.write_text('{"a": 1}\n'), "something else"),
    "no json": (lambda out: out.write_text("Hello\nWorld\n"), "something else"),
    "no line end": (lambda out: out.write_text("precious"), "something else"),
    "precious tail": (lambda out: out.write_bytes(out.read_bytes() + b"precious"), "something else"),
    "a list": (lambda out: out.write_text("[1]\n"), "something else"),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_no_file_of_something_else_is_touched(house, files, name):
    """A wrong --out is refused before anything is drafted."""
    source, out = files
    change, sentence = OTHERS[name]
    lines_of(source, ticket(id="a"), ticket(id="b"))
    await house.batch(source, out)
    lines_of(source, ticket(id="a"), ticket(id="c"), ticket(id="d"))
    change(out)
    before = out.read_bytes()
    with pytest.raises(InvalidRequest, match=sentence):
        await house.batch(source, out)
    assert out.read_bytes() == before


def test_two_batches_do_not_share_a_file(tmp_path):
    """The second is refused while the first is writing."""
    out = tmp_path / "drafts.jsonl"
    with BatchFiles(out), pytest.raises(InvalidRequest, match="another batch"), BatchFiles(out):
        pass


async def test_an_outage_stops_the_batch_where_it_was(house, files):
    """The database away: what is written stays, and the next run goes on."""
    source, out = files
    lines_of(source, *(ticket(id=f"T-{n}") for n in range(5)))

    async def away(request):
        if request.ticket.id == "T-3":
            raise Unavailable("the database does not answer")

    with pytest.raises(Unavailable, match="line 4"):
        await house.batch(source, out, drafts=Drafting(house.rooms.drafts, away), at_once=1)
    assert [r["ticket_id"] for r in written(out)] in ([f"T-{n}" for n in range(k)] for k in range(4))
    await house.batch(source, out)
    assert [r["ticket_id"] for r in written(out)] == [f"T-{n}" for n in range(5)]


async def test_busy_models_are_waited_for(house, files, monkeypatch):
    """429 is no reason to refuse a line."""
    monkeypatch.setattr("app.drafts.batch._PAUSE_S", 0.0)
    source, out = files
    lines_of(source, ticket(id="a"))
    turns = [TooBusy(), TooBusy()]

    async def busy(_request):
        if turns:
            raise turns.pop()

    await house.batch(source, out, drafts=Drafting(house.rooms.drafts, busy))
    assert [r["ticket_id"] for r in written(out)] == ["a"]


async def test_a_line_nobody_foresaw_is_refused_by_name(house, files):
    """A bug in one ticket's draft does not end the batch, and its words are nowhere."""
    source, out = files
    lines_of(source, ticket(id="a"), ticket(id="b"))

    async def broken(request):
        if request.ticket.id == "a":
            raise ValueError(SECRET)

    results = await house.batch(source, out, drafts=Drafting(house.rooms.drafts, broken))
    assert [type(r) for r in results] == [Refused, Drafted]
    assert results[0].reason == "not_drafted"
    assert SECRET not in results[0].detail


async def test_options_hold_for_every_line(house, files):
    """As the command line's --kind and --agent."""
    source, out = files
    lines_of(source, ticket(id="a"), {"ticket": ticket(id="b"), "kind": "closing"})
    await house.batch(source, out, overlay=lambda document: document.update(kind="acknowledgement"))
    assert [r["draft"]["kind"] for r in written(out)] == ["acknowledgement"] * 2


@pytest.mark.parametrize("at_once", [1, 3, 64])
async def test_no_more_is_begun_than_asked_for(house, files, at_once):
    """However many lines there are."""
    source, out = files
    lines_of(source, *(ticket(id=f"T-{n}") for n in range(20)))
    under_way = most = 0

    class Counting:
        async def draft(self, caller, request, **more):
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return {"id": "drf_1", "status": "ready"}

    await house.batch(source, out, at_once=at_once, drafts=Counting())
    assert 1 <= most <= at_once
    assert len(written(out)) == 20


async def test_results_keep_their_order_and_reading_does_not_run_ahead():
    """The first may take longest; not more lines are read than may wait for it."""
    read = []

    async def take(number):
        for _ in range(50 if number == 0 else 1):
            await asyncio.sleep(0)
        return number

    def lines():
        for number in range(100):
            read.append(number)
            yield take(number)

    given = []
    async for number in in_order(lines(), ahead=8):
        given.append(number)
        assert len(read) <= len(given) + 8
    assert given == list(range(100))


LINE_ENDS = {
    "windows": (b'{"a": 1}\r\n{"b": 2}\r\n', [1, 2]),
    "no last newline": (b'{"a": 1}\n{"b": 2}', [1, 2]),
    "byte order mark": (b'\xef\xbb\xbf{"a": 1}\n', [1]),
    "blank lines": (b'\n \n{"a": 1}\n\t\n\n', [3]),
    "empty": (b"", []),
    "only a mark": (b"\xef\xbb\xbf\n", []),
}


@pytest.mark.parametrize("name", LINE_ENDS)
def test_lines_are_numbered_as_an_editor_does(tmp_path, name):
    """Whatever ends them; blank ones are skipped and counted."""
    content, numbers = LINE_ENDS[name]
    path = tmp_path / "in.jsonl"
    path.write_bytes(content)
    found = list(read_lines(path))
    assert [line.number for line in found] == numbers
    assert all(json.loads(line.raw) for line in found)
    assert not found or found[-1].position_after <= len(content)


@pytest.mark.parametrize("over", [-1, 0, 1, 5_000_000])
def test_a_line_too_long_is_not_held_in_memory(tmp_path, over):
    """Up to a MiB it is a line; beyond, its length is all that is known, and the next is read as ever."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"x" * (LONGEST_LINE + over) + b"\n" + b"{}\n")
    first, second = read_lines(path)
    assert (first.raw is None) == (over > 0)
    assert (second.number, second.raw) == (2, b"{}")
    assert first.position_after == LONGEST_LINE + over + 1


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("batch")


def batch_of(home, source, out, *more):
    return run(home, "draft", "--input", str(source), "--out", str(out), *more)


def test_the_command_says_what_it_did(home, files):
    """Exit code 0 where every line has a draft, 1 where one was refused; counts on stdout, progress on stderr."""
    source, out = files
    lines_of(source, *(ticket(id=f"T-{n}") for n in range(5)))
    done = batch_of(home, source, out, "-j", "2", "--agent", "Jana")
    assert done.returncode == 0, done.stderr
    assert "5 drafts" in done.stdout
    assert "/s" in done.stderr
    assert all("Jana" in r["draft"]["text"] for r in written(out))
    with source.open("ab") as file:
        file.write(b"no json\n")
    more = batch_of(home, source, out)
    assert more.returncode == 1
    assert "1 lines refused" in more.stdout
    assert "rejects.jsonl" in more.stdout
    assert "going on behind line 5" in more.stderr


def test_a_killed_process_is_taken_up_by_the_next(home, files):
    """SIGKILL in the middle: afterwards every line stands in the file once, and in the database too."""
    source, out = files
    count = 60
    lines_of(source, *(ticket(f"Die Tasse Nummer {n} ist zerbrochen.", id=f"K-{n}") for n in range(count)))
    command = [VIERKLANG, "draft", "--input", str(source), "--out", str(out)]
    process = subprocess.Popen(command, env=environment(home), cwd=ROOT, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        if out.exists() and out.read_bytes().count(b"\n") >= 5:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = batch_of(home, source, out)
    assert finished.returncode == 0, finished.stderr
    assert [r["ticket_id"] for r in written(out)] == [f"K-{n}" for n in range(count)]
    ids = {r["draft"]["id"] for r in written(out)}
    assert len(ids) == count
    told = run(home, "db", "status").stdout
    assert any("drafts" in line and line.split()[-1] == str(count + 5) for line in told.splitlines()), told


WRONG_USE = {
    "no out": ["--input", "in.jsonl"],
    "no input": ["--out", "out.jsonl"],
    "a file besides": ["other.json", "--input", "in.jsonl", "--out", "out.jsonl"],
    "no such input": ["--input", "nowhere.jsonl", "--out", "out.jsonl"],
    "input is a folder": ["--input", ".", "--out", "out.jsonl"],
    "out is a folder": ["--input", "in.jsonl", "--out", "."],
    "out in no folder": ["--input", "in.jsonl", "--out", "no/such/out.jsonl"],
    "out is the input": ["--input", "in.jsonl", "--out", "in.jsonl"],
    "none at once": ["--input", "in.jsonl", "--out", "out.jsonl", "-j", "0"],
    "too many at once": ["--input", "in.jsonl", "--out", "out.jsonl", "-j", "65"],
}


@pytest.mark.parametrize("name", WRONG_USE)
def test_wrong_use_of_a_batch_is_explained(home, tmp_path, name):
    """One sentence, exit code 2, nothing written."""
    before = lines_of(tmp_path / "in.jsonl", ticket()).read_bytes()
    (tmp_path / "other.json").write_text("{}")
    paths = [str(tmp_path / a) if a.endswith((".jsonl", ".json")) or a == "." else a for a in WRONG_USE[name]]
    result = run(home, "draft", *paths)
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr
    assert (tmp_path / "in.jsonl").read_bytes() == before
    assert not (tmp_path / "out.jsonl").exists()

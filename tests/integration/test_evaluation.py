"""The evaluation through the real service: cases drafted, a run killed and resumed, cassettes, the command line."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.config import Settings
from app.db import psycopg_url
from app.errors import InvalidRequest, SettingsError
from eval.casebook.loading import load_sets
from eval.casebook.outcomes import candidates
from eval.live.quality import fate
from eval.live.repository import list_edited, list_live
from eval.metrics.catalogue import CLOCKED
from eval.runs.drafting import open_studio
from eval.runs.rows import has_begun, read_run
from eval.runs.session import Options, carry_out, prepare
from eval.runs.suite import Variant, read_suite
from eval.runs.taping import Taping
from eval.runs.totals import as_json, summarise
from tests.integration.conftest import ticket
from tests.unit.eval.build import raw_case, write_cases
from tests.unit.eval.test_gold import CASES, grams

STEPS = {
    "acknowledge": "Es tut mir leid, dass die Tasse mit abgebrochenem Henkel bei Ihnen ankam; das ist ärgerlich.",
    "own": "Ich kümmere mich persönlich darum.",
    "propose": "Ich kann Ihnen den Kaufpreis von 19,90 € erstatten.",
    "ask": "Soll ich die Erstattung für Sie anstoßen?",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Settings:
    """One evaluation home for all tests of this file: its database is made once."""
    return Settings(data_dir=tmp_path_factory.mktemp("eval"), log_level="ERROR", model_retries=0)


def suite_of(folder: Path, *variants: str, cases: int = 4) -> Path:
    write_cases(folder / "set.jsonl", *(raw_case(i, cluster=f"k{i % 2}") for i in range(cases)))
    path = folder / "suite.yaml"
    path.write_text(f"name: s\ncases: [set.jsonl]\nvariants: [{', '.join(variants)}]\n")
    return path


async def run(home, suite, path, **options):
    await done(prepare(read_suite(suite), Options(**options), path), home)
    return read_run(path)


async def done(made, home, cache=None):
    """In a thread: it has an event loop of its own."""
    told = {"cache": cache, "on_row": lambda _: None, "start": lambda _: None}
    return await asyncio.to_thread(carry_out, made, home, **told)


def figures(found, variant):
    told = as_json(summarise(found, variant))
    return told | {"metrics": {k: v for k, v in told["metrics"].items() if k not in CLOCKED}}


async def test_the_composer_drafts_cases_through_the_service_and_the_same_twice(home, tmp_path):
    """Compliant, grounded, and without chance: a second run has the same figures, except for time."""
    suite = suite_of(tmp_path, "{name: sie, register: sie}", "{name: du, register: du}")
    one = await run(home, suite, tmp_path / "one.jsonl")
    two = await run(home, suite, tmp_path / "two.jsonl")
    assert {r.status for r in one.rows.values()} == {"scored"}
    assert all(r.value("compliance.clean") for r in one.rows.values())
    assert "Sie" in one.rows["sie", "c-0", 0].draft["text"]
    assert one.rows["du", "c-0", 0].draft["register"] == "du"
    for variant in ("sie", "du"):
        assert figures(one, variant) == figures(two, variant)


async def test_drafts_wait_for_a_connection_as_long_as_it_takes(home, tmp_path):
    """One connection for eight drafts at once, and a pool that loses patience at once: no row fails for that."""
    made = prepare(read_suite(suite_of(tmp_path, "{name: sie}", cases=8)), Options(), tmp_path / "r.jsonl")
    async with open_studio(home, made.variants) as studio:
        await studio.production()  # the starter knowledge needs two
    async with open_studio(home.model_copy(update={"database_pool": 1}), made.variants) as studio:
        (await studio.production()).service.database.engine.sync_engine.pool._timeout = 0.001
        drafts = await asyncio.gather(*(studio.draft(j.case, j.variant) for j in made.jobs))
    assert [d["status"] for d in drafts] == ["ready"] * 8


async def test_what_is_cached_needs_no_database(home, tmp_path):
    """Drafts, measurements and vectors of an unchanged code are read, and nothing is opened for them."""
    suite, cache = suite_of(tmp_path, "{name: sie}"), tmp_path / "c.sqlite"
    first, again = (prepare(read_suite(suite), Options(), tmp_path / f"{n}.jsonl") for n in "ab")
    await done(first, home, cache)
    nowhere = home.model_copy(update={"data_dir": Path("/proc/nowhere")})
    await done(again, nowhere, cache)
    one, two = (figures(read_run(p.path), "sie") for p in (first, again))
    assert one == two
    assert all(r.cached for r in read_run(again.path).rows.values())


async def test_an_unknown_prompt_is_said_before_anything_is_asked(home):
    """With the names there are; a thousand failed rows would say the same."""
    wrong = Variant(name="v", model="scripted/none.yaml", prompt="reply@99")
    with pytest.raises(InvalidRequest, match="v: reply@99 is not a prompt"):
        async with open_studio(home, [wrong]):
            pass


async def test_a_model_is_recorded_once_and_played_without_it(home, tmp_path):
    """Its failures too: they are rows, and the composer's text does not stand in for them."""
    script = tmp_path / "drill.yaml"
    lines = [{"steps": STEPS}, {"error": "unavailable"}, {"steps": STEPS}, {"text": "no"}, {"text": "no"}]
    script.write_text(json.dumps({"answers": lines}))
    suite = suite_of(tmp_path, f"{{name: m, model: 'scripted/{script}'}}")
    tape = tmp_path / "tape.jsonl"
    told = {"second_engine": False, "use_cache": False, "concurrency": 1}
    one = await run(home, suite, tmp_path / "one.jsonl", **told, taping=Taping(record=tape))
    script.write_text(json.dumps({"answers": ["never asked"]}))
    two = await run(home, suite, tmp_path / "two.jsonl", **told, taping=Taping(replay=tape))
    summary = summarise(one, "m")
    assert summary.scored == 2
    assert summary.unparseable == 1
    assert figures(one, "m") == figures(two, "m")
    assert one.rows["m", "c-0", 0].draft["generation"]["engine"] == "model"


async def test_what_is_not_on_the_cassette_is_a_failed_row(home, tmp_path):
    tape = tmp_path / "tape.jsonl"
    tape.write_text("")
    found = await run(home, suite_of(tmp_path, "{name: m, model: openai/gpt-4o}"), tmp_path / "run.jsonl",
                      second_engine=False, use_cache=False, taping=Taping(replay=tape))  # fmt: skip
    assert {r.status for r in found.rows.values()} == {"failed"}
    assert "not on the cassette" in found.rows["m", "c-0", 0].error


async def test_a_missing_key_is_said_before_anything_is_opened(home, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SettingsError, match="OPENAI_API_KEY is not set; nothing was asked"):
        async with open_studio(home, [Variant(name="v", model="openai/gpt-4o-mini")]):
            pass


@pytest.mark.parametrize("cases", [4, 44], ids=["one process", "several"])
def test_a_run_without_a_key_is_no_run(home, tmp_path, cases):
    """It says what is missing and leaves nothing that a report would take for the latest run."""
    path = tmp_path / "run.jsonl"
    suite = suite_of(tmp_path, "{name: m, model: openai/gpt-4o-mini}", cases=cases)
    line = [sys.executable, "-m", "app.cli", "eval", "run", str(suite), "--no-second-engine", "--out", str(path)]
    env = {"VIERKLANG_DATA_DIR": str(home.data_dir), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "OPENAI_API_KEY is not set; nothing was asked" in done.stderr
    assert not has_begun(path)


async def test_a_killed_run_is_resumed_to_the_same_figures(home, tmp_path):
    """Killed without warning while it drafts; resumed, it drafts what is missing and no more."""
    suite = suite_of(tmp_path, "{name: sie}", cases=40)
    cut = tmp_path / "cut.jsonl"
    kill_at_work(home, [str(suite), "--no-cache", "-j", "2", "--out", str(cut)], cut)
    before = cut.read_bytes()
    assert 5 <= before.count(b"\n") < 41
    resumed = await run(home, suite, cut, use_cache=False)
    whole = await run(home, suite, tmp_path / "whole.jsonl", use_cache=False)
    assert cut.read_bytes().startswith(before[: before.rfind(b"\n") + 1])
    assert cut.read_bytes().count(b"\n") == 41
    assert figures(resumed, "sie") == figures(whole, "sie")


def kill_at_work(home, told, path) -> None:
    """Start a run, and end it without warning once some rows are written."""
    env = {"VIERKLANG_DATA_DIR": str(home.data_dir), "PATH": "/usr/bin:/bin"}
    line = [sys.executable, "-m", "app.cli", "eval", "run", *told]
    process = subprocess.Popen(line, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    waited = time.monotonic() + 120
    while not path.exists() or path.read_bytes().count(b"\n") < 5:
        assert process.poll() is None, "the run ended before it was killed"
        assert time.monotonic() < waited
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_the_shipped_suites_and_cases_can_be_read():
    """Every case is sound, and no sealed split was touched."""
    root = Path(__file__).parents[2] / "eval"
    for path in sorted((root / "suites").glob("*.yaml")):
        if path.stem != "gate":
            assert all(f.exists() for f in read_suite(path).files()), path
    sets = load_sets(sorted((root / "cases").glob("*.jsonl")))
    assert not [s.path.name for s in sets if s.touched]


async def test_gold_replies_are_not_the_composers(home):
    """Of each file's gold replies, under 5 % of the runs of eight words stand in what the composer writes to the same case:
    nearness to gold would else praise the composer for its own words.
    """
    shares, composer = {}, Variant(name="composer")
    async with open_studio(home, (composer,)) as studio:
        for read in load_sets(CASES):
            drafts = [await studio.draft(case, composer) for case in read.cases]
            both = [(grams(c.gold.gold or ""), grams(d["text"] or "")) for c, d in zip(read.cases, drafts, strict=True)]
            shares[read.path.stem] = sum(len(g & made) for g, made in both) / sum(len(g) for g, _ in both)
    assert len(shares) == len(CASES) > 0
    assert {name: share for name, share in shares.items() if share >= 0.05} == {}


async def test_live_quality_reads_drafts_with_their_last_outcome(client, rooms):
    """And edited drafts become candidate cases."""
    said = [(await client.post("/v1/drafts", json={"ticket": ticket()})).json() for _ in range(3)]
    for draft, outcome in ((said[0], {"outcome": "sent"}), (said[1], {"outcome": "discarded"}),
                           (said[1], {"outcome": "edited", "sent_text": said[1]["text"] + " Bis bald."})):  # fmt: skip
        await client.post(f"/v1/drafts/{draft['id']}/outcome", json=outcome)
    async with tenant_session(rooms, said[0]["id"]) as session:
        rows = await list_live(session, since=datetime(2020, 1, 1, tzinfo=UTC))
        edited = await list_edited(session, limit=5)
    assert sorted(fate(r) for r in rows) == ["light", "open", "unchanged"]
    assert [e["draft_id"] for e in edited] == [said[1]["id"]]
    assert len(list(candidates(edited, least_effort=0.0))) == 1


@asynccontextmanager
async def tenant_session(rooms, draft_id):
    """A session of whichever tenant a draft belongs to."""
    engine = create_async_engine(psycopg_url(rooms.ready.owner_url))
    async with engine.begin() as owner:
        query = text("SELECT tenant_id FROM drafts WHERE id = :id")
        tenant = (await owner.execute(query, {"id": draft_id})).scalar_one()
    await engine.dispose()
    async with rooms.database.begin(tenant) as session:
        yield session

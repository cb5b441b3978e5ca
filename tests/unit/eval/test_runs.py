"""A run: every row on disk at once, resumed after a kill with the same totals, stopped by its purse or a refused key."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.config import Settings
from app.errors import InvalidRequest, NotFound, SettingsError
from eval.casebook.loading import load_sets
from eval.metrics.measuring import Measurer
from eval.runs.cache import Cache, code_version
from eval.runs.places import Places
from eval.runs.rows import Ledger, read_run
from eval.runs.runner import Purse, Runner, plan
from eval.runs.session import Options, prepare
from eval.runs.suite import Variant, cases_of, read_suite, variants_of
from eval.runs.taping import addresses_of
from eval.runs.totals import as_json, effective, summarise, total
from tests.unit.eval.build import draft, raw_case, row, run_of, write_cases

MODEL = Variant(name="m", model="scripted/m")


class FakeStudio:
    """Drafts without a database; `say` may raise or return a draft."""

    own_knowledge = True

    def __init__(self, say=None):
        self.say = say or (lambda *_: draft())
        self.asked: list[str] = []

    async def draft(self, case, variant):
        self.asked.append(case.id)
        await asyncio.sleep(0)
        return self.say(case, variant)


def spent(cost: str | None = "0.01", **more: Any) -> dict[str, Any]:
    return draft(generation=draft()["generation"] | {"engine": "model", "cost_usd": cost} | more)


@pytest.fixture
def some_cases(tmp_path):
    path = write_cases(tmp_path / "set.jsonl", *(raw_case(i, cluster=f"k-{i % 4}") for i in range(12)))
    return load_sets([path])[0].cases


@pytest.fixture
def go(tmp_path, some_cases):
    async def run(studio, *, variants=(MODEL,), purse=None, skip=(), concurrency=3, on_row=lambda _: None):
        path = tmp_path / "run.jsonl"
        with Ledger(path) as ledger:
            if not path.stat().st_size:
                names = [{"name": v.name} for v in variants]
                ledger.begin({"id": "run", "suite": "s", "variants": names, "cases": 12, "clusters": 4})
            jobs = [j for j in plan(variants, some_cases, 2) if j.key not in skip]
            runner = Runner(studio, Measurer(), lambda row: (ledger.add(row), on_row(row)), None, purse or Purse())
            return await runner.run(jobs, concurrency=concurrency), path

    return run


async def test_every_draft_is_a_row(go):
    done, path = await go(FakeStudio())
    run = read_run(path)
    assert done
    assert len(run.rows) == 24
    assert all(r.metrics["compliance.clean"] == [True, ""] for r in run.rows.values())


async def test_a_run_killed_in_the_middle_of_a_line_resumes_to_the_same_totals(go):
    """What the kill cut off is drafted again, nothing else is, and no figure depends on the order of rows."""
    _, path = await go(FakeStudio())
    whole = as_json(summarise(read_run(path), "m"))
    raw = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*raw[:9], raw[9][:50]]))
    again = FakeStudio()
    await go(again, skip=set(read_run(path).rows), concurrency=1)
    assert len(again.asked) == 24 - 8
    assert as_json(summarise(read_run(path), "m")) == whole


async def test_a_failed_row_is_a_row_and_bounds_say_what_it_could_have_been(go):
    """The composer's words never stand in for those of a model that failed."""

    def say(case, _):
        if case.id == "c-0":
            return spent(fell_back=True, reason="ModelTimeout: too late")
        if case.id == "c-1":
            return spent(fell_back=True, reason="ModelAnswerUnusable: no steps")
        return spent()

    _, path = await go(FakeStudio(say))
    summary = summarise(read_run(path), "m")
    assert (summary.scored, summary.failed, summary.unparseable) == (20, 2, 2)
    assert summary.totals["compliance.clean"].worst == pytest.approx(20 / 24)
    assert summary.totals["compliance.clean"].best == 1.0
    assert summary.cost == pytest.approx(0.24)


async def test_whatever_breaks_one_draft_does_not_end_the_run(go):
    def say(case, _):
        if case.id == "c-3":
            raise ConnectionError("the pool is empty")
        return draft()

    done, path = await go(FakeStudio(say))
    assert done
    assert [r.error for r in read_run(path).rows.values() if r.status == "failed"] == [
        "ConnectionError: the pool is empty"
    ] * 2


async def test_a_model_whose_texts_never_pass_is_scored_with_what_the_customer_would_get(go):
    """Falling back over findings is the model's own doing, not an accident."""
    _, path = await go(FakeStudio(lambda *_: spent(fell_back=True, reason="findings: links.external")))
    summary = summarise(read_run(path), "m")
    assert summary.scored == 24
    assert summary.totals["compliance.first_try"].interval.estimate == 0


async def test_the_budget_stops_the_run_before_it_is_passed(go):
    done, path = await go(FakeStudio(lambda *_: spent("0.01")), purse=Purse(0.055), concurrency=1)
    assert not done
    assert summarise(read_run(path), "m").cost == pytest.approx(0.05)


async def test_many_at_once_keep_to_the_budget_from_the_first_draft_on(go):
    """Two variants, of which the first is free: each one's price is known before many are asked for."""

    def say(_, variant):
        return spent("0.03" if variant.model != "composer" else "0")

    done, path = await go(FakeStudio(say), variants=(Variant(name="c"), MODEL), purse=Purse(0.1), concurrency=12)
    assert not done
    assert sum(r.cost for r in read_run(path).rows.values()) <= 0.1


async def test_a_budget_is_no_promise_where_the_price_is_unknown(go):
    """Said after one draft, not after as many as run at once."""
    studio = FakeStudio(lambda *_: spent(None))
    with pytest.raises(SettingsError, match="price of m is unknown"):
        await go(studio, purse=Purse(1.0))
    assert len(studio.asked) == 1


async def test_a_refused_key_stops_the_run_at_once(go):
    reason = "ModelRefused: The model provider refuses the request: check the key, the model's name, the rights"
    studio = FakeStudio(lambda *_: spent(fell_back=True, reason=reason))
    with pytest.raises(SettingsError, match="check the key"):
        await go(studio)
    assert len(studio.asked) <= 3


async def test_an_interrupted_run_is_a_valid_one(go):
    """Cancelled as Ctrl-C cancels: what was there is kept, the rest can follow."""
    seen = asyncio.Event()
    task = asyncio.create_task(go(FakeStudio(), on_row=lambda _: seen.set()))
    await seen.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_variants_of_a_case_are_drafted_side_by_side(some_cases):
    """So that a slow hour hits both alike."""
    jobs = plan([Variant(name="a"), Variant(name="b")], some_cases, 1)
    assert [(j.case.id, j.variant.name) for j in jobs[:3]] == [("c-0", "a"), ("c-0", "b"), ("c-1", "a")]


def test_unknown_costs_make_the_sum_unknown():
    rows = [row("v", 1, {}), row("v", 2, {}, draft=spent(None))]
    assert summarise(run_of(*rows), "v").cost is None


def test_values_that_do_not_apply_are_left_out_of_means():
    rows = [row("v", i, {"facts.required": value}) for i, value in enumerate([1.0, None, 0.5])]
    total = summarise(run_of(*rows), "v").totals["facts.required"]
    assert (total.n, total.interval.estimate) == (2, 0.75)


def test_an_interval_promises_nothing_that_cannot_be():
    """Of few cases that are nearly all right, Student's interval would reach beyond all of the facts."""
    few = [row("v", i, {"facts.required": 1.0 if i else 0.5, "similarity.chrf": 99.0 if i else 70.0}) for i in range(5)]
    facts, chrf = (total(name, few).interval for name in ("facts.required", "similarity.chrf"))
    assert facts.high == 1.0
    assert facts.low < 0.7
    assert chrf.high == 100.0
    assert total("facts.required", few[:1]).interval.high == float("inf")


def test_cases_of_one_customer_count_less():
    """Ten customers with five equal cases each tell as much as ten cases."""
    values = [float(i % 2) for i in range(10) for _ in range(5)]
    clusters = [str(i) for i in range(10) for _ in range(5)]
    assert effective(values, clusters) == pytest.approx(9)
    assert effective(values, [str(i) for i in range(50)]) == pytest.approx(49)
    assert effective([1.0] * 50, clusters) == 10


def test_a_header_of_another_format_is_refused(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text('{"format": 99}\n')
    with pytest.raises(InvalidRequest, match=r"run\.jsonl:1"):
        read_run(path)
    with pytest.raises(NotFound):
        read_run(tmp_path / "none.jsonl")


def test_runs_are_found_by_the_beginning_of_their_name(tmp_path):
    places = Places(tmp_path)
    one, two = places.new_run("dev"), places.new_run("dev")
    for path in (one, two):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert places.run(one.stem) == one
    assert places.run("latest") == max(one, two)
    with pytest.raises(NotFound, match="more than one"):
        places.run("2")


def test_a_cache_keeps_by_kind_and_key(tmp_path):
    kept = Cache(tmp_path / "c.sqlite")
    kept.put("draft", "k", {"a": 1})
    assert kept.get("draft", "k") == {"a": 1}
    assert kept.get("metric", "k") is None
    kept.close()
    again = Cache(tmp_path / "c.sqlite")
    assert again.get("draft", "k") == {"a": 1}
    again.close()


def test_the_version_of_code_is_that_of_its_text():
    assert code_version("eval/metrics") == code_version("eval/metrics")
    assert code_version("eval/metrics") != code_version("eval/statistics")


def suite(tmp_path, text):
    write_cases(tmp_path / "set.jsonl", raw_case(1), raw_case(2, split="test"), raw_case(3))
    path = tmp_path / "suite.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("left", [b"", b'{"format":1,"id":"x"'])
def test_a_run_killed_before_its_first_line_was_whole_begins_anew(tmp_path, left):
    """The database is opened between the file and its header: seconds in which people press Ctrl-C."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(left)
    made = prepare(read_suite(suite(tmp_path, "name: s\ncases: [set.jsonl]\n")), Options(), path)
    assert not made.resumed
    with Ledger(path) as ledger:
        ledger.begin(made.header)
    assert read_run(path).rows == {}


def test_a_run_is_not_resumed_under_another_prompt_or_code(tmp_path):
    """Its figures would be an average of both; the message names what changed."""
    prompts = tmp_path / "mine" / "reply" / "1"
    prompts.mkdir(parents=True)
    (prompts / "system.md.j2").write_text("warm")
    read = read_suite(suite(tmp_path, "name: s\ncases: [set.jsonl]\nprompts: mine\n"))
    path = tmp_path / "run.jsonl"
    with Ledger(path) as ledger:
        ledger.begin(prepare(read, Options(), path).header)
    assert prepare(read, Options(), path).resumed
    (prompts / "system.md.j2").write_text("warmer")
    with pytest.raises(InvalidRequest, match="its prompts changed since"):
        prepare(read, Options(), path)
    (prompts / "system.md.j2").write_text("warm")
    path.write_bytes(path.read_bytes().replace(b'"code":"', b'"code":"0'))
    with pytest.raises(InvalidRequest, match="its code changed since"):
        prepare(read, Options(), path)


def test_the_command_to_go_on_with_says_what_the_run_was_begun_with():
    """Without prompts and models it would be another run's."""
    options = Options(prompts=("reply@1", "reply@2"), models=("openai/x",), repeats=3, second_engine=False)
    assert options.told == " --prompt reply@1,reply@2 --model openai/x --repeat 3 --no-second-engine"
    assert Options().told == ""


def test_the_same_model_elsewhere_is_another_one(monkeypatch, tmp_path):
    """Drafts and judgements of a test server are not those of the provider."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    plain, names = addresses_of(["openai/x", "hosted_vllm/y"], Settings()), ["openai/x", "hosted_vllm/y"]
    monkeypatch.setenv("HOSTED_VLLM_API_BASE", "http://127.0.0.1:1/v1")
    one = addresses_of(names, Settings())
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:2/v1")
    file = tmp_path / "models.yaml"
    file.write_text("models: []")
    both = addresses_of(names, Settings(models_file=file))
    assert len({plain, one, both}) == 3
    assert "models: []" in both


def test_a_suite_multiplies_variants_by_models_and_prompts(tmp_path):
    """The composer takes no prompt, so it is run once."""
    read = read_suite(suite(tmp_path, "name: s\ncases: [set.jsonl]\n"))
    made = variants_of(read, ["reply@1", "reply@2"], ["composer", "openai/x"])
    assert [v.name for v in made] == ["composer", "openai/x+reply@1", "openai/x+reply@2"]
    assert [v.prompt for v in made] == [None, "reply@1", "reply@2"]
    assert variants_of(read) == read.variants


def test_a_suite_takes_its_split_and_spreads_a_limit(tmp_path):
    read = read_suite(suite(tmp_path, "name: s\ncases: ['*.jsonl']\n"))
    assert [c.id for c in cases_of(read)[0]] == ["c-1", "c-3"]
    assert [c.id for c in cases_of(read, 1)[0]] == ["c-1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("name: s\n", "is no suite"), ("name: s\ncases: [x]\nmodls: 1\n", "is no suite"), ("[", "suite.yaml"), ("3", "suite.yaml"),
     ("name: s\ncases: [x]\nvariants: [{name: a}, {name: a}]\n", "two variants")],
)  # fmt: skip
def test_a_broken_suite_is_named(tmp_path, text, said):
    with pytest.raises(InvalidRequest, match=said):
        read_suite(suite(tmp_path, text))

"""Labelling in the console: blind, kept where the terminal keeps it, and closed to whoever has no business there."""

from __future__ import annotations

import re
from html import escape

import pytest

from eval.judge.labels import read_labels, read_preferences
from eval.runs.places import Places
from tests.integration.conftest import LOCAL_KEY
from tests.integration.console_client import Visitor
from tests.integration.test_console_people import new_key  # noqa: F401 - a fixture
from tests.unit.eval.build import draft, row, write_run

EVIL = "\"'><script>window.stolen=1</script><img src=https://evil.example/p.png onerror=alert(1)>{{7*7}}"
HOME = "/console/quality/labels"
KEY = re.compile(r'name="key" value="([0-9a-f]{64})"')
SKIP = re.compile(r'href="([^"]*after=[^"]*)"')


@pytest.fixture
def places(settings, tmp_path):
    """A run of two variants over three cases; customer and drafts are hostile."""
    found = Places(settings.data_dir)
    facts = {"customer": f"Wo bleibt es? {EVIL}", "digest": "d", "language": "de"}
    rows = [
        row(variant, i, {"similarity.chrf": 1.0}, facts=facts, draft=draft(f"{words} {i} {EVIL}"))
        for i in range(3)
        for variant, words in (("secret-old", "Es tut mir leid"), ("secret-new", "Das tut mir leid"))
    ]
    path = found.root / "runs" / "20261122-bench.jsonl"
    write_run(path, *rows)
    yield found
    for file in (path, found.labels):
        file.unlink(missing_ok=True)


@pytest.fixture
async def ann(app, places) -> Visitor:
    visitor = Visitor(app, **{"accept-language": "en"})
    await visitor.sign_in(LOCAL_KEY)
    return visitor


def task(way="single", who="ann", run="20261122-bench"):
    return f"{HOME}/task?run={run}&who={who}&way={way}"


def told(page, **more):
    found = KEY.search(page.text)
    assert found, page.text
    return {"run": "20261122-bench", "who": "ann", "way": "single", "key": found[1]} | more


async def test_a_run_is_labelled_to_its_end_without_scripts(ann, places):
    """Each draft once, then thanks; what is not said of an item is not kept as said."""
    assert "20261122-bench" in (await ann.get(HOME)).text
    page = await ann.get(task())
    for number in range(6):
        assert f"{number} of 6 said" in page.text
        page = await ann.post(
            f"{HOME}/task", **told(page, good="yes" if number else "no", reason="kühl", **{"mark-own": "no"})
        )
        assert page.status_code == 200
    assert "Nothing is left here" in page.text
    labels = read_labels(places.labels)
    assert [la.good for la in labels] == [False] + [True] * 5
    assert {(la.who, la.reason, tuple(la.marks.items())) for la in labels} == {("ann", "kühl", (("own", False),))}


async def test_two_drafts_are_compared_and_scripts_get_the_next_pair_at_once(ann, places):
    page = await ann.get(task("pair"))
    assert "Draft A" in page.text
    answer = await ann.post(f"{HOME}/task", headers={"HX-Request": "true"}, **told(page, way="pair", better="second"))
    assert "<html" not in answer.text
    assert "1 of 3 said" in answer.text
    (said,) = read_preferences(places.labels)
    assert said.better in said.texts


async def test_nobody_is_told_whose_a_draft_is_and_no_markup_of_it_lives(ann):
    """Neither name of a variant on any page; tickets and drafts are text."""
    for path in (HOME, task(), task("pair")):
        page = (await ann.get(path)).text
        assert "secret" not in page
        assert "<script>window" not in page
        assert "<img" not in page
    assert escape(EVIL, quote=False)[:20].replace('"', "&#34;").replace("'", "&#39;") in page


async def test_a_skipped_draft_comes_again_at_the_end(ann):
    first = await ann.get(task())
    second = await ann.get(SKIP.search(first.text)[1].replace("&amp;", "&"))
    assert KEY.search(first.text)[1] != KEY.search(second.text)[1]
    assert KEY.search((await ann.get(task())).text)[1] == KEY.search(first.text)[1]


async def test_an_unanswered_question_is_asked_again_and_keeps_the_reason(ann, places):
    page = await ann.get(task())
    answer = await ann.post(f"{HOME}/task", **told(page, reason="<b>weil</b>"))
    assert answer.status_code == 422
    assert "Say first whether you would send it" in answer.text
    assert "&lt;b&gt;weil&lt;/b&gt;" in answer.text
    assert KEY.search(answer.text)[1] == KEY.search(page.text)[1]
    assert read_labels(places.labels) == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"key": "0" * 64}, 404), ({"key": "x"}, 404), ({"key": ""}, 404),
        ({"run": "../labels"}, 404), ({"run": "/etc/passwd"}, 404), ({"run": "2026"}, 404), ({"run": "x" * 200}, 422),
        ({"who": ""}, 422), ({"who": "a" * 61}, 422), ({"who": "<b>"}, 422), ({"who": "a\u2028b"}, 422),
        ({"way": "both"}, 422), ({"reason": "a\u0000b"}, 422),
    ],
    ids=str,
)  # fmt: skip
async def test_what_no_page_of_ours_sends_is_refused_and_nothing_is_kept(ann, places, changed, status):
    """A key of another run, a path for a run, a name with markup, a control character."""
    page = await ann.get(task())
    assert (await ann.post(f"{HOME}/task", **(told(page, good="yes") | changed))).status_code == status
    assert not places.labels.exists()


async def test_without_its_token_or_from_elsewhere_a_label_is_not_kept(ann, places):
    page = await ann.get(task())
    own = ann.token
    for token, headers in (("", {}), ("0" * 64, {}), (own, {"Origin": "https://evil.example"})):
        answer = await ann.post(f"{HOME}/task", token=token, headers=headers, **told(page, good="yes"))
        assert answer.status_code == 403
    assert not places.labels.exists()


@pytest.mark.parametrize(("scopes", "status"), [(("draft",), 403), (("admin",), 403), (("knowledge", "admin"), 404)])
async def test_only_editors_of_the_house_itself_label(app, places, new_key, scopes, status):  # noqa: F811
    """Runs hold the house's tickets: an editor of another tenant finds nothing, as if nothing were there."""
    key, _ = await new_key(*scopes)
    visitor = Visitor(app)
    await visitor.sign_in(key)
    for path in (HOME, task(), task("pair"), "/console/quality/reports/runs/20261122-bench.jsonl"):
        answer = await visitor.get(path)
        assert answer.status_code == status
        assert "Wo bleibt es" not in answer.text
    assert "20261122-bench" not in (await visitor.get("/console/quality")).text


async def test_a_link_out_of_the_folder_and_what_is_no_run_are_not_on_the_list(ann, places, tmp_path):
    """And a stranger's file under a run's name opens nothing."""
    outside = tmp_path / "outside.jsonl"
    outside.write_bytes((places.root / "runs" / "20261122-bench.jsonl").read_bytes())
    folder = places.root / "runs"
    (folder / "linked.jsonl").symlink_to(outside)
    (folder / "other.jsonl").write_text("[1, 2]\n")
    (folder / "torn.jsonl").write_text('{"format": 1')
    try:
        assert "linked" not in (page := (await ann.get(HOME)).text)
        assert "other" not in page
        assert "torn" not in page
        assert (await ann.get(task(run="linked"))).status_code == 404
    finally:
        for name in ("linked", "other", "torn"):
            (folder / f"{name}.jsonl").unlink()

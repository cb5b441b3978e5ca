"""`vierklang eval …` on runs that exist: exit codes and files; nothing here needs a database."""

from __future__ import annotations

import json

import pytest
import yaml

from app.config import get_settings
from app.errors import InvalidRequest
from eval.judge.labels import read_labels, read_preferences
from eval.judge.rubric import RUBRIC
from eval.runs.baseline import write_baseline
from eval.runs.places import Places
from eval.runs.rows import read_run
from tests.unit.eval.build import draft, raw_case, row, write_cases, write_run

# Typer imports what click has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def vierklang(*told, typed=None):
    from typer.testing import CliRunner

    from app.cli import app

    return CliRunner().invoke(app, ["eval", *map(str, told)], input=typed)


@pytest.fixture
def two_variants(tmp_path, monkeypatch):
    """A run of two variants over four cases, in a data folder of its own."""
    monkeypatch.setenv("VIERKLANG_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    rows = [row(v, i, {}, facts={"customer": "Wo?"}, draft=draft(f"{v} {i}")) for i in range(4) for v in ("old", "new")]
    path = tmp_path / "run.jsonl"
    write_run(path, *rows)
    yield path
    get_settings.cache_clear()


@pytest.fixture
def kept(tmp_path):
    """Write a run of twenty cases whose chrF is `mean` plus some noise."""

    def write(name, mean, spread=0.1):
        rows = [row("v", i, {"similarity.chrf": mean + spread * ((i * 7) % 5 - 2)}) for i in range(20)]
        return write_run(tmp_path / f"{name}.jsonl", *rows, id=name)

    return write


@pytest.mark.parametrize(("mean", "spread", "code"), [(40.2, 0.3, 0), (30.0, 0.3, 1), (39.2, 9.0, 3)])
def test_the_gate_says_its_decision_by_exit_code(kept, tmp_path, mean, spread, code):
    """0 pass, 1 fail, 3 too little evidence; and leaves a file for the build server."""
    rules = tmp_path / "gate.yaml"
    rules.write_text("rules: [{metric: similarity.chrf, may_fall: 1.0}]")
    told = ("--baseline", kept("a", 40.0), "--candidate", kept("b", mean, spread))
    done = vierklang("gate", rules, *told, "--junit", tmp_path / "j.xml", "--markdown", tmp_path / "g.md")
    assert done.exit_code == code, done.output
    assert (tmp_path / "j.xml").read_text().startswith("<?xml")
    assert (tmp_path / "g.md").read_text() in done.output


def test_people_label_in_the_terminal_and_judges_are_held_against_them(two_variants, tmp_path):
    """Typos are asked again, quitting keeps what was said, and the judge's figures follow from the labels."""
    done = vierklang("label", two_variants, "--who", "ann", typed="x\ny\n2\nwarm\nn\n12\n\ns\nq\n")
    assert done.exit_code == 0, done.output
    first, second = read_labels(Places(tmp_path).labels)
    assert (first.good, first.reason, first.marks["own"], first.marks["acknowledge"]) == (True, "warm", False, True)
    assert (second.good, second.marks["acknowledge"]) == (False, False)
    assert vierklang("label", two_variants, "--who", "ann", "--pairwise", typed="a\n\nn\n\nq\n").exit_code == 0
    assert [p.better is None for p in read_preferences(Places(tmp_path).labels)] == [False, True]

    script = tmp_path / "judge.yaml"
    script.write_text(
        yaml.safe_dump({"answers": [{"text": json.dumps(dict.fromkeys(RUBRIC, 4) | {"pass": True, "reason": "r"})}]})
    )
    done = vierklang("judge", two_variants, "--model", f"scripted/{script}")
    assert "0 judgements could not be read" in done.output, done.output
    done = vierklang("calibrate", two_variants)
    assert "2 labels" in done.output
    assert "may inform, not gate" in done.output


def test_a_run_is_gated_within_itself(tmp_path):
    """Two prompts in one run, as the README has it: the second against the first, and a kept copy against its like."""
    rows = [row(v, i, {"similarity.chrf": 40.0 - lost}) for i in range(20) for v, lost in (("old", 0), ("new", 9))]
    path = write_run(tmp_path / "run.jsonl", *rows)
    rules = tmp_path / "gate.yaml"
    rules.write_text("rules: [{metric: similarity.chrf, may_fall: 1.0}]")
    done = vierklang("gate", rules, "--baseline", path, "--candidate", path)
    assert done.exit_code == 1, done.output
    assert "new" in done.output
    assert vierklang("baseline", path, tmp_path / "kept.jsonl").exit_code == 0
    assert vierklang("gate", rules, "--baseline", tmp_path / "kept.jsonl", "--candidate", path).exit_code == 0


def test_runs_are_shown_compared_and_reported(kept, tmp_path):
    one, other = kept("a", 40.0), kept("b", 45.0)
    assert "20 scored" in vierklang("show", one).output
    assert "better" in vierklang("compare", one, other).output
    done = vierklang("report", other, "--baseline", one, "--out", tmp_path / "r.html", "--csv", tmp_path / "r.csv")
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "r.json").read_text())["differences"][0]["verdict"] == "better"
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 21


def test_a_baseline_keeps_figures_and_no_texts(kept, tmp_path):
    path = kept("a", 40.0)
    assert vierklang("baseline", path, tmp_path / "kept.jsonl").exit_code == 0
    assert draft()["text"][:20] not in (tmp_path / "kept.jsonl").read_text()
    assert len(read_run(tmp_path / "kept.jsonl").rows) == 20
    assert "similarity" in json.dumps([r.metrics for r in read_run(tmp_path / "kept.jsonl").rows.values()])
    write_baseline(read_run(path), tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "kept.jsonl").read_bytes()


def test_cases_are_checked_and_sealed(tmp_path):
    path = write_cases(tmp_path / "set.jsonl", raw_case(1))
    (tmp_path / "set.yaml").write_text("source: us\nlanguages: [de]\nlicence: Apache-2.0\n")
    assert "not sealed" in vierklang("cases", "check", path).output
    assert vierklang("cases", "seal", path).exit_code == 0
    write_cases(path, raw_case(1, gold="changed"))
    done = vierklang("cases", "check", path)
    assert done.exit_code == 1
    assert "TOUCHED" in done.output


def test_a_malformed_case_stops_a_run_before_it_begins(tmp_path):
    write_cases(tmp_path / "set.jsonl", raw_case(1, cause="mood"))
    suite = tmp_path / "suite.yaml"
    suite.write_text("name: s\ncases: [set.jsonl]\n")
    done = vierklang("run", suite, "--out", tmp_path / "run.jsonl")
    assert isinstance(done.exception, InvalidRequest)
    assert not (tmp_path / "run.jsonl").exists()

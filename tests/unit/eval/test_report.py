"""The report: one file that asks for nothing, failures first, every text in it harmless."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import pytest

from eval.report.build import write_csv, write_report
from eval.report.drafts import changes, marked
from eval.report.svg import histogram
from tests.unit.eval.build import DRAFT, draft, finding, row, run_of

EVIL = "<script>alert(1)</script>"


def stepped(**more):
    cuts = [0, 60, 90, 130, len(DRAFT)]
    names = ("acknowledge", "own", "propose", "ask")
    steps = [
        {"name": n, "text": DRAFT[a:b], "start": a, "end": b} for n, a, b in zip(names, cuts, cuts[1:], strict=False)
    ]
    return draft(steps=steps, **more)


@pytest.fixture
def run():
    facts = {"language": "de", "cause": "other", "channel": "amazon", "digest": "d", "customer": EVIL, "gold": DRAFT}
    rows = []
    for i in range(8):
        for name, gain in (("sie", 0), ("du", 6)):
            told = {"similarity.chrf": 40.0 + i + gain + (i % 3), "compliance.clean": True, "facts.required": 1.0}
            rows.append(row(name, i, told, facts=facts, draft=stepped()))
    rows[0] = row("sie", 0, {}, status="failed", error="ModelTimeout", facts=facts, draft={})
    return run_of(*rows)


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing_of_a_customers(run, tmp_path):
    write_report(run, tmp_path / "r.html", samples=200)
    page = (tmp_path / "r.html").read_text()
    assert EVIL not in page
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "default-src 'none'" in page
    assert page.count("<script>") == 1


def test_failures_come_first_and_are_counted(run, tmp_path):
    write_report(run, tmp_path / "r.html", samples=200)
    page = (tmp_path / "r.html").read_text()
    assert "7 scored, 1 failed, 0 unparseable" in page
    assert re.findall(r"<b>(c-\d)</b>", page)[0] == "c-0"


def test_the_figures_stand_in_the_json_too(run, tmp_path):
    write_report(run, tmp_path / "r.html", samples=200)
    figures = json.loads((tmp_path / "r.json").read_text())
    (found,) = [d for d in figures["differences"] if d["metric"] == "similarity.chrf"]
    assert found["verdict"] == "better"
    assert found["difference"] == pytest.approx(6)
    assert found["pair"] == "du against sie"


def test_a_run_of_one_variant_has_a_report(tmp_path):
    write_report(run_of(row("v", 1, {"similarity.chrf": 4.0})), tmp_path / "r.html", samples=200)
    assert "nothing to compare" in (tmp_path / "r.html").read_text()


def test_a_run_is_compared_with_another(run, tmp_path):
    kept = replace(run, path=tmp_path / "kept.jsonl")
    figures = write_report(run, tmp_path / "r.html", baseline=kept, samples=200)
    assert {d["verdict"] for d in figures["differences"]} == {"same"}


def test_rows_become_csv_without_formulas(run, tmp_path):
    run.rows["sie", "c-0", 0].metrics["x"] = ["=cmd()", ""]
    write_csv(run, tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 16
    assert rows[0]["x"] == "'=cmd()"


def test_judges_are_told_with_reasons_orders_and_correction(run, tmp_path):
    """In the page, in the JSON and in the CSV; what a judge writes is text, not markup."""
    for i in range(1, 8):
        told = {"judge.m.pass": [i > 2, "warm <b>words</b>"], "judge.m.score": [4.0, ""]}
        told |= {"judge.n.score": [3.0, ""]}
        told |= {"judge.m.win": [1.0, "=shorter"], "judge.m.orders": ["second, then first", "still"]}
        run.rows["du", f"c-{i}", 0].metrics.update(told)
    run.header["calibration"] = {"m": {"labels": 60, "kappa": 0.8, "kappa_low": 0.7, "sensitivity": [30, 30],
                                       "specificity": [27, 30]}}  # fmt: skip
    write_report(run, tmp_path / "r.html", samples=200)
    write_csv(run, tmp_path / "r.csv")
    page, figures = (tmp_path / "r.html").read_text(), json.loads((tmp_path / "r.json").read_text())
    assert "warm &lt;b&gt;words" in page
    assert "may gate" in page
    (verdict,), (match,) = figures["judges"], figures["matches"]
    assert verdict["corrected"]["estimate"] == pytest.approx((5 / 7 - 0.1) / 0.9)
    assert (match["against"], match["bouts"], match["same_in_both_orders"], match["first_place"]) == (
        "sie",
        7,
        1.0,
        0.5,
    )
    assert match["share"]["estimate"] == 1.0
    with (tmp_path / "r.csv").open(newline="") as file:
        (line,) = [r for r in csv.DictReader(file) if (r["variant"], r["case"]) == ("du", "c-3")]
    assert line["judge.m.win.reason"] == "'=shorter"
    assert "judge.m.score.reason" not in line


def test_findings_are_underlined_inside_their_step():
    html = marked(stepped(findings=[finding("links.external") | {"start": 55, "end": 65}]))
    assert html.count("<u ") == 2
    assert "links.external" in html
    assert re.sub(r"<[^>]+>", "", html) == DRAFT


def test_a_blocked_draft_says_so():
    assert "blocked" in marked(draft(text=None))


def test_changes_are_told_word_by_word():
    assert changes("Ich prüfe das.", "Ich prüfe <das> heute.") == "Ich prüfe <ins>&lt;</ins>das<ins>&gt; heute</ins>."


def test_equal_values_have_a_distribution():
    assert "<svg" in histogram("x", {"v": [1.0, 1.0]})

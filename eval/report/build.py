"""The report of a run: one HTML file that needs nothing else, the same figures as JSON, and rows as CSV."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.comparing.difference import Difference, differences
from eval.comparing.pairing import pair, sides, within
from eval.judge.pairwise import Match, matches
from eval.metrics.catalogue import about
from eval.report.drafts import changes, marked
from eval.report.judges import Verdict, is_judges, judge_spread, reasons, verdicts
from eval.report.svg import forest, histogram
from eval.report.tables import expenses, heats, series, spreads
from eval.runs.rows import Row, Run
from eval.runs.totals import Summary, Total, as_json, is_accepted, summarise

_HERE = Path(__file__).parent
_TOLD = ("language", "cause", "channel", "customer", "gold")  # a baseline's rows tell less
_GRAVE = ("compliance.clean", "grounding.clean", "facts.nothing_forbidden", "structure.four_steps", "language.right")


def write_report(run: Run, path: Path, *, baseline: Run | None = None, samples: int = 10_000) -> dict[str, Any]:
    """Write the page and, beside it, `.json`; returns what the latter holds."""
    pairs = sides(baseline, run) if baseline else within(run)
    found = differences([pair(a, b) for a, b in pairs], samples=samples)
    summaries = [summarise(run, v) for v in run.variants]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_page(run, summaries, found, baseline), encoding="utf-8")
    figures = {
        "run": {k: run.header[k] for k in ("id", "suite", "started_at", "cases", "clusters", "code")},
        "baseline": baseline.id if baseline else None,
        "variants": [as_json(s) for s in summaries],
        "differences": [_as_json(d) for d in found],
        "judges": [_verdict_json(v) for v in verdicts(run)],
        "matches": [_match_json(m) for m in matches(run)],
    }
    path.with_suffix(".json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    return figures


def write_csv(run: Run, path: Path) -> None:
    """One line a row, one column a metric; what judges say has its reason beside it."""
    names = list(dict.fromkeys(n for r in run.rows.values() for n in r.metrics))
    why = {n for r in run.rows.values() for n, (_, reason) in r.metrics.items() if reason and is_judges(n)}
    heads = [h for n in names for h in ((n, f"{n}.reason") if n in why else (n,))]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["variant", "case", "repeat", "cluster", "status", "language", "cause", "error", *heads])
        for variant in run.variants:
            for r in run.of(variant):
                told = [r.facts.get("language"), r.facts.get("cause"), _harmless(r.error)]
                values = [_harmless(v) for n in names for v in r.metrics.get(n, (None, None))[: 1 + (n in why)]]
                out.writerow([r.variant, r.case, r.repeat, r.cluster, r.status, *told, *values])


def _harmless(value: Any) -> Any:  # noqa: ANN401 - a cell
    """A text that a spreadsheet would run as a formula is quoted."""
    return "'" + value if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _page(run: Run, summaries: list[Summary], found: list[Difference], baseline: Run | None) -> str:
    environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    environment.filters.update(spell=spell, title=lambda name: about(name).title)
    rows = list(dict.fromkeys(m for s in summaries for m in s.totals))
    return environment.get_template("report.html.j2").render(
        run=run, baseline=baseline, summaries=summaries, metrics=rows, found=found, heats=heats(run),
        forests=[(c, _markup(forest([d for d in found if d.pair == c]))) for c in _candidates(found)],
        plots=[_markup(histogram(t, v)) for t, v in series(run)], expenses=[expenses(run, s) for s in summaries],
        verdicts=verdicts(run), matches=matches(run), judge_spread=judge_spread(run),
        spreads=spreads(run) if len(run.variants) > 1 else [], cases=_cases(run), words=_in_words(found),
        css=_markup((_HERE / "report.css").read_text("utf-8")), js=_markup((_HERE / "report.js").read_text("utf-8")),
        touched=[n for n, s in run.header.get("sets", {}).items() if s.get("touched")],
    )  # fmt: skip


def _markup(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - our own files and plots, in which text was escaped


def _candidates(found: list[Difference]) -> list[str]:
    return list(dict.fromkeys(d.pair for d in found))


def _in_words(found: list[Difference]) -> list[str]:
    """The answer first: what got better, what got worse, what was too small to be seen."""
    said = []
    for candidate in _candidates(found):
        mine = [d for d in found if d.pair == candidate]
        names = {v: [about(d.metric).title for d in mine if d.verdict == v] for v in ("better", "worse", "unclear")}
        parts = [f"{verdict}: {', '.join(titles)}" for verdict, titles in names.items() if titles]
        said.append(f"{candidate}: " + ("; ".join(parts) or "no difference in any metric") + ".")
    return said


def _cases(run: Run) -> list[dict[str, Any]]:
    """All cases, those that went wrong first."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for variant in run.variants:
        for row in run.of(variant):
            rows[row.case].append(row)
    made = [_case(name, mine) for name, mine in rows.items()]
    return sorted(made, key=lambda c: (-c["badness"], c["id"]))


def _case(name: str, rows: list[Row]) -> dict[str, Any]:
    facts = dict.fromkeys(_TOLD) | rows[0].facts
    gold = facts.get("gold") or ""
    return {
        "id": name, "facts": facts, "badness": max(_badness(r) for r in rows),
        "drafts": [
            {
                "row": r, "judges": reasons(r), "metrics": [m for m in r.metrics.items() if not is_judges(m[0])],
                "html": marked(r.draft) if "text" in r.draft else None, "bad": _badness(r),
                "diff": changes(r.draft["text"], gold) if gold and r.draft.get("text") else None,
            } for r in rows
        ],
    }  # fmt: skip


def _badness(row: Row) -> float:
    """Failed rows first, then what breaks a rule, then what an agent could not send."""
    if row.status != "scored":
        return 100
    broken = sum(row.value(m) is False for m in _GRAVE)
    return 10 * broken + (not is_accepted(row)) + (1 - float(row.value("facts.required") or 0)) / 2


def spell(total: Total | None) -> str:
    """A figure with its interval."""
    if total is None:
        return "–"
    value, low, high = total.interval
    if about(total.metric).sort == "share":
        return f"{value:.1%} [{low:.1%}, {high:.1%}]"
    return f"{value:.4g}" if abs(low) == float("inf") else f"{value:.4g} [{low:.4g}, {high:.4g}]"


def _as_json(d: Difference) -> dict[str, Any]:
    low, high = (v if abs(v) != float("inf") else None for v in d.interval[1:])
    return {
        "metric": d.metric, "pair": d.pair, "cases": d.cases, "clusters": d.clusters,
        "baseline": d.baseline_mean, "candidate_mean": d.candidate_mean, "difference": d.interval.estimate,
        "low": low, "high": high, "p": d.p, "p_holm": d.p_holm, "test": d.test, "verdict": d.verdict,
        "detectable": d.detectable if d.detectable != float("inf") else None,
    }  # fmt: skip


def _verdict_json(v: Verdict) -> dict[str, Any]:
    value, low, high = v.said.interval
    return {
        "judge": v.judge, "variant": v.variant, "n": v.said.n, "share": value, "low": low, "high": high,
        "corrected": v.corrected._asdict() if v.corrected else None, "labels": v.labels, "may_gate": v.trusted,
    }  # fmt: skip


def _match_json(m: Match) -> dict[str, Any]:
    return {
        "judge": m.judge, "variant": m.variant, "against": m.against, "bouts": len(m.bouts), "lost": m.lost,
        "share": m.share._asdict(), "p": m.p, "ties": m.ties, "same_in_both_orders": m.consistency,
        "first_place": m.position_bias,
    }  # fmt: skip

"""Small cases, drafts and rows for tests of the evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from eval.casebook.loading import load_sets
from eval.casebook.model import Case
from eval.runs.rows import Ledger, Row, Run

GERMAN = "Die Tasse kam heute mit abgebrochenem Henkel an. Ich will mein Geld zurück!"
DRAFT = (
    "Guten Tag Frau Keller,\n\nes tut mir leid, dass die Tasse beschädigt ankam.\n\nIch kümmere mich darum.\n\n"
    "Ich kann Ihnen 19,90 € erstatten.\n\nPasst das für Sie?\n\nFreundliche Grüße\nJana"
)


def raw_case(number: int = 1, **more: Any) -> dict[str, Any]:
    base = {
        "id": f"c-{number}", "split": "dev", "cluster": f"k-{number}",
        "ticket": {"channel": "amazon", "marketplace": "amazon.de", "customer": {"name": "Frau Keller"},
                   "messages": [{"author": "customer", "text": GERMAN}]},
        "request": {"resolutions": [{"type": "refund", "amount": {"amount": "19.90", "currency": "EUR"}}],
                    "register": "sie", "agent": {"name": "Jana"}},
        "gold": DRAFT.replace("es tut mir leid", "das tut mir sehr leid"),
        "must_appear": [["19,90 €", "19,90 EUR"], "Keller"], "must_not_appear": ["Gutschein"],
        "cause": "damaged_in_transit", "escalate": False, "sources": ["m-1"],
    }  # fmt: skip
    return base | more


def write_cases(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(c) + b"\n" for c in cases))
    return path


def case(folder: Path, **more: Any) -> Case:
    return load_sets([write_cases(folder / "one.jsonl", raw_case(**more))])[0].cases[0]


def draft(text: str = DRAFT, **more: Any) -> dict[str, Any]:
    names = ("acknowledge", "own", "propose", "ask")
    base = {
        "status": "ready", "text": text, "language": "de", "kind": "reply", "register": "sie", "placeholders": [],
        "steps": [{"name": n, "text": "…", "start": 0, "end": 1} for n in names], "findings": [],
        "score": {"overall": 90, "empathy": 80}, "sources": [{"id": "t-1"}, {"id": "m-1"}],
        "triage": {"cause": "damaged_in_transit", "escalate": False, "reasons": []},
        "generation": {"engine": "composer", "attempts": 1, "fell_back": False, "reason": None, "prompt_tokens": 0,
                       "completion_tokens": 0, "cost_usd": "0"},
        "timings_ms": {"generate": 1.0, "total": 9.0},
    }  # fmt: skip
    return base | more


def finding(rule: str, severity: str = "block") -> dict[str, Any]:
    return {"rule": rule, "severity": severity, "start": 0, "end": 5, "excerpt": "Guten", "message": "…"}


def row(
    variant: str, number: int, metrics: dict[str, Any], *, cluster: str | None = None, repeat: int = 0, **more: Any
) -> Row:
    told: dict[str, Any] = {
        "facts": {"language": "de", "cause": "other", "digest": "d"},
        "draft": draft(),
        "status": "scored",
    }
    values = {name: [value, ""] for name, value in metrics.items()}
    return Row(variant=variant, case=f"c-{number}", repeat=repeat, cluster=cluster or f"k-{number}", metrics=values,
               **(told | more))  # fmt: skip


def run_of(*rows: Row, **header: Any) -> Run:
    variants = [{"name": n} for n in dict.fromkeys(r.variant for r in rows)]
    head = {"id": "run", "suite": "s", "variants": variants, "cases": len({r.case for r in rows}), "repeats": 1,
            "clusters": len({r.cluster for r in rows}), "sets": {}, "started_at": "2026-11-20T09:00:00+00:00",
            "digest": "x", "planned": len(rows), "code": "c"}  # fmt: skip
    return Run(Path("run.jsonl"), head | header, {r.key: r for r in rows})


def write_run(path: Path, *rows: Row, **header: Any) -> Path:
    """A run's file that holds these rows; returns its path."""
    with Ledger(path) as ledger:
        ledger.begin(run_of(*rows, **header).header)
        for one in rows:
            ledger.add(one)
    return path

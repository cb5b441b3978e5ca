"""The evaluation itself: a run over 200 cases, rescoring, the bootstrap, and false alarms of 1,000 comparisons of equals."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from eval.bench.server import command
from eval.bench.tickets import requests
from eval.casebook.loading import load_sets
from eval.comparing.pairing import Side, pair
from eval.gate.decide import decide, outcome
from eval.gate.rules import GateFile
from eval.metrics.measuring import Measurer
from eval.runs.rows import Row, Run, read_run
from eval.runs.suite import Variant
from eval.statistics.paired import bootstrap, grouped, permutation

_CASES = 200
_STEPS = {
    "acknowledge": "Es tut mir leid, dass Sie so lange warten; ich verstehe, dass Sie das ärgert.",
    "own": "Ich kümmere mich persönlich darum und prüfe das jetzt.",
    "propose": "Ich kann Ihnen den Kaufpreis erstatten oder Ersatz schicken.",
    "ask": "Was ist Ihnen lieber: die Erstattung oder der Ersatz?",
}
_ENGLISH = {
    "acknowledge": "I am sorry that you have been waiting so long; I understand that this is annoying.",
    "own": "I am looking after this personally and checking it now.",
    "propose": "I can refund the purchase price or send a replacement.",
    "ask": "Which do you prefer: the refund or the replacement?",
}
_METRICS = ("similarity.chrf", "quality.scorecard", "facts.required")


def run() -> None:
    """Print the figures beside those asked for."""
    _statistics()
    _false_alarms()
    with tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        _runs(Path(folder))


def _statistics() -> None:
    dice = np.random.default_rng(1)
    groups = grouped(dice.normal(0, 1, 1000).tolist(), [str(i) for i in range(1000)])
    print(f"bootstrap, 10,000 samples over 1,000 clusters: {_timed(lambda: bootstrap(groups)):.2f} s (asked: <= 0.5)")
    print(f"permutation, the same: {_timed(lambda: permutation(groups)):.2f} s")


def _false_alarms() -> None:
    rounds, gate = 1000, GateFile.model_validate({"rules": [{"metric": m, "may_fall": 0} for m in _METRICS]})
    dice = np.random.default_rng(5)
    refused = sum(outcome(decide(gate, [_equals(dice)], samples=500)) == "fail" for _ in range(rounds))
    print(f"A/A runs over unequal clusters, three rules: {refused} of {rounds} refused (stated: 5 %)")


def _equals(dice: np.random.Generator) -> Any:  # noqa: ANN401 - a pairing
    rows: dict[str, list[Row]] = {"a": [], "b": []}
    number = 0
    for k, size in enumerate(1 + dice.integers(0, 9, 12)):
        luck = {name: dice.normal(0, 2, len(_METRICS)) for name in rows}
        for _ in range(size):
            number += 1
            hard = dice.normal(50, 10, len(_METRICS))
            for name, made in rows.items():
                values = hard + luck[name] + dice.normal(0, 4, len(_METRICS))
                told = {m: [float(v), ""] for m, v in zip(_METRICS, values, strict=True)}
                made.append(Row("v", f"c{number}", 0, "scored", f"k{k}", {"digest": "d"}, {}, told))
    sides = [
        Side(Run(Path(), {"id": n, "variants": [{"name": "v"}]}, {r.key: r for r in rs}), "v") for n, rs in rows.items()
    ]
    return pair(*sides)


def _runs(folder: Path) -> None:
    cases = folder / "cases.jsonl"
    cases.write_bytes(b"".join(orjson.dumps(_case(r)) + b"\n" for r in requests(_CASES)))
    suite = folder / "suite.yaml"
    suite.write_text(f"name: bench\ncases: ['{cases}']\n")
    with _model_server() as url:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {"VIERKLANG_DATA_DIR": str(folder / "home"), "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
        _vierklang(env, str(suite), "--limit", "1")  # makes the database
        for name, told in (
            ("composer with retrieval (asked: <= 15 s)", ("--no-cache",)),
            ("direct client, 50 ms model (asked: <= 4 s)", ("--no-cache", "--model", "openai/gpt-4o-mini")),
            (
                "the same without the second engine",
                ("--no-cache", "--no-second-engine", "--model", "openai/gpt-4o-mini"),
            ),
            ("composer, filling the caches", ()),
            ("composer, all cached", ()),
        ):
            seconds = _timed(lambda told=told: _vierklang(env, str(suite), "-j", "20", *told))
            print(f"{_CASES} cases, {name}: {seconds:.1f} s")
    _rescoring(folder, cases)


def _rescoring(folder: Path, cases: Path) -> None:
    """Every metric anew over 500 drafts, without a cache."""
    newest = max((folder / "home" / "eval" / "runs").glob("*.jsonl"))
    rows = [r for r in read_run(newest).rows.values() if r.status == "scored"]
    found = {c.id: c for c in load_sets([cases])[0].cases}
    work = [(found[r.case], r.draft) for r in rows for _ in range(3)][:500]
    variant = Variant(name="composer")

    async def score() -> None:
        for case, draft in work:
            await Measurer().measure(case, draft, variant)

    print(f"rescoring {len(work)} drafts: {_timed(lambda: asyncio.run(score())):.1f} s (asked: <= 3)")


def _case(request: dict[str, Any]) -> dict[str, Any]:
    ticket = request["ticket"]
    return {"id": ticket["id"], "ticket": ticket, "request": {"resolutions": request["resolutions"]},
            "gold": "\n\n".join(_STEPS.values()), "must_appear": ["Erstattung"]}  # fmt: skip


def _vierklang(env: dict[str, str], *told: str) -> None:
    subprocess.run([command("vierklang"), "eval", "run", *told], env=env, check=True, capture_output=True)


def _timed(work: Any) -> float:  # noqa: ANN401 - a callable
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class _Answers(BaseHTTPRequestHandler):
    """An OpenAI-compatible model that takes 50 ms."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["content-length"]))
        time.sleep(0.05)
        steps = _STEPS if asked.count(b"German") > asked.count(b"English") else _ENGLISH
        choice = {"message": {"content": json.dumps(steps)}, "finish_reason": "stop"}
        body = json.dumps({"choices": [choice], "usage": {"prompt_tokens": 900, "completion_tokens": 90}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _model_server:  # noqa: N801 - used as a function
    def __enter__(self) -> str:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

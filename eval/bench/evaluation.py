"""The evaluation itself: a run over 200 cases, rescoring, the bootstrap, and false alarms of 1,000 comparisons of equals."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench import evaluation_speed
from eval.bench.home import machine
from eval.bench.options import Options
from eval.comparing.pairing import Side, pair
from eval.gate.decide import decide, outcome
from eval.gate.rules import GateFile
from eval.runs.rows import Row, Run
from eval.statistics.paired import bootstrap, grouped, permutation

_METRICS = ("similarity.chrf", "quality.scorecard", "facts.required")


def run(options: Options) -> None:
    """Print the figures beside those asked for."""
    print(machine())
    _statistics()
    _false_alarms()
    evaluation_speed.run(options.cases)


def _statistics() -> None:
    dice = np.random.default_rng(1)
    groups = grouped(dice.normal(0, 1, 1000).tolist(), [str(i) for i in range(1000)])
    print(f"bootstrap, 10,000 samples over 1,000 clusters: {_timed(lambda: bootstrap(groups))} (asked: <= 0.5)")
    print(f"permutation, the same: {_timed(lambda: permutation(groups))}")


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


def _timed(work: Callable[[], object]) -> str:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return f"{time.perf_counter() - wall:.2f} s, CPU {time.process_time() - cpu:.2f} s"

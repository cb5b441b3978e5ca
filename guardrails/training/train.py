"""Trains the classifier of `reply_guards.classifier`: `python guardrails/training/train.py` from the project's root.

Reads the training lines beside this file, the policies' own examples and the development half of the labelled cases;
never the test half. Writes `reply_guards/data/classifier.npz` and prints the cross-validated figures for the card.
Logistic regression with L2, full batch, Adam; deterministic.
"""

# ruff: noqa: INP001, T201, PLW2901, PLR2004 - a script: prints, updates arrays in place, numbers its groups
from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "guardrails"))

from reply_guards.classifier import FEATURES, MODEL, pair_feature, word_features, words_of  # noqa: E402
from reply_guards.policy import load_policies  # noqa: E402
from reply_guards.text import read  # noqa: E402

VARIANTS, PASSING = 14, 10  # how many wordings of a template are used
STEPS, RATE, L2 = 150, 0.06, 1e-4
FOLDS = 4
Line = tuple[str, frozenset[str], float, int]  # folded sentence, labels, weight, group (for folds)

_CONTACT = {
    "contact.callback",
    "contact.indirect",
    "contact.postal",
    "contact.social",
    "contact.messenger",
    "contact.qr",
}
_KEPT = {"safety.insult", "safety.statutory_rights"}


def label_of(rule: str) -> str | None:
    """The label a rule or a case's label is trained as, or None where rules suffice."""
    family = rule.partition(".")[0]
    if rule in _CONTACT:
        return "contact"
    if family in {"feedback", "promotion", "offplatform"}:
        return family
    return rule if (family == "tone" and rule not in {"tone.jargon", "tone.forbidden_word"}) or rule in _KEPT else None


def wordings(template: str, limit: int) -> Iterator[str]:
    """Up to `limit` wordings of a template, spread evenly over all combinations."""
    parts = [p.split("|") for p in re.split(r"[{}]", template)]
    total = 1
    for part in parts:
        total *= len(part)
    step = max(1, total // limit)
    # a stride that shares no factor with the small alternatives walks through all of them
    for k in range(min(limit, total)):
        index, chosen = (k * (step | 1) + 7 * k) % total, []
        for part in parts:
            index, at = divmod(index, len(part))
            chosen.append(part[at])
        yield re.sub(r"\s+([,.?!])", r"\1", " ".join("".join(chosen).split()))


def sentences(text: str) -> list[str]:
    """Folded sentences."""
    return [s.text for s in read(text).sentences]


def template_lines() -> Iterator[Line]:
    """The lines written for training."""
    group = itertools.count()
    for name in ("feedback", "commerce", "tone", "more"):
        content: Any = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
        for block in content if isinstance(content, list) else [content]:
            for kind, limit in (("trip", VARIANTS), ("pass", PASSING)):
                labels = frozenset({block["label"]}) if kind == "trip" else frozenset()
                for template in block[kind]:
                    fold = next(group)
                    for wording in wordings(template, limit):
                        yield read(wording).folded.replace("\n", " "), labels, 0.35, fold


def example_lines() -> Iterator[Line]:
    """The policies' own examples."""
    for number, rule in enumerate(load_policies()["strict"].rules.values()):
        for kind in ("trip", "pass"):
            for example in rule.examples[kind]:
                if not isinstance(example, str):
                    continue
                label = label_of(rule.id)
                if kind == "trip" and label is None:
                    continue
                yield (
                    read(example).folded.replace("\n", " "),
                    frozenset({label} if kind == "trip" and label else ()),
                    1.0,
                    10_000 + number,
                )


def case_lines() -> Iterator[Line]:
    """The development half of the labelled cases."""
    number = 20_000
    for path in sorted((ROOT / "tests/cases/review").glob("*.jsonl")):
        for raw in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(raw)
            if case["split"] != "dev":
                continue
            number += 1
            labels = frozenset(label for t in case["trips"] if (label := label_of(t)))
            parts = sentences(case["text"])
            if labels and len(case["text"].split()) <= 32:
                yield " ".join(parts), labels, 1.0, number
            elif not case["trips"] and not (case.get("context") or {}).get("review_consent"):
                for part in parts:
                    yield part, frozenset(), 1.0, number


def passing_lines() -> Iterator[Line]:
    """Sentences of replies we wrote as good examples."""
    path = Path(__file__).parent / "clean.txt"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        yield read(line).folded.replace("\n", " "), frozenset(), 0.7, 40_000 + number


class Sparse:
    """A sparse matrix of rows given as (columns, value): times a dense matrix, and transposed."""

    def __init__(self, rows: list[list[int]], values: list[float], width: int) -> None:
        self.columns = np.array([c for row in rows for c in row])
        sizes = np.array([len(row) for row in rows])
        self.values = np.repeat(np.array(values, dtype=np.float32), sizes)
        self.starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self.rows = np.repeat(np.arange(len(rows)), sizes)
        self.order = np.argsort(self.columns, kind="stable")
        self.used, self.first = np.unique(self.columns[self.order], return_index=True)
        self.width = width

    def times(self, dense: Any) -> Any:  # noqa: ANN401 - numpy arrays
        """This × dense."""
        return np.add.reduceat(dense[self.columns] * self.values[:, None], self.starts)

    def transposed_times(self, dense: Any) -> Any:  # noqa: ANN401
        """Transposed × dense."""
        result = np.zeros((self.width, dense.shape[1]), np.float32)
        result[self.used] = np.add.reduceat(dense[self.rows[self.order]] * self.values[self.order][:, None], self.first)
        return result


class Lines:
    """Lines → words and pairs → features, in two sparse steps, as the classifier itself does."""

    def __init__(self, texts: list[str]) -> None:
        tokens: dict[tuple[str, ...], int] = {}
        rows, scales = [], []
        for text in texts:
            words = words_of(text) or ["0"]
            pairs = list(zip(["^", *words], [*words, "$"], strict=True))
            rows.append([tokens.setdefault(t, len(tokens)) for t in [*((w,) for w in words), *pairs]])
            scales.append(1 / len(words) ** 0.5)
        features = [list(word_features(t[0])) if len(t) == 1 else [pair_feature(*t)] for t in tokens]
        self.tokens = Sparse(rows, scales, len(tokens))
        self.features = Sparse(features, [1 / len(f) ** 0.5 for f in features], FEATURES)
        self.used = self.features.used

    def times(self, weights: Any) -> Any:  # noqa: ANN401
        """Lines × weights."""
        return self.tokens.times(self.features.times(weights))

    def gradient(self, residual: Any) -> Any:  # noqa: ANN401
        """The transposed product, for the used features only."""
        return self.features.transposed_times(self.tokens.transposed_times(residual))[self.used]


def fit(data: Lines, targets: Any, weights: Any, keep: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Weights of the used features and biases."""
    labels = targets.shape[1]
    w, b = np.zeros((len(data.used), labels), np.float32), np.full(labels, -3.0, np.float32)
    full = np.zeros((FEATURES, labels), np.float32)
    moments = [np.zeros_like(w), np.zeros_like(w), np.zeros_like(b), np.zeros_like(b)]
    balance = weights[:, None] * np.where(targets > 0, 3.0, 1.0)
    total = float((weights * keep).sum())
    for step in range(1, STEPS + 1):
        full[data.used] = w
        residual = (1 / (1 + np.exp(-np.clip(data.times(full) + b, -30, 30))) - targets) * balance
        residual *= keep[:, None]
        slopes = (data.gradient(residual) / total + L2 * w, residual.sum(axis=0) / total)
        for k, (value, slope) in enumerate(zip((w, b), slopes, strict=True)):
            first, second = moments[2 * k], moments[2 * k + 1]
            first += 0.1 * (slope - first)
            second += 0.001 * (slope**2 - second)
            value -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-7)
    return w, b


def crossed(data: Lines, targets: Any, weights: Any, groups: Any) -> Any:  # noqa: ANN401
    """Scores of each line by a model that has not seen its group."""
    scores = np.zeros_like(targets)
    for fold in range(FOLDS):
        keep = (groups % FOLDS != fold).astype(np.float32)
        w, b = fit(data, targets, weights, keep)
        full = np.zeros((FEATURES, targets.shape[1]), np.float32)
        full[data.used] = w
        held = keep == 0
        scores[held] = (data.times(full) + b)[held]
    return scores


def threshold(scores: Any, wanted: Any, real: Any) -> float:  # noqa: ANN401
    """The lowest score that keeps false alarms among real negatives at one in three hundred."""
    negatives = np.sort(scores[(wanted == 0) & real])
    return float(max(-1.6, negatives[-max(1, len(negatives) // 300)] + 0.02))


def main() -> None:
    """Train, print, write."""
    lines: list[Line] = [*template_lines(), *example_lines(), *case_lines(), *passing_lines()]
    labels = sorted({label for line in lines for label in line[1]})
    targets = np.array([[label in line[1] for label in labels] for line in lines], dtype=np.float32)
    weights, groups = np.array([line[2] for line in lines], dtype=np.float32), np.array([line[3] for line in lines])
    data = Lines([line[0] for line in lines])
    scores = crossed(data, targets, weights, groups)
    real = groups >= 10_000
    limits = np.array([threshold(scores[:, i], targets[:, i], real) for i in range(len(labels))], dtype=np.float32)
    print(f"{len(lines)} lines, {len(data.used)} features")
    for i, label in enumerate(labels):
        yes = (targets[:, i] > 0) & (groups >= 20_000)
        share = np.mean(scores[yes, i] > limits[i]) if yes.any() else 0
        print(f"{label:26} threshold {limits[i]:5.2f}  found {share:.2f} of {int(yes.sum())}")
    w, b = fit(data, targets, weights, np.ones(len(lines), np.float32))
    scale = np.float32(np.abs(w).max() / 127)
    kept = np.abs(w).max(axis=1) > scale / 2
    np.savez_compressed(
        MODEL,
        labels=np.array(labels),
        rows=data.used[kept].astype(np.uint16),
        values=np.round(w[kept] / scale).astype(np.int8),
        scale=scale,
        bias=b.astype(np.float32),
        thresholds=limits,
    )
    print(f"{MODEL.name}: {MODEL.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()

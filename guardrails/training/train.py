"""Trains a network: `python guardrails/training/train.py` from the project's root writes `data/second.npz`.

It is the second of the panel (`panel.py`); the first, `data/classifier.npz`, is a network trained the same way before,
on 193,199 lines, with 96 instead of 128 filters, 192 instead of 384 hidden signs and one joined line to five. To renew
both, put it in its place.

First the network learns to say of each sentence what a large published encoder says of it (which knows the
languages), then it learns our labels, of lines and of longer ones made of two. Every twentieth block of lines is held
out: it tells from which log-odds on a label counts, and what is found of it is printed. Needs
`training/requirements.txt` (JAX does the calculus) and half an hour on two cores. Deterministic: one seed, one order.
"""

# ruff: noqa: INP001, T201, ANN401 - a script: prints, numbers of its own, arrays
from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "guardrails"), str(Path(__file__).parent)]

from data import BATCH, Data  # noqa: E402
from lines import TUNED, cases, examples, family, written  # noqa: E402

from reply_guards.panel import SECOND, table_of  # noqa: E402
from reply_guards.vectors import DIMENSIONS, vector_of  # noqa: E402
from reply_guards.word_rows import (  # noqa: E402
    BUCKETS,
    LETTERS,
    letter_features,
)

WIDE, TEACHER = DIMENSIONS + LETTERS, 512
FILTERS, HIDDEN = 128, 384
LISTENING, LEARNING = 6, 10  # epochs at the encoder's words, epochs at our labels
SEED = 7
FEATURES = 28
JOINED = 0.3  # lines made of two, beside each one that was written
BLOCK, HELD_OUT = 10, 20  # lines of a block, which hold pairs together; every which block is held out
ALIKE, ORDINARY = 1.5, 4.0  # what a false alarm costs on a look-alike and on an ordinary sentence, in missed violations
LOWEST = -0.25  # log-odds: little less than an even chance; at -1 the test half gained as many finds as false alarms
# To be told of an insult where there is none is one; and in public service dialogues, which are stiff and mean well,
# what was called cold on less was mostly none.
LEAST = {"safety": 0.0, "tone": 0.8}
# Of ordinary sentences at most this share is accused where many stand together: a reply holds ten.
AMONG_MANY, AT_MOST_MORE = 0.002, 2.0
Weights = dict[str, Any]


def word_table(words: dict[str, int]) -> tuple[Any, Any]:
    """Of each word number: its vector, its letter features (0 where there are fewer)."""
    vectors = np.zeros((len(words) + 1, DIMENSIONS), np.float32)
    features = np.zeros((len(words) + 1, FEATURES), np.int32)
    for word, number in words.items():
        vectors[number] = vector_of(word)
        found = letter_features(word)[:FEATURES]
        features[number, : len(found)] = found
    return jnp.array(vectors), jnp.array(features)


def start(key: Any, outputs: int) -> Weights:
    """Untrained weights."""
    shapes = {
        "k1": (3 * WIDE, FILTERS), "k2": (3 * FILTERS, FILTERS), "k3": (2 * FILTERS + WIDE, HIDDEN),
        "k4": (HIDDEN, outputs), "k5": (HIDDEN, TEACHER),
    }  # fmt: skip
    keys = jax.random.split(key, len(shapes) + 1)
    made = {n: jax.random.normal(k, s) * (2 / s[0]) ** 0.5 for k, (n, s) in zip(keys[1:], shapes.items(), strict=True)}
    made["k4"] *= 0.3
    made |= {"b1": jnp.zeros(FILTERS), "b2": jnp.zeros(FILTERS), "b3": jnp.zeros(HIDDEN), "b4": jnp.full(outputs, -3.0)}
    made["letters"] = jax.random.normal(keys[0], (BUCKETS, LETTERS)) * 0.1
    return made | {"b5": jnp.zeros(TEACHER)}


def around(rows: Any, distance: int) -> Any:
    """Each word beside its neighbours, zeros beyond the ends."""
    before = jnp.pad(rows, ((0, 0), (distance, 0), (0, 0)))[:, :-distance]
    after = jnp.pad(rows, ((0, 0), (0, distance), (0, 0)))[:, distance:]
    return jnp.concatenate([before, rows, after], axis=2)


def dropped(key: Any, rate: float, values: Any, shape: Any = None) -> Any:
    """Some of the values put to nought, in training only."""
    if key is None:
        return values
    return values * jax.random.bernoulli(key, 1 - rate, shape or values.shape) / (1 - rate)


def forward(w: Weights, table: Any, words: Any, runs: Any, key: Any = None, *, learning: bool = True) -> Any:
    """Log-odds of each label (None before `learning`), and what the sentence is taken for in the encoder's terms."""
    keys = [None] * 5 if key is None else jax.random.split(key, 5)
    vectors, features = table
    different, places = words
    found = features[different]
    there = (found > 0)[..., None]
    root = jnp.sqrt(jnp.maximum(there.sum(axis=1), 1))
    meanings = jnp.concatenate([vectors[different], (w["letters"][found] * there).sum(axis=1) / root], axis=1)
    inside = (different[places] > 0)[..., None].astype(jnp.float32)
    root_words = jnp.sqrt(jnp.maximum(inside.sum(axis=1), 1))
    meaning = dropped(keys[0], 0.08, meanings[places] * inside, (*places.shape, 1))
    first = jax.nn.relu(around(meaning, 1) @ w["k1"] + w["b1"]) * inside
    second = (jax.nn.relu(around(first, 2) @ w["k2"] + w["b2"]) + first) * inside
    signs = jnp.concatenate(
        [second.max(axis=1), second.sum(axis=1) / root_words, meaning.sum(axis=1) / root_words], axis=1
    )
    hidden = jax.nn.relu(dropped(keys[1], 0.15, signs) @ w["k3"] + w["b3"])
    heard = hidden @ w["k5"] + w["b5"]
    heard /= jnp.linalg.norm(heard, axis=1, keepdims=True) + 1e-3
    if not learning:
        return None, heard
    votes = ((w["votes"][found] * there).sum(axis=1) / root)[places] * inside
    said = (w["votes"][runs] * (runs > 0)[..., None]).sum(axis=2)
    votes = dropped(keys[2], 0.25, votes, (*places.shape, 1)) + dropped(keys[3], 0.25, said, (*places.shape, 1))
    told = dropped(keys[4], 0.25, hidden) @ w["k4"] + w["b4"] + votes.sum(axis=1) / root_words
    return told, heard


def loss(w: Weights, table: Any, batch: Any, learning: bool, key: Any) -> Any:
    """How far from the encoder, and, when `learning`, how far from the labels."""
    words, runs, teacher, target, known = batch
    told, heard = forward(w, table, words, runs, key, learning=learning)
    distance = (1 - (heard * teacher).sum(axis=1)).mean()
    if not learning:
        return 10 * distance
    entropy = jax.nn.softplus(told) - told * (target * 0.96 + 0.01)
    return (entropy * known * (1 + target)).sum() / known.sum() * 20 + 2 * distance


@partial(jax.jit, donate_argnums=(0, 1), static_argnums=(4,))
def step(w: Weights, moments: Any, table: Any, batch: Any, learning: bool, at: Any, rate: Any, key: Any) -> Any:
    """One step of Adam with decoupled decay, heavier on the votes."""
    slopes = jax.grad(loss)(w, table, batch, learning, key)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], slopes)
    second = jax.tree.map(lambda m, g: 0.99 * m + 0.01 * g * g, moments[1], slopes)
    one, two = 1 - 0.9**at, 1 - 0.99**at

    def moved(value: Any, m: Any, v: Any) -> Any:
        return value - rate * ((m / one) / (jnp.sqrt(v / two) + 1e-6) + 0.02 * value * (value.ndim > 1))

    return jax.tree.map(moved, w, first, second), (first, second)


def fit(data: Data, table: Any, seed: int = SEED) -> Weights:
    """The trained weights."""
    key = jax.random.key(seed)
    w = start(key, data.target.shape[1])
    order = np.random.default_rng(seed)
    for learning, epochs, rate in ((False, LISTENING, 4e-3), (True, LEARNING, 3e-3)):
        if learning:
            w["votes"] = jnp.zeros((BUCKETS, data.target.shape[1]))
        moments = (jax.tree.map(jnp.zeros_like, w), jax.tree.map(jnp.zeros_like, w))
        steps, at = epochs * (len(data.words) // BATCH), 0
        for _ in range(epochs):
            for batch in data.batches(order):
                at += 1
                now = rate * min(1.0, at / 100) * max(0.02, 1 - at / steps)
                w, moments = step(w, moments, table, batch, learning, float(at), now, jax.random.fold_in(key, at))
    return w


def told(w: Weights, table: Any, data: Data) -> Any:
    """Log-odds of all lines."""
    run = jax.jit(lambda words, runs: forward(w, table, words, runs)[0])
    parts = [np.arange(i, min(i + 256, len(data.words))) for i in range(0, len(data.words), 256)]
    return np.concatenate([np.asarray(run(*data.batch(rows)[:2])) for rows in parts])


def print_families(scores: Any, data: Data, labels: list[str], limits: dict[str, float]) -> None:
    """Of each family: found of the violations, accused of look-alikes and of ordinary sentences."""
    for k, label in enumerate(labels):
        if "." in label:
            continue
        over, yes, known = scores[:, k] > limits[label], data.target[:, k] > 0, data.known[:, k] > 0
        shares = [
            f"{name} {over[group].mean() if group.any() else 0:.3f} of {group.sum()}"
            for name, group in (
                ("found", yes),
                ("look-alikes accused", known & ~yes & ~data.ordinary),
                ("ordinary accused", known & ~yes & data.ordinary),
            )
        ]
        print(f"  {label:12} from {limits[label]:5.2f}: " + ", ".join(shares))


def thresholds(scores: Any, data: Data, labels: list[str]) -> dict[str, float]:
    """Of each family: the log-odds at which missed violations and false alarms cost least together; else 0.

    An alarm on an ordinary sentence costs most; what whole replies take besides, `among_many` says.
    """
    found = dict.fromkeys(labels, 0.0)
    limits = np.linspace(LOWEST, 2, 91)
    for k, label in enumerate(labels):
        yes, no = data.target[:, k] > 0, (data.target[:, k] == 0) & (data.known[:, k] > 0)
        groups = ((yes, -1.0), (no & ~data.ordinary, ALIKE), (no & data.ordinary, ORDINARY))
        if "." not in label and all(group.any() for group, _ in groups):
            costs = [weight * (scores[group, k][:, None] > limits).mean(axis=0) for group, weight in groups]
            found[label] = max(LEAST.get(label, LOWEST), round(float(limits[int(np.argmin(sum(costs)))]), 2))
    return found


def among_many(scores: Any, data: Data, labels: list[str], limits: dict[str, float]) -> dict[str, float]:
    """Of each family: how much surer than its threshold the network must be where many sentences are told at once."""
    found = dict.fromkeys(labels, 0.0)
    for k, label in enumerate(labels):
        ordinary = data.ordinary & (data.target[:, k] == 0) & (data.known[:, k] > 0)
        if "." not in label and ordinary.any():
            more = float(np.quantile(scores[ordinary, k], 1 - AMONG_MANY)) - limits[label]
            found[label] = round(min(max(more, 0.0), AT_MOST_MORE), 2)
    return found


def main() -> None:
    """Train, print, write."""
    own = list(written())
    labels = sorted({y for line in own for y in line.yes})
    labels += sorted({family(y) for y in labels if family(y) != "role"})
    held = [line for i, line in enumerate(own) if i // BLOCK % HELD_OUT == 0]
    learned = [line for i, line in enumerate(own) if i // BLOCK % HELD_OUT]
    learned += [*examples(frozenset(labels)), *cases(TUNED)]
    words: dict[str, int] = {}
    data, test = Data(learned, labels, words), Data(held, labels, words)
    print(f"{len(learned)} lines, {len(words)} words, {len(labels)} labels", flush=True)
    data = data.beside(data.joined(int(JOINED * len(learned)), labels, words, seed=1))
    long = test.joined(len(held), labels, words, seed=2)
    table = word_table(words)
    w = fit(data, table)
    scores = told(w, table, test)
    limits = thresholds(scores, test, labels)
    print_families(scores, test, labels, limits)
    print("beside another half:")
    print_families(told(w, table, long), long, labels, limits)
    more = among_many(scores, test, labels, limits)
    print("  among many: " + ", ".join(f"{label} +{by}" for label, by in more.items() if by))
    write(w, labels, limits, more)


def write(w: Weights, labels: list[str], limits: dict[str, float], more: dict[str, float]) -> None:
    """The two files the pack reads: the table by itself, so that it can be mapped."""
    table = np.concatenate([np.asarray(w["letters"]), np.asarray(w["votes"])], axis=1)
    scale = np.abs(table).max(axis=0) / 127 + 1e-9
    np.save(table_of(SECOND), np.round(table / scale).astype(np.int8))
    rest = {n: np.asarray(w[n]).astype(np.float16) for n in ("k1", "b1", "k2", "b2", "k3", "b3", "k4", "b4")}
    np.savez_compressed(
        SECOND, labels=np.array(labels), thresholds=np.array([limits[x] for x in labels], np.float32),
        among_many=np.array([more[x] for x in labels], np.float32), scale=scale.astype(np.float32), **rest,
    )  # fmt: skip
    print(f"{SECOND.name}: {SECOND.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()

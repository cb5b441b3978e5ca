"""The shipped gold replies are written blind: they share next to nothing with what the composer is built from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.knowledge.starter import load_starter_macros, load_starter_tickets
from eval.casebook.loading import load_sets

CASES = sorted((Path(__file__).parents[3] / "eval" / "cases").glob("*.jsonl"))
LENGTH = 8


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + LENGTH]) for i in range(len(words) - LENGTH + 1)}


@pytest.fixture(scope="module")
def known() -> set[tuple[str, ...]]:
    """Eight words in a row of every macro and every starter reply."""
    texts = [text for macro in load_starter_macros() for text in macro.steps.values()]
    return set().union(*(grams(t) for t in [*texts, *(t.reply for t in load_starter_tickets())]))


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_gold_replies_share_under_five_percent_of_their_eight_grams(path, known):
    (read,) = load_sets([path])
    golds = [grams(c.gold.gold or "") for c in read.cases]
    shared, total = sum(len(g & known) for g in golds), sum(map(len, golds))
    assert shared / total < 0.05


def test_no_customer_or_thread_stands_in_two_splits():
    """Else `test` would say what `dev` was tuned to."""
    for read in load_sets(CASES):
        splits = {s: {c.cluster for c in read.cases if c.gold.split == s} for s in ("dev", "test")}
        assert not splits["dev"] & splits["test"], read.path

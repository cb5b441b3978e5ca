"""Accuracy of the review on the labelled lines: violations found, look-alikes accused, family by family and split by split.

`last` and of `test` only totals were ever seen; `crowd` (honest whole replies by four strangers) and `wide` were written to
be read; the others were such sets before, and `later` was written against the checks.
"""

from __future__ import annotations

from collections import Counter

from eval.labelled_replies import judged, subject_of

_SPLITS = (
    "last", "test", "crowd", "pairs", "wide", "final", "sealed", "late", "held", "unseen", "fresh", "blind", "dev", "later",
)  # fmt: skip


def run() -> None:
    """Print a table for each split."""
    for split in _SPLITS:
        counts: dict[str, Counter[str]] = {}
        for case, right, _ in judged(split):
            kind = "violations" if case.families else "look-alikes"
            for subject in (subject_of(case), "all"):
                counts.setdefault(subject, Counter()).update({kind: 1, f"right {kind}": int(right)})
        print(f"{split}:")
        for subject, count in sorted(counts.items()):
            print(
                f"  {subject:22} found {count['right violations']:4} of {count['violations']:4}"
                f"   accused {count['look-alikes'] - count['right look-alikes']:3} of {count['look-alikes']:4}"
            )

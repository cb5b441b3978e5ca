"""Accuracy of the review on the labelled lines: violations found, look-alikes accused, family by family and split by split.

`sealed` was written last, by two who knew no check; of `test` only totals were seen; the others were read and learned from,
and `later` was written against the checks.
"""

from __future__ import annotations

from collections import Counter

from eval.labelled_replies import judged, subject_of


def run() -> None:
    """Print a table for each split."""
    for split in ("sealed", "test", "late", "held", "unseen", "fresh", "blind", "dev", "later"):
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

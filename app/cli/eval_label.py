"""What `vierklang eval label` does: ask a person about drafts, one by one, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from app.config import get_settings
from eval.judge.labelling import One, Two, is_compared, is_labelled, left, pairs, singles
from eval.judge.labels import Label, Preference, add_label, read_labels, read_preferences
from eval.judge.rubric import RUBRIC
from eval.runs.places import Places
from eval.runs.rows import Run, read_run


def label_run(name: str, *, who: str, limit: int, pairwise: bool) -> None:
    """Show drafts, or pairs of them, whose they are untold, and keep what is said of them."""
    places = Places(get_settings().data_dir)
    run = read_run(places.run(name))
    tasks: Sequence[One | Two] = _pairs(run, places, who) if pairwise else _singles(run, places, who)
    for number, task in enumerate(tasks[:limit], 1):
        print(f"\n── {number} of {min(limit, len(tasks))} · {task.case} ──\n{task.customer}\n")
        said = _compare(task, who) if isinstance(task, Two) else _judge(task, who)
        if said == "quit":
            break
        if isinstance(said, Label | Preference):
            add_label(places.labels, said)
    print(f"labels: {places.labels}")


def _singles(run: Run, places: Places, who: str) -> Sequence[One]:
    return left(singles(run, who), is_labelled(who, read_labels(places.labels)))


def _pairs(run: Run, places: Places, who: str) -> Sequence[Two]:
    return left(pairs(run, who), is_compared(who, read_preferences(places.labels)))


def _judge(task: One, who: str) -> Label | str:
    print(task.text + "\n")
    answer = _ask("Would you send it as it is? [y]es [n]o [s]kip [q]uit ", "ynsq")
    if answer in "sq":
        return "quit" if answer == "q" else "skip"
    print(", ".join(f"{i} {item}" for i, item in enumerate(RUBRIC, 1)))
    failed = set(input("Which of these fail? (numbers, may stay empty) "))
    marks = {item: str(i) not in failed for i, item in enumerate(RUBRIC, 1)}
    return task.label(who, good=answer == "y", marks=marks, reason=_reason())


def _compare(task: Two, who: str) -> Preference | str:
    print(f"── A ──\n{task.texts[0]}\n\n── B ──\n{task.texts[1]}\n")
    answer = _ask("Which is better? [a] [b] [n]either [s]kip [q]uit ", "abnsq")
    if answer in "sq":
        return "quit" if answer == "q" else "skip"
    return task.prefer(who, {"a": 0, "b": 1}.get(answer), _reason())


def _ask(question: str, allowed: str) -> str:
    answer = ""
    while not answer or answer not in allowed:
        answer = input(question).strip().lower()[:1]
    return answer


def _reason() -> str:
    return input("Why? (may stay empty) ").strip()

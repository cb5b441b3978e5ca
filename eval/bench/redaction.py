"""Redaction: what is found and what is removed for nothing, by entity and language, beside Presidio; and its time."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from app.knowledge.redaction import redact
from eval.bench.redaction_cases import Labelled, generated, written
from eval.bench.redaction_presidio import presidio

Found = list[tuple[int, int, str]]
Finder = Callable[[Labelled], Found]
_ENTITY = {
    "customer_name": "name", "person": "name", "agent_name": "name", "tracking_number": "tracking", "tracking_url": "link",
    "account_number": "iban", "customer_number": "id_number", "invoice_number": "id_number", "ticket_number": "id_number",
    "return_number": "id_number", "tax_id": "id_number", "document_number": "id_number",
}  # fmt: skip
_EACH = 80


def ours(case: Labelled) -> Found:
    """What our redaction removes from a case, with what the case's row tells."""
    return [(s.start, s.end, _ENTITY.get(s.slot, s.slot)) for s in redact(case.text, case.known).spans]


def run() -> None:
    """Print recall and precision of both on all sets, and milliseconds a text."""
    written_test = written("test")
    untold = _generated(told=False)
    _table("hand-written, test half, rows tell nothing: ours", written_test, ours)
    _table("Faker identities, rows tell nothing: ours", untold, ours)
    _table("Faker identities, rows tell the customer: ours", _generated(told=True), ours)
    print(
        f"ours: {_milliseconds(ours, [*written_test, *untold]):.2f} ms a text; 60 words {_milliseconds(ours, _sixty_words(untold)):.2f} ms"
    )
    other = presidio()
    if other is None:
        print("Presidio is not installed (pip install presidio-analyzer): not compared")
        return
    _table("hand-written, test half: Presidio, predefined recognisers, no NER model", written_test, other)
    _table("Faker identities: Presidio, predefined recognisers, no NER model", untold, other)
    print(f"Presidio: {_milliseconds(other, untold[:100]):.2f} ms a text")


def _generated(*, told: bool) -> list[Labelled]:
    try:
        return list(generated(_EACH, told=told))
    except ImportError:
        print("Faker is not installed: the generated set is left out")
        return []


def _sixty_words(cases: Sequence[Labelled]) -> list[Labelled]:
    """The cases written on to sixty words, as tickets are."""
    rest = " I have waited long enough and would like to know what happens next with this, please."
    return [
        Labelled(text, (), c.group, c.language)
        for c in cases[:200]
        if (text := (c.text + rest * 4)) and (text := " ".join(text.split(" ")[:60]))
    ]


def score(cases: Iterable[Labelled], finder: Finder) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """By (group, entity): labelled parts, those wholly removed, removals, those that hit a labelled part."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for case in cases:
        found = finder(case)
        for start, end, entity in case.spans:
            cell = counts[case.group, entity]
            cell[0] += 1
            cell[1] += _is_covered(case.text, start, end, found)
        for start, end, entity in found:
            cell = counts[case.group, entity]
            cell[2] += 1
            cell[3] += any(a < end and start < b for a, b, _ in case.spans)
    return {key: (a, b, c, d) for key, (a, b, c, d) in counts.items()}


def _is_covered(text: str, start: int, end: int, found: Found) -> bool:
    """Every letter and digit of the part lies in something removed, whatever it was taken for."""
    return all(not text[i].isalnum() or any(a <= i < b for a, b, _ in found) for i in range(start, end))


def _table(title: str, cases: Sequence[Labelled], finder: Finder) -> None:
    counts = score(cases, finder)
    groups = sorted({group for group, _ in counts})
    print(f"{title} ({len(cases)} texts): recall/precision in % (labelled)")
    print("  " + " " * 12 + "".join(f"{group:>20}" for group in groups))
    for entity in sorted({entity for _, entity in counts}):
        print(f"  {entity:12}" + "".join(f"{_cell(counts.get((group, entity))):>20}" for group in groups))
    labelled, removed, removals, hits = (
        (sum(column) for column in zip(*counts.values(), strict=True)) if counts else (0,) * 4
    )
    print(f"  all: recall {_share(removed, labelled)}, precision {_share(hits, removals)}")


def _cell(cell: tuple[int, int, int, int] | None) -> str:
    if cell is None:
        return "-"
    labelled, removed, removals, hits = cell
    return f"{_share(removed, labelled)}/{_share(hits, removals)} ({labelled})"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def _milliseconds(finder: Finder, cases: Sequence[Labelled]) -> float:
    times = []
    for case in cases:
        finder(case)
        started = time.process_time()
        finder(case)
        times.append(time.process_time() - started)
    return statistics.median(times) * 1e3 if times else 0.0

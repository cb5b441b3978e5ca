"""What `vierklang eval gate` and `compare` do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.config import get_settings
from eval.comparing.difference import Difference, differences
from eval.comparing.pairing import pair, sides, within
from eval.gate.decide import EXIT, decide, outcome
from eval.gate.rules import read_gate
from eval.gate.summaries import junit, markdown
from eval.metrics.catalogue import about
from eval.runs.places import Places
from eval.runs.rows import read_run


def gate_runs(baseline: str, candidate: str, file: Path, *, junit_file: Path | None, markdown_file: Path | None) -> int:
    """Decide, print, write; 0 pass, 1 fail, 3 inconclusive."""
    places = Places(get_settings().data_dir)
    one, other = (read_run(places.run(name)) for name in (baseline, candidate))
    other.header["calibration"] = places.calibrations()
    decisions = decide(read_gate(file), [pair(a, b) for a, b in sides(one, other)])
    text = markdown(decisions, baseline=one.id, candidate=other.id)
    print(text, end="")
    for path, content in ((junit_file, junit(decisions)), (markdown_file, text)):
        if path:
            path.write_text(content, encoding="utf-8")
    return EXIT[outcome(decisions)]


def compare_runs(baseline: str, candidate: str | None) -> None:
    """Print paired differences: between two runs, or between the variants of one."""
    places = Places(get_settings().data_dir)
    one = read_run(places.run(baseline))
    pairs = sides(one, read_run(places.run(candidate))) if candidate else within(one)
    print_differences(differences([pair(a, b) for a, b in pairs]))


def print_differences(found: Sequence[Difference]) -> None:
    """A table a pair of variants."""
    console = Console(width=150)
    for candidate in dict.fromkeys(d.pair for d in found):
        mine = [d for d in found if d.pair == candidate]
        print(f"{candidate}: {mine[0].cases} paired cases in {mine[0].clusters} clusters")
        table = Table(
            "metric", "before", "after", "difference [95 %]", "p (Holm)", "+/-", "", "could find", box=None,
            padding=(0, 2, 0, 0),
        )  # fmt: skip
        for d in mine:
            value, low, high = d.interval
            table.add_row(
                about(d.metric).title, f"{d.baseline_mean:.4g}", f"{d.candidate_mean:.4g}",
                f"{value:+.4g} [{low:+.4g}, {high:+.4g}]", f"{d.p_holm:.3g}", f"{d.risen}/{d.fallen}", d.verdict,
                f"{d.detectable:.3g}",
            )  # fmt: skip
        console.print(table)

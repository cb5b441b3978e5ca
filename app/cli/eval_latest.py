"""What `vierklang eval latest` does: run, report, and gate where there is a baseline."""

from __future__ import annotations

from pathlib import Path

from app.cli.eval_gate import gate_runs
from app.cli.eval_run import run_suite
from app.config import get_settings
from eval.report.build import write_report
from eval.runs.places import Places
from eval.runs.rows import read_run
from eval.runs.session import Options


def run_latest(suite: Path, *, baseline: Path | None, gate_file: Path | None, jobs: int) -> int:
    """0, or the gate's exit code."""
    folder = Places(get_settings().data_dir).root / "latest"
    path = folder / "run.jsonl"
    path.unlink(missing_ok=True)
    if code := run_suite(suite, Options(concurrency=jobs), resume=None, out=path):
        return code
    write_report(read_run(path), folder / "report.html")
    print(f"{folder / 'report.html'}\n{folder / 'report.json'}")
    if baseline is None or gate_file is None:
        return 0
    return gate_runs(str(baseline), str(path), gate_file, junit_file=folder / "junit.xml",
                     markdown_file=folder / "gate.md")  # fmt: skip

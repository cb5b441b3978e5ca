"""What `vierklang eval report` and `latest` do."""

from __future__ import annotations

from pathlib import Path

from app.config import get_settings
from eval.report.build import write_csv, write_report
from eval.runs.baseline import write_baseline
from eval.runs.places import Places
from eval.runs.rows import read_run


def report_run(name: str, *, baseline: str | None, out: Path | None, csv: Path | None) -> None:
    """Write the report of a run and say where it lies."""
    places = Places(get_settings().data_dir)
    run = read_run(places.run(name))
    run.header["calibration"] = places.calibrations()
    path = out or places.root / "reports" / f"{run.id}.html"
    write_report(run, path, baseline=read_run(places.run(baseline)) if baseline else None)
    print(f"{path}\n{path.with_suffix('.json')}")
    if csv:
        write_csv(run, csv)
        print(csv)


def keep_baseline(name: str, out: Path) -> None:
    """Write a run's figures without its texts."""
    write_baseline(read_run(Places(get_settings().data_dir).run(name)), out)
    print(out)

"""What `vierklang eval run` and `show` do: progress while it runs, figures at the end."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from app.config import get_settings
from app.logs import configure_logs
from eval.metrics.catalogue import about
from eval.runs.places import Places
from eval.runs.rows import Row, Run, read_run
from eval.runs.session import Options, Plan, carry_out, prepare
from eval.runs.suite import read_suite
from eval.runs.totals import Summary, Total, summarise

_STOPPED, _INTERRUPTED = 3, 130


def run_suite(suite: Path, options: Options, *, resume: str | None, out: Path | None) -> int:
    """Run, print figures; 0 done, 3 stopped at --max-cost, 130 interrupted."""
    settings = get_settings().model_copy(update={"log_level": "ERROR"})
    places = Places(settings.data_dir)
    read = read_suite(suite)
    path = places.run(resume) if resume else out or places.new_run(read.name)
    made = prepare(read, options, path)
    again = f"vierklang eval run {suite}{options.told} --resume {path.stem if path.parent.name == 'runs' else path}"
    configure_logs(settings)
    _warn(made)
    try:
        done = _with_progress(made, places.cache)
    except KeyboardInterrupt:
        print(f"stopped; go on with: {again}")
        return _INTERRUPTED
    print_run(read_run(path))
    if not done:
        print(f"stopped at --max-cost; go on with: {again}")
    return 0 if done else _STOPPED


def _warn(made: Plan) -> None:
    for one in made.sets:
        if one.touched:
            print(f"warning: {one.path}: changed since it was sealed: {', '.join(one.touched)}")


def _with_progress(made: Plan, cache: Path) -> bool:
    settings = get_settings()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    try:
        task = bar.add_task(made.suite.name, total=len(made.jobs), rate="")
        seen = {"cost": 0.0, "lost": 0.0}

        def on_row(row: Row) -> None:
            seen["cost"] += 0.0 if row.cached else row.cost or 0.0
            seen["lost"] += row.status != "scored"
            speed = bar.tasks[task].speed or 0.0
            bar.update(task, advance=1, rate=f"{speed:.1f}/s  ${seen['cost']:.4f}  {seen['lost']:.0f} failed")

        def start(missing: int) -> None:
            bar.update(task, completed=len(made.jobs) - missing)
            bar.start()  # not before: its thread must not be there when other processes are forked

        return carry_out(made, settings, cache=cache, on_row=on_row, start=start)
    finally:
        bar.stop()


def show_run(name: str) -> None:
    """Print a run."""
    print_run(read_run(Places(get_settings().data_dir).run(name)))


def print_run(run: Run) -> None:
    """A table of all variants and metrics, with intervals, failures first."""
    summaries = [summarise(run, v) for v in run.variants]
    print(f"run {run.id}: {run.header['cases']} cases in {run.header['clusters']} clusters, {run.path}")
    for s in summaries:
        cost = "unknown" if s.cost is None else f"${s.cost:.4f}"
        print(f"{s.variant}: {s.scored} scored, {s.failed} failed, {s.unparseable} unparseable, cost {cost}")
    table = Table("metric", *(s.variant for s in summaries), box=None, padding=(0, 2, 0, 0))
    for metric in dict.fromkeys(m for s in summaries for m in s.totals):
        table.add_row(about(metric).title, *(_cell(s, metric) for s in summaries))
    Console(width=max(100, 40 + 34 * len(summaries))).print(table)


def _cell(summary: Summary, metric: str) -> str:
    total = summary.totals.get(metric)
    if total is None:
        return "–"
    lost = summary.rows > summary.scored and total.worst is not None
    bounds = f" ({total.worst:.0%}–{total.best:.0%} with failed)" if lost else ""
    return spell(total) + bounds


def spell(total: Total) -> str:
    """A figure with its interval."""
    value, low, high = total.interval
    if about(total.metric).sort == "share":
        return f"{value:.1%} [{low:.1%}, {high:.1%}]"
    if abs(low) == float("inf"):
        return f"{value:.4g} (one cluster)"
    return f"{value:.4g} [{low:.4g}, {high:.4g}]"

"""`vierklang eval …`: cases, runs, comparisons, gates and reports. What needs numpy is imported in the command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

evaluation = typer.Typer(help="Tell offline, with error bars, whether drafts got better.", no_args_is_help=True)
cases = typer.Typer(help="Check, seal and collect gold cases.", no_args_is_help=True)
evaluation.add_typer(cases, name="cases")
SuiteFile = Annotated[Path, typer.Argument(help="A suite file, such as eval/suites/dev.yaml.")]
RunName = Annotated[str, typer.Argument(help="A run: its name, the beginning of it, its path, or `latest`.")]


@evaluation.command()
def run(
    suite: SuiteFile,
    prompt: Annotated[str | None, typer.Option(help="Prompts to compare: reply@1,reply@2.")] = None,
    model: Annotated[str | None, typer.Option(help="Models to compare: composer,openai/gpt-4o-mini.")] = None,
    repeat: Annotated[int | None, typer.Option(min=1, help="Drafts of each case and variant.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many cases, spread over the files.")] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Drafts at once.")] = 8,
    resume: Annotated[str | None, typer.Option(help="Go on with this run.")] = None,
    retry_failed: Annotated[bool, typer.Option(help="With --resume: try rows that failed again.")] = False,
    max_cost: Annotated[float | None, typer.Option(min=0, help="Stop before more US dollars are spent.")] = None,
    record: Annotated[Path | None, typer.Option(help="Write the models' answers to this cassette.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Play the models' answers from this cassette.")] = None,
    out: Annotated[Path | None, typer.Option(help="The run's file. Default: under the data folder.")] = None,
    cache: Annotated[bool, typer.Option(help="Reuse drafts made by the same code, prompt, model and rules.")] = True,
    own_knowledge: Annotated[bool, typer.Option(help="Draft on the house's knowledge, not the starter's.")] = False,
    second_engine: Annotated[bool, typer.Option(help="Pass models' texts through guardrails-ai as well.")] = True,
) -> None:
    """Draft every case with every variant and measure the drafts; can be stopped and resumed at any time."""
    from app.cli.eval_run import run_suite
    from eval.runs.session import Options
    from eval.runs.taping import Taping

    def names(value: str | None) -> tuple[str, ...]:
        return tuple(n.strip() for n in (value or "").split(",") if n.strip())

    if record and replay:
        raise typer.BadParameter("--record and --replay exclude each other")
    options = Options(
        prompts=names(prompt), models=names(model), repeats=repeat, limit=limit, concurrency=jobs, max_cost=max_cost,
        taping=Taping(record, replay), use_cache=cache and not record and not replay, own_knowledge=own_knowledge,
        second_engine=second_engine, retry_failed=retry_failed,
    )  # fmt: skip
    raise typer.Exit(run_suite(suite, options, resume=resume, out=out))


@evaluation.command(name="show")
def show_(name: RunName) -> None:
    """Print a run's figures."""
    from app.cli.eval_run import show_run

    show_run(name)


@cases.command(name="check")
def check_(files: Annotated[list[Path], typer.Argument(help="Files of cases (JSON lines).")]) -> None:
    """Validate cases, and tell which sealed split was touched (exit code 1)."""
    from app.cli.eval_cases import check_cases

    raise typer.Exit(check_cases(files))


@cases.command(name="seal")
def seal_(files: Annotated[list[Path], typer.Argument(help="Files of cases (JSON lines).")]) -> None:
    """Write the hash of each split into the card beside the file."""
    from app.cli.eval_cases import seal_cases

    seal_cases(files)


@cases.command(name="from-outcomes")
def from_outcomes_(
    out: Annotated[Path, typer.Argument(help="Where to write the candidates (JSON lines).")],
    least_effort: Annotated[float, typer.Option(min=0, max=1, help="Share that must have been changed.")] = 0.05,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 200,
) -> None:
    """Turn edited drafts into candidate cases, redacted, for a person to read."""
    from app.cli.eval_cases import collect_cases

    collect_cases(out, least_effort=least_effort, limit=limit)


@evaluation.command()
def gate(
    file: Annotated[Path, typer.Argument(help="The gate's rules (YAML).")],
    baseline: Annotated[str, typer.Option(help="The run to be no worse than.")],
    candidate: Annotated[str, typer.Option(help="The run to be judged.")] = "latest",
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the summary for a pull request here.")] = None,
) -> None:
    """Pass (exit code 0), fail (1) or find too little evidence (3)."""
    from app.cli.eval_gate import gate_runs

    raise typer.Exit(gate_runs(baseline, candidate, file, junit_file=junit, markdown_file=markdown))


@evaluation.command()
def compare(
    baseline: RunName,
    candidate: Annotated[str | None, typer.Argument(help="Another run; without, the variants of one.")] = None,
) -> None:
    """Print paired differences with intervals, and what was too small to be seen."""
    from app.cli.eval_gate import compare_runs

    compare_runs(baseline, candidate)


@evaluation.command()
def report(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run.")] = "latest",
    baseline: Annotated[str | None, typer.Option(help="Compare with this run instead of the first variant.")] = None,
    out: Annotated[Path | None, typer.Option(help="The page. Default: under the data folder.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the rows as CSV as well.")] = None,
) -> None:
    """Write a report that needs no server: figures, differences, every draft beside its gold reply."""
    from app.cli.eval_report import report_run

    report_run(run_name, baseline=baseline, out=out, csv=csv)


@evaluation.command(name="baseline")
def baseline_(name: RunName, out: Annotated[Path, typer.Argument(help="Where to keep it.")]) -> None:
    """Keep a run's figures without its texts, to gate later runs with."""
    from app.cli.eval_report import keep_baseline

    keep_baseline(name, out)


@evaluation.command()
def latest(
    suite: SuiteFile,
    baseline: Annotated[Path | None, typer.Option(help="A kept baseline to gate with.")] = None,
    gate_file: Annotated[Path | None, typer.Option("--gate", help="The gate's rules, with --baseline.")] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Drafts at once.")] = 8,
) -> None:
    """Run a suite anew and write eval/latest/report.html and report.json under the data folder."""
    from app.cli.eval_latest import run_latest

    if (baseline is None) != (gate_file is None):
        raise typer.BadParameter("--baseline and --gate belong together")
    raise typer.Exit(run_latest(suite, baseline=baseline, gate_file=gate_file, jobs=jobs))


@evaluation.command()
def judge(
    name: RunName,
    model: Annotated[str, typer.Option(help="The judges: openai/gpt-4o,anthropic/…")],
    pairwise: Annotated[bool, typer.Option(help="Compare variants in both orders instead of giving marks.")] = False,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Judgements at once.")] = 8,
) -> None:
    """Let models mark a run's drafts by the rubric, or compare its variants; they inform until calibrated."""
    from app.cli.eval_judge import judge_run

    judge_run(name, [m.strip() for m in model.split(",") if m.strip()], pairwise=pairwise, jobs=jobs)


@evaluation.command()
def label(
    name: RunName,
    who: Annotated[str, typer.Option(help="Your name or initials, to tell people's labels apart.")],
    limit: Annotated[int, typer.Option(min=1, help="Stop after so many drafts.")] = 30,
    pairwise: Annotated[bool, typer.Option(help="Compare two variants' drafts instead.")] = False,
) -> None:
    """Say of drafts, without knowing who wrote them, whether you would send them; the console has a page for it too."""
    from app.cli.eval_label import label_run

    label_run(name, who=who, limit=limit, pairwise=pairwise)


@evaluation.command()
def calibrate(name: RunName) -> None:
    """Measure how far judges agree with people, and correct their shares for their errors."""
    from app.cli.eval_judge import calibrate_run

    calibrate_run(name)


@evaluation.command()
def live(days: Annotated[int, typer.Option(min=1, max=3650, help="Drafts of so many days.")] = 28) -> None:
    """Show what became of real drafts, by prompt, cause, channel and language; never by agent."""
    from app.cli.eval_live import show_live

    show_live(days)

"""What `vierklang eval judge` and `calibrate` do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson

from app.cli.eval_run import print_run
from app.config import get_settings
from app.llm.factory import open_model
from eval.judge.asking import Judge
from eval.judge.calibration import Calibration, agreement, calibrate
from eval.judge.labels import read_labels, read_preferences
from eval.judge.pairwise import Match, matches, play
from eval.judge.rubric import judge_rows
from eval.runs.cache import Cache
from eval.runs.places import Places
from eval.runs.rows import Ledger, Run, read_run
from eval.runs.taping import addresses_of, need_key


def judge_run(name: str, models: Sequence[str], *, pairwise: bool, jobs: int) -> None:
    """Ask judges about a run's drafts; what they say is written into the run. Raises SettingsError."""
    settings = get_settings()
    places = Places(settings.data_dir)
    run = read_run(places.run(name))
    for model in models:
        need_key(model, settings)
    lost = asyncio.run(_judge(run, models, places, pairwise=pairwise, jobs=jobs))
    judged = read_run(run.path)
    print_run(judged)
    for match in matches(judged):
        print(_said(match))
    print(f"{lost} judgements could not be read")


async def _judge(run: Run, models: Sequence[str], places: Places, *, pairwise: bool, jobs: int) -> int:
    cache = Cache(places.cache)
    addresses = addresses_of(models, get_settings())
    judges = [Judge(open_model(model), cache, addresses) for model in models]
    try:
        for judge in judges:
            await judge.model.load()
        with Ledger(run.path) as ledger:
            if pairwise:
                return await play(judges, run, ledger, concurrency=jobs)
            return await judge_rows(judges, list(run.rows.values()), ledger, concurrency=jobs)
    finally:
        for judge in judges:
            await judge.model.aclose()
        cache.close()


def _said(match: Match) -> str:
    value, low, high = match.share
    return (
        f"{match.judge}: {match.variant} against {match.against}: wins {value:.1%} [{low:.1%}, {high:.1%}] of "
        f"{len(match.bouts)}, {match.ties} ties, p {match.p:.3g}; same in both orders {match.consistency:.0%}, "
        f"first place {match.position_bias:.0%}, {match.lost} unreadable"
    )


def calibrate_run(name: str) -> None:
    """Print each judge's agreement with people, and keep it for the gate and the report."""
    places = Places(get_settings().data_dir)
    run, labels = read_run(places.run(name)), read_labels(places.labels)
    found = calibrate(run, labels)
    if not found:
        print("no draft of this run has both a judgement and a label; see `vierklang eval judge` and `label`")
    for c in found:
        print(_calibrated(c))
    preferences = read_preferences(places.labels)
    for match in matches(run):
        same, compared = agreement(match, run, preferences)
        if compared:
            print(
                f"{match.judge}: {match.variant} against {match.against}: says as people in {same} of {compared} pairs"
            )
    if found:
        kept = places.calibrations() | {c.judge: c.as_json() for c in found}
        places.calibration_file.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))


def _calibrated(c: Calibration) -> str:
    head = (
        f"{c.judge}: {c.labels} labels, κ {c.kappa.estimate:.2f} [{c.kappa.low:.2f}, {c.kappa.high:.2f}], "
        f"α {c.alpha.estimate:.2f} [{c.alpha.low:.2f}, {c.alpha.high:.2f}], passes {c.sensitivity[0]} of "
        f"{c.sensitivity[1]} good, refuses {c.specificity[0]} of {c.specificity[1]} bad; "
        f"{'may gate' if c.trusted else 'may inform, not gate'}"
    )
    lines = [head]
    if c.items:
        lines.append("  by item: " + ", ".join(f"{item} κ {k:.2f} (n={n})" for item, (k, n) in c.items.items()))
    for variant, share in c.shares.items():
        told = f"{share.estimate:.1%} [{share.low:.1%}, {share.high:.1%}]" if share else "cannot be corrected"
        lines.append(f"  {variant}: corrected share of good drafts {told}")
    return "\n".join(lines)

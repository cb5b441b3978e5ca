"""What `vierklang eval judge`, `label` and `calibrate` do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import orjson

from app.cli.eval_run import print_run
from app.config import get_settings
from app.llm.factory import open_model
from eval.casebook.model import digest_of
from eval.comparing.pairing import pair, within
from eval.judge.asking import Judge
from eval.judge.labels import Label, add_label, calibrate, read_labels
from eval.judge.pairwise import play
from eval.judge.rubric import judge_rows
from eval.runs.cache import Cache
from eval.runs.drafting import need_key
from eval.runs.places import Places
from eval.runs.rows import Ledger, Run, read_run


def judge_run(name: str, models: Sequence[str], *, pairwise: bool, jobs: int) -> None:
    """Ask judges about a run's drafts; marks are written into the run. Raises SettingsError for a missing key."""
    settings = get_settings()
    places = Places(settings.data_dir)
    run = read_run(places.run(name))
    for model in models:
        need_key(model, settings)
    asyncio.run(_judge(run, models, places, pairwise=pairwise, jobs=jobs))
    print_run(read_run(run.path))


async def _judge(run: Run, models: Sequence[str], places: Places, *, pairwise: bool, jobs: int) -> None:
    cache = Cache(places.cache)
    judges = [Judge(open_model(model), cache) for model in models]
    for judge in judges:
        await judge.model.load()
    try:
        if not pairwise:
            with Ledger(run.path) as ledger:
                lost = await judge_rows(judges, list(run.rows.values()), ledger, concurrency=jobs)
            print(f"{lost} judgements could not be read")
            return
        for one, other in within(run):
            for judge in judges:
                match = await play(judge, pair(one, other), concurrency=jobs)
                if match is None:
                    print(f"{judge.name}: no judgement could be read")
                    continue
                print(
                    f"{judge.name}: {other.variant} against {one.variant}: wins "
                    f"{match.share.estimate:.1%} "
                    f"[{match.share.low:.1%}, {match.share.high:.1%}] of {len(match.bouts)}, p {match.p:.3g}; "
                    f"same in both orders {match.consistency:.0%}, first place {match.position_bias:.0%}, "
                    f"{match.lost} unreadable"
                )
    finally:
        for judge in judges:
            await judge.model.aclose()
        cache.close()


def label_run(name: str, *, who: str, limit: int) -> None:
    """Show drafts one by one, variants hidden and mixed, and ask whether they could be sent."""
    places = Places(get_settings().data_dir)
    run = read_run(places.run(name))
    known = {(la.case, la.text) for la in read_labels(places.labels) if la.who == who}
    rows = [r for r in run.rows.values() if r.draft.get("text")]
    random.Random(run.id).shuffle(rows)  # noqa: S311 - the order of work, no secret
    asked = 0
    for row in rows:
        text = row.draft["text"]
        if (row.case, digest_of(text)) in known or asked == limit:
            continue
        asked += 1
        print(f"\n── {asked} of {limit} · {row.case} ──\n{row.facts.get('customer')}\n\n{text}\n")
        answer = ""
        while answer not in {"y", "n", "s", "q"}:
            answer = input("Would you send it as it is? [y]es [n]o [s]kip [q]uit ").strip().lower()[:1]
        if answer == "q":
            break
        if answer in {"y", "n"}:
            reason = input("Why? (may stay empty) ").strip()
            add_label(places.labels, Label(who, row.case, digest_of(text), answer == "y", reason))
    print(f"labels: {places.labels}")


def calibrate_run(name: str) -> None:
    """Print each judge's agreement with people, and keep it for the gate."""
    places = Places(get_settings().data_dir)
    run, labels = read_run(places.run(name)), read_labels(places.labels)
    found = calibrate(run, labels, digest_of)
    if not found:
        print("no draft of this run has both a judgement and a label; see `vierklang eval judge` and `label`")
        return
    for c in found:
        share = f"{c.share.estimate:.1%} [{c.share.low:.1%}, {c.share.high:.1%}]" if c.share else "cannot be corrected"
        print(
            f"{c.judge}: {c.labels} labels, κ {c.kappa.estimate:.2f} [{c.kappa.low:.2f}, {c.kappa.high:.2f}], "
            f"α {c.alpha.estimate:.2f} [{c.alpha.low:.2f}, {c.alpha.high:.2f}], passes {c.sensitivity[0]} of "
            f"{c.sensitivity[1]} good, refuses {c.specificity[0]} of {c.specificity[1]} bad; corrected share of good "
            f"drafts {share}; {'may gate' if c.trusted else 'may inform, not gate'}"
        )
    kept = places.calibrations() | {c.judge: c.as_json() for c in found}
    places.calibration_file.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))

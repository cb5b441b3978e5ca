"""One run from suite to last row: prepared and checked first, then drafted, resumable at any point."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.config import Settings
from app.errors import InvalidRequest
from eval.casebook.model import Case, CaseSet, digest_of
from eval.metrics.measuring import Measurer
from eval.runs.cache import Cache, drafting_version, folder_version, measuring_version
from eval.runs.crew import gates, share, size
from eval.runs.drafting import common_ground, open_studio, outline
from eval.runs.rows import Ledger, Row, has_begun, read_run
from eval.runs.runner import Job, Purse, Runner, key_of, plan
from eval.runs.suite import COMPOSER, Suite, Variant, cases_of, variants_of
from eval.runs.taping import Taping

if TYPE_CHECKING:
    from app.drafts.gate import Gate
    from app.provision import Provisioned


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line may say of a run."""

    prompts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    repeats: int | None = None
    limit: int | None = None
    concurrency: int = 8
    max_cost: float | None = None
    taping: Taping = field(default_factory=Taping)
    use_cache: bool = True
    own_knowledge: bool = False
    second_engine: bool = True
    retry_failed: bool = False

    @property
    def told(self) -> str:
        """What of it a run is resumed with, as the command line has it."""
        named = (("prompt", ",".join(self.prompts)), ("model", ",".join(self.models)), ("repeat", self.repeats),
                 ("limit", self.limit), ("record", self.taping.record), ("replay", self.taping.replay))  # fmt: skip
        said = "".join(f" --{name} {value}" for name, value in named if value)
        flags = ((" --own-knowledge", self.own_knowledge), (" --no-second-engine", not self.second_engine))
        return said + "".join(flag for flag, on in flags if on)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that is ready to start: nothing was asked or spent yet."""

    suite: Suite
    options: Options
    variants: tuple[Variant, ...]
    sets: tuple[CaseSet, ...]
    jobs: tuple[Job, ...]
    path: Path
    resumed: bool = False

    @property
    def gated(self) -> bool:
        """Whether models' texts pass the second engine as well."""
        return self.options.second_engine and any(v.model != COMPOSER for v in self.variants)

    @property
    def in_order(self) -> bool:
        """Whether one process has to see every draft: it counts the money, or answers come from a tape or script."""
        taping, scripted = self.options.taping, any(v.is_scripted for v in self.variants)
        return bool(self.options.max_cost is not None or taping.record or taping.replay or scripted)

    @property
    def header(self) -> dict[str, Any]:
        """What the run's first line says of it."""
        cases = {j.case.id: j.case for j in self.jobs}
        stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{self.suite.name}"
        return {
            "id": self.path.stem if self.path.parent.name == "runs" else stamp,
            "suite": self.suite.name, "started_at": datetime.now(UTC).isoformat(),
            "variants": [v.model_dump(mode="json", by_alias=True) for v in self.variants],
            "repeats": self.options.repeats or self.suite.repeats, "cases": len(cases), "planned": len(self.jobs),
            "digest": digest_of(sorted(c.digest for c in cases.values())),
            "sets": {s.path.name: {"cases": len(s.cases), "touched": list(s.touched)} for s in self.sets},
            "clusters": len({c.cluster for c in cases.values()}),
            "code": drafting_version()[:12], "measures": measuring_version()[:12],
            "prompts": folder_version(_prompts(self.suite))[:12], "python": platform.python_version(),
            "knowledge": "own" if self.options.own_knowledge else "starter",
        }  # fmt: skip


def prepare(suite: Suite, options: Options, path: Path) -> Plan:
    """Read and check everything. Raises BadCases, InvalidRequest: also where `path` is a run of something else."""
    variants = variants_of(suite, options.prompts, options.models)
    cases, sets = cases_of(suite, options.limit)
    jobs = plan(variants, cases, options.repeats or suite.repeats)
    made = Plan(suite, options, variants, tuple(sets), tuple(jobs), path)
    if not has_begun(path):
        return made
    earlier, now = read_run(path).header, made.header
    # Rows of two codes or two states of a prompt in one run would be an average of both.
    for name in ("suite", "variants", "repeats", "digest", "planned", "knowledge", "code", "measures", "prompts"):
        if earlier.get(name) != now[name]:
            raise InvalidRequest(f"{path} cannot be resumed: its {name} changed since; a new run takes what did not "
                                 "change from the cache")  # fmt: skip
    return Plan(suite, options, variants, tuple(sets), tuple(jobs), path, resumed=True)


def carry_out(
    made: Plan, settings: Settings, *, cache: Path | None, on_row: Callable[[Row], None], start: Callable[[int], None]
) -> bool:
    """Draft what is missing; False where the money was spent before the end. `start` is told how many rows come.

    `cache`: its file; None keeps nothing. Raises SettingsError for a key that is missing or refused.
    """
    missing, spent = _missing(made)
    purse = Purse(made.options.max_cost, spent)
    helpers = 1 if made.in_order else size(_undrafted(made, settings, cache, missing), made.options.concurrency)
    with Ledger(made.path) as ledger, gates(helpers, wanted=made.gated) as engines:

        def book(row: Row) -> None:
            _begin(made, ledger)  # not before: a run that fails for a missing key is none
            ledger.add(row)
            on_row(row)

        if helpers == 1:
            start(len(missing))
            done = asyncio.run(_drafted(made, settings, cache, missing, book, purse, engines[0]))
            _begin(made, ledger)
            return done

        async def work(jobs: Sequence[Job], post: Callable[[Row], None], seat: int) -> None:
            await _drafted(made, settings, cache, jobs, post, Purse(), engines[seat], helpers, ready)

        with common_ground(settings, made.variants, own_knowledge=made.options.own_knowledge) as ready:
            share(missing, work, book, helpers=helpers, begun=lambda: start(len(missing)))
        return True


def _begin(made: Plan, ledger: Ledger) -> None:
    if not (made.resumed or ledger.begun):
        ledger.begin(made.header)


def _undrafted(made: Plan, settings: Settings, cache_file: Path | None, jobs: Sequence[Job]) -> int:
    """How many drafts no cache holds."""
    if not made.options.use_cache or cache_file is None:
        return len(jobs)
    own = made.options.own_knowledge
    studio, cache = outline(settings, made.variants, prompts=_prompts(made.suite), own_knowledge=own), Cache(cache_file)
    try:
        return sum(not ((key := key_of(j, studio)) and cache.get("draft", key)) for j in jobs)
    finally:
        cache.close()


async def _drafted(
    made: Plan, settings: Settings, cache_file: Path | None, jobs: Sequence[Job], book: Callable[[Row], None],
    purse: Purse, gate: Gate | None, helpers: int = 1, ready: Provisioned | None = None,
) -> bool:  # fmt: skip
    options, concurrency = made.options, -(-made.options.concurrency // helpers)
    cache = Cache(cache_file)
    async with open_studio(
        settings, made.variants, prompts=_prompts(made.suite), taping=options.taping, concurrency=concurrency,
        own_knowledge=options.own_knowledge, gate=gate, ready=ready,
    ) as studio:  # fmt: skip
        runner = Runner(studio, Measurer(cache, studio), book, cache if options.use_cache else None, purse)
        try:
            return await runner.run(jobs, concurrency=concurrency)
        finally:
            cache.close()


def _missing(made: Plan) -> tuple[Sequence[Job], float]:
    """The jobs without a row, and what the others cost. Failed rows are rows, unless to be tried again."""
    if not made.resumed:
        return made.jobs, 0.0
    rows = read_run(made.path).rows
    done = {k for k, r in rows.items() if r.status == "scored" or not made.options.retry_failed}
    spent = sum(r.cost or 0.0 for r in rows.values() if not r.cached)
    return [j for j in made.jobs if j.key not in done], spent


def _prompts(suite: Suite) -> Path | None:
    return suite.folder / suite.prompts if suite.prompts else None


def cases_by_id(made: Plan) -> dict[str, Case]:
    """The run's cases."""
    return {j.case.id: j.case for j in made.jobs}

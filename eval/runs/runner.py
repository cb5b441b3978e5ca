"""Runs a matrix of variants, cases and repeats: so many at once, each row written as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.errors import AppError, SettingsError
from eval.casebook.model import Case, digest_of
from eval.metrics.measuring import Measurer
from eval.runs.cache import Cache, drafting_version, folder_version
from eval.runs.drafting import Studio, request_of
from eval.runs.rows import Key, Row
from eval.runs.suite import Variant

OnRow = Callable[[Row], None]
_LONGEST = 4000  # of a customer's message: what a report shows


@dataclass(frozen=True, slots=True)
class Job:
    """One draft to make."""

    variant: Variant
    case: Case
    repeat: int

    @property
    def key(self) -> Key:
        """The key of its row."""
        return self.variant.name, self.case.id, self.repeat


@dataclass(slots=True)
class Purse:
    """What has been spent, and what may be."""

    limit: float | None = None
    spent: float = 0.0
    dearest: float = 0.0
    under_way: int = 0

    @property
    def empty(self) -> bool:
        """Whether another draft could go past the limit, those under way counted at the dearest price seen."""
        if self.limit is None:
            return False
        return self.spent + self.under_way * self.dearest + self.dearest > self.limit or self.spent >= self.limit

    def pay(self, row: Row) -> None:
        """Book a row. Raises SettingsError where a limit is set and the price is unknown."""
        if row.cached:
            return
        if row.cost is None and self.limit is not None:
            raise SettingsError(f"--max-cost: the price of {row.variant} is unknown, so the limit cannot be kept")
        cost = row.cost or 0.0
        self.spent += cost
        self.dearest = max(self.dearest, cost)


@dataclass(slots=True)
class Runner:
    """Makes and measures drafts, and books each row."""

    studio: Studio
    measurer: Measurer
    book: OnRow
    cache: Cache | None
    purse: Purse = field(default_factory=Purse)
    _refused: str | None = None

    async def run(self, jobs: Sequence[Job], *, concurrency: int) -> bool:
        """Run all jobs; False where the purse was empty before the end. Raises SettingsError for a refused key."""
        queue = iter(jobs)
        if self.purse.limit is not None:
            # Each variant's price is found out by one draft, not by many at once.
            await self._work(queue, most=len({j.variant.name for j in jobs}))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(jobs))):
                group.create_task(self._work(queue))
        if self._refused:
            raise SettingsError(f"the provider refused, so the run was stopped: {self._refused}")
        return next(queue, None) is None

    async def _work(self, queue: Iterator[Job], *, most: int | None = None) -> None:
        while most != 0 and not self.purse.empty and not self._refused and (job := next(queue, None)):
            most = None if most is None else most - 1
            self.purse.under_way += 1
            try:
                row = await self._row(job)
            finally:
                self.purse.under_way -= 1
            if _was_refused(row):
                self._refused = row.error
                return
            self.book(row)
            self.purse.pay(row)

    async def _row(self, job: Job) -> Row:
        try:
            draft, cached = await self._draft(job)
        except AppError as error:
            return _failed(job, f"{type(error).__name__}: {error.detail}")
        except Exception as error:  # noqa: BLE001 - a connection lost in one draft must not end a run of a thousand
            return _failed(job, f"{type(error).__name__}: {str(error)[:200]}")
        if problem := _problem(draft, job.variant):
            return _failed(job, problem, draft)
        metrics = await self.measurer.measure(job.case, draft, job.variant)
        return Row(
            variant=job.variant.name, case=job.case.id, repeat=job.repeat, status="scored", cluster=job.case.cluster,
            facts=_facts(job), draft=slim(draft), metrics=metrics, cached=cached,
        )  # fmt: skip

    async def _draft(self, job: Job) -> tuple[dict[str, Any], bool]:
        key = key_of(job, self.studio)
        if self.cache and key and (kept := self.cache.get("draft", key)):
            return kept, True
        draft = await self.studio.draft(job.case, job.variant)
        if self.cache and key and not _problem(draft, job.variant):
            self.cache.put("draft", key, draft)
        return draft, False


def key_of(job: Job, studio: Studio) -> str | None:
    """Under what a draft is kept; None where it depends on a knowledge that changes."""
    if studio.own_knowledge:
        return None
    told = studio.settings.model_dump(mode="json", include={
        "mask_customers", "model_timeout_s", "model_max_tokens", "prompt_tokens", "embedding_model", "register_de",
    })  # fmt: skip
    request = request_of(job.case, job.variant).model_dump(mode="json", by_alias=True)
    prompt = studio.prompt_hash(job.case, job.variant)
    when = job.case.moment.isoformat()
    house = [studio.addresses, folder_version(studio.settings.policy_dir), drafting_version()]
    return digest_of([request, prompt, job.repeat, when, told, *house])


def plan(variants: Sequence[Variant], cases: Sequence[Case], repeats: int) -> list[Job]:
    """All jobs; the variants of one case lie side by side, so that a slow hour of a provider hits them alike."""
    return [Job(v, c, r) for r in range(repeats) for c in cases for v in variants]


def slim(draft: dict[str, Any]) -> dict[str, Any]:
    """What of a draft a report needs: not its id, which differs each time."""
    return {k: v for k, v in draft.items() if k not in {"id", "created_at", "ai_generated"}}


def _problem(draft: dict[str, Any], variant: Variant) -> str | None:
    """Why a draft is not the variant's: the model failed and the composer wrote. Its prose may not stand in."""
    made = draft["generation"]
    reason = made["reason"] or ""
    if variant.model == "composer" or not made["fell_back"] or reason.startswith("findings:"):
        return None
    return reason or "fell back to the composer"


def _failed(job: Job, reason: str, draft: dict[str, Any] | None = None) -> Row:
    made = draft["generation"] if draft else {}
    return Row(
        variant=job.variant.name, case=job.case.id, repeat=job.repeat, cluster=job.case.cluster, error=reason,
        status="unparseable" if reason.startswith("ModelAnswerUnusable") else "failed",
        facts=_facts(job), draft={"generation": made, "timings_ms": draft["timings_ms"]} if draft else {},
    )  # fmt: skip


def _was_refused(row: Row) -> bool:
    """A wrong key, no credit, no such model: the next thousand rows would say the same. Too long a prompt is a row."""
    return (row.error or "").startswith("ModelRefused") and "check the key" in (row.error or "")


def _facts(job: Job) -> dict[str, Any]:
    gold = job.case.gold
    told = gold.ticket.customer_messages[-1].text
    return {
        "customer": told[:_LONGEST], "gold": gold.gold, "subject": gold.ticket.subject,
        "language": job.case.language, "cause": gold.cause, "channel": gold.ticket.channel,
        "kind": job.case.request.kind, "set": job.case.set_name, "split": gold.split, "digest": job.case.digest,
    }  # fmt: skip

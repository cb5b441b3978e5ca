"""The main flow: triage → retrieve → prompt → generate → review → persist → answer."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.config import Settings
from app.db import Database
from app.drafts import repository
from app.drafts.admission import Doors
from app.drafts.answer import build_answer, sources_out, triage_out
from app.drafts.casework import LANGUAGES_WRITTEN, build_case, choose_frames, choose_register, references
from app.drafts.channel_rules import rule_lines
from app.drafts.filing import PLAIN, Filing
from app.drafts.model import Case
from app.drafts.rulebooks import Rulebooks
from app.drafts.schemas import DraftRequest
from app.drafts.stage import Audience
from app.drafts.writing import RESERVE_S, Author, Work
from app.errors import FieldError, InvalidRequest
from app.knowledge.marks import Markers
from app.knowledge.model import Hit, Query
from app.knowledge.service import KnowledgeService
from app.llm.briefing import Briefing, brief
from app.llm.prompts import Prompt, PromptRegistry, UnknownPrompt
from app.llm.tokens import counter
from app.metrics import DRAFTS, FINDINGS, STAGE_SECONDS
from app.outbox.service import Outbox
from app.profile.repository import load_profile
from app.profile.schemas import Profile
from app.security import Principal
from app.triage.model import Triage
from app.triage.service import triage

COMPOSER = "composer"


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self.stages: dict[str, float] = {}

    def stop(self, stage: str, *, without: float = 0.0) -> None:
        """Book the time since the last stop, less `without` seconds that belong to another stage."""
        now = time.perf_counter()
        self.stages[stage] = now - self._last - without
        self._last = now

    def book(self, stage: str, seconds: float) -> None:
        self.stages[stage] = seconds

    def timings_ms(self) -> dict[str, float]:
        total = time.perf_counter() - self._start
        return {k: round(v * 1000, 2) for k, v in {**self.stages, "total": total}.items()}

    def observe(self) -> None:
        for stage, seconds in self.stages.items():
            STAGE_SECONDS.labels(stage).observe(seconds)


@dataclass(frozen=True, slots=True)
class DraftService:
    """Makes drafts. Opens its own two transactions, so that none is held open while a model writes."""

    database: Database
    knowledge: KnowledgeService
    author: Author
    prompts: PromptRegistry
    settings: Settings
    rulebooks: Rulebooks
    markers: Markers
    doors: Doors
    models: tuple[str, ...] = ()
    now: Callable[[], datetime] = utc_now  # evaluation stops the clock: a case must read the same next year
    outbox: Outbox | None = None  # None: nobody is told of escalations

    async def draft(
        self, caller: Principal, request: DraftRequest, *, audience: Audience | None = None, filing: Filing = PLAIN
    ) -> dict[str, Any]:
        """A reviewed and stored draft, as the contract's JSON; `audience` follows while it is made, `filing` says how
        it is stored.

        Raises InvalidRequest for an unknown prompt or model, TooBusy.
        """
        deadline = time.monotonic() + self.settings.deadline_s
        prompt = self.prompt_of(request)
        door = self.doors.door(to_model=prompt is not None)
        async with door.place(until=deadline - RESERVE_S):
            if audience is None and filing is PLAIN and (same := await self._same(caller, request, prompt)):
                return same
            return await self._drafted(caller, request, prompt, deadline, audience, filing)

    def refuse_if_full(self, request: DraftRequest) -> None:
        """Raise TooBusy or InvalidRequest where `draft` would do so at once."""
        self.doors.door(to_model=self.prompt_of(request) is not None).refuse_if_full()

    async def _drafted(
        self, caller: Principal, request: DraftRequest, prompt: Prompt | None, deadline: float,
        audience: Audience | None, filing: Filing,
    ) -> dict[str, Any]:  # fmt: skip
        clock, now = Clock(), self.now()
        read = triage(request.ticket, now=now)
        clock.stop("triage")
        if audience:
            await audience.tell("triage", triage_out(read).model_dump(mode="json"))
        case, hits = await self._case(caller, request, read)
        clock.stop("retrieve")
        if audience:
            await audience.tell("sources", {"sources": [s.model_dump(mode="json") for s in sources_out(hits)]})
        named = request.model if request.model != COMPOSER else None
        written = await self.author.write(
            case, references(hits), prompt, deadline=deadline, model=named, audience=audience
        )
        clock.stop("generate", without=written.work.review_s)
        clock.book("review", written.work.review_s)
        answer = build_answer(filing.draft_id or _new_id(), case, written, hits, clock.timings_ms(), now)
        await self._persist(caller, request, case, answer, written.work, hits, filing)
        clock.stop("persist")
        clock.observe()
        answer["timings_ms"] = clock.timings_ms()
        _count(answer)
        return answer

    async def rendered(self, caller: Principal, request: DraftRequest, *, model: str) -> Briefing:
        """What a model would be sent for this request: nothing is asked, nothing is stored. Raises InvalidRequest."""
        case, hits = await self._case(caller, request, triage(request.ticket, now=self.now()))
        return brief(
            case, self._prompt(request), references=references(hits), rules=rule_lines(case.policy),
            count=counter(model), limit=self.settings.prompt_tokens, mask=self.settings.mask_customers,
        )  # fmt: skip

    def prompt_of(self, request: DraftRequest) -> Prompt | None:
        """The prompt a model gets; None where the composer writes. A request may name what is configured, no other."""
        if request.model not in (None, COMPOSER, *self.models):
            known = " or ".join(f"'{name}'" for name in (COMPOSER, *self.models))
            raise InvalidRequest(errors=(FieldError("/model", f"is not configured here; leave it out or use {known}"),))
        prompt = self._prompt(request)
        return prompt if self.models and request.model != COMPOSER else None

    def _prompt(self, request: DraftRequest) -> Prompt:
        try:
            return self.prompts.get(request.prompt) if request.prompt else self.prompts.for_kind(request.kind)
        except UnknownPrompt as error:
            raise InvalidRequest(errors=(FieldError("/prompt", str(error)),)) from error

    async def _case(self, caller: Principal, request: DraftRequest, read: Triage) -> tuple[Case, Sequence[Hit]]:
        """The case as it stands in this house, and what was found for it."""
        profile, hits = await self._retrieve(caller, request, read)
        frames, rulebook = choose_frames(request, read, hits), self.rulebooks.of(caller.tenant_id)
        return build_case(request, read, profile, self.settings, rulebook, frames=frames), hits

    async def _retrieve(self, caller: Principal, request: DraftRequest, read: Triage) -> tuple[Profile, Sequence[Hit]]:
        query = search_query(request, read)
        async with self.knowledge.searching(caller.tenant_id, query.text) as search:
            profile = await load_profile(search.session)
            register = choose_register(request, profile, query.language, self.settings)
            return profile, await search.find(replace(query, register=register))

    async def _same(self, caller: Principal, request: DraftRequest, prompt: Prompt | None) -> dict[str, Any] | None:
        """The draft an identical request got a moment ago, where the settings want that."""
        if not self.settings.reuse_drafts_s:
            return None
        async with self.database.begin(caller.tenant_id) as session:
            return await repository.find_same(
                session, self._hash(request, prompt), younger_than_s=self.settings.reuse_drafts_s
            )

    def _hash(self, request: DraftRequest, prompt: Prompt | None) -> bytes:
        told = (request.model_dump_json(by_alias=True), prompt.hash if prompt else "", *self.models)
        return hashlib.sha256("\0".join(told).encode()).digest()

    async def _persist(
        self, caller: Principal, request: DraftRequest, case: Case, answer: dict[str, Any], work: Work,
        hits: Sequence[Hit], filing: Filing,
    ) -> None:  # fmt: skip
        marker, ticket = await self.markers.of(caller.tenant_id), request.ticket
        row = {
            "id": answer["id"], "tenant_id": caller.tenant_id, "ticket_id": request.ticket.id,
            "status": answer["status"], "kind": request.kind, "language": answer["language"],
            "channel": request.ticket.channel, "cause": case.triage.cause,
            "request": request.model_dump(mode="json", by_alias=True, exclude_unset=True), "answer": answer,
            "trace": {"attempts": work.trace}, "created_at": answer["created_at"],
            "person_mark": marker.person(ticket.customer.email), "ticket_mark": marker.ticket(ticket.id),
            "request_hash": self._hash(request, work.prompt) if self.settings.reuse_drafts_s else None,
        }  # fmt: skip
        async with self.database.begin(caller.tenant_id) as session:
            await repository.add_draft(session, row, macros=_macros_behind(hits, work))
            event = self.outbox and await self.outbox.note(session, caller.tenant_id, ticket, answer)
            if filing.along:
                await filing.along(session, answer)
        if event and self.outbox:
            await self.outbox.announce(caller.tenant_id)


def search_query(request: DraftRequest, read: Triage) -> Query:
    """What is looked for: the complaint, not the whole mail."""
    words = read.reading.complaint or request.ticket.customer_messages[-1].text[:400]
    return Query(
        text=words, channel=request.ticket.channel, cause=read.cause,
        language=read.language if read.language in LANGUAGES_WRITTEN else "en", message_kind=request.kind,
    )  # fmt: skip


def _macros_behind(hits: Sequence[Hit], work: Work) -> list[uuid.UUID]:
    """The macro the composer built on, or all that a model was shown."""
    shown = [str(hit.item.id) for hit in hits if hit.item.kind == "macro"]
    return [uuid.UUID(i) for i in shown if work.engine != COMPOSER or i == work.frame]


def _new_id() -> str:
    return "drf_" + uuid.uuid4().hex


def _count(answer: dict[str, Any]) -> None:
    DRAFTS.labels(answer["generation"]["engine"], answer["status"], answer["kind"], answer["language"]).inc()
    for finding in answer["findings"]:
        FINDINGS.labels(finding["rule"], finding["severity"]).inc()

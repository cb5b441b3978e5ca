"""`POST /v1/knowledge/search`."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from app.http.callers import KnowledgeEditor
from app.http.idempotency import IdempotentRoute
from app.knowledge.model import Hit, Query
from app.knowledge.service import KnowledgeService
from app.ticket import Frozen, ShortText, Text
from app.triage.language import detect_language

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"], route_class=IdempotentRoute)


class SearchRequest(Frozen):
    """What to look for. `language` null: detected from the query."""

    query: Annotated[Text, Field(min_length=1, max_length=4000)]
    k: Annotated[int, Field(ge=1, le=50)] = 5
    kinds: Annotated[tuple[Literal["macro", "ticket"], ...], Field(min_length=1, max_length=2)] = ("macro", "ticket")
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    channel: ShortText | None = None
    boosts: bool = True


class Explanation(Frozen):
    """What a score is made of: places in the two lists, and each part's share of the score."""

    dense_rank: int | None
    lexical_rank: int | None
    distance: float | None
    parts: dict[str, float]


class SearchResult(Frozen):
    """One item, best first."""

    kind: Literal["macro", "ticket"]
    id: str
    external_id: str
    title: str
    text: str
    score: float
    language: str
    cause: str | None
    collapsed: tuple[str, ...] = ()
    other_language: bool = False
    explain: Explanation | None = None


class SearchAnswer(Frozen):
    """Results over all kinds asked for."""

    results: tuple[SearchResult, ...]
    timings_ms: dict[str, float]


@router.post("/search")
async def search(
    request: Request, caller: KnowledgeEditor, body: SearchRequest, *, explain: bool = False
) -> SearchAnswer:
    """Search approved macros and resolved tickets. `?explain=true` tells what each result's score is made of."""
    started = time.perf_counter()
    knowledge: KnowledgeService = request.app.state.rooms.knowledge
    query = Query(
        text=body.query, channel=body.channel, limit=body.k, boosts=body.boosts,
        language=body.language or detect_language(body.query), kinds=tuple(sorted(set(body.kinds))),
    )  # fmt: skip
    async with knowledge.searching(caller.tenant_id, query.text) as search:
        embedded = time.perf_counter()
        hits = await search.find(query)
    done = time.perf_counter()
    timings = {"embed": embedded - started, "database": done - embedded, "total": done - started}
    return SearchAnswer(
        results=tuple(_result(hit, query, explain=explain) for hit in hits[: body.k]),
        timings_ms={stage: round(seconds * 1000, 2) for stage, seconds in timings.items()},
    )


def _result(hit: Hit, query: Query, *, explain: bool) -> SearchResult:
    item = hit.item
    return SearchResult(
        kind=item.kind, id=str(item.id), external_id=item.external_id, title=item.title, text=item.text,
        score=hit.score, language=item.language, cause=item.causes[0] if item.causes else None,
        collapsed=hit.collapsed, other_language=item.language != query.language,
        explain=_explanation(hit) if explain else None,
    )  # fmt: skip


def _explanation(hit: Hit) -> Explanation:
    return Explanation(
        dense_rank=hit.ranks.get("dense"), lexical_rank=hit.ranks.get("lexical"), distance=hit.item.distance,
        parts={name: round(worth, 5) for name, worth in hit.parts.items()},
    )  # fmt: skip

"""Two rankings into one: reciprocal rank fusion, and gentle boosts one can explain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rapidfuzz import fuzz, utils

from app.knowledge.model import Candidate, Hit, Query

# The constant of the published method; larger flattens the difference between first and tenth.
_K = 60
_FIRST = 1 / (_K + 1)
# Each boost as a share of a first place in one list: together they settle ties among neighbours, no more.
_CAUSE, _LANGUAGE, _CHANNEL, _OUTCOME, _RECENCY = (share * _FIRST for share in (0.5, 0.2, 0.06, 0.06, 0.04))
_BEST = 2 * _FIRST + _CAUSE + _LANGUAGE
_RECENT_DAYS = 365
_CONTENT = 3  # of five: a customer neither pleased nor displeased
# Two texts this alike (per cent of equal words, any order) are one precedent told twice.
_SAME = 92
_COMPARED = 400
_LOOKED_AT = 4


def fuse(candidates: Sequence[Candidate], query: Query) -> list[Hit]:
    """Rank candidates by reciprocal rank in the dense and the lexical list, plus boosts; best first.

    Each kind is ranked by itself: a macro's few words and a ticket's many are not comparable in one lexical list.
    Near-duplicates stand behind the best of them, in its `collapsed`.
    """
    hits, now = [], datetime.now(UTC)
    for kind in query.kinds:
        own = [c for c in candidates if c.kind == kind]
        ranks = {
            "dense": _ranks(own, lambda c: None if c.distance is None else -c.distance),
            "lexical": _ranks(own, lambda c: c.lexical),
        }
        best = sorted((_hit(c, query, ranks, now) for c in own), key=lambda h: (-h.score, h.item.external_id))
        hits.extend(_collapse(best, query.limit) if kind == "ticket" else best[: query.limit])
    return sorted(hits, key=lambda h: (-h.score, h.item.external_id))


def _ranks(candidates: Sequence[Candidate], value: Callable[[Candidate], float | None]) -> dict[object, int]:
    scored = [(v, c.external_id, c.id) for c in candidates if (v := value(c)) is not None]
    scored.sort(key=lambda row: (-row[0], row[1]))
    return {row[2]: rank for rank, row in enumerate(scored, start=1)}


def _hit(candidate: Candidate, query: Query, ranks: dict[str, dict[object, int]], now: datetime) -> Hit:
    places = {name: list_[candidate.id] for name, list_ in ranks.items() if candidate.id in list_}
    parts = {name: 1 / (_K + rank) for name, rank in places.items()}
    if query.boosts:
        parts |= {name: worth for name, worth in _boosts(candidate, query, now) if worth}
    return Hit(candidate, round(min(1.0, sum(parts.values()) / _BEST), 4), parts, places)


def _boosts(candidate: Candidate, query: Query, now: datetime) -> Iterator[tuple[str, float]]:
    yield "cause", _CAUSE if query.cause and query.cause in candidate.causes else 0.0
    yield "language", _LANGUAGE if candidate.language == query.language else 0.0
    if candidate.kind == "ticket":
        yield "channel", _CHANNEL if query.channel in candidate.channels else 0.0
        yield "outcome", _outcome(candidate)
        yield "recency", _RECENCY * _freshness(candidate.resolved_at, now)


def _outcome(candidate: Candidate) -> float:
    """A pleased customer raises, a displeased one or a ticket opened again lowers."""
    if candidate.reopened:
        return -_OUTCOME
    return _OUTCOME * (candidate.csat - _CONTENT) / 2 if candidate.csat else 0.0


def _freshness(resolved_at: datetime | None, now: datetime) -> float:
    """1 for today, half after a year, and so on."""
    return 0.5 ** (max(0, (now - resolved_at).days) / _RECENT_DAYS) if resolved_at else 0.0


def _collapse(hits: Sequence[Hit], limit: int) -> list[Hit]:
    kept: list[Hit] = []
    doubles: dict[int, list[str]] = {}
    words: list[str] = []
    for hit in hits[: _LOOKED_AT * limit]:
        own = _in_order(f"{hit.item.text[:_COMPARED]} {(hit.item.reply or '')[:_COMPARED]}")
        same = next((i for i, w in enumerate(words) if fuzz.ratio(own, w, score_cutoff=_SAME)), None)
        if same is not None:
            doubles.setdefault(same, []).append(str(hit.item.id))
        elif len(kept) < limit:
            kept.append(hit)
            words.append(own)
    return [replace(hit, collapsed=tuple(doubles.get(i, ()))) for i, hit in enumerate(kept)]


def _in_order(text: str) -> str:
    """The words of a text in order: sorted once, not again for each comparison."""
    return " ".join(sorted(utils.default_process(text).split()))

"""Two lists into one score: nearness of meaning, words in common, and gentle boosts one can explain.

Nearness is the cosine of the vectors. Words count as a share of the best match's, weighted low: on public sets
(docs/decisions/0006) this beats either list alone at the first place, where fusing the ranks did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rapidfuzz import fuzz, utils

from app.knowledge.model import Candidate, Hit, Query

_LEXICAL = 0.15  # of a nearness of 1: what the best match by words adds
# Each boost beside a nearness of at most 1: together they settle ties among neighbours, no more.
_CAUSE, _LANGUAGE, _CHANNEL, _OUTCOME, _RECENCY = 0.1, 0.03, 0.008, 0.008, 0.005
_BEST = 1 + _LEXICAL + _CAUSE + _LANGUAGE
_UNKNOWN = 0.3  # the nearness of what was found by words alone while no vectors were there
_RECENT_DAYS = 365
_CONTENT = 3  # of five: a customer neither pleased nor displeased
# Two texts this alike (per cent of equal words, any order) are one precedent told twice.
_SAME = 92
_COMPARED = 400
_LOOKED_AT = 4


def fuse(candidates: Sequence[Candidate], query: Query) -> list[Hit]:
    """Rank candidates by nearness, words in common and boosts; best first.

    Each kind is ranked by itself: a macro's few words and a ticket's many are not comparable in one lexical list.
    Near-duplicates stand behind the best of them, in its `collapsed`.
    """
    hits, now = [], datetime.now(UTC)
    for kind in query.kinds:
        own = [c for c in candidates if c.kind == kind]
        field = _Field(own)
        best = sorted((_hit(c, query, field, now) for c in own), key=lambda h: (-h.score, h.item.external_id))
        hits.extend(_collapse(best, query.limit) if kind == "ticket" else best[: query.limit])
    return sorted(hits, key=lambda h: (-h.score, h.item.external_id))


class _Field:
    """What one candidate's values are measured by: all candidates of its kind."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        near = [1 - c.distance for c in candidates if c.distance is not None]
        # Found by words alone: no nearer than the farthest that was found by meaning.
        self.least_near = min(near, default=_UNKNOWN)
        self.most_words = max((c.lexical for c in candidates if c.lexical is not None), default=0.0) or 1.0
        self.places = {
            "dense": _ranks(candidates, lambda c: None if c.distance is None else -c.distance),
            "lexical": _ranks(candidates, lambda c: c.lexical),
        }


def _ranks(candidates: Sequence[Candidate], value: Callable[[Candidate], float | None]) -> dict[object, int]:
    scored = [(v, c.external_id, c.id) for c in candidates if (v := value(c)) is not None]
    scored.sort(key=lambda row: (-row[0], row[1]))
    return {row[2]: rank for rank, row in enumerate(scored, start=1)}


def _hit(candidate: Candidate, query: Query, field: _Field, now: datetime) -> Hit:
    near = field.least_near if candidate.distance is None else 1 - candidate.distance
    parts = {"dense": near}
    if candidate.lexical is not None:
        parts["lexical"] = _LEXICAL * candidate.lexical / field.most_words
    if query.boosts:
        parts |= {name: worth for name, worth in _boosts(candidate, query, now) if worth}
    places = {name: list_[candidate.id] for name, list_ in field.places.items() if candidate.id in list_}
    return Hit(candidate, round(min(1.0, max(0.0, sum(parts.values())) / _BEST), 4), parts, places)


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

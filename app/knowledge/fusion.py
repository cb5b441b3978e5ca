"""Two rankings into one: reciprocal rank fusion, and gentle boosts one can explain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.knowledge.model import Candidate, Hit, Query

# The constant of the published method; larger flattens the difference between first and tenth.
_K = 60
_BOOST_CAUSE = 0.5 / (_K + 1)
_BOOST_LANGUAGE = 0.2 / (_K + 1)
_BEST = 2 / (_K + 1) + _BOOST_CAUSE + _BOOST_LANGUAGE


def fuse(candidates: Sequence[Candidate], query: Query) -> list[Hit]:
    """Rank candidates by reciprocal rank in the dense and the lexical list, plus boosts; best first.

    Each kind is ranked by itself: a macro's few words and a ticket's many are not comparable in one lexical list.
    """
    hits = []
    for kind in query.kinds:
        own = [c for c in candidates if c.kind == kind]
        dense = _ranks(own, lambda c: None if c.distance is None else -c.distance)
        lexical = _ranks(own, lambda c: c.lexical)
        best = sorted((_hit(c, query, dense, lexical) for c in own), key=lambda h: (-h.score, h.item.external_id))
        hits.extend(best[: query.limit])
    return sorted(hits, key=lambda h: (-h.score, h.item.external_id))


def _ranks(candidates: Sequence[Candidate], value: Callable[[Candidate], float | None]) -> dict[object, int]:
    scored = [(v, c.external_id, c.id) for c in candidates if (v := value(c)) is not None]
    scored.sort(key=lambda row: (-row[0], row[1]))
    return {row[2]: rank for rank, row in enumerate(scored, start=1)}


def _hit(candidate: Candidate, query: Query, dense: dict[object, int], lexical: dict[object, int]) -> Hit:
    parts: dict[str, float] = {}
    if rank := dense.get(candidate.id):
        parts["dense"] = 1 / (_K + rank)
    if rank := lexical.get(candidate.id):
        parts["lexical"] = 1 / (_K + rank)
    if query.cause and query.cause in candidate.causes:
        parts["cause"] = _BOOST_CAUSE
    if candidate.language == query.language:
        parts["language"] = _BOOST_LANGUAGE
    return Hit(candidate, round(sum(parts.values()) / _BEST, 4), parts)

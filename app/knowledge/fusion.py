"""Two lists into one score: nearness of meaning, words in common, and gentle boosts one can explain.

Nearness is the cosine of the vectors. Words in common count as a share: of all the words asked, the rarer ones weighing
more, for each precedent that either list holds. On public sets (docs/decisions/0006) this beats each list alone, where
fusing the ranks did not. The sum is made where the rows are, in `search.py`, so that only those shown travel; here are
its weights, and what becomes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, utils

from app.knowledge.model import Candidate, Hit, ItemKind, Query

# Beside a nearness of 1: what a precedent with all the words adds; of macros, which are few, the best match by words.
WORDS: dict[ItemKind, float] = {"ticket": 0.4, "macro": 0.15}
# Each boost beside a nearness of at most 1: together they settle ties among neighbours, no more.
BOOSTS = {"cause": 0.1, "language": 0.03, "channel": 0.008, "outcome": 0.008, "recency": 0.005}
UNKNOWN_NEARNESS = 0.3  # of what was found by words alone while no vectors were there
_BEST = 1 + WORDS["ticket"] + BOOSTS["cause"] + BOOSTS["language"]
# Two texts this alike (per cent of equal words, any order) are one precedent told twice.
_SAME = 92
_COMPARED = 400
# So many times the wanted precedents are looked at, since doubles fall away.
LOOKED_AT = 4


def fuse(candidates: Sequence[Candidate], query: Query) -> list[Hit]:
    """Hits of ranked candidates, best first.

    Each kind is ranked by itself: a macro's few words and a ticket's many are not comparable in one lexical list.
    Near-duplicates stand behind the best of them, in its `collapsed`.
    """
    hits = []
    for kind in query.kinds:
        best = sorted((_hit(c) for c in candidates if c.kind == kind), key=_order)
        hits.extend(_collapse(best, query.limit) if kind == "ticket" else best)
    return sorted(hits, key=_order)


def _order(hit: Hit) -> tuple[float, str]:
    return -hit.score, hit.item.external_id


def _hit(candidate: Candidate) -> Hit:
    parts = {"dense": candidate.near}
    if candidate.lexical_rank:
        parts["lexical"] = WORDS[candidate.kind] * candidate.shared
    parts |= {name: worth for name, worth in zip(BOOSTS, candidate.boosts, strict=True) if worth}
    ranks = {"dense": candidate.dense_rank, "lexical": candidate.lexical_rank}
    places = {name: rank for name, rank in ranks.items() if rank}
    return Hit(candidate, round(min(1.0, max(0.0, sum(parts.values())) / _BEST), 4), parts, places)


def _collapse(hits: Sequence[Hit], limit: int) -> list[Hit]:
    kept: list[Hit] = []
    doubles: dict[int, list[str]] = {}
    words: list[str] = []
    for hit in hits:
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

"""A small model that seldom does what it is told: what it answers by itself, and what the service makes of it.

English tickets go through the whole service with SmolLM2-135M behind a real server. Raw is its first answer to each;
delivered is what an agent gets.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from app.drafts.schemas import DraftRequest
from app.provision import LOCAL_TENANT
from app.rooms import Rooms
from app.security import Principal
from eval.bench import home
from eval.bench.local_model import MISSING, installed, local_model
from eval.bench.model_load import models_file
from eval.bench.options import Options
from reply_guards.model import Context, Part
from reply_guards.review import review

_CASES = Path(__file__).parents[2] / "tests" / "cases" / "tickets" / "dev.jsonl"
_TICKETS, _DEADLINE_S = 40, 25
# A small context: the channel's rules stay out of the prompt, review knows them. What it says in more words is babble.
_LIMITS = {"max_tokens": 180, "prompt_tokens": 1500, "timeout_s": 24, "retries": 0}
_PARTS: tuple[Part, ...] = ("compliance",)
_CONTENT = ("ticket", "resolutions", "actions_done")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one ticket. `readable` and `clean`: of the model's first answer; None where it gave none in time."""

    readable: bool | None
    clean: bool | None
    compliant: bool
    engine: str
    attempts: int
    seconds: float


def run(options: Options) -> None:
    """Print raw and delivered compliance."""
    if installed() is None:
        print(MISSING)
        return
    tickets = _tickets(options.tickets or _TICKETS)
    print(home.machine())
    with local_model() as url, tempfile.TemporaryDirectory(prefix="vierklang-bench-") as folder:
        file = models_file(Path(folder), {"name": "openai/smollm2", "url": url, **_LIMITS})
        outcomes = asyncio.run(_drafted(tickets, Path(file)))
    _tell(outcomes)


def _tickets(number: int) -> list[dict[str, Any]]:
    cases = [orjson.loads(line) for line in _CASES.read_bytes().splitlines()]
    english = [case for case in cases if case["expect"]["language"] == "en"]
    return [{k: case[k] for k in _CONTENT if k in case} for case in english[:number]]


async def _drafted(tickets: list[dict[str, Any]], file: Path) -> list[Outcome]:
    told = {"models_file": file, "deadline_s": _DEADLINE_S, "model_cooldown_s": 0, "log_level": "ERROR"}
    async with home.rooms(drafting=True, **told) as rooms:
        return [await _one(rooms, ticket) for ticket in tickets]


async def _one(rooms: Rooms, ticket: dict[str, Any]) -> Outcome:
    caller = Principal(tenant_id=LOCAL_TENANT, key_id=LOCAL_TENANT, scopes=frozenset({"draft"}))
    started = time.perf_counter()
    answer = await rooms.drafts.draft(caller, DraftRequest.model_validate(ticket))
    seconds = time.perf_counter() - started
    async with rooms.database.begin(LOCAL_TENANT) as session:
        query = text("SELECT trace FROM drafts WHERE id = :id")
        trace = (await session.execute(query, {"id": answer["id"]})).scalar_one()
    readable, clean = _raw(trace["attempts"][0])
    made = answer["generation"]
    return Outcome(readable, clean, _delivered(answer, ticket), made["engine"], made["attempts"], seconds)


def _raw(attempt: dict[str, Any]) -> tuple[bool | None, bool | None]:
    """Of the first answer: does it hold four steps, and do they pass review as they are?"""
    if "error" in attempt:  # no answer that could be read, or none at all
        return (False, False) if attempt["answers"] else (None, None)
    if any(message["role"] == "assistant" for message in attempt["messages"]):  # asked again for four steps
        return False, False
    return True, not attempt["repaired"] and all(f["severity"] != "block" for f in attempt["findings"])


def _delivered(answer: dict[str, Any], ticket: dict[str, Any]) -> bool:
    """Whether an agent got a text, without a finding that blocks; the channel's rules are checked once more here."""
    if answer["status"] == "blocked" or any(f["severity"] == "block" for f in answer["findings"]):
        return False
    told = {k: ticket["ticket"][k] for k in ("channel", "marketplace") if ticket["ticket"].get(k)}
    return review(answer["text"], Context(**told), parts=_PARTS).compliant


def _tell(outcomes: list[Outcome]) -> None:
    number = len(outcomes)
    answered = [o for o in outcomes if o.readable is not None]
    readable, clean = (
        sum(bool(v) for v in values) for values in zip(*((o.readable, o.clean) for o in answered), strict=True)
    )
    engines = Counter(f"{o.engine} after {o.attempts}" for o in outcomes)
    print(f"{number} English tickets, SmolLM2-135M through the whole service, {_DEADLINE_S} s at most for each")
    print(f"  raw, {len(answered)} first answers: {readable} hold four steps ({readable / len(answered):.0%}), "
          f"{clean} pass review as they are ({clean / len(answered):.0%}); {number - len(answered)} came too late to be read")  # fmt: skip
    delivered = sum(o.compliant for o in outcomes)
    print(f"  delivered: {delivered} of {number} compliant, {delivered / number:.0%} (asked: 100 %)")
    print(f"  who wrote it, after so many attempts: {dict(engines.most_common())}")
    print(f"  seconds a draft: median {statistics.median(o.seconds for o in outcomes):.0f}, "
          f"longest {max(o.seconds for o in outcomes):.1f}")  # fmt: skip

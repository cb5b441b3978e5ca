"""Marks by a rubric: each step and quality from 1 to 5, whether it could be sent, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.llm.client import ModelError
from eval.judge.asking import Judge
from eval.judge.trust import PREFIX
from eval.runs.rows import Ledger, Row

Mark = Annotated[int, Field(ge=1, le=5)]
RUBRIC = ("acknowledge", "own", "propose", "ask", "empathy", "clarity", "effectiveness")


class Marks(BaseModel):
    """A judge's answer."""

    model_config = ConfigDict(populate_by_name=True)

    acknowledge: Mark
    own: Mark
    propose: Mark
    ask: Mark
    empathy: Mark
    clarity: Mark
    effectiveness: Mark
    passed: Annotated[bool, Field(alias="pass")]
    reason: str

    @property
    def mean(self) -> float:
        """All marks, equally weighted."""
        return sum(int(getattr(self, name)) for name in RUBRIC) / len(RUBRIC)

    @property
    def said(self) -> str:
        """The marks in one line; `read_marks` reads it."""
        return ", ".join(f"{n} {getattr(self, n)}" for n in RUBRIC)


def read_marks(row: Row, metric: str) -> dict[str, int]:
    """A judge's marks of a row by item, from `metric` of the same judge; empty where there are none."""
    told = row.value(metric.rpartition(".")[0] + ".marks")
    return {name: int(mark) for name, _, mark in (part.partition(" ") for part in told.split(", "))} if told else {}


async def judge_rows(judges: Iterable[Judge], rows: Iterable[Row], ledger: Ledger, *, concurrency: int = 8) -> int:
    """Ask every judge about every scored row and write the rows anew with its marks; returns how many got none."""
    everyone, places, lost = list(judges), asyncio.Semaphore(concurrency), 0

    async def one(row: Row) -> None:
        nonlocal lost
        found = dict(row.metrics)
        for judge in everyone:
            async with places:
                marks = await _marks(judge, row)
            if marks is None:
                lost += 1
                continue
            found[f"{PREFIX}{judge.name}.pass"] = [marks.passed, marks.reason]
            found[f"{PREFIX}{judge.name}.score"] = [round(marks.mean, 4), ""]
            found[f"{PREFIX}{judge.name}.marks"] = [marks.said, ""]
        ledger.add(replace(row, metrics=found))

    async with asyncio.TaskGroup() as group:
        for row in rows:
            if row.status == "scored" and row.draft.get("text"):
                group.create_task(one(row))
    return lost


async def _marks(judge: Judge, row: Row) -> Marks | None:
    told = {"customer": row.facts.get("customer") or "", "gold": row.facts.get("gold") or "(none)"}
    try:
        return await judge.ask("rubric.md.j2", Marks, text=row.draft["text"], **told)
    except ModelError:
        return None

"""Several processes share one run: every row arrives once, and whoever gives up or is killed is noticed."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace

import pytest

from app.errors import SettingsError
from eval.runs.crew import share, size
from eval.runs.rows import Row

JOBS = [SimpleNamespace(case=f"c-{i}") for i in range(40)]


def done(work, helpers=2):
    rows, begun = [], []
    share(JOBS, work, rows.append, helpers=helpers, begun=lambda: begun.append(os.getpid()))
    assert begun == [os.getpid()]
    return rows


async def drafted(jobs, post, seat):
    for job in jobs:
        post(Row("v", job.case, 0, "scored", job.case, error=f"{os.getpid()} {seat}"))


def test_every_job_is_done_once_and_not_here():
    """By as many processes as there are helpers, each with its own seat."""
    rows = done(drafted, helpers=3)
    assert sorted(r.case for r in rows) == sorted(j.case for j in JOBS)
    pids, seats = zip(*(r.error.split() for r in rows), strict=True)
    assert set(seats) == {"0", "1", "2"}
    assert len(set(pids)) == 3
    assert str(os.getpid()) not in pids


def test_who_gives_up_ends_the_run_with_the_reason():
    async def refused(jobs, post, seat):
        if seat:
            raise SettingsError("the provider refused")
        await drafted(jobs, post, seat)

    with pytest.raises(SettingsError, match="the provider refused"):
        done(refused)


def test_a_killed_helper_is_no_end():
    """A run that silently lacks half of its rows would be a wrong figure."""

    async def killed(jobs, post, seat):
        await drafted(jobs[:3], post, seat)
        if seat:
            os.kill(os.getpid(), signal.SIGKILL)
        await drafted(jobs[3:], post, seat)

    rows = []
    with pytest.raises(RuntimeError, match="was killed; resume it"):
        share(JOBS, killed, rows.append, helpers=2, begun=lambda: None)
    assert len(rows) >= 3, "what was drafted is kept"


@pytest.mark.parametrize(("jobs", "concurrency", "most"), [(5, 20, 1), (39, 20, 1), (4000, 1, 1), (4000, 20, 8)])
def test_a_small_run_is_worth_one_process(jobs, concurrency, most):
    assert 1 <= size(jobs, concurrency) <= min(most, len(os.sched_getaffinity(0)))

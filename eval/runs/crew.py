"""A run shared by several processes: each drafts and measures its share of the jobs, one alone writes the rows.

Drafts cost processor time, and one process has one core of it. The helpers are forked once all code is read, while this
process has one thread; each opens the service with its first draft that no cache holds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, Protocol

from app.errors import AppError, SettingsError
from eval.runs.rows import Row
from eval.runs.runner import Job

if TYPE_CHECKING:
    from app.drafts.gate import Gate

_LEAST = 20  # jobs that are worth another process
_MOST = 8


class Works(Protocol):
    """Makes rows of jobs and hands each to `post`. Raises AppError where going on is pointless."""

    async def __call__(self, jobs: Sequence[Job], post: Callable[[Row], None], seat: int) -> None: ...


def size(jobs: int, concurrency: int) -> int:
    """How many processes so many jobs are worth; 1 where they cannot be forked safely: macOS, or threads at work."""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), concurrency, jobs // _LEAST, _MOST))


@dataclass(frozen=True, slots=True)
class _End:
    """The last thing a helper says: whether it is done, or why it gave up."""

    problem: str | None = None


def share(
    jobs: Sequence[Job], work: Works, on_row: Callable[[Row], None], *, helpers: int, begun: Callable[[], None]
) -> None:
    """Have all jobs done; `on_row` gets each row in this process.

    `begun` is called once all are forked: threads may start now, a forked process would have inherited their locks.
    Raises SettingsError where a helper gave up, RuntimeError where one was lost: the rows so far are handed over.
    """
    with _crew(jobs, work, helpers) as lines:
        begun()
        while lines:
            for line in wait(lines):
                assert isinstance(line, Connection)
                try:
                    said = line.recv()
                except EOFError:
                    raise RuntimeError("a process of this run was killed; resume it") from None
                if isinstance(said, Row):
                    on_row(said)
                elif said.problem:
                    raise SettingsError(said.problem)
                else:
                    lines.remove(line)


@contextmanager
def gates(count: int, *, wanted: bool) -> Iterator[Sequence[Gate | None]]:
    """What models' texts pass besides review, one a process: a line to a second engine they share, or nothing."""
    if not wanted:
        yield [None] * count
        return
    from app.drafts.gate import SecondEngine, start_engine

    lines, process = start_engine(count)
    engines = [SecondEngine(line) for line in lines]
    try:
        yield engines
    finally:
        for engine in engines:
            engine.close()
        process.terminate()
        process.wait()


@contextmanager
def _crew(jobs: Sequence[Job], work: Works, helpers: int) -> Iterator[list[Connection]]:
    fork = get_context("fork")
    lines: list[Any] = []
    processes: list[BaseProcess] = []
    for seat in range(helpers):
        ours, theirs = fork.Pipe(duplex=False)
        lines.append(ours)
        # Each n-th job: the variants of one case, and dear and cheap cases, are spread evenly.
        told = (jobs[seat::helpers], work, seat, theirs, tuple(lines))
        processes.append(fork.Process(target=_help, args=told, daemon=True))
        processes[-1].start()
        theirs.close()
    try:
        yield list(lines)
    finally:
        for process in processes:
            process.terminate()
            process.join()
        for line in lines:
            line.close()


def _help(jobs: Sequence[Job], work: Works, seat: int, line: Connection, others: Sequence[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; who writes the rows decides
    for other in others:  # else a line would outlive its reader, and this process with it
        other.close()
    try:
        asyncio.run(work(jobs, line.send, seat))
        line.send(_End())
    except AppError as error:
        line.send(_End(error.detail or type(error).__name__))
    except BrokenPipeError:  # nobody reads any more
        return

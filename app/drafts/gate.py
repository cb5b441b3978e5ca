"""The second engine over the same checks: a model's text must also pass a guardrails-ai Guard before it leaves.

The verdict must be `review()`'s own. Where the two differ, or the engine cannot be asked, the text does not go out.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import itertools
import os
import pickle
import socket
import subprocess
import sys
import threading
from asyncio import AbstractEventLoop, Future
from collections.abc import Sequence
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Protocol

from app.drafts.second_engine import FORGET, HELLO, Opinion, Question
from app.logs import get_logger
from reply_guards.model import Context, Finding
from reply_guards.policy import Policy, policy_for

log = get_logger("gate")
_PATIENCE_S = 10.0  # for one opinion; a text is judged in milliseconds
_START_S = 120.0
# What may lie unread in the socket without making the event loop wait for the engine; systems give 200 kB and more.
_AT_ONCE = 65_536


class EngineGone(Exception):
    """The second engine does not answer."""


class Gate(Protocol):
    """Says whether a text may leave."""

    @property
    def ready(self) -> bool:
        """Whether `load` has finished."""

    async def load(self) -> None:
        """Prepare what is slow. Idempotent. Raises EngineGone."""

    def ask(self, text: str, context: Context, policy: Policy) -> Future[Sequence[Finding]]:
        """Have a text judged while the caller goes on. Awaiting the findings raises EngineGone."""

    async def forget(self) -> None:
        """Let go of every text that is remembered."""


def agree(ours: Sequence[Finding], theirs: Sequence[Finding]) -> bool:
    """Whether nothing blocks, and the second verdict is the one `review()` gave."""
    one, other = ({(f.rule, f.start, f.end) for f in found} for found in (ours, theirs))
    if one != other:
        log.error("engines_disagree", rules=sorted({rule for rule, _, _ in one ^ other}))
        return False
    return not any(f.severity == "block" for f in theirs)


class SecondEngine:
    """Asks the process `second_engine.py` describes: started with `load`, started anew where it was lost."""

    def __init__(self, connection: Connection | None = None) -> None:
        """`connection`: to an engine that was started for several callers; without, it is one of its own."""
        self.ready = False
        self._given = connection
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._opening, self._writing = threading.Lock(), threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[AbstractEventLoop, Future[Sequence[Finding]], int]] = {}
        self._told: dict[Policy, int] = {}  # tenants' policies this engine knows, by number

    async def load(self) -> None:
        """Start the engine, or wait until it has started. Raises EngineGone."""
        if not self.ready:
            await asyncio.to_thread(self._open)

    def ask(self, text: str, context: Context, policy: Policy) -> Future[Sequence[Finding]]:
        """Sent before this returns, so that the engine reads while the caller does."""
        if not self.ready:
            return asyncio.ensure_future(self._ask_later(text, context, policy))
        loop = asyncio.get_running_loop()
        answer: Future[Sequence[Finding]] = loop.create_future()
        name, told = self._name(policy)
        question = Question(next(self._numbers), text, context, name, told)
        letter = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        unread = sum(size for _, _, size in list(self._waiting.values()))  # a copy: the thread that listens takes out
        self._waiting[question.number] = loop, answer, len(letter)
        late = loop.call_later(_PATIENCE_S, self._lose)
        answer.add_done_callback(lambda _: late.cancel())
        if unread + len(letter) <= _AT_ONCE and self._writing.acquire(blocking=False):
            self._send(letter, question)
        else:
            loop.run_in_executor(None, self._send_when_free, letter, question)
        return answer

    async def forget(self) -> None:
        """The engine forgets before it reads the next text."""
        if self.ready:
            letter = pickle.dumps(FORGET, pickle.HIGHEST_PROTOCOL)
            await asyncio.get_running_loop().run_in_executor(None, self._send_when_free, letter, None)

    def _name(self, policy: Policy) -> tuple[str | int, Policy | None]:
        """How the engine knows the policy, and the policy itself where it does not yet."""
        if policy is policy_for(policy.channel):
            return policy.channel, None
        number = self._told.get(policy)
        return (number, None) if number else (next(self._numbers), policy)

    async def _ask_later(self, text: str, context: Context, policy: Policy) -> Sequence[Finding]:
        await self.load()
        return await self.ask(text, context, policy)

    def _send_when_free(self, letter: bytes, question: Question | None) -> None:
        self._writing.acquire()
        self._send(letter, question)

    def _send(self, letter: bytes, question: Question | None) -> None:
        """Write, and let the next one write."""
        connection = self._connection
        try:
            if connection is None:  # lost a moment ago
                self.close()
                return
            connection.send_bytes(letter)
            if question and question.told:  # only now: who overtook this one would name a policy nobody has told
                self._told[question.told] = int(question.policy)
        except OSError:
            self._lose()
        finally:
            self._writing.release()

    def _open(self) -> None:
        with self._opening:
            if self.ready:
                return
            connection, self._given = self._given, None
            if connection is None:
                (connection,), self._process = start_engine(1)
            try:
                if not connection.poll(_START_S) or connection.recv() != HELLO:
                    raise EngineGone("it did not start")
            except (EOFError, OSError) as error:
                raise EngineGone("it ended while it started") from error
            self._connection, self._told = connection, {}
            threading.Thread(target=self._listen, args=(connection,), name="second-engine", daemon=True).start()
            self.ready = True

    def _listen(self, connection: Connection) -> None:
        with contextlib.suppress(EOFError, OSError), connection:
            while True:
                opinion: Opinion = connection.recv()
                if asked := self._waiting.pop(opinion.number, None):
                    _hand_over(*asked[:2], opinion)
        if self._connection is connection:
            self._lose()

    def _lose(self) -> None:
        log.error("second_engine_lost", waiting=len(self._waiting))
        self.close()

    def close(self) -> None:
        """End the engine, or leave it to the others it serves. Who waits is told; a later question starts another."""
        self.ready = False
        connection, self._connection = self._connection, None
        process, self._process = self._process, None
        if process:
            process.kill()  # it may hang
            process.wait()
        if connection:
            # The thread that listens closes it: closed here, the socket would stay open under that thread's hands.
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        lost, self._waiting = self._waiting, {}
        for loop, answer, _ in list(lost.values()):
            _hand_over(loop, answer, Opinion(0, error="lost"))


def _hand_over(loop: AbstractEventLoop, answer: Future[Sequence[Finding]], opinion: Opinion) -> None:
    def settle() -> None:
        if answer.done():  # who asked did not need it any more
            return
        if opinion.error:
            answer.set_exception(EngineGone(opinion.error))
        else:
            answer.set_result(opinion.findings)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
        loop.call_soon_threadsafe(settle)


def start_engine(callers: int) -> tuple[list[Connection], subprocess.Popen[bytes]]:
    """A new engine and a connection to it for each caller."""
    pairs = [Pipe() for _ in range(callers)]
    told = [theirs.fileno() for _, theirs in pairs]
    # As a module's own `main`: what both sides send is then of the same classes.
    command = [sys.executable, "-c", "from app.drafts.second_engine import main; main()", *map(str, told)]
    process = subprocess.Popen(command, pass_fds=told, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module
    for _, theirs in pairs:
        theirs.close()
    return [ours for ours, _ in pairs], process


@cache
def shared_engine() -> SecondEngine:
    """The process's own: services that are opened and closed in one process share it."""
    engine = SecondEngine()
    atexit.register(engine.close)
    return engine

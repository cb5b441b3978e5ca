"""guardrails-ai in a process of its own, which answers over the sockets it inherits; `gate.py` starts and asks it.

It takes seconds to import and as long for a text as review itself: here both happen beside the service, on another
core, and its memory, threads and tracers stay out of it. The process ends with the last socket.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from app.forgetting import forget_texts
from reply_guards.model import Context, Finding
from reply_guards.policy import Policy, policy_for


@dataclass(frozen=True, slots=True)
class Question:
    """A text to judge. `policy`: a shipped one's channel, or the number of one that was told whole before."""

    number: int
    text: str
    context: Context
    policy: str | int
    told: Policy | None = None  # the tenant's own policy, the first time


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the Guard's summaries hold of the question's text; `error` where it could not be judged."""

    number: int
    findings: tuple[Finding, ...] = ()
    error: str | None = None


HELLO = Opinion(0)  # the engine is ready
FORGET = "forget"  # every text so far


def main() -> None:
    """Serve on the sockets whose numbers the command line tells."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; who asks decides when to end
    os.dup2(2, 1)
    gc.disable()  # a fifth of the import is a search for garbage among what stays
    from reply_guards import validators

    validators.async_guard_for("strict")
    gc.enable()
    callers = [Connection(int(told)) for told in sys.argv[1:]]
    for caller in callers:
        caller.send(HELLO)
    serve(callers)


def serve(callers: list[Connection]) -> None:
    """Answer until nobody is left who could ask."""
    policies: dict[tuple[int, str | int], Policy] = {}
    with asyncio.Runner() as runner:
        while callers:
            for caller in [c for c in wait(callers) if isinstance(c, Connection)]:
                try:
                    question = caller.recv()
                    if question == FORGET:
                        forget_texts()
                        continue
                    caller.send(runner.run(_opinion(question, caller.fileno(), policies)))
                except (EOFError, OSError):
                    callers.remove(caller)


async def _opinion(question: Question, caller: int, policies: dict[tuple[int, str | int], Policy]) -> Opinion:
    from reply_guards import validators

    key = caller, question.policy
    if question.told:
        policies[key] = question.told
    try:
        policy = policy_for(question.policy) if isinstance(question.policy, str) else policies[key]
        found = await validators.reviewed_by_async_guard(question.text, question.context, policy)
    except Exception as error:  # noqa: BLE001 - the caller is told, and the text does not leave
        return Opinion(question.number, error=type(error).__name__)
    return Opinion(question.number, found)

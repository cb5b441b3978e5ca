"""guardrails-ai in a process of its own: the same verdict, asked from several sides, lost and started anew."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from multiprocessing import Pipe

import pytest

from app.drafts import gate as gates
from app.drafts import second_engine
from app.drafts.gate import EngineGone, SecondEngine, agree, start_engine
from reply_guards.model import Context
from reply_guards.policy import policy_for
from reply_guards.review import review

AMAZON = policy_for("amazon")
CONTEXT = Context(channel="amazon")
TEXTS = (
    "Hallo, über fünf Sterne würden wir uns freuen. Rufen Sie an: 030 1234567.",
    "Guten Tag, es tut mir leid, dass die Tasse zerbrochen ankam. Möchten Sie das Geld oder eine neue Tasse?",
    "Alles dazu steht auf https://www.boese-seite.com/rabatt 😀",
    "",
)


def seen(findings):
    return [(f.rule, f.severity, f.start, f.end) for f in findings]


@pytest.fixture(scope="module")
async def engine():
    made = SecondEngine()
    await made.load()
    yield made
    made.close()


async def test_its_verdict_is_reviews_own(engine):
    """Under a shipped policy, and under one of a tenant's own that this process has worked with before."""
    own = dataclasses.replace(AMAZON, title="ours")
    for policy in (AMAZON, own, own):
        found = await asyncio.gather(*(engine.ask(text, CONTEXT, policy) for text in TEXTS))
        ours = [review(text, CONTEXT, policy=policy).findings for text in TEXTS]
        assert [seen(f) for f in found] == [seen(f) for f in ours]
        assert agree(ours[1], found[1])
        assert not agree(ours[0], found[0]), "what blocks does not leave"
        assert not agree((), found[0]), "two verdicts, one of them wrong"


async def test_a_hundred_texts_at_once_are_answered_each(engine):
    """Far more than a socket holds: nobody gets another's answer, and the event loop is not held up."""
    texts = [f"Guten Tag {'.' * 3000} Nummer {i}, bitte {'5 Sterne' if i % 3 else 'warten'}" for i in range(100)]
    found = await asyncio.gather(*(engine.ask(text, CONTEXT, AMAZON) for text in texts))
    assert [any(f.rule.startswith("feedback") for f in own) for own in found] == [bool(i % 3) for i in range(100)]


async def test_an_opinion_nobody_waits_for_is_let_go(engine):
    engine.ask(TEXTS[0], CONTEXT, AMAZON).cancel()
    assert seen(await engine.ask(TEXTS[1], CONTEXT, AMAZON)) == seen(review(TEXTS[1], CONTEXT).findings)


async def test_what_is_forgotten_is_read_anew(engine, monkeypatch):
    """Texts and verdicts go when a person is erased; a tenant's rules, which were told once, stay."""
    own = dataclasses.replace(AMAZON, title="ours, and forgetful")
    before = [await engine.ask(text, CONTEXT, own) for text in TEXTS]
    await engine.forget()
    assert [await engine.ask(text, CONTEXT, own) for text in TEXTS] == before

    forgotten = []
    monkeypatch.setattr(second_engine, "forget_texts", lambda: forgotten.append(True))
    ours, theirs = Pipe()
    ours.send(second_engine.FORGET)
    ours.close()
    await asyncio.to_thread(second_engine.serve, [theirs])
    assert forgotten == [True]


async def test_a_lost_engine_lets_nothing_pass_and_is_replaced(engine):
    waiting = engine.ask(TEXTS[1] * 400, CONTEXT, AMAZON)
    engine._process.kill()
    with pytest.raises(EngineGone):
        await waiting
    assert seen(await engine.ask(TEXTS[0], CONTEXT, AMAZON)) == seen(review(TEXTS[0], CONTEXT).findings)


async def test_an_engine_that_hangs_is_given_up(engine, monkeypatch):
    """Nobody waits longer than for patience, and the next text has an engine again."""
    monkeypatch.setattr(gates, "_PATIENCE_S", 0.2)
    os.kill(engine._process.pid, signal.SIGSTOP)
    with pytest.raises(EngineGone):
        await engine.ask(TEXTS[0], CONTEXT, AMAZON)
    monkeypatch.undo()
    assert await engine.ask(TEXTS[0], CONTEXT, AMAZON)


async def test_several_share_one_engine_and_it_ends_with_the_last():
    lines, process = start_engine(2)
    try:
        one, two = (SecondEngine(line) for line in lines)
        found = await asyncio.gather(one.ask(TEXTS[0], CONTEXT, AMAZON), two.ask(TEXTS[2], CONTEXT, AMAZON))
        assert [seen(f) for f in found] == [seen(review(t, CONTEXT).findings) for t in (TEXTS[0], TEXTS[2])]
        for own in (one, two):
            own.close()
        assert process.wait(20) == 0
    finally:
        process.kill()

"""Which models are asked, which rest, and who tries one again."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.llm import fleet as fleet_module
from app.llm.client import ModelAnswerUnusable, ModelRateLimited, ModelTimeout
from app.llm.drafting import Writer
from app.llm.fleet import Fleet
from app.llm.pulse import Pulse
from app.llm.scripted import ScriptedModel

COOLDOWN_S = 30.0


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """A clock that stands still until it is set."""
    now = [1000.0]
    monkeypatch.setattr(fleet_module, "monotonic", lambda: now[0])
    return now


def _fleet(cooldown_s: float = COOLDOWN_S) -> Fleet:
    return Fleet([Writer(ScriptedModel([], name=f"scripted/{n}")) for n in ("first", "second")], cooldown_s=cooldown_s)


def _names(fleet: Fleet) -> list[str]:
    return [member.name for member in fleet.awake(None)]


def test_a_model_that_failed_is_left_out_until_it_has_rested(clock):
    fleet = _fleet()
    fleet.failed(fleet.members[0], ModelTimeout())
    assert _names(fleet) == ["scripted/second"]
    clock[0] += COOLDOWN_S
    assert _names(fleet) == ["scripted/first", "scripted/second"]


def test_after_its_rest_one_draft_tries_it_and_the_others_wait_for_how_that_ends(clock):
    """Else a provider that is still dead would cost every draft of that moment its deadline."""
    fleet = _fleet()
    fleet.failed(fleet.members[0], ModelTimeout())
    clock[0] += COOLDOWN_S
    assert _names(fleet) == ["scripted/first", "scripted/second"]
    assert _names(fleet) == ["scripted/second"]
    fleet.answered(fleet.members[0])
    assert [_names(fleet), _names(fleet)] == [["scripted/first", "scripted/second"]] * 2


def test_a_draft_that_goes_away_while_it_tries_leaves_the_trial_to_another(clock):
    fleet = _fleet()
    fleet.failed(fleet.members[0], ModelTimeout())
    clock[0] += COOLDOWN_S
    _names(fleet)
    clock[0] += COOLDOWN_S
    assert "scripted/first" in _names(fleet)


def test_an_unusable_answer_is_no_failure_of_the_provider(clock):
    fleet = _fleet()
    fleet.failed(fleet.members[0], ModelAnswerUnusable())
    assert len(_names(fleet)) == 2


def test_a_provider_that_asks_for_a_longer_rest_gets_it(clock):
    fleet = _fleet()
    fleet.failed(fleet.members[0], ModelRateLimited(retry_after_s=COOLDOWN_S * 3))
    clock[0] += COOLDOWN_S * 2
    assert _names(fleet) == ["scripted/second"]


def test_without_a_cool_down_every_draft_tries_again(clock):
    fleet = _fleet(cooldown_s=0)
    fleet.failed(fleet.members[0], ModelTimeout())
    assert [len(_names(fleet)), len(_names(fleet))] == [2, 2]


def test_an_answer_from_before_the_failure_does_not_end_the_rest(clock):
    """Many drafts are at a model when its provider fails; some may still get through."""
    fleet = _fleet()
    fleet.failed(fleet.members[0], ModelTimeout())
    fleet.answered(fleet.members[0])
    assert _names(fleet) == ["scripted/second"]


def test_a_process_that_is_behind_doubts_itself_before_the_provider(clock):
    """An answer came too late because nobody read it: the model goes on, unless that happens again and again."""
    behind = True
    fleet = Fleet([Writer(ScriptedModel([], name="scripted/first"))], is_behind=lambda: behind)
    (member,) = fleet.members
    for _ in range(3):
        fleet.failed(member, ModelTimeout())
        assert _names(fleet) == ["scripted/first"]
    fleet.answered(member)
    fleet.failed(member, ModelTimeout())
    assert _names(fleet) == ["scripted/first"]
    for _ in range(3):
        fleet.failed(member, ModelTimeout())
    assert _names(fleet) == []
    clock[0] += COOLDOWN_S
    fleet.failed(member, ModelRateLimited())
    assert _names(fleet) == []


async def test_the_pulse_tells_a_busy_loop_from_a_waiting_one():
    """Waiting is no slowness; work that keeps the loop from what is due is."""
    pulse = Pulse()
    pulse.start()
    pulse.start()
    await asyncio.sleep(0.2)
    assert not pulse.behind
    for _ in range(4):
        await asyncio.sleep(0.06)
        time.sleep(0.4)  # noqa: ASYNC251 - as a process does that has too much to do
    await asyncio.sleep(0.06)
    assert pulse.behind
    await pulse.aclose()

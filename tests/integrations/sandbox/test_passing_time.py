"""Plans fail and succeed again by themselves."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from integrations.sandbox.generation import make_world
from integrations.sandbox.life import Pace, PassingTime, fail, find_plans, is_failing, succeed
from integrations.sandbox.moments import at, stamp
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import ConsoleWorld

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


@pytest.fixture
def console() -> ConsoleWorld:
    return make_world(1, NOW).console


def failing(console: ConsoleWorld) -> set[str]:
    return {key for key, plan in console.plans.items() if is_failing(plan)}


def test_a_plan_fails_now_and_then_and_recovers(console: ConsoleWorld) -> None:
    passing = PassingTime(console, Pace(fail_every=120, recover_after=180), random.Random(1))
    before, seen = failing(console), set[str]()
    for second in range(1800):
        passing.tick(NOW + timedelta(seconds=second))
        seen |= failing(console)
    assert 10 <= len(seen - before) <= 25
    assert len(failing(console) - before) <= 5


def test_plans_run_every_day_also_after_a_long_rest(console: ConsoleWorld) -> None:
    passing = PassingTime(console, Pace(), random.Random(1))
    later = NOW + timedelta(days=10)
    assert passing.tick(later)
    for plan in console.plans.values():
        assert timedelta(0) <= later - at(plan["LastStart"]) < timedelta(days=1)
        assert at(plan["NextStart"]) > later
    assert not passing.tick(later)


def test_a_plan_that_failed_twice_has_started_twice(console: ConsoleWorld) -> None:
    plan = next(iter(console.plans.values()))
    fail(plan, NOW)
    first = plan["LastStart"]
    fail(plan, NOW)
    assert plan["LastStart"] > first
    assert plan["ErrorMessage"]
    succeed(plan, NOW)
    assert (is_failing(plan), plan["ErrorMessage"]) == (False, None)


def test_a_plan_is_found_by_the_beginning_of_its_id(console: ConsoleWorld) -> None:
    key = next(iter(console.plans))
    assert find_plans(console, plan=key[:13].upper()) == [console.plans[key]]


def test_a_live_sandbox_ticks_by_itself() -> None:
    with Sandbox.start(live=Pace()) as sandbox:
        plan = next(plan for plan in sandbox.world.console.plans.values() if plan["_status"] == 0)
        with sandbox.lock:
            fail(plan, sandbox.clock.now())
            plan["_recovers"] = stamp(sandbox.clock.now())
        deadline = time.monotonic() + 5
        while is_failing(plan) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_failing(plan)


def test_nothing_happens_by_itself_unless_asked_for(sandbox: Sandbox) -> None:
    before = {key: dict(plan) for key, plan in sandbox.world.console.plans.items()}
    sandbox.clock.advance(86_400 * 3)
    assert sandbox.world.console.plans == before
